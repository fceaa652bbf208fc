// Proves that `corpai trace` sees what blocks a connection in Pulumi's own data, at the hop at which AWS would drop the packet, and that it claims nothing
// where that data holds no answer. What AWS would do is the sandbox's word, which shares no code with the model; AWS itself is not asked.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { networkGraph } from "../../model/network-graph.ts";
import type { NetworkPlan } from "../../model/network-nodes.ts";
import { type Plain, type Properties, type ResourceRecord, UNKNOWN } from "../../model/resource-record.ts";
import { type Rule, admission } from "../../model/security-rules.ts";
import { type Hop, type Trace, trace, traces } from "../../model/trace.ts";
import { HOPS, type HopName } from "../../model/trace-verdict.ts";
import {
  type Broken,
  RIGHT,
  type Shape,
  breaks,
  connected,
  firstBlocked,
  hidden,
  shapes,
  unbuilt,
  visible,
} from "./support/connected-estate.ts";

/** Of these, a third are whole, or broken where it does no harm. */
const RUNS = 4000;
const BROKEN = 2000;

const KEY = "clickhouse";
const traced = (records: readonly ResourceRecord[], plan: NetworkPlan): Trace =>
  trace(networkGraph(records, plan), KEY);
const verdicts = ({ hops }: Trace): Record<string, string> =>
  Object.fromEntries(hops.map(({ hop, verdict }) => [hop, verdict]));
const at = ({ hops }: Trace, name: HopName): Hop => {
  const found = hops.find(({ hop }) => hop === name);
  assert.ok(found, `a hop ${name} among ${hops.map(({ hop }) => hop).join(", ")}`);
  return found;
};
const unsure = ({ hops }: Trace): Set<HopName> =>
  new Set(hops.filter(({ verdict }) => verdict === "undecided").map(({ hop }) => hop));

const positionOf = (hop: HopName): number => HOPS.findIndex((one) => one === hop);

describe("a trace", function () {
  this.timeout(300_000);

  it(`agrees with the sandbox's packets at the same hop, in ${RUNS} random estates of which at most one fact is broken`, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(shapes, breaks, (shape, broken) => {
        const { records, plan, walks } = connected(shape, broken);
        const walked = walks();
        const blockedAt = firstBlocked(walked);
        const result = traced(records, plan);
        const told = JSON.stringify({ blockedAt, walked: walked.map(({ last }) => last?.because), result }, null, 1);
        const known = broken === undefined || visible(shape, broken);
        const dark = hidden(shape);

        if (blockedAt === undefined) assert.equal(result.blockedAt, null, `the sandbox lets it through\n${told}`);
        else if (known) assert.equal(result.blockedAt, blockedAt, told);
        else
          assert.ok(unsure(result).has(blockedAt) && result.blockedAt === null, `undecided at ${blockedAt}\n${told}`);
        // Up to the hop of a hidden fact all is decided; beyond, the same fact may decide more: a rule that admits health checks also admits clients.
        const upTo = known || blockedAt === undefined ? HOPS.length : positionOf(blockedAt);
        for (const hop of unsure(result))
          assert.ok(dark.has(hop) || positionOf(hop) >= upTo, `${hop} is decided\n${told}`);

        const kind = blockedAt === undefined ? "open" : known ? `blocked at ${blockedAt}` : `hidden at ${blockedAt}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }),
      { numRuns: RUNS },
    );
    const blocked = [...seen].reduce((sum, [kind, count]) => (kind === "open" ? sum : sum + count), 0);
    assert.ok(blocked >= BROKEN, `in ${blocked} of ${RUNS} estates the broken fact blocks, wanted ${BROKEN}`);
    // A generator that never reached a hop would prove nothing of it.
    for (const hop of HOPS) assert.ok(seen.has(`blocked at ${hop}`), `some estate is blocked at ${hop}`);
    assert.ok(
      seen.has("hidden at target") && seen.has("hidden at target-group") && seen.has("hidden at target-health"),
      "some estates are broken outside of Pulumi's data",
    );
  });

  it("of a preview before the first update never says what the states would deny, in 1000 random estates", () => {
    fc.assert(
      fc.property(shapes, breaks, (shape, broken) => {
        const { records, plan } = connected(shape, broken);
        const [built, planned] = [traced(records, plan), traced(unbuilt(records), plan)];
        const told = JSON.stringify({ built, planned }, null, 1);
        if (planned.blockedAt !== null) assert.equal(planned.blockedAt, built.blockedAt, told);
        for (const { hop, verdict } of planned.hops)
          if (verdict === "open" && built.blockedAt === hop)
            assert.equal(hop, "acceptance", `a preview accepts\n${told}`);
      }),
      { numRuns: 1000 },
    );
  });

  it("says of every hop by which rule, ids and AZs it passes, and of the two that only AWS knows that they are undecided", () => {
    const { records, plan, walks } = connected(RIGHT, undefined);
    assert.equal(firstBlocked(walks()), undefined);
    const result = traced(records, plan);
    assert.deepEqual([result.verdict, result.blockedAt, result.fix], ["undecided", null, null]);
    assert.deepEqual(
      Object.entries(verdicts(result)),
      HOPS.map((hop) => [hop, hop === "target-health" || hop === "target" ? "undecided" : "open"]),
    );
    assert.match(
      at(result, "dns").because,
      /^vpce-[0-9a-f]{17}-[0-9a-z]{8}\.vpce-svc-[0-9a-f]{17}\.us-east-1\.vpce\.amazonaws\.com is a name of vpce-/,
    );
    assert.match(
      at(result, "source-group").to,
      /^vpce-[0-9a-f]{17} \(10\.40\.144\.4 \(subnet-[0-9a-f]{17}, use1-az1\), 10\.40\.145\.4 \(subnet-[0-9a-f]{17}, use1-az2\)\)$/,
    );
    assert.match(
      at(result, "load-balancer-group").because,
      /^in by rule sgr-[0-9a-f]{17} of sg-[0-9a-f]{17}; out by rule sgr-[0-9a-f]{17} of sg-[0-9a-f]{17}$/,
    );
    assert.deepEqual([at(result, "listener").port, at(result, "target").port], [8443, 9440]);
    assert.match(
      at(result, "target-health").because,
      /not in Pulumi's data: whether i-.* answers HTTP health checks on 8123\/tcp/,
    );
  });

  const facts: readonly (readonly [HopName, Broken, Partial<Shape>, RegExp, RegExp])[] = [
    [
      "dns",
      { fact: "host", way: "gone" },
      {},
      /which clickhouse-mcp uses, is no name of vpce-/,
      /let the pods look it up again: npx corpai up demo --only mcp-servers/,
    ],
    [
      "dns",
      { fact: "acceptance", way: "gone" },
      {},
      /clickhouse-mcp has no host: .* no program has accepted vpce-/,
      /customer-acceptance; then npx corpai up demo --only mcp-servers/,
    ],
    [
      "source-group",
      { fact: "source-egress", way: "gone" },
      {},
      /sg-\w+ of clickhouse-mcp lets out no 8443\/tcp to 10\.40\.144\.4/,
      /egress rule of sg-\w+ back: npx corpai up demo --only network/,
    ],
    [
      "acceptance",
      { fact: "acceptance", way: "port" },
      {},
      /vpce-svc-\w+ wants each connection accepted, and no program has accepted vpce-/,
      /npx corpai up demo --only customer-acceptance/,
    ],
    [
      "acceptance",
      { fact: "acceptance", way: "peer" },
      { refreshed: true },
      /vpce-\w+ is rejected, as last recorded/,
      /the customer rejected clickhouse/,
    ],
    [
      "endpoint-group",
      { fact: "endpoint-ingress", way: "port" },
      {},
      /of vpce-\w+ admits no 8443\/tcp from sg-\w+ \(clickhouse-mcp, 10\.40\.0\.0\/24/,
      /ingress rule of sg-\w+ back: npx corpai up demo --only connections\.demo/,
    ],
    [
      "zone",
      { fact: "zone", way: "gone" },
      {},
      /10\.40\.144\.4 \(subnet-\w+, use1-az1\), but the service's load balancer is only in use1-az2, use1-az4/,
      /add a subnet in use1-az1 to corpai:subnets in environments\/Pulumi\.customer-services\.demo\.data\.yaml/,
    ],
    [
      "zone",
      { fact: "target-zone", way: "gone" },
      { crossZone: "off", targetZones: ["use1-az1", "use1-az2"], instancesRecorded: true },
      /sends to targets of its own AZ only, and use1-az1 has none/,
      /turn cross-zone load balancing on, or add a target in use1-az1/,
    ],
    [
      "load-balancer-group",
      { fact: "client-ingress", way: "gone" },
      {},
      /admits no 8443\/tcp from the pods' own addresses, 10\.40\.0\.0\/24 .*enforced on PrivateLink traffic/,
      /ingress rule for 10\.40\.0\.0\/17 back, and it into corpai:clientCidr in environments\/Pulumi\.customer-services\.demo\.data\.yaml/,
    ],
    [
      "load-balancer-group",
      { fact: "client-ingress", way: "peer" },
      { clients: "half-subnets" },
      /10\.40\.0\.0\/24/,
      /10\.40\.0\.0\/17/,
    ],
    [
      "load-balancer-group",
      { fact: "balancer-egress", way: "gone" },
      {},
      /lets out no 9440\/tcp to i-/,
      /let 9440\/tcp out to sg-/,
    ],
    [
      "listener",
      { fact: "listener", way: "port" },
      {},
      /has no listener on 8443\/tcp, only on 8444/,
      /corpai:services\.clickhouse\.port/,
    ],
    [
      "target-registration",
      { fact: "attachments", way: "gone" },
      {},
      /nothing is registered in corpai-clickhouse-tg/,
      /corpai:services\.clickhouse\.targets/,
    ],
    [
      "target-health",
      { fact: "health-egress", way: "gone" },
      {},
      /health checks fail: sg-\w+ of corpai-clickhouse-nlb lets out no 8123\/tcp/,
      /let 8123\/tcp out/,
    ],
    [
      "target-health",
      { fact: "health-ingress", way: "gone" },
      {},
      /health checks fail: sg-\w+ of i-\w+ admits no 8123\/tcp from sg-/,
      /open 8123\/tcp on sg-\w+ for sg-\w+, .*openTargetSecurityGroup/,
    ],
    [
      "target-group",
      { fact: "target-ingress", way: "gone" },
      {},
      /sg-\w+ of i-\w+ admits no 9440\/tcp from sg-/,
      /open 9440\/tcp on sg-\w+ for sg-\w+/,
    ],
    [
      "target",
      { fact: "server-name", way: "gone" },
      {},
      /clickhouse-mcp asks for a certificate for other\.clickhouse\.customer\.example, and that of the service is for clickhouse\.customer\.example/,
      /let the pods take the name over: .*--only connections,mcp-servers/,
    ],
  ];
  for (const [hop, broken, more, because, fix] of facts) {
    it(`is blocked at ${hop} without ${broken.fact} (${broken.way}), says why and what to do, as the sandbox's packets are`, () => {
      const shape = { ...RIGHT, ...more };
      const { records, plan, walks } = connected(shape, broken);
      assert.equal(firstBlocked(walks()), hop);
      const result = traced(records, plan);
      assert.deepEqual([result.verdict, result.blockedAt, result.hops.at(-1)?.hop], ["blocked", hop, hop]);
      assert.match(at(result, hop).because, because);
      assert.match(result.fix ?? "", fix);
    });
  }

  it("leaves to AWS what no program manages: the process, its certificate, its answer to health checks, and other rules of the customer's own group", () => {
    const dark: readonly (readonly [HopName, Broken, Partial<Shape>, RegExp])[] = [
      ["target", { fact: "process", way: "gone" }, {}, /what listens at i-\w+ is not in Pulumi's data/],
      ["target", { fact: "certificate", way: "gone" }, {}, /what listens at i-\w+ is not in Pulumi's data/],
      ["target-health", { fact: "health-answer", way: "gone" }, {}, /whether i-\w+ answers HTTP health checks/],
      [
        "target-group",
        { fact: "target-ingress", way: "gone" },
        { targetGroupManaged: false },
        /no program manages sg-\w+, so its other rules are not in Pulumi's data/,
      ],
    ];
    for (const [hop, broken, more, because] of dark) {
      const { records, plan, walks } = connected({ ...RIGHT, ...more }, broken);
      assert.equal(firstBlocked(walks()), hop);
      const result = traced(records, plan);
      assert.deepEqual([result.verdict, at(result, hop).verdict], ["undecided", "undecided"]);
      assert.match(at(result, hop).because, because);
    }
  });

  it("knows before the first update what is in the files, and calls the rest undecided", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const result = traced(unbuilt(records), plan);
    assert.deepEqual(verdicts(result), {
      dns: "undecided",
      "source-group": "undecided",
      acceptance: "open",
      "endpoint-group": "undecided",
      zone: "undecided",
      "load-balancer-group": "open",
      listener: "open",
      "target-registration": "open",
      "target-health": "undecided",
      "target-group": "open",
      target: "undecided",
    });
    assert.doesNotMatch(JSON.stringify(result), /urn:pulumi/, "people get names");

    const broken = connected(RIGHT, { fact: "client-ingress", way: "gone" });
    assert.equal(traced(unbuilt(broken.records), broken.plan).blockedAt, "load-balancer-group");
  });

  it("of a service whose programs are elsewhere ends in what only they know", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const ours = records.filter(({ stack }) => !stack.startsWith("customer-"));
    const serviceName = records.find(({ type }) => type.endsWith(":VpcEndpointService"))?.outputs.serviceName;
    assert.ok(typeof serviceName === "string");
    const literal: NetworkPlan = {
      ...plan,
      services: [],
      acceptances: [],
      registrations: plan.registrations.map((one) => ({
        ...one,
        service: { serviceName, port: 8443 },
      })),
    };
    const result = traced(ours, literal);
    assert.equal(result.verdict, "undecided");
    assert.match(at(result, "acceptance").because, /the other party's own.*npx corpai refresh demo asks AWS/);
    assert.deepEqual(
      HOPS.slice(HOPS.indexOf("zone")).map((hop) => at(result, hop).verdict),
      Array<string>(7).fill("undecided"),
    );

    const refreshed = (state: string): ResourceRecord[] =>
      ours.map((one) => (one.type.endsWith(":VpcEndpoint") ? { ...one, outputs: { ...one.outputs, state } } : one));
    assert.equal(at(traced(refreshed("available"), literal), "acceptance").verdict, "open");
    assert.equal(traced(refreshed("rejected"), literal).blockedAt, "acceptance");
  });

  it("of an acceptance that no program made goes by what was last recorded, unless a file says otherwise", () => {
    const { records, plan } = connected({ ...RIGHT, refreshed: true }, undefined);
    const unaccepted = records.filter(({ type }) => !type.endsWith("Accepter"));
    const withEndpoints = (endpoints: NetworkPlan["acceptances"][number]["endpoints"]): NetworkPlan => ({
      ...plan,
      acceptances: plan.acceptances.map((one) => ({ ...one, endpoints })),
    });
    const judged = (own: NetworkPlan): string => at(traced(unaccepted, own), "acceptance").verdict;
    assert.equal(judged(plan), "blocked", "the file lists it, and no program has accepted it");
    assert.equal(judged(withEndpoints([])), "undecided", "somebody accepted it by hand, or took it back");
    assert.equal(judged({ ...plan, acceptances: [] }), "open", "no program decides over it");
  });

  it("of a connection that is not built yet says so first, and of one that nobody uses where its users would stand", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const unregistered = traced(
      records.filter(({ stack }) => stack !== "connections.demo"),
      plan,
    );
    assert.deepEqual(
      [unregistered.blockedAt, unregistered.fix],
      ["dns", "bring it up: npx corpai up demo --only connections.demo"],
    );

    const outputs: Properties = {
      workloadsSecurityGroupId: records.find(({ name }) => name === "corpai-workloads")?.id ?? UNKNOWN,
    };
    const network: ResourceRecord = {
      stack: "network.demo",
      urn: "urn:pulumi:network.demo::corpai::pulumi:pulumi:Stack::corpai",
      type: "pulumi:pulumi:Stack",
      name: "corpai",
      id: UNKNOWN,
      parent: undefined,
      inputs: {},
      outputs,
      dependencies: {},
    };
    const unused = traced([...records, network], { ...plan, workloads: [] });
    assert.match(at(unused, "endpoint-group").from, /^pods in 10\.40\.0\.0\/24 \(subnet-/);
    assert.deepEqual([unused.blockedAt, at(unused, "endpoint-group").verdict], [null, "open"]);
  });

  /** The same records with other inputs, and outputs, of those of a type. */
  const changed = (records: readonly ResourceRecord[], type: string, change: Properties): ResourceRecord[] =>
    records.map((one) =>
      one.type === type
        ? { ...one, inputs: { ...one.inputs, ...change }, outputs: { ...one.outputs, ...change } }
        : one,
    );
  const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

  it("by the service's own name is open while the endpoint answers to it, blocked once it does not, and undecided as long as that is not known", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const name = "clickhouse.customer.example";
    const named = { ...plan, registrations: plan.registrations.map((one) => ({ ...one, privateName: name })) };
    const byName = records.map((one): ResourceRecord => {
      if (!one.type.endsWith(":Deployment")) return one;
      const text = JSON.stringify(one.inputs).replace(/"vpce-[^"]+"/, JSON.stringify(name));
      const inputs = JSON.parse(text) as Properties;
      return { ...one, inputs, outputs: inputs };
    });
    const dns = (privateDnsEnabled: Plain): Hop =>
      at(traced(changed(byName, ENDPOINT, { privateDnsEnabled }), named), "dns");
    assert.match(
      dns(true).because,
      /clickhouse\.customer\.example is the service's own name, to which vpce-\w+ answers/,
    );
    assert.equal(dns(true).verdict, "open");
    assert.deepEqual([dns(false).verdict, dns(UNKNOWN).verdict], ["blocked", "undecided"]);
    const { fix } = traced(changed(byName, ENDPOINT, { privateDnsEnabled: false }), named);
    assert.match(fix ?? "", /npx corpai up demo --only connections,mcp-servers/);
    assert.equal(
      at(traced(byName, plan), "dns").verdict,
      "blocked",
      "a name that no file knows is no name of the endpoint",
    );
  });

  it("to a service in another region is not judged by AZs, but by all that comes after them", () => {
    const { records, plan } = connected(RIGHT, { fact: "zone", way: "gone" });
    assert.equal(traced(records, plan).blockedAt, "zone");
    const far = traced(changed(records, ENDPOINT, { serviceRegion: "eu-west-1" }), plan);
    assert.match(
      at(far, "zone").because,
      /the service is in eu-west-1: AWS hands over to its load balancer, whatever its AZs/,
    );
    assert.deepEqual([far.blockedAt, at(far, "load-balancer-group").verdict], [null, "open"]);
    const shut = connected(RIGHT, { fact: "client-ingress", way: "gone" });
    const blockedFar = traced(changed(shut.records, ENDPOINT, { serviceRegion: "eu-west-1" }), shut.plan);
    assert.equal(blockedFar.blockedAt, "load-balancer-group");
  });

  it("admits clients at the load balancer by their address only: PrivateLink hands over no groups", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const workloads = records.find(({ name }) => name === "corpai-workloads")?.id ?? UNKNOWN;
    const byGroup = records.map((one): ResourceRecord => {
      if (!one.name.startsWith("client-ingress")) return one;
      const ports = Object.fromEntries(Object.entries(one.inputs).filter(([property]) => property !== "cidrIpv4"));
      return { ...one, inputs: { ...ports, referencedSecurityGroupId: workloads }, outputs: {} };
    });
    assert.equal(traced(byGroup, plan).blockedAt, "load-balancer-group");
  });

  it("follows every port that is registered, each by its own number", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const more: NetworkPlan = {
      ...plan,
      registrations: plan.registrations.map((one) => ({
        ...one,
        service: { ...one.service, ports: ["native"] },
      })) as NetworkPlan["registrations"],
      services: plan.services.map((one) => ({ ...one, ports: { native: 9009 } })),
    };
    const [first, native, ...others] = traces(networkGraph(records, more), KEY);
    assert.deepEqual([first?.key, native?.key, others], [KEY, `${KEY}:native`, []]);
    assert.equal(first?.blockedAt, null);
    // The whole way is built for the first port alone.
    assert.equal(native?.blockedAt, "source-group");
    assert.match(native.hops.at(-1)?.because ?? "", /lets out no 9009\/tcp/);
  });

  it("of connections that succeed each other counts those pods whose variables hold their own host", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const next = "vpce-0fedcba9876543210";
    const gone = records.map((one): ResourceRecord => {
      if (one.name !== "clickhouse-mcp") return one;
      const [was] = /vpce-[0-9a-f]{17}/.exec(JSON.stringify(one.inputs)) ?? [];
      const inputs = JSON.parse(JSON.stringify(one.inputs).replaceAll(was ?? "none", next)) as Properties;
      return { ...one, inputs, outputs: inputs };
    });
    const [own] = plan.registrations;
    assert.ok(own);
    const swapping = { ...plan, registrations: [own, { ...own, key: "next", succeeds: KEY }] };
    const sources = (list: readonly ResourceRecord[]): string[] =>
      networkGraph(list, swapping).connections.map(
        ({ key, sources: from }) => `${key}: ${from.map(({ name }) => name).join()}`,
      );
    assert.deepEqual(sources(records), [`${KEY}: clickhouse-mcp`, "next: pods"]);
    assert.deepEqual(sources(gone), [`${KEY}: pods`, "next: pods"]);
    const endpoint = records.find(({ type }) => type.endsWith(":VpcEndpoint"));
    assert.ok(endpoint);
    const both = [...gone, { ...endpoint, id: next, name: "next", urn: `${endpoint.urn}-next` }];
    assert.deepEqual(sources(both), [`${KEY}: pods`, "next: clickhouse-mcp"]);
  });

  it("refuses a key that is no connection, and names those that are", () => {
    const { records, plan } = connected(RIGHT, undefined);
    assert.throws(
      () => trace(networkGraph(records, plan), "snowflake"),
      /no connection "snowflake" in demo\. The connections are: clickhouse\./,
    );
  });
});

describe("a security group", () => {
  const rule = (more: Partial<Rule>): Rule => ({
    id: "sgr-1",
    direction: "ingress",
    group: "sg-1",
    protocol: "tcp",
    fromPort: 443,
    toPort: 443,
    peer: { cidr: "10.0.0.0/25" },
    ...more,
  });
  const answer = (rules: readonly Rule[], groups: readonly string[] = ["sg-1"]): string =>
    admission({ rules, managed: new Set(["sg-1"]) }, groups, "ingress", { range: "10.0.0.0/24", groups: ["sg-9"] }, 443)
      .answer;

  it("lets a subnet through only where its rules together hold all of it", () => {
    assert.equal(answer([rule({})]), "no");
    assert.equal(answer([rule({}), rule({ peer: { cidr: "10.0.0.128/25" } })]), "yes");
    assert.equal(answer([rule({ peer: { cidr: "10.0.0.0/8" } })]), "yes");
    assert.equal(answer([rule({ peer: { group: "sg-9" } })]), "yes");
  });

  it("takes protocols by name, by number, and all of them", () => {
    assert.equal(answer([rule({ protocol: "6", peer: { cidr: "0.0.0.0/0" } })]), "yes");
    assert.equal(
      answer([rule({ protocol: "-1", fromPort: undefined, toPort: undefined, peer: { cidr: "0.0.0.0/0" } })]),
      "yes",
    );
    assert.equal(answer([rule({ protocol: "udp", peer: { cidr: "0.0.0.0/0" } })]), "no");
  });

  it("leaves open what a rule does not tell: unknown values, prefix lists, groups that no program manages", () => {
    assert.equal(answer([rule({ fromPort: UNKNOWN, peer: { cidr: "0.0.0.0/0" } })]), "maybe");
    assert.equal(answer([rule({ group: UNKNOWN, peer: { cidr: "0.0.0.0/0" } })]), "maybe");
    assert.equal(answer([rule({ peer: UNKNOWN })]), "maybe");
    assert.equal(answer([rule({ peer: undefined })]), "no", "IPv6 only");
    assert.equal(answer([], ["sg-2"]), "maybe");
  });
});
