// Proves what a store of states asks of S3 and KMS. That it comes up under the policy pack, and what of it stays: test/end-to-end/bootstrap.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { StateStore } from "../../components/bootstrap/state-store.ts";
import { recorder, value } from "./support/recorder.ts";

const BUCKET_NAME = "acme-corpai-prod-state";
const build = () =>
  new StateStore("corpai-prod-state", {
    account: "111122223333",
    region: "us-east-1",
    environment: "prod",
    bucketName: BUCKET_NAME,
    tags: { ManagedBy: "corpai-terraform" },
  });

describe("a store of states", () => {
  it("is a bucket that keeps every version, encrypted under a key of its own that is renewed every year", async () => {
    const store = await recorder.build(build);
    assert.equal(recorder.only("aws:s3/bucket:Bucket").inputs.bucket, BUCKET_NAME);
    const { versioningConfiguration } = recorder.only("aws:s3/bucketVersioning:BucketVersioning").inputs;
    assert.deepEqual(versioningConfiguration, { status: "Enabled" });
    const { rules } = recorder.only(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ).inputs as { rules: { applyServerSideEncryptionByDefault: { sseAlgorithm: string } }[] };
    assert.equal(rules[0]?.applyServerSideEncryptionByDefault.sseAlgorithm, "aws:kms");
    const { enableKeyRotation, deletionWindowInDays } = recorder.only("aws:kms/key:Key").inputs;
    assert.deepEqual([enableKeyRotation, deletionWindowInDays], [true, 30]);
    assert.equal(await value(store.keyAlias), "alias/corpai-prod-pulumi", "as the files of its stacks name it");
  });

  it("is closed to the public and to whoever comes without TLS", async () => {
    await recorder.build(build);
    const settings = recorder.only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs;
    assert.equal(Object.values(settings).filter((on) => on === true).length, 4);
    const { policy } = recorder.only("aws:s3/bucketPolicy:BucketPolicy").inputs;
    const { Statement } = JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] };
    assert.deepEqual(
      Statement.map(({ Effect, Resource, Condition }) => [Effect, Resource, Condition]),
      [
        [
          "Deny",
          [`arn:aws:s3:::${BUCKET_NAME}`, `arn:aws:s3:::${BUCKET_NAME}/*`],
          { Bool: { "aws:SecureTransport": "false" } },
        ],
      ],
    );
  });
});
