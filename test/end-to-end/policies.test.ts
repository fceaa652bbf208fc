// Proves that the committed environment is clean under the strict set, but for what is exempted in writing, and that a bad change to a committed program
// is stopped by the rule that it breaks in the first preview, before any id is known. Rules about what this project does not build are broken in
// test/policy/programs/critical.ts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

interface Previewed {
  readonly stacks: readonly {
    readonly stack: string;
    readonly result: string;
    readonly findings?: readonly { readonly policy: string; readonly level: string; readonly message: string }[];
  }[];
}

const LOAD_BALANCER = "components/privatelink/internal-load-balancer.ts";
const ENDPOINT_SERVICE = "components/privatelink/endpoint-service.ts";

describe("the policies of environment demo", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());

  it("are the strict set, and find nothing but what is exempted or not known yet", async () => {
    const config = JSON.parse(readFileSync(join(clone.folder, "environments/policies.demo.json"), "utf8")) as object;
    assert.equal("all" in config && config.all, "mandatory");
    const { code, out, err } = await clone.corpai("preview", "demo", "--json");
    assert.equal(code, 0, out + err);
    const { stacks } = JSON.parse(out) as Previewed;
    const findings = stacks.flatMap((one) => one.findings ?? []);
    assert.deepEqual(
      findings.filter(
        ({ message }) => !/exempted until \d{4}-\d\d-\d\d \(|undecided, checked at update:/.test(message),
      ),
      [],
    );
    assert.ok(stacks.every(({ result }) => result === "succeeded"));
  });

  const cases: [what: string, only: string, file: string, change: (text: string) => string, rules: string[]][] = [
    [
      "a load balancer that faces the internet, with its listener and its endpoint service",
      "customer-services",
      LOAD_BALANCER,
      (text) => text.replace("internal: true", "internal: false"),
      ["nlb-internal", "listener-on-internal-lb", "endpoint-service-behind-internal-lb"],
    ],
    [
      "half of the internet in the load balancer's group",
      "customer-services",
      LOAD_BALANCER,
      (text) => text.replace("cidrIpv4: cidr", 'cidrIpv4: cidr === clientCidr ? "128.0.0.0/1" : cidr'),
      ["sg-no-public-ingress"],
    ],
    [
      "everybody among an endpoint service's principals",
      "customer-services",
      ENDPOINT_SERVICE,
      (text) => text.replace("[...args.principals]", '["*"]'),
      ["endpoint-service-principals-scoped"],
    ],
    [
      "an endpoint service that takes whoever asks",
      "customer-services",
      ENDPOINT_SERVICE,
      (text) =>
        text
          .replace("acceptanceRequired: args.acceptanceRequired", "acceptanceRequired: false")
          .replace("[...args.principals]", "[]"),
      ["endpoint-service-acceptance"],
    ],
    [
      "a cluster whose API is on the internet",
      "cluster",
      "components/cluster/mcp-cluster.ts",
      (text) => text.replace(/endpointPublicAccess: [^,]+,/, "endpointPublicAccess: true,"),
      ["eks-private-endpoint"],
    ],
    [
      "a role that everybody may assume",
      "cluster",
      "components/cluster/node-role.ts",
      (text) =>
        text.replace(
          'serviceTrust("ec2.amazonaws.com")',
          'serviceTrust("ec2.amazonaws.com").replace(\'{"Service":"ec2.amazonaws.com"}\', \'{"AWS":"*"}\')',
        ),
      ["iam-trust-scoped"],
    ],
  ];
  for (const [what, only, file, change, rules] of cases) {
    it(`stop ${what}`, async () => {
      const undo = clone.edit(file, change);
      try {
        const { code, out, err } = await clone.corpai("preview", "demo", "--only", only);
        const text = out + err;
        assert.notEqual(code, 0, text);
        for (const rule of rules) assert.match(text, new RegExp(`refused by policy ${rule}: `), text);
        assert.deepEqual(clone.made(), []);
      } finally {
        undo();
      }
    });
  }
});
