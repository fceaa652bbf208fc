// Proves what the components of agents ask of AWS, by class of environment: what is protected, encrypted and closed. What AWS makes of it is proved in
// stacks/agents.test.ts.
import assert from "node:assert/strict";
import { isSecret, secret } from "@pulumi/pulumi";
import { describe, it } from "mocha";
import {
  credentials,
  database,
  gateway,
  pool,
  repository,
  runtime,
  table,
  tablesKey,
  tools,
} from "./support/agentcore.ts";
import { recorder, value } from "./support/recorder.ts";

const CLUSTER = "aws:rds/cluster:Cluster";
const MEMBER = "aws:rds/clusterInstance:ClusterInstance";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

describe("a database of agents", () => {
  it("is encrypted, reached by the Data API and by IAM, and its master's password is RDS's own business", async () => {
    await recorder.build(() => database("database"));
    const { inputs } = recorder.only(CLUSTER);
    const wanted = {
      engine: "aurora-postgresql",
      storageEncrypted: true,
      kmsKeyId: "key-arn",
      masterUserSecretKmsKeyId: "key-arn",
      manageMasterUserPassword: true,
      enableHttpEndpoint: true,
      iamDatabaseAuthenticationEnabled: true,
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 4 },
    };
    for (const [name, is] of Object.entries(wanted)) assert.deepEqual(inputs[name], is, name);
    assert.equal(inputs.masterPassword, undefined);
  });

  it("has a second instance, protection and a last snapshot where the class says so, and none of it in a demo", async () => {
    await recorder.build(() => database("database", "prod"));
    assert.equal(recorder.of(MEMBER).length, 2);
    const kept = recorder.only(CLUSTER).inputs;
    assert.deepEqual([kept.deletionProtection, kept.backupRetentionPeriod], [true, 35]);
    assert.match(String(kept.finalSnapshotIdentifier), /^corpai-prod-agents-last-/);
    await recorder.build(() => database("database", "demo"));
    assert.equal(recorder.of(MEMBER).length, 1);
    const thrown = recorder.only(CLUSTER).inputs;
    assert.deepEqual([thrown.deletionProtection, thrown.skipFinalSnapshot], [false, true]);
  });
});

describe("what holds data of agents", () => {
  for (const environmentClass of ["prod", "demo"] as const)
    it(`is ${environmentClass === "prod" ? "" : "not "}protected in ${environmentClass}: tables, pool and images`, async () => {
      const protects = environmentClass === "prod";
      await recorder.build(() => [
        table("orders", environmentClass),
        pool("agents", environmentClass),
        repository("agent", environmentClass),
      ]);
      const { inputs } = recorder.only("aws:dynamodb/table:Table");
      assert.equal(inputs.deletionProtectionEnabled, protects);
      assert.deepEqual(inputs.pointInTimeRecovery, { enabled: true });
      assert.deepEqual(inputs.serverSideEncryption, { enabled: true, kmsKeyArn: "key-arn" });
      const users = recorder.only("aws:cognito/userPool:UserPool").inputs;
      assert.equal(users.deletionProtection, protects ? "ACTIVE" : "INACTIVE");
      assert.deepEqual(users.adminCreateUserConfig, { allowAdminCreateUserOnly: true });
      const images = recorder.only("aws:ecr/repository:Repository").inputs;
      assert.deepEqual([images.forceDelete, images.imageTagMutability], [!protects, "IMMUTABLE"]);
    });

  it("has clients for machines only, each with its own scopes", async () => {
    await recorder.build(() => pool("agents"));
    const clients = recorder
      .of("aws:cognito/userPoolClient:UserPoolClient")
      .map(({ name, inputs }) => [
        name,
        inputs.generateSecret,
        ...(inputs.allowedOauthFlows as string[]),
        (inputs.allowedOauthScopes as string[]).map((scope) => scope.split("/")[1]).join(" "),
      ]);
    assert.deepEqual(clients.sort(), [
      ["agents-agent", true, "client_credentials", "agent"],
      ["agents-gateway", true, "client_credentials", "read write gateway"],
      ["agents-mcp", true, "client_credentials", "read write"],
    ]);
  });

  it("has keys whose administrators cannot use them", async () => {
    await recorder.build(() => tablesKey("tables"));
    const { policy } = recorder.only("aws:kms/key:Key").inputs;
    const { Statement } = JSON.parse(String(policy)) as { Statement: { Sid: string; Action: string[] }[] };
    assert.deepEqual(
      Statement.map(({ Sid }) => Sid),
      ["AdministerByIam", "StoreTables"],
    );
    assert.ok(!Statement[0]?.Action.some((action) => /Decrypt|Encrypt|GenerateDataKey|CreateGrant|\*/.test(action)));
  });
});

describe("a runtime", () => {
  it("stands in the VPC, takes tokens of one client with one scope, and keeps all its logs for as long as asked", async () => {
    const built = await recorder.build(() => runtime("agent"));
    const { inputs } = recorder.only("aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime");
    assert.deepEqual(inputs.networkConfiguration, {
      networkMode: "VPC",
      networkModeConfig: { subnets: ["subnet-a", "subnet-b"], securityGroups: ["sg-agent"] },
    });
    assert.deepEqual(inputs.authorizerConfiguration, {
      customJwtAuthorizer: {
        discoveryUrl: "https://issuer",
        allowedClients: ["client"],
        allowedScopes: ["corpai-agentcore/agent"],
      },
    });
    assert.match(await value(built.url), /^https:\/\/bedrock-agentcore\.us-east-1\.amazonaws\.com\/runtimes\/arn%3A/);
    assert.deepEqual(
      recorder.of(LOG_GROUP).map((group) => group.inputs.retentionInDays),
      [365, 365, 365],
      "two endpoints, and what AgentCore itself says",
    );
  });
});

describe("the gateway's tools", () => {
  it("are told to the model with their key, of which the partition alone has to be given", async () => {
    await recorder.build(() => gateway("tools"));
    const { targetConfiguration } = recorder.only("aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget").inputs;
    assert.deepEqual(targetConfiguration, {
      mcp: {
        lambda: {
          lambdaArn: "function-arn",
          toolSchema: {
            inlinePayloads: [
              {
                name: "get-orders",
                description: "Orders of a customer",
                inputSchema: {
                  type: "object",
                  properties: ["customerId", "orderId"].map((name, index) => ({
                    name,
                    type: "string",
                    description: `The ${name}`,
                    required: index === 0,
                  })),
                },
              },
            ],
          },
        },
      },
    });
  });

  it("run inside the VPC, with their tables in their environment, and log into an encrypted group", async () => {
    await recorder.build(() => tools("look-up"));
    const { inputs } = recorder.only("aws:lambda/function:Function");
    assert.deepEqual(inputs.vpcConfig, { subnetIds: ["subnet-a", "subnet-b"], securityGroupIds: ["sg-lambda"] });
    assert.deepEqual(inputs.environment, {
      variables: { TOOLS: '{"get-orders":{"table":"orders","key":["customerId","orderId"]}}' },
    });
    const logs = recorder.only(LOG_GROUP).inputs;
    assert.equal(logs.name, "/aws/lambda/corpai-prod-table-look-up");
    assert.ok(logs.kmsKeyId);
  });
});

describe("an agent's credentials", () => {
  it("are a provider for each client, and an identity to ask by, which the runtime's own is not", async () => {
    const built = await recorder.build(() => credentials("agent", secret("hush")));
    assert.deepEqual(await value(built.providers), [{ arn: "provider-arn", secretArn: "secret-arn" }]);
    assert.equal(recorder.of("aws:bedrock/agentcoreWorkloadIdentity:AgentcoreWorkloadIdentity").length, 1);
    assert.equal(await isSecret(built.providers), false, "what only names the secret is none");
  });
});
