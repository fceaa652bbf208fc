// Proves, with the real engine and the pack `strict`, that one command brings an agent up with all that it needs, that a second one changes nothing, that no
// secret is readable, and that a destroy takes all but the network, says why and until when, and is finished by the same command eight hours later.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Clone, type Ran } from "./support/clone.ts";

describe("an agent in the isolated network", function () {
  this.timeout(900_000);
  let clone: Clone;
  let first: Ran;
  before(async () => {
    clone = Clone.create();
    first = await clone.corpai("up", "demo", "--only", "agentcore-runtime");
  });
  after(() => clone.remove());

  const count = (type: string): number => clone.made().filter((one) => one.startsWith(`${type} `)).length;

  it("comes up with what it reads, in order, under every rule of the pack, and nothing else does", () => {
    assert.equal(first.code, 0, first.out + first.err);
    for (const program of ["network", "data", "tools", "runtime"])
      assert.match(first.out, new RegExp(`agentcore-${program}\\.demo +update +ok`));
    assert.doesNotMatch(first.out, /refused by policy|\[(warning|mandatory)/);
    assert.equal(count("aws:ec2/vpc:Vpc"), 1);
    assert.equal(count("aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime"), 2);
    assert.equal(count("aws:eks/cluster:Cluster"), 0);
  });

  it("has the document's counts: 14 endpoints, and 36 interfaces of them", async () => {
    assert.equal(count("aws:ec2/vpcEndpoint:VpcEndpoint"), 14);
    const { objects } = await clone.sandbox.world("demo");
    const ofEndpoints = objects.filter(
      ({ type, inputs }) =>
        type === "aws:ec2/networkInterface:NetworkInterface" &&
        typeof inputs.description === "string" &&
        inputs.description.startsWith("VPC Endpoint Interface"),
    );
    assert.equal(ofEndpoints.length, 36);
  });

  it("ends with every flow open, and every probe outwards refused", async () => {
    const { code, out, err } = await clone.corpai("explain", "demo");
    assert.equal(code, 0, out + err);
    assert.doesNotMatch(out, /BLOCKED/);
  });

  it("keeps the clients' secrets out of every state and world that can be read", async () => {
    const { objects } = await clone.sandbox.world("demo");
    const secrets = objects
      .filter(({ type }) => type === "aws:cognito/userPoolClient:UserPoolClient")
      .map(({ computed }) => String((computed as Readonly<Record<string, unknown>>).clientSecret));
    assert.equal(secrets.length, 3);
    const states = globSync(".sandbox/state/.pulumi/**/*.json", { cwd: clone.folder }).map((file) =>
      readFileSync(join(clone.folder, file), "utf8"),
    );
    assert.ok(states.length >= 4);
    for (const secret of secrets) {
      assert.ok(secret.length > 40);
      assert.ok(!states.some((state) => state.includes(secret)), "a state has a client's secret in clear");
      assert.ok(!(first.out + first.err).includes(secret));
    }
  });

  it("changes nothing when it is brought up again", async () => {
    const { code, out, err } = await clone.corpai("up", "demo", "--only", "agentcore-runtime");
    assert.equal(code, 0, out + err);
    assert.doesNotMatch(out, /created|updated|replaced|deleted/);
  });

  it("goes but for its network, while AgentCore's interfaces stand: they are named, with the hour to come back", async () => {
    const { code, out } = await clone.corpai("destroy", "demo");
    assert.notEqual(code, 0, "it is not finished");
    assert.match(out, /agentcore-network\.demo +destroy +skipped +the network stays for now/);
    assert.match(out, /eni-[0-9a-f]{17} in subnet-[0-9a-f]{17}/);
    assert.match(out, /run the same command again after \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC/);
    const owned = clone.owned();
    assert.ok(
      owned.some((one) => one.startsWith("aws:ec2/vpcEndpoint:VpcEndpoint ")),
      "the network is as it was",
    );
    assert.ok(!owned.some((one) => /bedrock|cognito|dynamodb|lambda|rds|ecr/.test(one)), owned.join("\n"));
  });

  it("is gone for good eight hours later, by the same command: nothing is left", async () => {
    assert.equal((await clone.corpai("sandbox", "advance", "8h", "demo")).code, 0);
    const { code, out, err } = await clone.corpai("destroy", "demo");
    assert.equal(code, 0, out + err);
    assert.deepEqual(clone.owned(), []);
    assert.deepEqual(clone.made(), []);
    assert.equal(clone.changedFiles(), "");
  });
});
