// Proves when the stand-in language host ends by itself: an engine that was killed tells nobody. That it runs programs and packs, every end-to-end test shows.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, type Server, createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "mocha";

const HOST = join(import.meta.dirname, "../../toolchain/pulumi-language-nodejs.mjs");

const listening = async (): Promise<{ readonly engine: Server; readonly address: string }> => {
  const engine = createServer().listen(0, "127.0.0.1");
  await once(engine, "listening");
  return { engine, address: `127.0.0.1:${(engine.address() as AddressInfo).port}` };
};
const start = (address: string): ChildProcess =>
  spawn(process.execPath, [HOST, address], { stdio: ["ignore", "pipe", "ignore"] });

describe("the stand-in language host", function () {
  this.timeout(60_000);

  it("ends where its engine has died before it could look for it", async () => {
    const { engine, address } = await listening();
    engine.close();
    assert.deepEqual(await once(start(address), "exit"), [0, null]);
  });

  it("stays as long as its engine lives, and ends when it is asked to", async () => {
    const { engine, address } = await listening();
    const host = start(address);
    await Promise.all([once(engine, "connection"), host.stdout && once(host.stdout, "data")]);
    assert.equal(host.exitCode, null);
    host.kill("SIGINT");
    assert.deepEqual(await once(host, "exit"), [0, null]);
    engine.close();
  });
});
