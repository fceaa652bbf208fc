// Proves that `corpai explain` says of every flow, from what Pulumi knows, what the sandbox's packets do, hop for hop, whichever fact is taken away; and that
// it names the cause and the fix in the three cases of the document's troubleshooting section. The two share no code and no table.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { AGENTCORE_ENDPOINTS, AGENTCORE_GATEWAY_ENDPOINTS } from "../../model/agentcore-endpoints.ts";
import { type Explanation, explainFlow } from "../../model/agentcore-explain.ts";
import { ISOLATED_RULES } from "../../model/agentcore-rules.ts";
import { textOf } from "../sandbox/support/cluster.ts";
import type { Actor } from "../sandbox/support/world.ts";
import { ASSOCIATION, DOMAINS, ENDPOINT, FLOWS, Isolated, PLACE } from "./support/isolated.ts";
import { restore } from "./support/program.ts";

describe("explaining flows", function () {
  this.timeout(60_000);
  let network: Isolated;
  before(async () => {
    network = await Isolated.build();
  });
  after(restore);

  const explained = (as: Actor, key: string): Explanation => {
    const flow = FLOWS.find((one) => one.key === key);
    assert.ok(flow, key);
    return explainFlow(network.records(as), flow, { environment: "demo", place: PLACE, homes: network.outputs.homes });
  };
  const ruleType = (direction: "ingress" | "egress"): string => {
    const word = direction === "ingress" ? "Ingress" : "Egress";
    return `aws:vpc/securityGroup${word}Rule:SecurityGroup${word}Rule`;
  };
  const removeRule = (as: Actor, key: string): void => {
    const direction = ISOLATED_RULES.find((rule) => rule.key === key)?.direction ?? "egress";
    as.unmake(ruleType(direction), network.idOf(`agentcore-${key}`, ruleType(direction)));
  };
  const change = (as: Actor, type: string, id: string, more: object): void => {
    as.change(type, id, { ...network.inputsOf(as, type, id), ...more });
  };
  const removeStatement = (as: Actor, id: string, sid: string): void => {
    const policy = JSON.parse(textOf(as.read(ENDPOINT, id).policy)) as { Statement: { Sid: string }[] };
    const rest = policy.Statement.filter(({ Sid }) => Sid !== sid);
    const nothing = { Sid: "Nothing", Effect: "Deny", Principal: "*", Action: "sts:GetCallerIdentity", Resource: "*" };
    change(as, ENDPOINT, id, { policy: JSON.stringify({ ...policy, Statement: rest.length > 0 ? rest : [nothing] }) });
  };

  /** Every fact that may go missing, each by its own name. */
  function* breaks(): Generator<readonly [name: string, (as: Actor) => void]> {
    yield ["nothing", () => undefined];
    for (const { service, statements } of [...AGENTCORE_ENDPOINTS, ...AGENTCORE_GATEWAY_ENDPOINTS]) {
      const id = network.endpointOf(service);
      yield [`endpoint ${service}`, (as) => as.unmake(ENDPOINT, id)];
      if (service === "rds-data") continue;
      for (const { Sid } of statements({ ...PLACE, modelRegions: ["us-east-1"], sessionManager: false }))
        yield [`statement ${service} ${Sid}`, (as) => removeStatement(as, id, Sid)];
    }
    for (const { service } of AGENTCORE_ENDPOINTS)
      yield [
        `private name of ${service}`,
        (as) => change(as, ENDPOINT, network.endpointOf(service), { privateDnsEnabled: false }),
      ];
    for (const { key } of ISOLATED_RULES) yield [`rule ${key}`, (as) => removeRule(as, key)];
    for (const azId of Object.keys(network.outputs.subnets))
      yield [`route table of ${azId}`, (as) => as.unmake(ASSOCIATION, network.idOf(`agentcore-${azId}`, ASSOCIATION))];
    const list = network.idOf("agentcore-dns-allow", DOMAINS);
    const domains = network.inputsOf(network.copied(), DOMAINS, list).domains as string[];
    for (const domain of domains)
      yield [`name ${domain}`, (as) => change(as, DOMAINS, list, { domains: domains.filter((one) => one !== domain) })];
  }

  it("agrees with the sandbox's packets on every leg of every flow, whichever fact is missing", () => {
    let blocked = 0;
    for (const [name, doBreak] of breaks()) {
      const as = network.copied();
      doBreak(as);
      const records = network.records(as);
      for (const flow of FLOWS) {
        const { legs, blockedAt } = explainFlow(records, flow, {
          environment: "demo",
          place: PLACE,
          homes: network.outputs.homes,
        });
        const walks = legs.map(({ leg }) => network.walk(as, flow.from, leg));
        const stop = walks.find(({ verdict }) => verdict === "blocked");
        // Without its private name an endpoint is not seen by packets: they set out for public addresses, to which no route leads.
        const at = stop?.blockedAt === "route" && blockedAt === "dns" ? "dns" : (stop?.blockedAt ?? null);
        assert.equal(blockedAt, at, `${name}: ${flow.key}: ${stop?.hops.at(-1)?.because ?? "open in the sandbox"}`);
        if (stop) blocked += 1;
      }
    }
    assert.ok(blocked > 100, `${blocked} flows were blocked`);
  });

  /** The document's section 13: what people see, what may be the cause, where it is found and what mends it. */
  const TROUBLES: readonly (readonly [
    issue: string,
    flow: string,
    cause: string,
    hop: string,
    because: RegExp,
    doBreak: (as: Actor) => void,
  ])[] = [
    [
      "a container fails to pull from ECR",
      "agent-image",
      "the endpoint of the registry is gone",
      "dns",
      /no endpoint of ecr\.dkr stands in the VPC/,
      (as) => as.unmake(ENDPOINT, network.endpointOf("ecr.dkr")),
    ],
    [
      "a container fails to pull from ECR",
      "agent-image",
      "the group does not let layers in, which the document's rules forgot",
      "source-group",
      /no rule of agentcore-AgentRuntimeSecurityGroup lets 443 out to the prefix list of com\.amazonaws\.us-east-1\.s3/,
      (as) => removeRule(as, "agent-to-s3"),
    ],
    [
      "a container fails to pull from ECR",
      "mcp-image",
      "the subnet has lost its route table",
      "route",
      /the subnet in use1-az4 has the main route table, in which no gateway endpoint is/,
      (as) => as.unmake(ASSOCIATION, network.idOf("agentcore-use1-az4", ASSOCIATION)),
    ],
    [
      "MCP cannot access DynamoDB",
      "mcp-dynamodb",
      "the gateway endpoint is gone",
      "dns",
      /no endpoint of dynamodb stands in the VPC/,
      (as) => as.unmake(ENDPOINT, network.endpointOf("dynamodb")),
    ],
    [
      "MCP cannot access DynamoDB",
      "mcp-dynamodb",
      "the group does not name the prefix list",
      "source-group",
      /no rule of agentcore-MCPRuntimeSecurityGroup lets 443 out to the prefix list/,
      (as) => removeRule(as, "mcp-to-dynamodb"),
    ],
    [
      "the agent cannot reach Bedrock",
      "agent-model",
      "the endpoint is gone",
      "dns",
      /no endpoint of bedrock-runtime stands in the VPC: bedrock-runtime\.us-east-1\.amazonaws\.com resolves to public addresses/,
      (as) => as.unmake(ENDPOINT, network.endpointOf("bedrock-runtime")),
    ],
    [
      "the agent cannot reach Bedrock",
      "agent-model",
      "its private name does not resolve",
      "dns",
      /the endpoint of bedrock-runtime has no private name/,
      (as) => change(as, ENDPOINT, network.endpointOf("bedrock-runtime"), { privateDnsEnabled: false }),
    ],
  ];
  for (const [issue, key, cause, hop, because, doBreak] of TROUBLES)
    it(`finds the cause where ${issue}: ${cause}`, () => {
      const as = network.copied();
      doBreak(as);
      const { verdict, blockedAt, legs, fix } = explained(as, key);
      assert.deepEqual([verdict, blockedAt], ["blocked", hop]);
      assert.match(legs.at(-1)?.hops.at(-1)?.because ?? "", because);
      assert.match(fix ?? "", /npx corpai up demo --only agentcore-network$/);
    });

  it("leaves open what roles may do until they stand, and says which command brings them", () => {
    const { verdict, legs } = explained(network.copied(), "agent-model");
    assert.equal(verdict, "undecided");
    assert.match(legs[0]?.hops.at(-1)?.because ?? "", /npx corpai up demo --only agentcore-runtime/);
    assert.equal(explained(network.copied(), "agent-mcp").verdict, "open", "a token is the authorizer's business");
  });
});
