// Proves what `corpai trace --live` sees of AWS beyond Pulumi's data, and what that decides: AWS's own SDKs ask the sandbox's APIs over HTTP, signed, and
// the verdicts are those of the sandbox's own requests. That AWS answers the same is not shown.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { look } from "../../cli/looks.ts";
import { questionsOf, withLooks } from "../../model/looks.ts";
import { networkGraph } from "../../model/network-graph.ts";
import { type Trace, trace } from "../../model/trace.ts";
import type { PrivateHop } from "../../model/trace-verdict.ts";
import type { SandboxClient } from "../../sandbox/client.ts";
import { listenForControl } from "../../sandbox/control.ts";
import type { Sandbox } from "../../sandbox/server.ts";
import type { World } from "../../sandbox/world.ts";
import type { Environment } from "../../stacks/environment.ts";
import { type Broken, type Shape, privateEstate } from "../model/support/private-estate.ts";
import { DATA, TOOLS } from "../sandbox/support/world.ts";

const KEY = "tools";
const STACK = "private-connections.demo";

describe("a look at AWS", () => {
  let server: Server;
  let world: World;
  before(async () => {
    const serving = { world: () => world } as unknown as Sandbox;
    const record = () => ({ root: "/" });
    server = await listenForControl(
      { sandbox: () => serving, record, environments: () => ["demo"], stop: () => undefined },
      0,
    );
  });
  after(() => server.close());

  const place = () => {
    const { port } = server.address() as AddressInfo;
    const at = (api: string) => () => Promise.resolve(`http://127.0.0.1:${port}/${api}/demo`);
    const sandbox = { ec2Endpoint: at("ec2"), loadBalancingEndpoint: at("elb"), passphrase: "sandbox" };
    return { sandbox: sandbox as unknown as SandboxClient };
  };
  const environment = (account: string) =>
    ({
      name: "demo",
      stacks: [{ name: STACK, aws: { region: "us-east-1", allowedAccountIds: [account] } }],
    }) as unknown as Environment;

  async function traced(shape: Shape, broken?: Broken, account = DATA) {
    const estate = privateEstate(shape, broken);
    ({ world } = estate);
    const graph = networkGraph(estate.records, estate.plan);
    const { looks, notes } = await look(questionsOf(graph), environment(account), place());
    return { ...estate, before: trace(graph, KEY), seen: trace(withLooks(graph, looks), KEY), notes };
  }
  const verdict = ({ hops }: Trace, name: PrivateHop): string | undefined =>
    hops.find(({ hop }) => hop === name)?.verdict;

  /** The demo's: a load balancer of the customer's own, whose group no program has. */
  const BALANCER: Shape = {
    by: "service",
    host: "balancer",
    zones: 2,
    port: 443,
    range: false,
    target: "group",
    admittedBy: "estate",
    targetManaged: false,
    extraGroup: true,
    secure: true,
    certificate: false,
  };

  it("decides what is behind a load balancer, and by which rules of others a request is let in", async () => {
    const { before: dark, seen, notes, blockedAt } = await traced(BALANCER);
    assert.equal(blockedAt, undefined);
    assert.deepEqual(notes, []);
    const hops = ["load-balancer-group", "listener", "host-rule", "target-registration", "target-health"] as const;
    assert.deepEqual(
      hops.map((hop) => [verdict(dark, hop), verdict(seen, hop)]),
      [
        // The addresses of a gateway are nowhere recorded, so that a rule for networks decides nothing.
        ["undecided", "undecided"],
        ["undecided", "open"],
        ["undecided", "open"],
        ["undecided", "open"],
        ["undecided", "open"],
      ],
    );
    assert.equal(verdict(seen, "target"), "undecided", "what the process says, only a request tells");
  });

  const blocked: readonly (readonly [PrivateHop, Broken, Partial<Shape>, RegExp])[] = [
    ["host-rule", { fact: "host-rule", way: "gone" }, {}, /no rule of internal-tools-\S+ forwards the Host tool\.acme/],
    [
      "target-health",
      { fact: "process", way: "gone" },
      {},
      /no target is healthy, as AWS sees it now: 10\.20\.0\.51:8080 is unhealthy \(nothing listens/,
    ],
    [
      "route",
      { fact: "route", way: "gone" },
      { host: "outside", target: "cidr" },
      /no route table of vpc-\w+ leads to 172\.20\.5\.9/,
    ],
    ["gateway-group", { fact: "egress", way: "gone" }, {}, /of the gateway lets out no 443\/tcp/],
    ["load-balancer-group", { fact: "ingress", way: "gone" }, {}, /admits no 443\/tcp from the gateway/],
    ["target-group", { fact: "ingress", way: "port" }, { host: "address" }, /admits no 443\/tcp from the gateway/],
  ];
  for (const [hop, broken, more, because] of blocked)
    it(`sees what blocks at ${hop} (${broken.fact}), which Pulumi's data does not hold, where the sandbox's request stops`, async () => {
      const { before: dark, seen, blockedAt } = await traced({ ...BALANCER, ...more }, broken);
      assert.equal(blockedAt, hop);
      assert.equal(dark.blockedAt, null);
      assert.equal(seen.blockedAt, hop, JSON.stringify(seen, null, 1));
      assert.match(seen.hops.at(-1)?.because ?? "", because);
    });

  it("sees that routes lead out of the VPC", async () => {
    const { before: dark, seen } = await traced({ ...BALANCER, host: "outside", target: "cidr" });
    assert.deepEqual([verdict(dark, "route"), verdict(seen, "route")], ["undecided", "open"]);
  });

  it("leaves in the dark what the credentials' account does not have, and says so", async () => {
    const { before: dark, seen, notes } = await traced(BALANCER, undefined, TOOLS);
    assert.match(
      notes.join("\n"),
      /internal-tools-\S+ of private-connections\.demo could not be looked at: no load balancer/,
    );
    assert.match(notes.join("\n"), /sg-\w+ of private-connections\.demo could not be looked at: .* no such group/);
    assert.deepEqual(seen, dark, "nobody else's group is taken for one that lets nothing through");
  });
});
