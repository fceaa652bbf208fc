// Proves who may use a key by key policy and IAM together, and how keys come and go; nothing here encrypts anything.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { keyBy, keyForGrants, keyState, whyKeyDenies } from "../../sandbox/aws/kms.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { textOf, trust } from "./support/cluster.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor } from "./support/world.ts";

const KEY = "aws:kms/key:Key";
const ALIAS = "aws:kms/alias:Alias";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const DAY = 86_400;
const ROOT = `arn:aws:iam::${DATA}:root`;
const LOGS = "logs.us-east-1.amazonaws.com";

const policy = (...statements: Properties[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((one) => ({ Effect: "Allow", Resource: "*", ...one })),
  });
const owner = { Principal: { AWS: ROOT }, Action: "kms:*" };
const logs = (condition: Properties = {}): Properties => ({
  Principal: { Service: LOGS },
  Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
  Condition: condition,
});

describe("KMS keys", () => {
  let data: Actor;
  beforeEach(() => {
    data = actor(demoWorld(), DATA);
  });
  const keyOf = (id: string) => {
    const key = keyBy(data.context, id);
    assert.ok(key);
    return key;
  };
  function role(name: string, ...statements: Properties[]): string {
    const { arn } = data.make("aws:iam/role:Role", { name, assumeRolePolicy: trust("ec2.amazonaws.com") });
    if (statements.length > 0)
      data.make("aws:iam/rolePolicy:RolePolicy", { name: "own", role: name, policy: policy(...statements) });
    return textOf(arn);
  }
  const mayDecrypt = (id: string, name: string): string | undefined =>
    whyKeyDenies(data.context.world, keyOf(id), { account: DATA, role: name }, "kms:Decrypt");

  it("have a uuid, a default policy for the account, and a rotation of a year where it is on", () => {
    const key = data.make(KEY, { enableKeyRotation: true });
    assert.match(key.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(key.arn, `arn:aws:kms:us-east-1:${DATA}:key/${key.id}`);
    assert.equal(key.rotationPeriodInDays, 365);
    assert.match(textOf(key.policy), /arn:aws:iam::111122223333:root/);
  });

  it("leave it to IAM where the key policy names the account only", () => {
    const { id, arn } = data.make(KEY, {});
    role("reader", { Action: "kms:Decrypt", Resource: textOf(arn) });
    role("stranger");
    assert.equal(mayDecrypt(id, "reader"), undefined);
    assert.match(mayDecrypt(id, "stranger") ?? "", /no identity-based policy allows the kms:Decrypt action/);
  });

  it("decide by themselves where the key policy names the role, and a deny beats both", () => {
    const [named, denied] = [role("named"), role("denied", { Action: "kms:*" })];
    const { id } = data.make(KEY, {
      policy: policy(
        owner,
        { Principal: { AWS: named }, Action: "kms:Decrypt" },
        { Effect: "Deny", Principal: { AWS: denied }, Action: "kms:Decrypt" },
      ),
    });
    assert.equal(mayDecrypt(id, "named"), undefined);
    assert.match(mayDecrypt(id, "denied") ?? "", /explicit deny in a resource-based policy/);
  });

  it("refuse a policy that locks its own author out, names nobody or a role that does not exist, or is longer than 32 KiB", () => {
    const create = (text: string) => () => data.make(KEY, { policy: text });
    assert.throws(create(policy(logs())), /MalformedPolicyDocumentException: The new key policy will not allow you/);
    assert.throws(create(policy({ Action: "kms:*" })), /MalformedPolicyDocumentException: .*no principal/);
    const gone = { Principal: { AWS: `arn:aws:iam::${DATA}:role/gone` }, Action: "kms:*" };
    assert.throws(create(policy(owner, gone)), /MalformedPolicyDocumentException: .*invalid principals/);
    assert.throws(create("{"), /invalid JSON policy/);
    assert.throws(
      create(policy({ ...owner, Sid: "x".repeat(32_768) })),
      /LimitExceededException: .* at most 32768 bytes/,
    );
    assert.ok(data.make(KEY, { policy: policy(logs()), bypassPolicyLockoutSafetyCheck: true }));
  });

  it("encrypt a log group only where the key policy lets the log service in for it", () => {
    const group = (key: Properties, name = "flow") => data.make(LOG_GROUP, { name, kmsKeyId: key.arn ?? "" });
    const closed = data.make(KEY, {});
    assert.throws(
      () => group(closed),
      /AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:111122223333:log-group:flow'/,
    );
    const only = {
      ArnEquals: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:us-east-1:${DATA}:log-group:flow` },
    };
    const open = data.make(KEY, { policy: policy(owner, logs(only)) });
    assert.ok(group(open));
    assert.throws(() => group(open, "other"), /AccessDeniedException/);
    assert.throws(() => data.change(LOG_GROUP, "flow", { name: "flow", kmsKeyId: closed.arn ?? "" }), /AccessDenied/);
  });

  it("serve a service on its caller's behalf, while they are enabled", () => {
    const key = data.make(KEY, { policy: policy({ ...owner, Condition: {} }) });
    assert.equal(keyForGrants(data.context, textOf(key.arn), "rds")?.id, key.id);
    data.change(KEY, key.id, { isEnabled: false, policy: key.policy ?? "" });
    assert.equal(keyForGrants(data.context, key.id, "rds"), undefined);
  });

  it("wait for their deletion, work for nobody meanwhile, and are gone afterwards", () => {
    const { id } = data.make(KEY, { deletionWindowInDays: 7 });
    data.unmake(KEY, id);
    const { world } = data.context;
    assert.equal(world.get(KEY, id), undefined, "programs no longer see it");
    assert.equal(keyState(world, keyOf(id)), "pending deletion");
    assert.equal(keyForGrants(data.context, id, "rds"), undefined);
    assert.throws(() => data.make(ALIAS, { name: "alias/late", targetKeyId: id }), /KMSInvalidStateException/);
    world.advance(7 * DAY);
    assert.equal(keyBy(data.context, id), undefined);
    assert.throws(() => data.make(ALIAS, { name: "alias/late", targetKeyId: id }), /NotFoundException/);
  });

  it("are refused by the provider with a window or a rotation out of range", () => {
    assert.throws(() => data.make(KEY, { deletionWindowInDays: 3 }), /range \(7 - 30\), got 3/);
    assert.throws(() => data.make(KEY, { enableKeyRotation: true, rotationPeriodInDays: 30 }), /range \(90 - 2560\)/);
    assert.throws(() => data.make(KEY, { rotationPeriodInDays: 90 }), /must be specified/);
    assert.throws(
      () => data.make(KEY, { enableKeyRotation: true, customerMasterKeySpec: "RSA_2048" }),
      /UnsupportedOperationException/,
    );
  });

  it("change in place, but not what they are", () => {
    assert.deepEqual(data.replacing(KEY, {}, { enableKeyRotation: true, description: "stores" }), []);
    assert.deepEqual(data.replacing(KEY, {}, { customerMasterKeySpec: "RSA_2048" }), ["customerMasterKeySpec"]);
  });

  it("have aliases: unique, never AWS's own, moved in place", () => {
    const [one, two] = [data.make(KEY, {}), data.make(KEY, {})];
    const alias = data.make(ALIAS, { name: "alias/stores", targetKeyId: one.id });
    assert.equal(alias.targetKeyArn, one.arn);
    assert.equal(keyBy(data.context, "alias/stores")?.id, one.id);
    assert.equal(keyBy(data.context, textOf(alias.arn))?.id, one.id);
    assert.throws(
      () => data.make(ALIAS, { name: "alias/stores", targetKeyId: two.id }),
      /AlreadyExistsException: An alias with the name arn:aws:kms:us-east-1:111122223333:alias\/stores already exists/,
    );
    assert.throws(() => data.make(ALIAS, { name: "alias/aws/rds", targetKeyId: two.id }), /NotAuthorizedException/);
    assert.throws(() => data.make(ALIAS, { name: "stores", targetKeyId: two.id }), /must begin with 'alias\/'/);
    const moved = data.change(ALIAS, "alias/stores", { name: "alias/stores", targetKeyId: two.id });
    assert.equal(moved.targetKeyArn, two.arn);
    assert.match(data.make(ALIAS, { targetKeyId: one.id }, "stores").id, /^alias\/stores-[0-9a-f]{7}$/);
  });

  it("are managed by an assumed role only where its policies allow it", () => {
    role("keeper", { Action: ["kms:CreateKey", "kms:TagResource"] });
    const keeper = actor(data.context.world, DATA, { role: "keeper" });
    assert.throws(
      () => keeper.make(KEY, { description: "stores" }),
      /AccessDeniedException: .*assumed-role\/keeper\/sandbox is not authorized to perform: kms:DescribeKey/,
    );
  });
});
