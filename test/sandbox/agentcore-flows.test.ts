// Proves that every flow of the AgentCore document is open through what the program builds, in a world that judges as AWS does; that taking away any one
// fact shuts exactly the flows whose data names it; and that nothing leads out. The sandbox shares no table with the flows' data, so that each holds the
// other to account. That AWS's services call what the document draws, and nothing else, is not proved.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { AGENTCORE_ENDPOINTS, AGENTCORE_GATEWAY_ENDPOINTS } from "../../model/agentcore-endpoints.ts";
import {
  CALLERS,
  type Caller,
  type Flow,
  type Leg,
  agentcoreFlows,
  isServiceSide,
  outwardProbes,
} from "../../model/agentcore-flows.ts";
import { ISOLATED_RULES } from "../../model/agentcore-rules.ts";
import { type ApiRequest, callWalk } from "../../sandbox/aws/calls.ts";
import type { Walk } from "../../sandbox/path.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { World } from "../../sandbox/world.ts";
import agentcoreNetwork, { type AgentcoreNetworkOutputs } from "../../stacks/agentcore-network/index.ts";
import { buildInWorld, type Standing } from "../stacks/support/in-world.ts";
import { restore } from "../stacks/support/program.ts";
import { trust } from "./support/cluster.ts";
import { DATA, type Actor, actor, demoWorld } from "./support/world.ts";

const PLACE = { account: DATA, region: "us-east-1" };
const ALL = agentcoreFlows(PLACE);
const FLOWS: readonly Flow[] = ALL.flatMap((flow) => (isServiceSide(flow) ? [] : [flow]));
const PROBES = outwardProbes(PLACE);

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList";
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
  let snapshot: World;
  let outputs: AgentcoreNetworkOutputs;
  let resources: readonly Standing[];
  before(async () => {
    snapshot = demoWorld();
    const as = actor(snapshot, DATA);
    ({ outputs, resources } = await buildInWorld<AgentcoreNetworkOutputs>(
      "agentcore-network.demo",
      agentcoreNetwork,
      as,
    ));
    giveRoles(as);
    snapshot.advance(600);
  });
  after(restore);

  /** The world as it was built, for a test to break. */
  function copied(): Actor {
    const world = new World("test", snapshot.facts, structuredClone([...snapshot.objects]));
    world.advance(snapshot.clock);
    return actor(world, DATA);
  }

  const walkOf = ({ context: { world } }: Actor, from: Caller, request: ApiRequest, role?: string): Walk =>
    callWalk(
      world,
      {
        subnetId: outputs.subnets[outputs.homes[CALLERS[from].home]]?.id ?? "",
        securityGroupIds: [outputs.securityGroupIds[CALLERS[from].group]],
        role,
      },
      request,
    );
  const legWalk = (as: Actor, { from, unused }: Flow, leg: Leg): Walk =>
    walkOf(as, from, leg, unused ? undefined : from);
  const shut = (as: Actor): string[] =>
    FLOWS.filter((flow) => flow.legs.some((leg) => legWalk(as, flow, leg).verdict === "blocked"))
      .map(({ key }) => key)
      .sort();
  const needing = (needs: (flow: Flow, leg: Leg) => boolean): string[] =>
    FLOWS.filter((flow) => flow.legs.some((leg) => needs(flow, leg)))
      .map(({ key }) => key)
      .sort();
  const idOf = (name: string, type: string): string => {
    const found = resources.filter((one) => one.name === name && one.type === type);
    assert.equal(found.length, 1, `${type} ${name}`);
    return found[0]?.id ?? "";
  };
  const policyOf = (as: Actor, id: string): { Statement: { Sid: string }[] } =>
    JSON.parse(String(as.read(ENDPOINT, id).policy)) as { Statement: { Sid: string }[] };
  const inputsOf = (as: Actor, type: string, id: string): Properties => ({
    ...as.context.world.get(type, id, DATA)?.inputs,
  });
  const endpointOf = (by: Leg["by"]): string => {
    const ids: Readonly<Record<string, string>> = { ...outputs.endpointIds, ...outputs.gatewayEndpointIds };
    return ids[by] ?? "";
  };
  const isGateway = ({ by }: Leg): boolean => by === "s3" || by === "dynamodb";

  it("are all open", () => {
    const as = copied();
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
      const as = copied();
      as.unmake(ENDPOINT, endpointOf(service));
      assert.deepEqual(
        shut(as),
        needing((_flow, leg) => leg.by === service),
      );
    });
  }

  for (const rule of ISOLATED_RULES) {
    it(`need the rule ${rule.key} where it is on their way`, () => {
      const as = copied();
      const type = `aws:vpc/securityGroup${rule.direction === "ingress" ? "Ingress" : "Egress"}Rule:SecurityGroup${rule.direction === "ingress" ? "Ingress" : "Egress"}Rule`;
      as.unmake(type, idOf(`agentcore-${rule.key}`, type));
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
      const id = endpointOf(service);
      // The Data API's endpoint takes none.
      if (service === "rds-data") continue;
      for (const { Sid } of policyOf(copied(), id).Statement) {
        const as = copied();
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
          ...inputsOf(as, ENDPOINT, id),
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
    const list = idOf("agentcore-dns-allow", DOMAINS);
    const domains = inputsOf(copied(), DOMAINS, list).domains as string[];
    assert.ok(domains.length >= 14);
    for (const domain of domains) {
      const as = copied();
      as.change(DOMAINS, list, {
        ...inputsOf(as, DOMAINS, list),
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
    const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
    for (const azId of Object.keys(outputs.subnets)) {
      const as = copied();
      as.unmake(association, idOf(`agentcore-${azId}`, association));
      assert.deepEqual(
        shut(as),
        needing(({ from }, leg) => isGateway(leg) && outputs.homes[CALLERS[from].home] === azId),
        azId,
      );
    }
  });

  it("need each action of the caller's own role", () => {
    const policies = copied().context.world.all(ROLE_POLICY, ({ inputs }) => String(inputs.role) in CALLERS);
    assert.ok(policies.length >= 15);
    for (const { id, inputs } of policies) {
      const as = copied();
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
    const as = copied();
    for (const from of Object.keys(CALLERS) as Caller[])
      for (const probe of PROBES) {
        const { verdict, blockedAt } = walkOf(as, from, { ...probe, signedBy: "role" });
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
    const as = copied();
    const association = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation";
    as.unmake(association, idOf("agentcore-dns", association));
    const at = (key: string): string | undefined => {
      const probe = PROBES.find((one) => one.key === key);
      assert.ok(probe);
      return walkOf(as, "mcp", { ...probe, signedBy: "role" }).blockedAt;
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
    const as = copied();
    const layers = FLOWS.flatMap(({ legs }) => legs).find(({ by }) => by === "s3");
    assert.ok(layers);
    assert.equal(walkOf(as, "agent", { ...layers, tls: "1.1" }).blockedAt, "endpoint-policy");
    assert.equal(walkOf(as, "agent", { ...layers, tls: "1.2" }).verdict, "open");
    for (const leg of FLOWS.filter(({ from }) => from === "mcp").flatMap(({ legs }) => legs)) {
      if (leg.signedBy !== "role") continue;
      const { blockedAt } = walkOf(as, "mcp", { ...leg, signedBy: "other" });
      assert.equal(blockedAt, "endpoint-policy", leg.host);
    }
  });
});
