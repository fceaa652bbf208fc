// Proves that plain `pulumi` commands refuse bad input with one clear error of ours and create nothing. What needs no engine is in test/stacks.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { SUBNET_A, T } from "../sandbox/support/connection.ts";
import { DATA, actor } from "../sandbox/support/world.ts";
import { Scratch } from "./support/scratch.ts";

const SERVICES = "environments/Pulumi.customer-services.demo.data.yaml";

describe("plain pulumi", function () {
  this.timeout(120_000);
  let scratch: Scratch;
  let objects = 0;
  before(async () => {
    scratch = await Scratch.create();
    await scratch.initialize();
    await scratch.up("network.demo");
  });
  beforeEach(() => {
    objects = scratch.world.objects.length;
  });
  after(() => scratch.remove());

  /** Brings a stack up and expects it to be refused; the world is as before. */
  async function refused(stack: string, says: RegExp): Promise<string> {
    const { code, text } = await scratch.pulumi("up", "--yes", "--skip-preview", "--stack", stack);
    assert.notEqual(code, 0, text);
    assert.match(text, says);
    assert.equal(scratch.world.objects.length, objects, "nothing was created");
    assert.ok(!/\n\s+at .*\(.*:\d+:\d+\)/.test(text), `no stack trace in:\n${text}`);
    return text;
  }

  async function withEdit<T>(file: string, change: (text: string) => string, look: () => Promise<T>): Promise<T> {
    const undo = scratch.edit(file, change);
    try {
      return await look();
    } finally {
      undo();
    }
  }

  it("refuses CorpAI's own VPC as the customer's, by its tag", async () => {
    const { vpcId } = await scratch.outputs<{ vpcId: string }>("network.demo");
    await withEdit(
      SERVICES,
      (text) => text.replace(/vpcId: .*/, `vpcId: ${vpcId}`),
      () =>
        refused(
          "customer-services.demo.data",
          /corpai:vpcId: given vpc-[0-9a-f]+, CorpAI's own VPC .*allowed: the customer's existing VPC/,
        ),
    );
  });

  it("refuses a subnet whose AZ is another than the file says", async () => {
    await withEdit(
      SERVICES,
      (text) =>
        text.replace("id: subnet-0acedada00000000a, azId: use1-az1", "id: subnet-0acedada00000000a, azId: use1-az6"),
      () =>
        refused(
          "customer-services.demo.data",
          /corpai:subnets: given subnet-0acedada00000000a with azId use1-az6; allowed: its real AZ, use1-az1/,
        ),
    );
  });

  it("refuses ids that the account does not have, all at once", async () => {
    const text = await withEdit(
      SERVICES,
      (yaml) =>
        yaml
          .replace("i-0acedada0c11c0002", "i-00000000000000000")
          .replace("sg-0acedada0c11c0005", "sg-00000000000000000"),
      () => refused("customer-services.demo.data", /2 problems:/),
    );
    assert.match(text, /i-00000000000000000, which this account does not have/);
    assert.match(text, /sg-00000000000000000, which this account does not have/);
  });

  it("refuses a name that somebody else has taken, as AWS would only once half of the service stood", async () => {
    const acme = actor(scratch.world, DATA);
    const balancer = { name: "corpai-clickhouse-nlb", internal: true, loadBalancerType: "network" };
    const { id } = acme.make(T.balancer, { ...balancer, subnets: [SUBNET_A] });
    objects = scratch.world.objects.length;
    const text = await refused(
      "customer-services.demo.data",
      /corpai:services\.clickhouse: given a key whose load balancer is called corpai-clickhouse-nlb/,
    );
    assert.ok(text.includes(id), text);
    acme.unmake(T.balancer, id);
  });

  it("refuses an AZ that the account cannot use", async () => {
    await withEdit(
      "environments/Pulumi.network.demo.yaml",
      (text) => text.replace("use1-az4", "use1-az4, use1-az3"),
      () =>
        refused(
          "network.demo",
          /corpai:azIds: given "use1-az3"; allowed: AZs that this account can use: use1-az1, use1-az2, use1-az4, use1-az6/,
        ),
    );
  });

  it("names the stack to bring up first where one is missing in an update", async () => {
    await refused(
      "customer-acceptance.demo.data",
      /needs (services|connections) of (customer-services|connections)\.demo[.a-z]*, which has not been brought up.*Bring it up first: pulumi up -s/s,
    );
  });

  const HOSTILE: readonly (readonly [what: string, yaml: string, says: RegExp])[] = [
    [
      "a number that Pulumi reads as octal",
      "  corpai:flowLogRetentionDays: 036\n",
      /network\.demo: the file: given in line \d+ 036 without quotes.*Pulumi takes this one for another value/,
    ],
    [
      "a key that every JavaScript object has",
      "  corpai:constructor: x\n",
      /corpai:constructor: given a key that nobody reads/,
    ],
    [
      "a key that changes what objects are",
      "  corpai:__proto__: { x: 1 }\n",
      /corpai:__proto__: given a key that nobody reads/,
    ],
    [
      "text that only begins like a structured value",
      '  corpai:foo: "{x"\n',
      /corpai:foo: given a key that nobody reads/,
    ],
    [
      "a terminal's commands",
      '  "corpai:\\e[2Jx": "\\e]0;owned\\a"\n',
      /corpai:\\u\{1b\}\[2Jx: given a key that nobody reads/,
    ],
  ];
  for (const [what, yaml, says] of HOSTILE) {
    it(`refuses ${what}, and says so once`, async () => {
      await withEdit(
        "environments/Pulumi.network.demo.yaml",
        (text) => text.replace("config:\n", `config:\n${yaml}`),
        async () => {
          const { code, text } = await scratch.pulumi("preview", "--stack", "network.demo");
          assert.notEqual(code, 0);
          assert.match(text, says);
          assert.doesNotMatch(text, /[^\P{Cc}\n\t]|TypeError|SyntaxError|\n\s+at /u);
          // The engine tells it as it comes, and once more at the end.
          assert.equal(text.split("Diagnostics:")[1]?.match(/; allowed: /g)?.length, 1);
        },
      );
    });
  }

  for (const [name, says] of [
    ["netwrok.demo", /there is no program "netwrok"/],
    ["network.demmo", /there is no environment "demmo"/],
  ] as const) {
    it(`refuses stack ${name}`, async () => {
      await scratch.pulumi("stack", "init", "--no-select", name);
      await refused(name, says);
    });
  }

  it("works from a subfolder as well", async () => {
    const { code, text } = await scratch.pulumi("preview", "--cwd", "components", "--stack", "network.demo");
    assert.equal(code, 0, text);
    assert.match(text, /75 unchanged/);
  });

  it("judges a setting of the command line by the same schema (Pulumi writes it into the file)", async () => {
    const { code, text } = await scratch.pulumi(
      "preview",
      "--stack",
      "network.demo",
      "--config",
      "corpai:natGateways=dual",
    );
    assert.notEqual(code, 0);
    assert.match(text, /corpai:natGateways: given "dual"; allowed: "none", "single" or "per-az"/);
  });
});
