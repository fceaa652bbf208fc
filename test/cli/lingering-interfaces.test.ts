// Proves what a destroy says of interfaces that AgentCore leaves behind: AWS's own SDK asks the sandbox's API over HTTP. That AWS answers the same, and
// that its interfaces have this type, is not shown.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "mocha";
import { ec2Client } from "../../cli/aws-clients.ts";
import { destroyAll } from "../../cli/environment-run.ts";
import { NotYet, awaitInterfaces } from "../../cli/lingering-interfaces.ts";
import type { SandboxClient } from "../../sandbox/client.ts";
import { listenForControl } from "../../sandbox/control.ts";
import type { Sandbox } from "../../sandbox/server.ts";
import { A, account, functionArguments, runtimeArguments } from "../sandbox/support/agentcore.ts";
import { textOf } from "../sandbox/support/cluster.ts";
import { DATA, type Actor } from "../sandbox/support/world.ts";
import { ScriptedEngine, contextOf, planned, results } from "./support/engine.ts";

const VPC = "vpc-0acedada000000001";
const ENDED = "2026-11-24T09:00:00.000Z";

describe("interfaces that stand for hours", () => {
  let server: Server;
  let aws: Actor;
  before(async () => {
    const serving = { world: () => aws.context.world } as unknown as Sandbox;
    server = await listenForControl(
      {
        sandbox: () => serving,
        record: () => ({ root: "/" }),
        environments: () => ["demo"],
        stop: () => undefined,
      },
      0,
    );
  });
  after(() => server.close());
  beforeEach(() => {
    aws = account();
  });

  const ec2 = () => {
    const { port } = server.address() as AddressInfo;
    const ec2Endpoint = () => Promise.resolve(`http://127.0.0.1:${port}/ec2/demo`);
    const sandbox = { ec2Endpoint, passphrase: "sandbox" } as unknown as SandboxClient;
    return ec2Client({ sandbox }, { environment: "demo", account: DATA, region: "us-east-1" });
  };
  const engine = (ended: Readonly<Record<string, string>> = {}, vpcId = VPC) => ({
    owned: () => Promise.resolve(["aws:ec2/subnet:Subnet subnet-1", `aws:ec2/vpc:Vpc ${vpcId}`]),
    lastDestroyed: (stack: string) => {
      const moment = ended[stack];
      return Promise.resolve(moment === undefined ? undefined : new Date(moment));
    },
  });
  const look = (looked = engine(), program: "agentcore-network" | "network" = "agentcore-network") =>
    awaitInterfaces(
      { name: `${program}.demo`, program, environment: "demo" },
      { engine: looked, ec2, hurry: "npx corpai sandbox advance 8h demo" },
    );
  const refusalOf = async (looking: Promise<void>): Promise<string> => {
    const refused: unknown = await looking.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(refused instanceof NotYet, String(refused));
    return refused.message;
  };

  it("are named, with the hour to come back, counted from the last runtime that went", async () => {
    const { id } = aws.make(A.runtime, runtimeArguments(aws));
    aws.unmake(A.runtime, id);
    const message = await refusalOf(
      look(engine({ "agentcore-runtime.demo": "2026-11-24T08:00:00.000Z", "agentcore-tools.demo": ENDED })),
    );
    const standing = aws.context.world
      .all("aws:ec2/networkInterface:NetworkInterface")
      .filter(({ inputs }) => textOf(inputs.description).includes("AgentCore"));
    assert.equal(standing.length, 2);
    for (const one of standing) assert.ok(message.includes(`${one.id} in ${textOf(one.inputs.subnetId)}`), message);
    assert.match(message, /went at 2026-11-24 09:00 UTC: run the same command again after 2026-11-24 17:00 UTC/);
    assert.match(message, /In the sandbox, time passes by: npx corpai sandbox advance 8h demo$/);
    assert.match(await refusalOf(look()), /run the same command again in 8 hours/);
  });

  it("are in nobody's way once they are gone, nor where there are none, nor in another VPC, nor Lambda's, which the provider waits for", async () => {
    await look();
    const { id } = aws.make(A.runtime, runtimeArguments(aws));
    aws.unmake(A.runtime, id);
    await look(engine({}, "vpc-00000000000000000"));
    aws.context.world.advance(8 * 3600);
    await look();
    aws.unmake(A.function, aws.make(A.function, functionArguments(aws)).id);
    await look();
  });

  it("are looked for where agents have been, and nowhere else", async () => {
    aws.make(A.runtime, runtimeArguments(aws));
    await look(engine(), "network");
    await look({ ...engine(), owned: () => Promise.resolve([]) });
  });

  it("leave the network alone in a destroy that takes all else, which is no success yet, and no failure", async () => {
    const stacks = planned("agentcore-network.demo", "agentcore-data.demo");
    const scripted = new ScriptedEngine(stacks.map(({ name }) => name));
    const mayGo = ({ name }: { readonly name: string }) =>
      name === "agentcore-network.demo" ? Promise.reject(new NotYet("come back")) : Promise.resolve();
    const reports = await destroyAll(contextOf(scripted, stacks, { mayGo }));
    assert.deepEqual(results(reports), { "agentcore-network.demo": "skipped", "agentcore-data.demo": "succeeded" });
    assert.equal(reports.find(({ stack }) => stack === "agentcore-network.demo")?.error, "come back");
    assert.deepEqual(scripted.asked, ["destroy agentcore-data.demo --yes --skip-preview"]);
  });
});
