// Proves program data by the real engine: what it builds is reached by the workloads' group alone, and an edit changes it where it stands. It runs without
// cluster and MCP servers; what a login sees is proved with the sandbox's databases.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { databaseAt } from "../../sandbox/aws/rds.ts";
import { INGRESS_RULE, freeIp } from "../../sandbox/aws/network.ts";
import { securityGroupsAdmit } from "../../sandbox/aws/security-groups.ts";
import { grantRole, rolesOf, storeAt } from "../../sandbox/aws/stores.ts";
import { deleteByHand } from "../../sandbox/by-hand.ts";
import type { NetworkOutputs } from "../../stacks/network/index.ts";
import type { Scratch } from "./support/scratch.ts";
import { CACHE, FILE, INSTANCE, KEY, STACK, StoreStack } from "./support/store-stack.ts";

describe("the stores of an environment", function () {
  this.timeout(300_000);
  let data: StoreStack;
  let scratch: Scratch;
  before(async () => {
    data = await StoreStack.create();
    ({ scratch } = data);
  });
  after(() => scratch.remove());

  const idOf = (type: string): string | undefined => scratch.world.all(type)[0]?.id;

  it("are previewed before there is a network, under the policy pack", async () => {
    const { code, text } = await data.run("preview", "--policy-pack", "policy");
    assert.equal(code, 0, text);
    assert.doesNotMatch(text, /mandatory/);
    assert.deepEqual(scratch.world.all(INSTANCE), []);
  });

  it("come up, encrypted under one key, and say all that their users need, none of it secret", async () => {
    await scratch.up("network.demo", STACK);
    const { memory, sessions } = await data.stores();
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
    assert.deepEqual(await data.plan(), [], "a second run changes nothing");
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
    for (const { host, port, securityGroupId } of Object.values(await data.stores())) {
      assert.ok(admitted(pod, host, port), `${host} from a pod`);
      assert.ok(!admitted([securityGroupId], host, port), `${host} from another store`);
      const rule = world.all(INGRESS_RULE, ({ inputs }) => inputs.securityGroupId === securityGroupId);
      assert.equal(rule.length, 1);
    }
    const [first] = Object.values(await data.stores());
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
    const { memory } = await data.stores();
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
    assert.deepEqual(await data.plan(), [
      "replace ParameterGroup memory",
      "update Instance memory",
      "update ReplicationGroup sessions",
    ]);
    await scratch.up(STACK);
    assert.deepEqual([idOf(INSTANCE), idOf(CACHE), idOf(KEY)], ids);
    assert.deepEqual(rolesOf(database).clickhouse_mcp, ["rds_iam"]);
    const after = await data.stores();
    assert.deepEqual([after.memory?.version, after.sessions?.version], ["18.3", "9.0.0"]);
    assert.equal(after.memory?.host, memory.host);
    assert.deepEqual(await data.plan(), []);
  });

  it("are never taken back, nor replaced by something empty: one clear error, and nothing is touched", async () => {
    for (const [from, to, says] of [
      ['"18"', '"17"', /corpai:stores\.memory\.version: given "17"; allowed: "18\.3", which stands, or later/],
      ["storageGb: 40", "storageGb: 20", /corpai:stores\.memory\.storageGb: given 20; allowed: 40, which stands/],
      ["databaseName: memory", "databaseName: other", /databaseName: given "other"; allowed: "memory"/],
    ] as const) {
      const undo = scratch.edit(FILE, (text) => text.replace(from, to));
      assert.match(await data.refused("up", "--yes", "--skip-preview"), says);
      undo();
    }
    assert.deepEqual(await data.plan(), []);
  });
});
