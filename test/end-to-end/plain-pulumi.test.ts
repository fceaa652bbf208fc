// Proves that a shell set by `eval "$(npx corpai sandbox env)"` runs every ordinary `pulumi` command against the sandbox, from the root and from any
// folder below it. What programs build is proved elsewhere; one small program of the customer's side is enough here.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { assertAsBefore } from "./support/as-before.ts";
import { Clone, type Ran } from "./support/clone.ts";

const STACK = "customer-services.demo.tools";
const FOLDERS: readonly (readonly [where: string, cd: string, root: string])[] = [
  ["the root", ".", "."],
  ["a subfolder", "stacks/customer-services", "../.."],
];

interface Exported {
  readonly deployment: {
    readonly resources: readonly {
      readonly type: string;
      readonly id?: string;
      readonly inputs?: Record<string, unknown>;
      readonly outputs?: Record<string, unknown>;
    }[];
  };
}

describe("plain pulumi in the sandbox's shell", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(async () => {
    clone = Clone.create();
    const { code, out, err } = await shell(".", `pulumi stack init --no-select ${STACK}`);
    assert.equal(code, 0, out + err);
  });
  afterEach(() => assert.equal(clone.changedFiles(), "", "git status is clean after every command"));
  after(() => clone.remove());

  /** As a person types it: the exports from the root, the command from a folder. */
  function shell(folder: string, command: string): Promise<Ran> {
    const script = `eval "$("$NODE" cli/corpai.mjs sandbox env)" && cd ${folder} && ${command}`;
    return clone.run("sh", ["-c", script], { NODE: process.execPath });
  }
  const pulumi = (folder: string, command: string): Promise<Ran> =>
    shell(folder, `pulumi ${command} --non-interactive --color never`);
  async function succeeds(folder: string, command: string): Promise<string> {
    const { code, out, err } = await pulumi(folder, command);
    assert.equal(code, 0, out + err);
    return out;
  }
  const exported = async (folder: string): Promise<Exported> =>
    JSON.parse(await succeeds(folder, `stack export --stack ${STACK}`)) as Exported;

  for (const [where, folder, root] of FOLDERS) {
    describe(`from ${where}`, () => {
      it("preview: judged by the policy pack, and nothing is made", async () => {
        const out = await succeeds(folder, `preview --stack ${STACK} --policy-pack ${root}/policy`);
        assert.match(out, /Policies:\n.*corpai/);
        assert.match(out, /\+ \d+ to create/);
        assert.deepEqual(clone.made(), []);
      });

      it("up: what was previewed is made, and once more changes nothing", async () => {
        assert.match(await succeeds(folder, `up --yes --skip-preview --stack ${STACK}`), /\+ \d+ created/);
        assert.ok(clone.made().some((object) => object.startsWith("aws:ec2/vpcEndpointService:VpcEndpointService")));
        await succeeds(folder, `up --yes --skip-preview --expect-no-changes --stack ${STACK}`);
      });

      it("stack export: all of it, from the sandbox's own backend", async () => {
        const { resources } = (await exported(folder)).deployment;
        assert.equal(resources.filter(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer").length, 1);
        const made = clone.made();
        for (const { type, id } of resources.filter((resource) => resource.type.startsWith("aws:")))
          assert.ok(made.includes(`${type} ${id ?? ""}`), `${type} ${id ?? ""} is in the sandbox's world`);
      });

      it("refresh: what was changed by hand shows, and is taken over", async () => {
        await succeeds(folder, `refresh --yes --expect-no-changes --stack ${STACK}`);
        const type = "aws:lb/loadBalancer:LoadBalancer";
        await clone.sandbox.changeByHand("demo", { type, estate: false }, { "tags.owner": "somebody" });
        assert.match(await succeeds(folder, `refresh --yes --stack ${STACK}`), /~ 1 updated/);
        const balancer = (await exported(folder)).deployment.resources.find((resource) => resource.type === type);
        assert.equal((balancer?.outputs?.tags as Record<string, string> | undefined)?.owner, "somebody");
        await succeeds(folder, `up --yes --skip-preview --stack ${STACK}`);
      });

      it("policy analyze: the state that stands is sound, and one that is not is refused, without a program", async () => {
        const { code, out, err } = await pulumi(folder, `policy analyze --policy-pack ${root}/policy --stack ${STACK}`);
        assert.equal(code, 0, out + err);
        const file = join(clone.folder, ".sandbox/state.json");
        await succeeds(folder, `stack export --stack ${STACK} --file '${file}'`);
        const text = readFileSync(file, "utf8");
        assert.match(text, /"internal": true/);
        writeFileSync(file, text.replaceAll('"internal": true', '"internal": false'));
        const broken = await pulumi(folder, `policy analyze --policy-pack ${root}/policy --file '${file}'`);
        assert.notEqual(broken.code, 0);
        assert.match(broken.out + broken.err, /nlb-internal/);
      });

      it("destroy: the world is as its estate file says", async () => {
        assert.match(await succeeds(folder, `destroy --yes --skip-preview --stack ${STACK}`), /- \d+ deleted/);
        await assertAsBefore(clone);
      });
    });
  }
});
