// Proves that an environment of a class that protects is not destroyed as long as anything in it is protected, that `corpai destroy` says beforehand what it holds
// and what would stay, and that it goes once all is released, leaving exactly what was listed. Stores alone, by plain Pulumi: data-protection.test.ts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Holding } from "../../model/holdings.ts";
import { Clone } from "./support/clone.ts";

interface Report {
  readonly holdings: readonly Holding[];
  readonly stacks: readonly { readonly stack: string; readonly result: string; readonly error?: string }[];
}

describe("an environment whose class protects", function () {
  this.timeout(600_000);
  let clone: Clone;
  before(async () => {
    clone = Clone.create();
    clone.edit("environments/environments.yaml", (text) => text.replace("class: demo", "class: staging"));
    await corpai(0, "up", "--only", "cluster,data");
  });
  after(() => clone.remove());

  async function corpai(code: number, command: string, ...args: readonly string[]): Promise<Report> {
    const ran = await clone.corpai(command, "demo", "--sandbox", "--json", ...args);
    assert.equal(ran.code, code, ran.out + ran.err);
    return JSON.parse(ran.out) as Report;
  }
  /** Resources with who protects them. */
  const protectedIn = ({ holdings }: Report): string[] =>
    holdings
      .filter(({ protectedBy }) => protectedBy.length > 0)
      .map(({ stack, resource, protectedBy }) => `${stack} ${resource} ${protectedBy.join("+")}`)
      .sort();

  it("is not touched by a destroy, which says what is protected and how to release it", async () => {
    const [made, owned] = [clone.made(), clone.owned()];
    const refused = await corpai(1, "destroy");
    assert.deepEqual(protectedIn(refused), [
      "cluster.demo mcp-eksCluster AWS",
      "data.demo memory Pulumi+AWS",
      "data.demo sessions Pulumi",
      "data.demo stores Pulumi",
    ]);
    const errorOf = (name: string): string => refused.stacks.find(({ stack }) => stack === name)?.error ?? "";
    assert.match(errorOf("cluster.demo"), /^cluster\.demo: mcp-eksCluster \(Cluster\): .*corpai:release/);
    for (const store of ["memory", "sessions"])
      assert.match(errorOf("data.demo"), new RegExp(`data\\.demo: ${store} \\(.*corpai:stores\\.${store} release:`));
    assert.match(errorOf("network.demo"), /nothing was destroyed, since/);
    assert.deepEqual([clone.made(), clone.owned()], [made, owned]);
  });

  it("is destroyed once all is released, in the right order, and leaves what was listed: snapshots and the key that reads them", async () => {
    const release = 'release: {reason: "the environment moves", until: "2099-12-31"}';
    clone.edit("environments/Pulumi.cluster.demo.yaml", (text) =>
      text.replace("config:", `config:\n  corpai:${release}`),
    );
    clone.edit("environments/Pulumi.data.demo.yaml", (text) =>
      text.replaceAll(/( {6})(engine: .*)/g, `$1$2\n$1${release}`),
    );
    await corpai(0, "up", "--only", "cluster,data");
    const { holdings, stacks } = await corpai(0, "destroy");
    assert.deepEqual(
      stacks.flatMap(({ stack, result }) => (result === "succeeded" ? [stack] : [])),
      ["data.demo", "cluster.demo", "network.demo"],
    );
    assert.deepEqual(protectedIn({ holdings, stacks }), []);
    const left = clone.made();
    for (const { resource, stays } of holdings.filter(({ stack }) => stack === "data.demo"))
      if (resource === "memory" || resource === "sessions") {
        const snapshot = /a last snapshot, (\S+)/.exec(stays.join(" "))?.[1] ?? "";
        assert.ok(
          left.some((one) => one.endsWith(`napshot ${snapshot}`)),
          `${resource}: ${snapshot}`,
        );
      }
    assert.deepEqual(left.map((one) => one.split(" ")[0]).sort(), [
      "aws:elasticache/snapshot:Snapshot",
      "aws:kms/key:Key",
      "aws:rds/snapshot:Snapshot",
    ]);
  });
});
