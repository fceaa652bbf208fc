// Proves that every flow of the AgentCore document is open through what the program builds, in a world that judges as AWS does; that taking away any one
// fact shuts exactly the flows whose data names it; and that nothing leads out. The sandbox shares no table with the flows' data, so that each holds the
// other to account. That AWS's services call what the document draws, and nothing else, is not proved.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { AGENTCORE_ENDPOINTS, AGENTCORE_GATEWAY_ENDPOINTS } from "../../model/agentcore-endpoints.ts";
import { CALLERS, type Caller, type Flow, type Leg, agentcoreFlows } from "../../model/agentcore-flows.ts";
import { outwardProbes } from "../../model/agentcore-probes.ts";
import { ISOLATED_RULES } from "../../model/agentcore-rules.ts";
import { explainFlow } from "../../model/agentcore-explain.ts";
import { callWalk } from "../../sandbox/aws/calls.ts";
import type { Walk } from "../../sandbox/path.ts";
import { ASSOCIATION, DOMAINS, ENDPOINT, FLOWS, Isolated, PLACE } from "./support/isolated.ts";
import { restore } from "./support/program.ts";
import { textOf, trust } from "../sandbox/support/cluster.ts";
import { type Actor, DATA } from "../sandbox/support/world.ts";

const ALL = agentcoreFlows(PLACE);
const CONTEXT = ({ outputs: { homes } }: Isolated) => ({ environment: "demo", place: PLACE, homes });
const PROBES = outwardProbes(PLACE);

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

/** A role of each caller that may do what its flows need, each action by a policy of its own. */
function giveRoles(as: Actor): void {
  for (const from of Object.keys(CALLERS) as Caller[]) {
    as.make("aws:iam/role:Role", { name: from, assumeRolePolicy: trust("bedrock-agentcore.amazonaws.com") });
    const actions = new Map(
      FLOWS.filter((flow) => flow.from === from && !flow.unused)
        .flatMap(({ legs }) => legs)
        .filter(({ signedBy }) => signedBy === "role")
        .map(({ action, resource }) => [action, resource]),
    );
    for (const [action, resource] of actions)
      as.make(ROLE_POLICY, {
        name: action.replace(":", "-"),
        role: from,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: action, Resource: resource }],
        }),
      });
  }
}

describe("flows of the isolated AgentCore network", function () {
  this.timeout(60_000);
  let network: Isolated;
  before(async () => {
    network = await Isolated.build(giveRoles);
  });
  after(restore);

  const legWalk = (as: Actor, { from, unused }: Flow, leg: Leg): Walk =>
    network.walk(as, from, leg, unused ? undefined : from);
  const shut = (as: Actor): string[] =>
    FLOWS.filter((flow) => flow.legs.some((leg) => legWalk(as, flow, leg).verdict === "blocked"))
      .map(({ key }) => key)
      .sort();
  const needing = (needs: (flow: Flow, leg: Leg) => boolean): string[] =>
    FLOWS.filter((flow) => flow.legs.some((leg) => needs(flow, leg)))
      .map(({ key }) => key)
      .sort();
  const policyOf = (as: Actor, id: string): { Statement: { Sid: string }[] } =>
    JSON.parse(textOf(as.read(ENDPOINT, id).policy)) as { Statement: { Sid: string }[] };
  const isGateway = ({ by }: Leg): boolean => by === "s3" || by === "dynamodb";

  it("are all open", () => {
    const as = network.copied();
    for (const flow of FLOWS)
      for (const leg of flow.legs) {
        const { verdict, hops } = legWalk(as, flow, leg);
        assert.equal(verdict, "open", `${flow.key}: ${hops.at(-1)?.because ?? ""}`);
        assert.equal(hops.at(-1)?.hop, flow.unused || leg.signedBy !== "role" ? "endpoint-policy" : "identity-policy");
      }
  });

  it("cover the document's sections 4, 5, 7 and 8, and name every endpoint and rule at least once", () => {
    assert.deepEqual([...new Set(ALL.flatMap(({ sections }) => sections))].sort(), [2, 3, 4, 5, 7, 8]);
    const used = new Set(FLOWS.flatMap(({ legs }) => legs.map(({ by }) => by)));
    assert.deepEqual(
      [...AGENTCORE_ENDPOINTS, ...AGENTCORE_GATEWAY_ENDPOINTS].filter(({ service }) => !used.has(service)),
      [],
    );
    assert.equal(new Set(ALL.map(({ key }) => key)).size, ALL.length);
  });

  for (const { service } of [...AGENTCORE_ENDPOINTS, ...AGENTCORE_GATEWAY_ENDPOINTS]) {
    it(`need the endpoint of ${service} where their data names it, and nowhere else`, () => {
      const as = network.copied();
      as.unmake(ENDPOINT, network.endpointOf(service));
      assert.deepEqual(
        shut(as),
        needing((_flow, leg) => leg.by === service),
      );
    });
  }

  for (const rule of ISOLATED_RULES) {
    it(`need the rule ${rule.key} where it is on their way`, () => {
      const as = network.copied();
      const type = `aws:vpc/securityGroup${rule.direction === "ingress" ? "Ingress" : "Egress"}Rule:SecurityGroup${rule.direction === "ingress" ? "Ingress" : "Egress"}Rule`;
      as.unmake(type, network.idOf(`agentcore-${rule.key}`, type));
      const { peer } = rule;
      const expected = needing(({ from }, leg) => {
        if (peer === "vpc") return !isGateway(leg);
        if (CALLERS[from].group !== rule.group) return false;
        return "group" in peer ? !isGateway(leg) : leg.by === peer.prefixList;
      });
      assert.deepEqual(shut(as), expected);
      assert.ok(rule.key === "lambda-to-endpoints" || expected.length > 0, "a rule that nothing needs is one too many");
    });
  }

  it("need each statement of an endpoint's policy where their data names it, and nowhere else", () => {
    const statements = new Set<string>();
    for (const { service } of [...AGENTCORE_ENDPOINTS, ...AGENTCORE_GATEWAY_ENDPOINTS]) {
      const id = network.endpointOf(service);
      // The Data API's endpoint takes none.
      if (service === "rds-data") continue;
      for (const { Sid } of policyOf(network.copied(), id).Statement) {
        const as = network.copied();
        const policy = policyOf(as, id);
        const rest = policy.Statement.filter((one) => one.Sid !== Sid);
        const nothing = {
          Sid: "Nothing",
          Effect: "Deny",
          Principal: "*",
          Action: "sts:GetCallerIdentity",
          Resource: "*",
        };
        as.change(ENDPOINT, id, {
          ...network.inputsOf(as, ENDPOINT, id),
          policy: JSON.stringify({ ...policy, Statement: rest.length > 0 ? rest : [nothing] }),
        });
        assert.deepEqual(
          shut(as),
          needing((_flow, leg) => leg.by === service && leg.statement === Sid),
          `${service} ${Sid}`,
        );
        statements.add(`${service} ${Sid}`);
      }
    }
    const named = new Set(FLOWS.flatMap(({ legs }) => legs.map(({ by, statement }) => `${by} ${statement}`)));
    assert.deepEqual(
      [...named].filter((one) => !statements.has(one)),
      ["rds-data QueryOwnClusters"],
    );
  });

  it("need each name that the DNS firewall lets pass, where their data has it, and nowhere else", () => {
    const list = network.idOf("agentcore-dns-allow", DOMAINS);
    const domains = network.inputsOf(network.copied(), DOMAINS, list).domains as string[];
    assert.ok(domains.length >= 14);
    for (const domain of domains) {
      const as = network.copied();
      as.change(DOMAINS, list, {
        ...network.inputsOf(as, DOMAINS, list),
        domains: domains.filter((one) => one !== domain),
      });
      const covers = (host: string): boolean =>
        domain.startsWith("*.") ? host.endsWith(domain.slice(1)) : host === domain;
      assert.deepEqual(
        shut(as),
        needing((_flow, { host }) => covers(host)),
        domain,
      );
    }
  });

  it("need the route table in the subnets where gateways are used", () => {
    for (const azId of Object.keys(network.outputs.subnets)) {
      const as = network.copied();
      as.unmake(ASSOCIATION, network.idOf(`agentcore-${azId}`, ASSOCIATION));
      assert.deepEqual(
        shut(as),
        needing(({ from }, leg) => isGateway(leg) && network.outputs.homes[CALLERS[from].home] === azId),
        azId,
      );
    }
  });

  it("need each action of the caller's own role", () => {
    const policies = network.copied().context.world.all(ROLE_POLICY, ({ inputs }) => textOf(inputs.role) in CALLERS);
    assert.ok(policies.length >= 15);
    for (const { id, inputs } of policies) {
      const as = network.copied();
      as.unmake(ROLE_POLICY, id);
      assert.deepEqual(
        shut(as),
        needing(
          ({ from, unused }, { action, signedBy }) =>
            !unused && signedBy === "role" && from === inputs.role && action.replace(":", "-") === inputs.name,
        ),
        id,
      );
    }
  });

  it("have no company: whoever calls, nothing outwards gets through", () => {
    const as = network.copied();
    for (const from of Object.keys(CALLERS) as Caller[])
      for (const probe of PROBES) {
        const { verdict, blockedAt } = network.walk(as, from, { ...probe, signedBy: "role" });
        assert.equal(verdict, "blocked", `${probe.key} from ${from}`);
        assert.ok(
          (probe.key.startsWith("foreign-") && probe.key !== "foreign-bucket"
            ? ["endpoint-policy", "source-group"]
            : ["dns-firewall"]
          ).includes(blockedAt ?? ""),
          `${probe.key} from ${from} at ${blockedAt ?? ""}`,
        );
      }
  });

  it("stay closed outwards even without the DNS firewall: by the routes, and by the policies of the endpoints", () => {
    const as = network.copied();
    const association = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation";
    as.unmake(association, network.idOf("agentcore-dns", association));
    const at = (key: string): string | undefined => {
      const probe = PROBES.find((one) => one.key === key);
      assert.ok(probe);
      return network.walk(as, "mcp", { ...probe, signedBy: "role" }).blockedAt;
    };
    assert.deepEqual(["internet", "names", "foreign-bucket", "foreign-table", "foreign-secret"].map(at), [
      "route",
      "route",
      "endpoint-policy",
      "endpoint-policy",
      "endpoint-policy",
    ]);
  });

  it("refuse S3 what speaks less than TLS 1.2, and DynamoDB's and others' endpoints stolen credentials", () => {
    const as = network.copied();
    const layers = FLOWS.flatMap(({ legs }) => legs).find(({ by }) => by === "s3");
    assert.ok(layers);
    assert.equal(network.walk(as, "agent", { ...layers, tls: "1.1" }).blockedAt, "endpoint-policy");
    assert.equal(network.walk(as, "agent", { ...layers, tls: "1.2" }).verdict, "open");
    for (const leg of FLOWS.filter(({ from }) => from === "mcp").flatMap(({ legs }) => legs)) {
      if (leg.signedBy !== "role") continue;
      const { blockedAt } = network.walk(as, "mcp", { ...leg, signedBy: "other" });
      assert.equal(blockedAt, "endpoint-policy", leg.host);
    }
  });
});

describe("options of the isolated AgentCore network", function () {
  this.timeout(60_000);
  after(restore);
  const ACL = "aws:ec2/networkAcl:NetworkAcl";

  it("network ACLs let every flow through, and hold where a group is opened by mistake", async () => {
    const network = await Isolated.build(giveRoles, (config) => {
      config["corpai:networkAcls"] = true;
    });
    const as = network.copied();
    const group = network.outputs.securityGroupIds.MCPRuntimeSecurityGroup;
    for (const flow of FLOWS)
      for (const leg of flow.legs) {
        const { verdict, hops } = network.walk(as, flow.from, leg, flow.unused ? undefined : flow.from);
        assert.equal(verdict, "open", `${flow.key}: ${hops.at(-1)?.because ?? ""}`);
        assert.ok(
          hops.some(({ hop }) => hop === "network-acl"),
          flow.key,
        );
        const explained = explainFlow(network.records(as), flow, CONTEXT(network));
        assert.ok(explained.legs.every(({ hops: own }) => own.some(({ hop }) => hop === "network-acl")));
        assert.equal(explained.blockedAt, null, flow.key);
      }
    as.make("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {
      securityGroupId: group,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    const id = network.idOf("agentcore", ACL);
    const inputs = network.inputsOf(as, ACL, id);
    const entries = inputs.egress as { ruleNo: number }[];
    as.change(ACL, id, { ...inputs, egress: entries.filter(({ ruleNo }) => ruleNo < 200) });
    const dynamodb = FLOWS.find(({ key }) => key === "mcp-dynamodb");
    assert.ok(dynamodb?.legs[0]);
    assert.equal(network.walk(as, "mcp", dynamodb.legs[0]).blockedAt, "network-acl");
    assert.equal(explainFlow(network.records(as), dynamodb, CONTEXT(network)).blockedAt, "network-acl");
  });

  it("Session Manager gets its endpoint, its names and a group of its own, and nothing of that stands without it", async () => {
    const request = {
      host: "ssmmessages.us-east-1.amazonaws.com",
      action: "ssmmessages:OpenControlChannel",
      signedBy: "role",
    } as const;
    const without = await Isolated.build();
    assert.equal(without.walk(without.copied(), "agent", request).blockedAt, "dns-firewall");
    const network = await Isolated.build(undefined, (config) => {
      config["corpai:sessionManager"] = true;
    });
    const as = network.copied();
    const group = network.idOf("agentcore-session", "aws:ec2/securityGroup:SecurityGroup");
    const source = { subnetId: Object.values(network.outputs.subnets)[0]?.id ?? "", securityGroupIds: [group] };
    const walk = (more: object) => callWalk(as.context.world, source, { ...request, ...more });
    assert.equal(walk({}).verdict, "open");
    const registers = {
      host: "ssm.us-east-1.amazonaws.com",
      action: "ssm:UpdateInstanceInformation",
      resource: `arn:aws:ec2:us-east-1:${DATA}:instance/i-1`,
    };
    assert.equal(walk(registers).verdict, "open");
    assert.equal(without.walk(without.copied(), "agent", { ...request, ...registers }).blockedAt, "endpoint-policy");
    assert.equal(walk({ host: "example.com" }).blockedAt, "dns-firewall");
  });
});
