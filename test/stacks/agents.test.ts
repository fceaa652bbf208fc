// Proves what the programs of agents build, in a world that judges as AWS does: data, tools and the agent on the isolated network, from the demo's files.
// Whoever may call is let in and nobody else, tokens are fetched without a way to the internet, and every role may do what its flows need and no more.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { AgentcoreNetworkOutputs } from "../../stacks/agentcore-network/index.ts";
import agentcoreNetwork from "../../stacks/agentcore-network/index.ts";
import type { AgentcoreDataOutputs } from "../../stacks/agentcore-data/index.ts";
import agentcoreData from "../../stacks/agentcore-data/index.ts";
import type { AgentcoreRuntimeOutputs } from "../../stacks/agentcore-runtime/index.ts";
import agentcoreRuntime from "../../stacks/agentcore-runtime/index.ts";
import type { AgentcoreToolsOutputs } from "../../stacks/agentcore-tools/index.ts";
import agentcoreTools from "../../stacks/agentcore-tools/index.ts";
import { type Call, whyNoAnswer, whyNoTool } from "../../sandbox/aws/agentcore-access.ts";
import { tokenThroughIdentity } from "../../sandbox/aws/agentcore-identity.ts";
import { whyNoStatement } from "../../sandbox/aws/aurora.ts";
import { callWalk } from "../../sandbox/aws/calls.ts";
import { whyKeyDenies } from "../../sandbox/aws/kms.ts";
import { whyDenied } from "../../sandbox/aws/policies.ts";
import { type Token, tokenFor } from "../../sandbox/aws/tokens.ts";
import { record, texts } from "../../sandbox/values.ts";
import { World, type WorldObject } from "../../sandbox/world.ts";
import { CLIENTS, type Client, RESOURCE_SERVER, scopeIn } from "../../model/agentcore-clients.ts";
import { textOf } from "../sandbox/support/cluster.ts";
import { DATA, type Actor, actor, demoWorld } from "../sandbox/support/world.ts";
import { type Built, buildInWorld } from "./support/in-world.ts";
import { restore } from "./support/program.ts";

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const RUNTIME = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime";

interface Agents {
  readonly as: Actor;
  readonly network: Built<AgentcoreNetworkOutputs>;
  readonly data: Built<AgentcoreDataOutputs>;
  readonly tools: Built<AgentcoreToolsOutputs>;
  readonly runtime: Built<AgentcoreRuntimeOutputs>;
}

/** All four programs, one after another, as the demo's files have them. */
async function build(): Promise<Agents> {
  const as = actor(demoWorld(), DATA);
  const network = await buildInWorld<AgentcoreNetworkOutputs>("agentcore-network.demo", agentcoreNetwork, as);
  const upstream: Record<string, object> = { "agentcore-network.demo": network.outputs };
  const data = await buildInWorld<AgentcoreDataOutputs>("agentcore-data.demo", agentcoreData, as, { upstream });
  upstream["agentcore-data.demo"] = data.outputs;
  const tools = await buildInWorld<AgentcoreToolsOutputs>("agentcore-tools.demo", agentcoreTools, as, { upstream });
  upstream["agentcore-tools.demo"] = tools.outputs;
  const runtime = await buildInWorld<AgentcoreRuntimeOutputs>("agentcore-runtime.demo", agentcoreRuntime, as, {
    upstream,
  });
  as.context.world.advance(600);
  return { as, network, data, tools, runtime };
}

describe("agents on the isolated network", function () {
  this.timeout(60_000);
  let agents: Agents;
  before(async () => {
    agents = await build();
  });
  after(restore);

  const worldOf = () => agents.as.context.world;
  /** The IAM role of something that a program built. */
  const roleOf = ({ resources }: Built<unknown>, name: string): string =>
    resources.find((one) => one.type === ROLE && one.name === name)?.id ?? "";
  const tokenOf = (client: Client, scopes?: readonly string[]): Token => {
    const { clientIds, clientSecrets } = agents.data.outputs;
    const given = tokenFor(worldOf(), {
      clientId: clientIds[client],
      clientSecret: clientSecrets[client],
      ...(scopes && { scopes }),
    });
    assert.ok(typeof given !== "string", JSON.stringify(given));
    return given;
  };

  describe("who may call", () => {
    const tool = "look-up___get-customer";
    const callAgent = (call: Call, qualifier?: string) =>
      whyNoAnswer(worldOf(), agents.runtime.outputs.agent.arn, call, qualifier);
    const callMcp = (call: Call) => whyNoAnswer(worldOf(), agents.tools.outputs.mcp?.arn ?? "", call);
    const callTool = (call: Call) => whyNoTool(worldOf(), agents.tools.outputs.gateway.arn, call, tool);

    it("the agent: who has a token of its client, and its session starts, image and all", () => {
      assert.equal(callAgent({ token: tokenOf("agent") }), undefined);
      assert.equal(callAgent({ token: tokenOf("agent") }, "live"), undefined);
    });

    it("nothing of all: who has no token, or only a role", () => {
      const administrator = { role: { account: DATA, role: roleOf(agents.runtime, "agent") } };
      for (const call of [callAgent, callMcp, callTool])
        for (const caller of [{}, administrator]) assert.match(call(caller) ?? "", /^UnauthorizedException/);
    });

    it("each thing by its own client's token only, and with the scope that it asks for", () => {
      const calls = { agent: callAgent, mcp: callMcp, gateway: callTool } as const;
      for (const [thing, call] of Object.entries(calls) as [Client, (typeof calls)[Client]][])
        for (const client of Object.keys(calls) as Client[]) {
          const why = call({ token: tokenOf(client) });
          if (client === thing) assert.equal(why, undefined, `${client} → ${thing}`);
          else assert.match(why ?? "", /^UnauthorizedException: Claim 'client_id'/, `${client} → ${thing}`);
        }
      const narrow = [`${RESOURCE_SERVER}/write`];
      assert.match(callMcp({ token: tokenOf("mcp", narrow) }) ?? "", /insufficient_scope/);
      assert.match(callTool({ token: tokenOf("gateway", narrow) }) ?? "", /insufficient_scope/);
    });
  });

  describe("the agent's role", () => {
    const role = () => roleOf(agents.runtime, "agent");
    const fetch = (world: World, client: "gateway" | "mcp") =>
      tokenThroughIdentity(
        world,
        { account: DATA, region: "us-east-1", role: role() },
        {
          workloadIdentity: "support_agent_tokens",
          provider: `support_agent_${client}`,
          scopes: [scopeIn(CLIENTS[client].opens)],
        },
      );

    it("gets tokens for gateway and MCP runtime by AgentCore Identity, and these are let in", () => {
      for (const client of ["gateway", "mcp"] as const) {
        const token = fetch(worldOf(), client);
        assert.ok(typeof token === "object", JSON.stringify(token));
        const { gateway, mcp } = agents.tools.outputs;
        const why =
          client === "gateway"
            ? whyNoTool(worldOf(), gateway.arn, { token }, "look-up___get-orders")
            : whyNoAnswer(worldOf(), mcp?.arn ?? "", { token });
        assert.equal(why, undefined);
      }
    });

    it("has every grant that a token needs: without any one of them there is none", () => {
      for (const lost of ["ProveIdentity", "FetchTokens", "ReadClientSecrets"])
        assert.match(refusal(fetch(without(worldOf(), role(), lost), "gateway")), /is not authorized to perform/, lost);
    });

    it("runs SQL by the Data API, with the secret and its key: without any one of them it does not", () => {
      const { clusterArn, secretArn } = agents.data.outputs.database;
      const run = (world: World) => whyNoStatement(world, clusterArn, secretArn, { account: DATA, role: role() });
      assert.equal(run(worldOf()), undefined);
      for (const lost of ["RunSql", "ReadDatabaseSecret", "DecryptDatabaseSecret"])
        assert.match(run(without(worldOf(), role(), lost)) ?? "", /AccessDenied/, lost);
    });

    it("may do nothing that belongs to others", () => {
      const own = { account: DATA, role: role() };
      const table = Object.values(agents.data.outputs.tables)[0]?.arn;
      for (const [action, arn] of [
        ["dynamodb:GetItem", table],
        ["lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:corpai-demo-table-look-up"],
        [
          "bedrock:InvokeModel",
          "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        ],
        ["kms:Decrypt", agents.data.outputs.database.keyArn],
        ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:other-abcdef"],
        ["ecr:BatchGetImage", agents.tools.outputs.repositories.mcp?.arn],
      ] as const)
        assert.ok(whyDenied(worldOf(), own, { action, arn, keys: {} }), action);
      const keys = {
        "bedrock:InferenceProfileArn":
          "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      };
      const arn = "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0";
      assert.equal(whyDenied(worldOf(), own, { action: "bedrock:InvokeModel", arn, keys }), undefined);
    });
  });

  describe("keys", () => {
    it("are used through their services, and by nobody outside of them, administrators included", () => {
      const { database, tables } = agents.data.outputs;
      const key = (arn: string) => worldOf().all("aws:kms/key:Key", ({ computed }) => computed.arn === arn)[0];
      const [first, second] = [key(database.keyArn), key(tables.customers?.keyArn ?? "")];
      assert.ok(first && second && first !== second);
      const by = (service: string) => ({ "kms:ViaService": `${service}.us-east-1.amazonaws.com` });
      const administrator = { account: DATA, role: undefined };
      const why = (one: WorldObject, service?: string) =>
        whyKeyDenies(worldOf(), one, administrator, "kms:Decrypt", service === undefined ? {} : by(service));
      assert.equal(why(first, "secretsmanager"), undefined);
      assert.equal(why(second, "dynamodb"), undefined);
      for (const service of [undefined, "dynamodb", "s3"]) assert.ok(why(first, service), service);
      for (const service of [undefined, "rds", "secretsmanager"]) assert.ok(why(second, service), service);
    });
  });

  it("find a way through the endpoints for every call that their roles may make", () => {
    const callers = [
      ["agent", "AgentRuntimeSecurityGroup", roleOf(agents.runtime, "agent")],
      ["mcp", "MCPRuntimeSecurityGroup", roleOf(agents.tools, "mcp")],
      ["resources", "GatewayLambdaSecurityGroup", roleOf(agents.tools, "look-up")],
    ] as const;
    let tried = 0;
    for (const [home, group, role] of callers) {
      const { homes, subnets, securityGroupIds } = agents.network.outputs;
      const source = { subnetId: subnets[homes[home]]?.id ?? "", securityGroupIds: [securityGroupIds[group]] };
      for (const { action, resource } of callsOf(worldOf(), role)) {
        const host = hostOf(action);
        if (host === undefined) continue;
        const walk = callWalk(worldOf(), source, { host, action, resource, signedBy: "role" });
        assert.equal(walk.verdict, "open", `${role}: ${action} on ${resource}: ${walk.hops.at(-1)?.because ?? ""}`);
        tried += 1;
      }
    }
    assert.ok(tried > 40, String(tried));
  });

  it("stand in two AZs each, the document's own first", () => {
    const { homes, subnets } = agents.network.outputs;
    const zones = (name: string) => {
      const runtime = worldOf().all(RUNTIME, ({ inputs }) => inputs.agentRuntimeName === name)[0];
      const { subnets: ids } = record(record(runtime?.inputs.networkConfiguration).networkModeConfig);
      return texts(ids).map((id) => Object.values(subnets).find((one) => one.id === id)?.azId);
    };
    assert.deepEqual(zones("support_agent"), [homes.agent, homes.resources]);
    assert.deepEqual(zones("support_mcp"), [homes.mcp, homes.agent]);
  });

  it("keep their groups of logs encrypted, with an end, before anything is written to them", () => {
    const groups = worldOf().all("aws:cloudwatch/logGroup:LogGroup");
    assert.ok(groups.every(({ inputs }) => inputs.retentionInDays === 7 && inputs.kmsKeyId !== undefined));
    const named = groups.map(({ id }) => id);
    const { arn } = agents.runtime.outputs.agent;
    const id = arn.split("/")[1] ?? "";
    for (const endpoint of ["DEFAULT", "live"])
      assert.ok(named.includes(`/aws/bedrock-agentcore/runtimes/${id}-${endpoint}`), named.join(", "));
  });
});

const refusal = (answer: Token | string): string => (typeof answer === "string" ? answer : "a token");

/** A copy of a world in which a role has lost one statement of its policy. */
function without(world: World, role: string, sid: string): World {
  const copy = new World("test", world.facts, JSON.parse(JSON.stringify(world.objects)) as WorldObject[]);
  copy.advance(world.clock);
  const [policy] = copy.all(ROLE_POLICY, ({ inputs }) => inputs.role === role);
  assert.ok(policy, role);
  const document = JSON.parse(textOf(policy.inputs.policy)) as { Statement: { Sid: string }[] };
  const Statement = document.Statement.filter((one) => one.Sid !== sid);
  assert.equal(Statement.length, document.Statement.length - 1, sid);
  policy.inputs = { ...policy.inputs, policy: JSON.stringify({ ...document, Statement }) };
  return copy;
}

/** Every action of a role's policy, on each of its resources. */
function callsOf(world: World, role: string): { readonly action: string; readonly resource: string }[] {
  const [policy] = world.all(ROLE_POLICY, ({ inputs }) => inputs.role === role);
  const document = JSON.parse(textOf(policy?.inputs.policy)) as {
    Statement: { Action: string | string[]; Resource: string | string[] }[];
  };
  return document.Statement.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }))),
  );
}

/** Where a call goes; undefined for those that a service makes in the role's name, and not from the VPC. */
function hostOf(action: string): string | undefined {
  const [service = "", call = ""] = action.split(":");
  if (service === "kms" || service === "ec2") return undefined;
  // Lambda itself delivers what its functions print.
  const host =
    service === "ecr"
      ? call === "GetAuthorizationToken"
        ? "api.ecr"
        : `${DATA}.dkr.ecr`
      : ({ cloudwatch: "monitoring", bedrock: "bedrock-runtime" }[service] ?? service);
  return `${host}.us-east-1.amazonaws.com`;
}
