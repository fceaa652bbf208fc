// Proves program data by the real engine: what it builds is reached by the workloads' group alone, what an edit changes, in place, and how a protected
// store is kept and let go. It runs without cluster and MCP servers; what a login sees is proved with the sandbox's databases.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { databaseAt } from "../../sandbox/aws/rds.ts";
import { INGRESS_RULE, freeIp } from "../../sandbox/aws/network.ts";
import { securityGroupsAdmit } from "../../sandbox/aws/security-groups.ts";
import { grantRole, rolesOf, storeAt } from "../../sandbox/aws/stores.ts";
import { deleteByHand } from "../../sandbox/by-hand.ts";
import type { DataOutputs } from "../../stacks/data/index.ts";
import type { NetworkOutputs } from "../../stacks/network/index.ts";
import { Scratch } from "./support/scratch.ts";

const FILE = "environments/Pulumi.data.demo.yaml";
const STACK = "data.demo";
const INSTANCE = "aws:rds/instance:Instance";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const KEY = "aws:kms/key:Key";

interface Step {
  readonly op: string;
  readonly urn: string;
}
interface Exported {
  readonly deployment: {
    readonly resources: readonly {
      readonly type: string;
      readonly urn: string;
      readonly protect?: boolean;
      readonly retainOnDelete?: boolean;
    }[];
  };
}

describe("the stores of an environment", function () {
  this.timeout(300_000);
  let scratch: Scratch;
  before(async () => {
    scratch = await Scratch.create();
    await scratch.initialize(["network.demo", STACK]);
  });
  after(() => scratch.remove());

  /** `pulumi <command>` on the stack, and what it says. */
  const run = (command: string, ...args: string[]) => scratch.pulumi(command, "--stack", STACK, ...args);
  async function refused(command: string, ...args: string[]): Promise<string> {
    const { code, text } = await run(command, ...args);
    assert.notEqual(code, 0, text);
    return text;
  }
  /** What a preview would do, `<operation> <type> <name>`, sorted; what stays as it is left out. */
  async function plan(): Promise<string[]> {
    const { code, text } = await run("preview", "--json");
    assert.equal(code, 0, text);
    const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as { readonly steps: readonly Step[] };
    return steps
      .filter(({ op }) => op !== "same" && op !== "read")
      .map(({ op, urn }) => `${op} ${urn.split("::")[2]?.split(/[$:]/).at(-1) ?? ""} ${urn.split("::")[3] ?? ""}`)
      .sort();
  }
  const stores = async (): Promise<DataOutputs["stores"]> => (await scratch.outputs<DataOutputs>(STACK)).stores;
  const idOf = (type: string): string | undefined => scratch.world.all(type)[0]?.id;

  it("are previewed before there is a network, under the policy pack", async () => {
    const { code, text } = await run("preview", "--policy-pack", "policy");
    assert.equal(code, 0, text);
    assert.doesNotMatch(text, /mandatory/);
    assert.deepEqual(scratch.world.all(INSTANCE), []);
  });

  it("come up, encrypted under one key, and say all that their users need, none of it secret", async () => {
    await scratch.up("network.demo", STACK);
    const { memory, sessions } = await stores();
    assert.ok(memory?.engine === "postgres" && sessions?.engine === "valkey");
    const [key] = scratch.world.all(
      KEY,
      ({ inputs }) => inputs.description === "Stores of demo: storage, snapshots, logs and master passwords",
    );
    assert.ok(key);
    assert.deepEqual(Object.keys(memory).sort(), [
      ..."databaseName engine host masterSecretArn masterSecretKeyArn port protected resourceId securityGroupId".split(
        " ",
      ),
      ..."storageGb version".split(" "),
    ]);
    assert.match(memory.host, /^corpai-demo-memory\.[0-9a-z]{12}\.us-east-1\.rds\.amazonaws\.com$/);
    assert.match(memory.masterSecretArn, /:secret:rds!db-/);
    assert.deepEqual(
      [memory.port, memory.databaseName, memory.version, memory.resourceId, memory.masterSecretKeyArn],
      [5432, "memory", "17.9", idOf(INSTANCE), key.computed.arn],
    );
    assert.match(sessions.host, /^master\.corpai-demo-sessions\.[0-9a-z]{6}\.use1\.cache\.amazonaws\.com$/);
    assert.deepEqual(
      [sessions.port, sessions.arn, sessions.replicationGroupId, sessions.userGroupId],
      [
        6379,
        "arn:aws:elasticache:us-east-1:111122223333:replicationgroup:corpai-demo-sessions",
        "corpai-demo-sessions",
        "corpai-demo-sessions",
      ],
    );
    for (const type of [INSTANCE, CACHE])
      assert.ok(scratch.world.all(type).every(({ inputs }) => inputs.kmsKeyId === key.computed.arn));
    assert.deepEqual(await plan(), [], "a second run changes nothing");
  });

  it("are reached by a pod that carries the workloads' group, on their port; by nothing else, and not without the rule", async () => {
    const { world } = scratch;
    const network = await scratch.outputs<NetworkOutputs>("network.demo");
    const subnet = world.get("aws:ec2/subnet:Subnet", network.clientSubnets[0]?.id ?? "");
    assert.ok(subnet);
    const ip = freeIp(world, subnet);
    const admitted = (groups: readonly string[], host: string, port: number): boolean => {
      const doors = storeAt(world, host, port)?.doors ?? [];
      assert.ok(doors.length > 0, host);
      return doors.every(
        (door) =>
          securityGroupsAdmit(world, groups, "egress", door, port) !== undefined &&
          securityGroupsAdmit(world, door.securityGroupIds, "ingress", { ip, securityGroupIds: groups }, port) !==
            undefined,
      );
    };
    const pod = [network.workloadsSecurityGroupId];
    for (const { host, port, securityGroupId } of Object.values(await stores())) {
      assert.ok(admitted(pod, host, port), `${host} from a pod`);
      assert.ok(!admitted([securityGroupId], host, port), `${host} from another store`);
      const rule = world.all(INGRESS_RULE, ({ inputs }) => inputs.securityGroupId === securityGroupId);
      assert.equal(rule.length, 1);
    }
    const [first] = Object.values(await stores());
    assert.ok(first);
    const [rule] = world.all(INGRESS_RULE, ({ inputs }) => inputs.securityGroupId === first.securityGroupId);
    assert.ok(rule);
    deleteByHand(world, { name: rule.id });
    assert.ok(!admitted(pod, first.host, first.port), "without the rule");
    await scratch.pulumi("refresh", "--yes", "--skip-preview", "--stack", STACK);
    await scratch.up(STACK);
    assert.ok(admitted(pod, first.host, first.port));
  });

  it("take another class, more storage, a later version and other nodes where they stand, with all that they hold", async () => {
    const { memory } = await stores();
    assert.ok(memory);
    const database = databaseAt(scratch.world, memory.host, memory.port);
    assert.ok(database);
    grantRole(scratch.world, database, "clickhouse_mcp", ["rds_iam"]);
    const ids = [idOf(INSTANCE), idOf(CACHE), idOf(KEY)];

    scratch.edit(FILE, (text) =>
      text
        .replace("db.t4g.micro", "db.t4g.small")
        .replace("storageGb: 20", "storageGb: 40")
        .replace('"17"', '"18"')
        .replace('"8.2"', '"9.0"')
        .replace("cache.t4g.micro", "cache.t4g.small"),
    );
    assert.deepEqual(await plan(), [
      "create-replacement ParameterGroup memory",
      "delete-replaced ParameterGroup memory",
      "replace ParameterGroup memory",
      "update Instance memory",
      "update ReplicationGroup sessions",
    ]);
    await scratch.up(STACK);
    assert.deepEqual([idOf(INSTANCE), idOf(CACHE), idOf(KEY)], ids);
    assert.deepEqual(rolesOf(database).clickhouse_mcp, ["rds_iam"]);
    const after = await stores();
    assert.deepEqual([after.memory?.version, after.sessions?.version], ["18.3", "9.0.0"]);
    assert.equal(after.memory?.host, memory.host);
    assert.deepEqual(await plan(), []);
  });

  it("are never taken back, nor replaced by something empty: one clear error, and nothing is touched", async () => {
    for (const [from, to, says] of [
      ['"18"', '"17"', /corpai:stores\.memory\.version: given "17"; allowed: "18\.3", which stands, or later/],
      ["storageGb: 40", "storageGb: 20", /corpai:stores\.memory\.storageGb: given 20; allowed: 40, which stands/],
      ["databaseName: memory", "databaseName: other", /databaseName: given "other"; allowed: "memory"/],
    ] as const) {
      const undo = scratch.edit(FILE, (text) => text.replace(from, to));
      assert.match(await refused("up", "--yes", "--skip-preview"), says);
      undo();
    }
    assert.deepEqual(await plan(), []);
  });

  it("are kept better in a better class: a standby, protection, longer backups, all in place", async () => {
    scratch.edit("environments/environments.yaml", (text) => text.replace("class: demo", "class: staging"));
    assert.deepEqual(await plan(), [
      "create MonitoringRole memory-monitoring",
      "create Role memory-monitoring",
      "create RolePolicyAttachment memory-monitoring",
      "update Instance memory",
      "update Key stores",
      "update LogGroup memory-postgresql",
      "update LogGroup memory-upgrade",
      "update ReplicationGroup sessions",
    ]);
    await scratch.up(STACK);
    assert.equal(scratch.world.all(INSTANCE)[0]?.computed.multiAz, true);
    const { deployment } = JSON.parse((await run("stack", "export")).text) as Exported;
    const kept = (what: "protect" | "retainOnDelete"): string[] =>
      deployment.resources
        .filter((one) => one[what] === true)
        .map(({ type }) => type)
        .sort();
    assert.deepEqual(kept("protect"), [CACHE, KEY, INSTANCE]);
    assert.deepEqual(kept("retainOnDelete"), [KEY]);
  });

  it("that are protected go neither by an edit nor by a destroy, whatever the order", async () => {
    const undo = scratch.edit(FILE, (text) => text.replace(/ {4}memory:\n( {6}.*\n)+/, ""));
    const says =
      /data\.demo: corpai:stores\.memory: given nothing, where a protected store stands.*release: \{ reason, until \}/;
    assert.match(await refused("preview"), says);
    assert.match(await refused("up", "--yes", "--skip-preview"), says);
    undo();
    assert.match(await refused("destroy", "--yes", "--skip-preview"), /protect/);
    assert.equal(scratch.world.all(INSTANCE).length + scratch.world.all(CACHE).length, 2);
  });

  it("go once released, and leave a last snapshot and the key that reads it", async () => {
    const release = '      release: {reason: "moved to another store", until: "2099-12-31"}\n';
    scratch.edit(FILE, (text) =>
      text.replace("      databaseName: memory\n", `      databaseName: memory\n${release}`),
    );
    assert.deepEqual(await plan(), ["update Instance memory"]);
    await scratch.up(STACK);
    scratch.edit(FILE, (text) => text.replace(/ {4}memory:\n( {6}.*\n)+/, ""));
    await scratch.up(STACK);
    assert.deepEqual(scratch.world.all(INSTANCE), []);
    assert.deepEqual(Object.keys(await stores()), ["sessions"]);
    const [snapshot] = scratch.world.all("aws:rds/snapshot:Snapshot");
    assert.match(snapshot?.id ?? "", /^corpai-demo-memory-last-[0-9a-f]{7}$/);
    assert.ok(scratch.world.all(KEY).some(({ computed }) => computed.arn === snapshot?.inputs.kmsKeyId));
  });

  it("go with the whole stack once the last one is released; what reads their snapshots stays", async () => {
    const release = '      release: {reason: "the environment moves", until: "2099-12-31"}\n';
    scratch.edit(FILE, (text) => text.replace(/( {6}nodeType: .*\n)/, `$1${release}`));
    assert.deepEqual(await plan(), [], "only Pulumi itself lets go of it: a cache has no protection of AWS's");
    await scratch.up(STACK);
    const { code, text } = await run("destroy", "--yes", "--skip-preview");
    assert.equal(code, 0, text);
    assert.deepEqual(scratch.world.all(CACHE), []);
    const [snapshot] = scratch.world.all("aws:elasticache/snapshot:Snapshot");
    assert.match(snapshot?.id ?? "", /^corpai-demo-sessions-last-[0-9a-f]{7}$/);
    assert.ok(scratch.world.all(KEY).some(({ computed }) => computed.arn === snapshot?.inputs.kmsKeyId));
  });
});
