// Proves with the demo's own programs, through the real engine, what the role's two policies are for: `connections` is refused without them, gets no
// further than facts/aws.md F7 says with the document's policy alone, and works with both; what was left half-made on the way is finished, not made again.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Scratch } from "../end-to-end/support/scratch.ts";
import { T } from "./support/connection.ts";
import { ROLE, document } from "./support/roles.ts";
import { DATA, actor } from "./support/world.ts";

const STACKS = [
  "network.demo",
  "customer-access.demo.data",
  "customer-services.demo.data",
  "customer-services.demo.tools",
  "connections.demo",
];
const ACCESS = "environments/Pulumi.customer-access.demo.data.yaml";

describe("the demo's connections under CorpAI's role", function () {
  this.timeout(300_000);
  let scratch: Scratch;

  before(async () => {
    scratch = await Scratch.create();
    await scratch.initialize(STACKS);
    await scratch.up("network.demo", "customer-services.demo.data", "customer-services.demo.tools");
  });
  after(() => scratch.remove());

  const connect = () => scratch.pulumi("up", "--yes", "--skip-preview", "--stack", "connections.demo");
  /** By the role: the customer's own groups and CorpAI's others are the administrator's. */
  const made = (type: string): string[] =>
    scratch.world
      .all(type, ({ inputs }) => JSON.stringify(inputs.tags ?? {}).includes('"ManagedBy":"corpai"'))
      .map(({ id }) => id);
  const refused = (action: string): RegExp =>
    new RegExp(
      `UnauthorizedOperation: You are not authorized to perform this operation\\. User: arn:aws:sts::${DATA}:assumed-role/${ROLE}/\\w+ is not authorized to perform: ${action} `,
    );

  it("are refused at the first look-up without any policy, and nothing is made", async () => {
    const { code, text } = await connect();
    assert.notEqual(code, 0);
    assert.match(text, refused("ec2:DescribeAvailabilityZones"));
    assert.deepEqual([made(T.group), made(T.endpoint)], [[], []]);
  });

  it("are refused at the same look-up with the document's policy alone", async () => {
    const undo = scratch.edit(ACCESS, (text) => text.replace("config:\n", "config:\n  corpai:forPulumi: false\n"));
    await scratch.up("customer-access.demo.data");
    // By the files alone, connections would refuse such a role before it asks AWS.
    undo();
    const { code, text } = await connect();
    assert.notEqual(code, 0);
    assert.match(text, refused("ec2:DescribeAvailabilityZones"));
    assert.deepEqual([made(T.group), made(T.endpoint)], [[], []]);
  });

  it("leave security groups half-made where just the look-ups are allowed besides, and Pulumi keeps them with the reason", async () => {
    const policy = document({ Action: ["ec2:DescribeAvailabilityZones", "ec2:DescribeNetworkInterfaces"] });
    actor(scratch.world, DATA).make("aws:iam/rolePolicy:RolePolicy", { name: "zones", role: ROLE, policy });
    const { code, text } = await connect();
    assert.notEqual(code, 0);
    assert.match(text, refused("ec2:RevokeSecurityGroupEgress"));
    assert.deepEqual([made(T.group).length, made(T.endpoint)], [2, []]);
    const state = JSON.parse((await scratch.pulumi("stack", "export", "--stack", "connections.demo")).text) as {
      deployment: { resources: { type: string; id: string; initErrors?: string[] }[] };
    };
    const groups = state.deployment.resources.filter(({ type }) => type === T.group);
    assert.deepEqual(groups.map(({ id }) => id).sort(), made(T.group).sort());
    for (const { initErrors } of groups)
      assert.match(initErrors?.join() ?? "", refused("ec2:RevokeSecurityGroupEgress"));
  });

  it("are finished with both policies: the same groups, each with its endpoint", async () => {
    const before = made(T.group);
    await scratch.up("customer-access.demo.data");
    const { code, text } = await connect();
    assert.equal(code, 0, text);
    assert.deepEqual(made(T.group).sort(), before.sort());
    assert.equal(made(T.endpoint).length, 2);
  });

  it("have nothing more to do after that, can be refreshed and destroyed", async () => {
    for (const command of ["up", "refresh"]) {
      const { code, text } = await scratch.pulumi(
        command,
        "--yes",
        "--skip-preview",
        "--expect-no-changes",
        "--stack",
        "connections.demo",
      );
      assert.equal(code, 0, text);
    }
    const { code, text } = await scratch.pulumi("destroy", "--yes", "--skip-preview", "--stack", "connections.demo");
    assert.equal(code, 0, text);
    assert.deepEqual([made(T.group), made(T.endpoint)], [[], []]);
  });
});
