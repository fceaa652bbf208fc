// Proves the rules of what agents stand on: Cognito, DynamoDB, ECR, Lambda and Aurora, as far as the sandbox has them. No code and no SQL runs here.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { whyNoStatement } from "../../sandbox/aws/aurora.ts";
import { interfacesOf } from "../../sandbox/aws/network.ts";
import { tokenFor } from "../../sandbox/aws/tokens.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { A, account, clientArguments, functionArguments, pool, role, tableArguments } from "./support/agentcore.ts";
import { textOf } from "./support/cluster.ts";
import { GROUP, databaseArguments, keyOf } from "./support/stores.ts";
import type { Actor, Outputs } from "./support/world.ts";
import { DATA, TOOLS, actor } from "./support/world.ts";

let aws: Actor;
beforeEach(() => {
  aws = account();
});

describe("user pools", () => {
  it("have one domain, by a prefix that nobody else in the region has, of any account", () => {
    const { id } = pool(aws);
    assert.equal(aws.read(A.pool, id).domain, "acme-agents");
    assert.throws(() => aws.make(A.domain, { domain: "second", userPoolId: id }), /already has a domain/);
    const foreign = actor(aws.context.world, TOOLS);
    const other = foreign.make(A.pool, { name: "agents" });
    const take = (domain: string) => () => foreign.make(A.domain, { domain, userPoolId: other.id });
    assert.throws(take("acme-agents"), /Domain already associated with another user pool/);
    assert.throws(take("acme-aws-agents"), /cannot contain reserved word: aws/);
    assert.throws(take("Acme"), /invalid value for domain/);
  });

  it("go only unprotected, and after their domain", () => {
    const { id } = pool(aws);
    assert.throws(() => aws.unmake(A.pool, id), /domain configured that should be deleted first/);
    aws.unmake(A.domain, "acme-agents");
    aws.change(A.pool, id, { name: "agents", deletionProtection: "ACTIVE" });
    assert.throws(() => aws.unmake(A.pool, id), /InvalidParameterException: .+ deletion protection is activated/);
    aws.change(A.pool, id, { name: "agents" });
    aws.unmake(A.pool, id);
    assert.equal(aws.context.world.all(A.client).length, 0);
  });

  it("give clients scopes that a resource server defines, and the client credentials flow only with a secret", () => {
    const { id } = pool(aws);
    const make = (more: Properties) => () => aws.make(A.client, clientArguments(id, more));
    assert.throws(make({ allowedOauthScopes: ["agents/write"] }), /ScopeDoesNotExistException: .+agents\/write/);
    assert.throws(
      make({ generateSecret: false }),
      /InvalidOAuthFlowException: .+if client does not have a client secret/,
    );
    assert.throws(make({ allowedOauthFlows: ["client_credentials", "code"] }), /can not be selected along with/);
  });

  it("give tokens to a client with its secret, for its scopes, at their domain", () => {
    const { client } = pool(aws);
    const ask = (clientSecret: string, scopes?: string[]) =>
      tokenFor(aws.context.world, { clientId: client.id, clientSecret, ...(scopes && { scopes }) });
    const secret = textOf(client.clientSecret);
    assert.equal(ask("wrong"), "invalid_client");
    assert.equal(ask(secret, ["agents/write"]), "invalid_scope");
    const token = ask(secret);
    assert.deepEqual(typeof token === "object" && token.scopes, ["agents/read", "agents/agent"]);
    aws.unmake(A.domain, "acme-agents");
    const without = ask(secret);
    assert.match(typeof without === "string" ? without : "a token", /no domain/);
  });
});

describe("tables", () => {
  it("define exactly the attributes of their keys, each name once", () => {
    const make = (more: Properties = {}) => aws.make(A.table, tableArguments(more));
    assert.throws(() => make({ rangeKey: "orderId" }), /Some index key attributes have no definition: orderId/);
    const attributes = [
      { name: "customerId", type: "S" },
      { name: "city", type: "S" },
    ];
    assert.throws(() => make({ attributes }), /all attributes must be indexed. Unused attributes: \["city"\]/);
    assert.equal(make().arn, `arn:aws:dynamodb:us-east-1:${DATA}:table/customers`);
    assert.throws(() => make(), /ResourceInUseException: Table already exists: customers/);
  });

  it("stay as long as they are protected, and need a key that may be used", () => {
    const { id } = aws.make(A.table, tableArguments({ deletionProtectionEnabled: true }));
    assert.throws(() => aws.unmake(A.table, id), /currently protected against deletion/);
    aws.change(A.table, id, tableArguments());
    aws.unmake(A.table, id);
    const encrypted = (kmsKeyArn: string) =>
      aws.make(A.table, tableArguments({ serverSideEncryption: { enabled: true, kmsKeyArn } }));
    assert.throws(() => encrypted(`arn:aws:kms:us-east-1:${DATA}:key/none`), /KMS validation error/);
    encrypted(keyOf(aws));
  });
});

describe("repositories", () => {
  it("stay while they hold images, unless the program says that these may go", () => {
    aws.make(A.repository, { name: "support/agent" });
    assert.throws(() => aws.unmake(A.repository, "support/agent"), /RepositoryNotEmptyException/);
    aws.change(A.repository, "support/agent", { name: "support/agent", forceDelete: true });
    aws.unmake(A.repository, "support/agent");
    assert.throws(() => aws.make(A.repository, { name: "Support" }), /named by lower-case letters/);
  });

  it("have a name once, and a key that may be used", () => {
    aws.make(A.repository, { name: "support/agent" });
    assert.throws(() => aws.make(A.repository, { name: "support/agent" }), /RepositoryAlreadyExistsException/);
    const kmsKey = `arn:aws:kms:us-east-1:${DATA}:key/none`;
    assert.throws(
      () => aws.make(A.repository, { name: "other", encryptionConfigurations: [{ encryptionType: "KMS", kmsKey }] }),
      /KmsException/,
    );
  });
});

describe("functions", () => {
  const make = (more: Properties = {}): Outputs => aws.make(A.function, functionArguments(aws, more));

  it("need a role that Lambda may assume, and that may make interfaces", () => {
    role(aws, "poor", "lambda.amazonaws.com");
    role(aws, "other", "ec2.amazonaws.com");
    const as = (name: string) => () => make({ role: `arn:aws:iam::${DATA}:role/${name}` });
    assert.throws(as("other"), /InvalidParameterValueException: .+ cannot be assumed by Lambda/);
    assert.throws(as("poor"), /does not have permissions to call CreateNetworkInterface on EC2/);
    assert.equal(make().arn, `arn:aws:lambda:us-east-1:${DATA}:function:lookup`);
    assert.throws(() => make(), /ResourceConflictException/);
    assert.throws(() => make({ name: "old", runtime: "nodejs18.x" }), /expected runtime to be one of nodejs22.x/);
  });

  it("have an interface in each subnet, which stands for a while after them and is waited for", () => {
    const group = aws.make("aws:ec2/securityGroup:SecurityGroup", { name: "lookup", vpcId: "vpc-0acedada000000001" });
    const { vpcConfig } = functionArguments(aws);
    const { subnetIds } = vpcConfig as Properties;
    const { id } = make({ vpcConfig: { subnetIds: subnetIds ?? [], securityGroupIds: [group.id] } });
    assert.equal(interfacesOf(aws.context.world, id).length, 2);
    aws.unmake(A.function, id);
    const before = aws.context.world.clock;
    aws.unmake("aws:ec2/securityGroup:SecurityGroup", group.id);
    assert.ok(aws.context.world.clock - before > 19 * 60, "the provider waits until the interfaces are gone");
  });
});

describe("Aurora", () => {
  const SCALING = { minCapacity: 0.5, maxCapacity: 4 };
  function cluster(more: Properties = {}): Outputs {
    databaseArguments(aws);
    return aws.make(A.cluster, {
      clusterIdentifier: "support",
      engine: "aurora-postgresql",
      engineVersion: "17",
      databaseName: "support",
      masterUsername: "master",
      manageMasterUserPassword: true,
      enableHttpEndpoint: true,
      storageEncrypted: true,
      dbSubnetGroupName: "data",
      vpcSecurityGroupIds: [GROUP],
      serverlessv2ScalingConfiguration: SCALING,
      skipFinalSnapshot: true,
      ...more,
    });
  }
  const member = (): Outputs =>
    aws.make(A.member, {
      identifier: "support-1",
      clusterIdentifier: "support",
      engine: "aurora-postgresql",
      instanceClass: "db.serverless",
    });

  it("scales within AWS's capacities, in halves", () => {
    const scaled = (minCapacity: number, maxCapacity: number) => () =>
      cluster({ serverlessv2ScalingConfiguration: { minCapacity, maxCapacity } });
    assert.throws(scaled(0.5, 300), /capacity 0.5 to 300 isn't valid/);
    assert.throws(scaled(0.3, 4), /capacity 0.3 to 4 isn't valid/);
    assert.throws(scaled(8, 4), /must not be more than its maximum/);
    assert.equal(cluster().engineVersionActual, "17.6");
  });

  it("has a name once, and instances only where it stands", () => {
    assert.throws(() => member(), /DBClusterNotFoundFault: DBCluster support not found/);
    cluster();
    assert.throws(() => cluster(), /DBClusterAlreadyExistsFault/);
  });

  it("goes after its instances, and keeps its group of subnets", () => {
    const { id } = cluster();
    const { id: own } = member();
    assert.throws(() => aws.unmake(A.cluster, id), /InvalidDBClusterStateFault: .+ still contains DB instances/);
    assert.throws(() => aws.unmake("aws:rds/subnetGroup:SubnetGroup", "data"), /InvalidDBSubnetGroupStateFault/);
    aws.unmake(A.member, own);
    aws.unmake(A.cluster, id);
    aws.unmake("aws:rds/subnetGroup:SubnetGroup", "data");
    assert.equal(aws.context.world.all("aws:secretsmanager/secret:Secret").length, 0);
  });

  it("takes statements by the Data API from a role that may call it and read the secret, and from no other", () => {
    const keyArn = keyOf(aws);
    const made = cluster({ masterUserSecretKmsKeyId: keyArn });
    member();
    const [secret] = made.masterUserSecrets as { secretArn: string }[];
    const [clusterArn, secretArn] = [textOf(made.arn), secret?.secretArn ?? ""];
    const call = { Action: "rds-data:ExecuteStatement", Resource: clusterArn };
    const read = { Action: "secretsmanager:GetSecretValue", Resource: secretArn };
    const decrypt = { Action: "kms:Decrypt", Resource: keyArn };
    role(aws, "all", "lambda.amazonaws.com", call, read, decrypt);
    role(aws, "both", "lambda.amazonaws.com", call, read);
    role(aws, "call", "lambda.amazonaws.com", call);
    role(aws, "read", "lambda.amazonaws.com", read);
    const ask = (name: string) =>
      whyNoStatement(aws.context.world, clusterArn, secretArn, { account: DATA, role: name }) ?? "";
    assert.match(ask("read"), /rds-data:ExecuteStatement/);
    assert.match(ask("call"), /secretsmanager:GetSecretValue/);
    assert.match(ask("both"), /Access to KMS is not allowed/);
    assert.equal(ask("all"), "");
    aws.change(A.cluster, made.id, {
      clusterIdentifier: "support",
      engine: "aurora-postgresql",
      databaseName: "support",
      masterUsername: "master",
      manageMasterUserPassword: true,
      enableHttpEndpoint: false,
      storageEncrypted: true,
      dbSubnetGroupName: "data",
      vpcSecurityGroupIds: [GROUP],
      serverlessv2ScalingConfiguration: SCALING,
      masterUserSecretKmsKeyId: keyArn,
    });
    assert.match(ask("all"), /HttpEndpoint is not enabled/);
  });
});
