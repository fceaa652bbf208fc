// Proves that `corpai trace` sees what blocks a private connection in Pulumi's own data, at the hop at which AWS would drop the request, and that it claims
// nothing where that data holds no answer. What AWS would do is the sandbox's word, which shares no code with the model; AWS itself is not asked.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { networkGraph } from "../../model/network-graph.ts";
import { type Trace, trace } from "../../model/trace.ts";
import { type HopName, type PrivateHop } from "../../model/trace-verdict.ts";
import { type Broken, type Shape, breaks, hidden, privateEstate, shapes, visible } from "./support/private-estate.ts";

/** Of these, a part is whole, or broken where it does no harm. */
const RUNS = 2000;
const BROKEN = 1000;
const KEY = "tools";

const unsure = ({ hops }: Trace): Set<HopName> =>
  new Set(hops.filter(({ verdict }) => verdict === "undecided").map(({ hop }) => hop));

describe("a trace of a private connection", function () {
  this.timeout(300_000);

  it(`agrees with the sandbox's requests at the same hop, in ${RUNS} random estates of which at most one fact is broken`, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(shapes, breaks, (shape, broken) => {
        const { records, plan, blockedAt, because } = privateEstate(shape, broken);
        const result = trace(networkGraph(records, plan), KEY);
        const told = JSON.stringify({ blockedAt, because, result }, null, 1);
        const known = blockedAt === undefined || broken === undefined || visible(shape, broken);

        if (blockedAt === undefined) assert.equal(result.blockedAt, null, `the sandbox lets it through\n${told}`);
        else if (known) assert.equal(result.blockedAt, blockedAt, told);
        else
          assert.ok(unsure(result).has(blockedAt) && result.blockedAt === null, `undecided at ${blockedAt}\n${told}`);

        const dark = hidden(shape);
        if (blockedAt === undefined) assert.deepEqual([...unsure(result)].sort(), [...dark].sort(), told);
        for (const hop of unsure(result))
          assert.ok(dark.has(hop as PrivateHop) || (!known && hop === blockedAt), `${hop} is decided\n${told}`);
        const kind = blockedAt === undefined ? "open" : `${known ? "blocked" : "hidden"} at ${blockedAt}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }),
      { numRuns: RUNS },
    );
    const blocked = [...seen].reduce((sum, [kind, count]) => (kind === "open" ? sum : sum + count), 0);
    assert.ok(blocked >= BROKEN, `in ${blocked} of ${RUNS} estates the broken fact blocks, wanted ${BROKEN}`);
    // A generator that never reached a hop would prove nothing of it.
    const wanted = [
      ...(
        [
          "private-connection",
          "port-range",
          "dns",
          "gateway-group",
          "load-balancer-group",
          "target-group",
          "certificate",
        ] as const
      ).map((hop) => `blocked at ${hop}`),
      ...(
        [
          "private-connection",
          "port-range",
          "dns",
          "gateway-group",
          "route",
          "load-balancer-group",
          "host-rule",
          "target-health",
          "target-group",
          "target",
          "certificate",
        ] as const
      ).map((hop) => `hidden at ${hop}`),
    ];
    for (const kind of wanted) assert.ok(seen.has(kind), `some estate is ${kind}: ${[...seen.keys()].join(", ")}`);
  });

  /** Everything right, and in some program's hands. */
  const RIGHT: Shape = {
    by: "service",
    host: "address",
    zones: 2,
    port: 443,
    range: false,
    target: "group",
    admittedBy: "program",
    targetManaged: true,
    extraGroup: false,
    secure: true,
    certificate: true,
  };
  const facts: readonly (readonly [PrivateHop, Broken, Partial<Shape>, RegExp, RegExp])[] = [
    [
      "private-connection",
      { fact: "state", way: "gone" },
      {},
      /tools is create failed, as last recorded/,
      /quotas of VPC Lattice.*no service control policy/,
    ],
    [
      "port-range",
      { fact: "port", way: "gone" },
      {},
      /tools lets 444 through, and tool asks for 443/,
      /add "443" to the ports of tools: corpai:privateConnections\.tools\.ports/,
    ],
    [
      "dns",
      { fact: "dns-mode", way: "gone" },
      { host: "private-name" },
      /no public resolver knows tool\.acme\.internal/,
      /give a public name, or set dnsResolution: in-vpc/,
    ],
    [
      "gateway-group",
      { fact: "egress", way: "gone" },
      {},
      /sg-\w+ of the gateway lets out no 443\/tcp to sg-/,
      /put the egress rule of sg-\w+ back: npx corpai up demo/,
    ],
    [
      "target-group",
      { fact: "ingress", way: "port" },
      {},
      /sg-\w+ admits no 443\/tcp from the gateway, sg-/,
      /open it there, or let the program do it: open: true/,
    ],
    [
      "load-balancer-group",
      { fact: "ingress", way: "gone" },
      { host: "balancer", by: "own" },
      /admits no 443\/tcp from the gateway/,
      /open: true of corpai:resources\.tools\.target/,
    ],
    [
      "certificate",
      { fact: "endpoint-host", way: "gone" },
      {},
      /the certificate of tools is for DNS:\*\.acme\.example.*tool asks for tool\.elsewhere\.example/,
      /correct the endpoint or the certificate/,
    ],
  ];
  for (const [hop, broken, more, because, fix] of facts)
    it(`is blocked at ${hop} without ${broken.fact} (${broken.way}), says why and what to do`, () => {
      const { records, plan, blockedAt } = privateEstate({ ...RIGHT, ...more }, broken);
      assert.equal(blockedAt, hop);
      const result = trace(networkGraph(records, plan), KEY);
      assert.deepEqual([result.verdict, result.blockedAt], ["blocked", hop]);
      assert.match(result.hops.at(-1)?.because ?? "", because);
      assert.match(result.fix ?? "", fix);
    });

  it("knows before the first update what is in the files, and that nothing stands yet", () => {
    const { plan } = privateEstate(RIGHT, undefined);
    const result = trace(networkGraph([], plan), KEY);
    assert.equal(result.blockedAt, null);
    assert.deepEqual(
      result.hops.flatMap(({ hop, verdict }) => (verdict === "open" ? [hop] : [])),
      ["port-range", "dns", "route"],
    );
    assert.match(result.hops[0]?.because ?? "", /has not been brought up: npx corpai up demo/);
  });
});
