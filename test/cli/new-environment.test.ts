// Proves what a new environment takes over from the one it is copied from, what is refused in which words, and that its files are written together or not at
// all. That the copy previews: test/end-to-end/new-environment.test.ts.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Folders, type NewEnvironment, planEnvironment } from "../../cli/environment-plan.ts";
import type { EnvironmentWishes } from "../../cli/environment-request.ts";
import { writeTogether } from "../../cli/written-together.ts";
import { describeProblem } from "../../model/problem.ts";
import { loadEstate } from "../../sandbox/estate.ts";
import { ENVIRONMENTS_FOLDER, environments, loadEnvironment } from "../../stacks/environment.ts";

const ESTATES = join(import.meta.dirname, "../../sandbox/estates");
const ACCOUNT = "999988887777";
const WISHES: EnvironmentWishes = { from: "dev", account: [ACCOUNT], vpcCidr: "10.60.0.0/18" };

describe("a new environment", () => {
  let root = "";
  let folders: Folders = { environments: "", estates: "" };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "corpai-new-"));
    folders = { environments: join(root, "environments"), estates: join(root, "estates") };
    cpSync(ENVIRONMENTS_FOLDER, folders.environments, { recursive: true });
    cpSync(ESTATES, folders.estates, { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const contents = (): Record<string, string> =>
    Object.fromEntries(
      Object.values(folders).flatMap((folder: string) =>
        readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
      ),
    );
  const plan = (name: string, wishes: Partial<EnvironmentWishes> = {}): NewEnvironment =>
    planEnvironment(name, { ...WISHES, ...wishes }, folders);
  const textOf = (planned: NewEnvironment, file: string): string =>
    Object.entries({ ...planned.created, ...planned.changed }).find(([path]) => basename(path) === file)?.[1] ?? "";

  it("is the other one in another account and VPC, and sound but for its secrets", () => {
    const planned = plan("qa", { class: "staging", azIds: ["use1-az1", "use1-az4"], nat: "per-az" });
    writeTogether(planned);
    assert.deepEqual(environments(folders.environments).qa, { class: "staging", branch: "main" });
    const { stacks, problems, facts } = loadEnvironment("qa", { folder: folders.environments });
    assert.deepEqual(problems.map(describeProblem), [
      "mcp-servers.qa: corpai:clickhousePasswordSecret: given nothing; allowed: a secure value, since the configuration names it. Set it with: pulumi config set --secret corpai:clickhousePasswordSecret.",
    ]);
    assert.deepEqual([...new Set(stacks.map(({ aws }) => aws.allowedAccountIds[0]))], [ACCOUNT]);
    assert.deepEqual(
      [facts.network?.vpcCidr, facts.network?.azIds, facts.network?.natGateways, facts.customerServices[0]?.clientCidr],
      ["10.60.0.0/18", ["use1-az1", "use1-az4"], "per-az", "10.60.0.0/19"],
    );
    const all = Object.values(planned.created).join("\n");
    assert.doesNotMatch(
      all,
      /222233334444(?!")|encryptedkey|secure:/,
      "neither the other account nor a secret, nor the key of one",
    );
    assert.match(
      textOf(planned, "Pulumi.mcp-servers.qa.yaml"),
      /^secretsprovider: awskms:\/\/alias\/corpai-qa-pulumi\?/m,
    );
  });

  it("has an estate in which everything stands in its own account", () => {
    writeTogether(plan("qa"));
    const { facts, objects } = loadEstate(join(folders.estates, "qa.yaml"));
    assert.deepEqual(Object.keys(facts.zones).sort(), ["444455556666", ACCOUNT]);
    assert.ok(objects.some(({ id, account }) => id === "vpc-0acedde5000000001" && account === ACCOUNT));
  });

  it("changes nothing else of a file: comments, order and numbers in quotes stay", () => {
    const file = join(folders.environments, "Pulumi.data.dev.yaml");
    const source = readFileSync(file, "utf8").replace(
      "  corpai:stores:",
      "  # What the servers keep.\n  corpai:stores:",
    );
    writeFileSync(file, source);
    const expected = source
      .replace("222233334444", ACCOUNT)
      .replace("corpai-dev-pulumi", "corpai-qa-pulumi")
      .replace(/^encryptedkey.*\n/m, "");
    assert.equal(textOf(plan("qa"), "Pulumi.data.qa.yaml"), expected);
    const list = readFileSync(join(folders.environments, "environments.yaml"), "utf8");
    assert.equal(textOf(plan("qa"), "environments.yaml"), `${list}qa: { class: dev, branch: main }\n`);
  });

  it("names the secrets to set, where their key is to be, and the ids that only AWS can give", () => {
    const stacks = plan("qa").stacks;
    const servers = stacks.find(({ stack }) => stack === "mcp-servers.qa");
    assert.deepEqual(servers?.secrets, ["corpai:clickhousePasswordSecret"]);
    assert.equal(servers.secretsProvider, "awskms://alias/corpai-qa-pulumi?region=us-east-1");
    const services = stacks.find(({ stack }) => stack === "customer-services.qa.acme");
    assert.ok(services?.ids.includes("vpc-0acedde5000000001") && services.ids.includes("i-0acedde50c11c0002"));
  });

  it("of one that stands in several accounts says of each which takes its place", () => {
    const account = ["111122223333=999988887777", "444455556666=888877776666"];
    const planned = plan("qa", { from: "demo", class: "dev", account });
    assert.match(textOf(planned, "qa.yaml"), /"111122223333": "999988887777", "444455556666": "888877776666"/);
    assert.match(textOf(planned, "Pulumi.customer-services.qa.tools.yaml"), /arn:aws:iam::999988887777:root/);
    assert.doesNotMatch(textOf(planned, "Pulumi.mcp-servers.qa.yaml"), /encryptionsalt|secure/);
  });

  const refused: readonly [what: string, name: string, wishes: Partial<EnvironmentWishes>, says: RegExp][] = [
    [
      "a name that exists",
      "prod",
      {},
      /^prod: NAME: given "prod", which environments\.yaml has already; allowed: a name other/,
    ],
    ["what is no name", "QA.1", {}, /^QA\.1: NAME: given "QA\.1"; allowed: lower-case letters, digits and hyphens/],
    ["a source that does not exist", "qa", { from: "dve" }, /there is no environment "dve"/],
    ["a class that is none", "qa", { class: "test" }, /^qa: --class: given test; allowed: dev, staging, prod/],
    ["class demo", "qa", { from: "demo", account: [] }, /^qa: --class: given demo; allowed: dev, staging, prod/],
    [
      "a CIDR that overlaps another environment's in the same account",
      "qa",
      { account: ["555566667777"], vpcCidr: "10.50.128.0/20" },
      /network\.qa: corpai:vpcCidr: given 10\.50\.128\.0\/20, which overlaps 10\.50\.0\.0\/16 of network\.prod in the same account/,
    ],
    [
      "an account in which the same customer has an environment, whose names are taken",
      "qa",
      { account: [] },
      /services\.clickhouse: given a key that customer-services\.dev\.acme has as well, in the same account and region/,
    ],
    [
      "what is no CIDR",
      "qa",
      { vpcCidr: "10.60.0.1/16" },
      /^qa: --vpc-cidr: given 10\.60\.0\.1\/16; allowed: an IPv4 CIDR/,
    ],
    [
      "a VPC too small for the plan",
      "qa",
      { vpcCidr: "10.60.0.0/24" },
      /network\.qa: corpai:vpcCidr: .*a VPC from \/16 to \/21/,
    ],
    [
      "AZs of another region",
      "qa",
      { azIds: ["usw2-az1", "usw2-az2"] },
      /network\.qa: corpai:azIds: given \["usw2-az1","usw2-az2"\]; allowed: AZ ids of us-east-1, which begin with use1-/,
    ],
    [
      "AZs by name",
      "qa",
      { azIds: ["us-east-1a"] },
      /^qa: --az-ids: given us-east-1a; allowed: AZ ids such as use1-az1/,
    ],
    ["no account", "qa", { account: ["12345"] }, /^qa: --account: given 12345; allowed: twelve digits/],
    [
      "one account in place of several",
      "qa",
      { from: "demo", class: "dev" },
      /^qa: --account: given 999988887777; allowed: OLD=NEW.*111122223333, 444455556666/,
    ],
    [
      "two accounts in place of one",
      "qa",
      { account: [ACCOUNT, "888877776666"] },
      /^qa: --account: given two accounts in place of 222233334444/,
    ],
    ["a way to the internet that is none", "qa", { nat: "both" }, /network\.qa: corpai:natGateways: given "both"/],
  ];
  for (const [what, name, wishes, says] of refused)
    it(`is refused: ${what}`, () => {
      const before = contents();
      assert.throws(
        () => plan(name, wishes),
        ({ message }: Error) => {
          assert.match(message, says);
          return true;
        },
      );
      assert.deepEqual(contents(), before);
    });

  it("is refused where a file or the estate stands already, and overwrites neither", () => {
    const file = join(folders.environments, "Pulumi.network.qa.yaml");
    writeFileSync(file, "config: {}\n");
    assert.throws(
      () => plan("qa"),
      /^Error: qa: environments\/Pulumi\.network\.qa\.yaml: given a file that stands already/,
    );
    rmSync(file);
    writeFileSync(join(folders.estates, "qa.yaml"), "");
    assert.throws(() => plan("qa"), /qa\.yaml stands already/);
  });

  it("is written whole or not at all: also where a file appears between the check and the writing", () => {
    const planned = plan("qa");
    // The last file that is created, so that others are there by then.
    const late = join(folders.estates, "qa.yaml");
    writeFileSync(late, "somebody else's\n");
    const before = contents();
    assert.throws(() => writeTogether(planned), /EEXIST/);
    assert.deepEqual(contents(), before);
    rmSync(late);
    writeTogether(planned);
    assert.equal(Object.keys(contents()).length, Object.keys(before).length + Object.keys(planned.created).length - 1);
  });
});
