// Proves what S3 refuses about buckets and their settings. What is in a bucket is not modelled, so neither is the refusal to delete a full one.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";
import type { Actor } from "./support/world.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

const policy = (statement: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Action: "s3:GetObject", ...statement }] });
const everybody = { Effect: "Allow", Principal: "*", Resource: "arn:aws:s3:::states/*" };

describe("buckets", () => {
  let [data, tools]: Actor[] = [];
  beforeEach(() => {
    const world = demoWorld();
    [data, tools] = [actor(world, DATA), actor(world, TOOLS)];
  });
  const ours = (): Actor => data ?? assert.fail();
  const theirs = (): Actor => tools ?? assert.fail();

  it("have names that all accounts share, and ARNs without an account", () => {
    assert.equal(ours().make(BUCKET, { bucket: "states" }).arn, "arn:aws:s3:::states");
    assert.throws(() => theirs().make(BUCKET, { bucket: "states" }), /BucketAlreadyExists: .*shared by all users/);
    assert.throws(() => ours().make(BUCKET, { bucket: "states" }), /BucketAlreadyOwnedByYou/);
    assert.deepEqual(ours().replacing(BUCKET, { bucket: "a-b" }, { bucket: "c-d" }), ["bucket"]);
  });

  it("have 3 to 63 lower-case letters, digits, dots and hyphens", () => {
    for (const bucket of ["ab", "States", "a_b", "-states", "x".repeat(64), "xn--states", "states-s3alias"])
      assert.throws(() => ours().make(BUCKET, { bucket }), /invalid bucket name/, bucket);
  });

  it("take settings only from their own account, and only once they stand", () => {
    const settings = { bucket: "states", versioningConfiguration: { status: "Enabled" } };
    assert.throws(() => ours().make(VERSIONING, settings), /NoSuchBucket: The specified bucket does not exist/);
    ours().make(BUCKET, { bucket: "states" });
    assert.throws(() => theirs().make(VERSIONING, settings), /AccessDenied: Access Denied/);
    assert.equal(ours().make(VERSIONING, settings).id, "states");
  });

  it("take policies that speak of themselves, and no public one where that is blocked", () => {
    ours().make(BUCKET, { bucket: "states" });
    const make = (statement: Readonly<Record<string, unknown>>) => () =>
      ours().make(POLICY, { bucket: "states", policy: policy(statement) });
    assert.throws(
      make({ ...everybody, Resource: "arn:aws:s3:::others/*" }),
      /MalformedPolicy: Policy has invalid resource/,
    );
    assert.ok(make(everybody)(), "nothing blocks it yet");
    ours().make(BLOCK, { bucket: "states", blockPublicPolicy: true });
    const change = (statement: Readonly<Record<string, unknown>>) => () =>
      ours().change(POLICY, "states", { bucket: "states", policy: policy(statement) });
    assert.throws(change({ ...everybody, Action: "s3:*" }), /AccessDenied: .*public policies are blocked/);
    assert.ok(change({ ...everybody, Effect: "Deny" })(), "a deny for everybody lets nobody in");
  });
});
