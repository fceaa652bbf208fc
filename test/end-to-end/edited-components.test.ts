// Proves that the policy pack stops a wrong component before anything is created: in the preview that `corpai up` makes of every stack first, while no id
// is known yet. Each case edits one component in a copy of the tree.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

const ONE_SUBNET = /names one subnet only; at least 2 AZs are required .*Name one subnet in each of 2 or more AZs\./;
const LOAD_BALANCER = "components/privatelink/internal-load-balancer.ts";

describe("an edited component", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());

  const cases: [what: string, file: string, change: (text: string) => string, says: RegExp[]][] = [
    [
      "that makes the load balancer internet-facing",
      LOAD_BALANCER,
      (text) => text.replace("internal: true", "internal: false"),
      [/refused by policy nlb-internal: clickhouse-nlb/, /Set internal: true\./],
    ],
    [
      "that drops the tags",
      LOAD_BALANCER,
      (text) =>
        text
          .replaceAll("{ ...tags, Name: physicalName }", "{ Name: physicalName }")
          .replace("tags: { ...tags }", "tags: {}"),
      [/refused by policy corpai-tags: clickhouse-nlb/, /corpai/],
    ],
    [
      "that cuts the subnets to one, behind the program's own check",
      LOAD_BALANCER,
      (text) =>
        text.replace("subnets: subnets.map(({ id }) => id)", "subnets: subnets.map(({ id }) => id).slice(0, 1)"),
      [/refused by policy two-availability-zones: clickhouse-nlb/, ONE_SUBNET],
    ],
    [
      "that cuts the endpoint's subnets to one, while no subnet has an id yet",
      "components/privatelink/connection.ts",
      (text) => text.replace("args.azIds.map(args.subnetIn)", "args.azIds.map(args.subnetIn).slice(0, 1)"),
      [/refused by policy two-availability-zones: clickhouse/, ONE_SUBNET],
    ],
    [
      "that cuts the cluster's subnets to one",
      "components/cluster/mcp-cluster.ts",
      (text) => text.replace("args.azIds.map(args.subnetIn)", "args.azIds.map(args.subnetIn).slice(0, 1)"),
      [/refused by policy two-availability-zones: mcp-eksCluster/, ONE_SUBNET],
    ],
  ];
  for (const [what, file, change, says] of cases) {
    it(`${what} stops corpai up in preview, named with rule, resource and fix, and the world is unchanged`, async () => {
      const undo = clone.edit(file, change);
      try {
        const { code, out, err } = await clone.corpai("up", "demo");
        const text = out + err;
        assert.notEqual(code, 0, text);
        for (const pattern of says) assert.match(text, pattern);
        assert.deepEqual(clone.made(), [], "nothing but the estate exists");
      } finally {
        undo();
      }
    });
  }

  it("in configuration is our own error, not the rule's", async () => {
    const file = "environments/Pulumi.customer-services.demo.data.yaml";
    const undo = clone.edit(file, (text) => text.replaceAll(/\n +- \{ ?id: subnet-0acedada00000000[bc].*/g, ""));
    try {
      const { code, out, err } = await clone.corpai("up", "demo");
      const text = out + err;
      assert.notEqual(code, 0, text);
      assert.match(text, /customer-services\.demo\.data: corpai:subnets: given .*allowed: subnets in at least 2 AZs/);
      assert.doesNotMatch(text, /two-availability-zones/);
    } finally {
      undo();
    }
  });
});
