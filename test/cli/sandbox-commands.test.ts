// Proves what somebody can do to the sandbox's AWS by command, behind Pulumi's back, in a world that holds its estate only. What programs make of it:
// test/end-to-end/drift.test.ts and misbehaving.test.ts.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "mocha";
import type { main as Main } from "../../cli/main.ts";
import { Clone, type Ran } from "../end-to-end/support/clone.ts";

const VPC = "vpc-0acedada000000001";

describe("corpai sandbox by hand", function () {
  this.timeout(60_000);
  let clone: Clone;
  let main: typeof Main;
  before(async () => {
    clone = Clone.create();
    // The clone's own command works on the clone's own sandbox.
    ({ main } = (await import(pathToFileURL(join(clone.folder, "cli/main.ts")).href)) as {
      readonly main: typeof Main;
    });
  });
  after(() => clone.remove());

  async function corpai(...args: readonly string[]): Promise<Ran> {
    const said = { out: "", err: "" };
    const code = await main(["sandbox", ...args], {
      stdout: { write: (text) => (said.out += text) },
      stderr: { write: (text) => (said.err += text) },
    });
    return { code, ...said };
  }

  async function says(...args: string[]): Promise<string> {
    const { code, out, err } = await corpai(...args);
    assert.equal(code, 0, out + err);
    return out;
  }
  async function refuses(error: RegExp, ...args: string[]): Promise<void> {
    const { code, out, err } = await corpai(...args);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, error);
    assert.doesNotMatch(err, /\n\s+at /, "no stack trace");
  }

  it("lists what there is, for people and as JSON, without the sandbox's own notes", async () => {
    assert.match(
      await says("list", "demo", "--type", "Vpc"),
      new RegExp(`^TYPE +NAME +ACCOUNT[^]*acme-data .*before +${VPC}`),
    );
    assert.equal(await says("list", "demo", "--made"), "nothing fits\n");
    const { environment, objects } = JSON.parse(await says("list", "demo", "--name", VPC, "--json")) as {
      readonly environment: string;
      readonly objects: readonly { readonly name: string; readonly properties: Readonly<Record<string, unknown>> }[];
    };
    assert.deepEqual([environment, objects.length, objects[0]?.name], ["demo", 1, "acme-data"]);
    assert.equal(objects[0]?.properties.cidrBlock, "10.20.0.0/16");
    assert.ok(Object.keys(objects[0].properties).every((property) => !property.startsWith("_")));
  });

  it("changes properties, tells what they were, and keeps text that looks like a number", async () => {
    assert.equal(
      await says("change", "demo", "enableDnsHostnames=false", "tags.owner=007", "--name", VPC),
      `Vpc acme-data (${VPC}): enableDnsHostnames: true -> false, tags.owner: nothing -> 007\n`,
    );
    const { changes } = JSON.parse(await says("change", "demo", "tags.owner=null", "--name", VPC, "--json")) as {
      readonly changes: readonly object[];
    };
    assert.deepEqual(changes, [{ property: "tags.owner", was: "007" }]);
  });

  it("deletes what is told by what it is, since a rule has no name", async () => {
    const rule = ["--type", "SecurityGroupIngressRule", "--where", "fromPort=8443", "--account", "111122223333"];
    assert.match(await says("delete", "demo", ...rule), /^SecurityGroupIngressRule sgr-[0-9a-f]{17}: deleted\n$/);
    await refuses(/no object fits/, "delete", "demo", ...rule);
  });

  it("passes on what AWS refuses, what is not clear, and what nobody knows", async () => {
    await refuses(/DependencyViolation/, "delete", "demo", "--name", VPC);
    await refuses(/2 objects fit .*say which one:\n/, "delete", "demo", "--type", "Vpc");
    await refuses(/given "port"; allowed: property=value, such as/, "change", "demo", "port", "--name", VPC);
    await refuses(/takes no argument "colour"/, "change", "demo", "colour=red", "--name", VPC);
    await refuses(/no object fits/, "accept", "demo", "vpce-0123");
    await refuses(/no object fits/, "reject", "demo", "ClickHouse Production");
    await refuses(/there is no environment "prdo".*demo/, "list", "prdo");
    await refuses(/missing required argument 'ENV'/, "delete");
  });

  it("sets faults from options or a file, shows and clears them", async () => {
    assert.match(await says("faults", "show", "demo"), /demo: AWS behaves/);
    const one = await says(
      "faults",
      "set",
      "demo",
      "--kind",
      "throttle",
      "--rate",
      "0.5",
      "--in-a-row",
      "3",
      "--seed",
      "s",
    );
    assert.match(one, /misbehaves, seed s\nKIND.*\nthrottle +0\.5 +\* +\* +0 .*inARow: 3/);
    const file = join(clone.folder, ".sandbox/faults.yaml");
    writeFileSync(
      file,
      "seed: 7\nfaults:\n  - { kind: slow, type: Vpc, milliseconds: 5 }\n  - { kind: lost, times: 1 }\n",
    );
    await says("faults", "set", "demo", "--file", file);
    const { seed, faults } = JSON.parse(await says("faults", "show", "demo", "--json")) as {
      readonly seed: number;
      readonly faults: readonly { readonly kind: string }[];
    };
    assert.deepEqual([seed, faults.map(({ kind }) => kind)], [7, ["slow", "lost"]]);
    assert.match(await says("faults", "clear", "demo"), /AWS behaves/);
  });

  it("refuses faults that there are not, naming what is allowed", async () => {
    await refuses(/Allowed choices are throttle, error/, "faults", "set", "demo", "--kind", "flood");
    await refuses(/give --kind, one of throttle.*or --file/, "faults", "set", "demo");
    await refuses(/faults\.0\.rate/, "faults", "set", "demo", "--kind", "error", "--rate", "7");
    await refuses(/give either it or the other options/, "faults", "set", "demo", "--file", "x", "--kind", "lost");
    await refuses(/--file nowhere\.yaml: ENOENT/, "faults", "set", "demo", "--file", "nowhere.yaml");
  });
});
