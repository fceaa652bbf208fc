// The sandbox as a process of its own: node sandbox/daemon.ts ROOT
// There is one for each clone. It ends when it is told to, or when its record is gone (the clone was removed, or another has taken over).
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { listenForControl } from "./control.ts";
import { type ServerRecord, candidatePorts, sandboxHome, sandboxVersion } from "./home.ts";
import { askHealth } from "./health.ts";
import { type Sandbox, startSandbox } from "./server.ts";

const RECORD_CHECK_MS = 2000;

const home = sandboxHome(process.argv[2] ?? process.cwd());
const version = sandboxVersion(home);
const serving: { sandbox?: Sandbox; record?: ServerRecord } = {};

const control = await bindControl();
if (!control) {
  console.error(`${new Date().toISOString()} another server of this clone is running; process ${process.pid} ends`);
  process.exit(0);
}
const sandbox = await serveProviders();
const record: ServerRecord = {
  root: home.root,
  pid: process.pid,
  controlPort: control.port,
  port: sandbox.port,
  started: new Date().toISOString(),
  version,
};
writeRecord(record);
Object.assign(serving, { sandbox, record });
console.error(
  `${record.started} process ${process.pid} serves providers on port ${record.port}, control on ${record.controlPort}`,
);

setInterval(() => {
  if (recordedPid() !== process.pid) end("the record is gone");
}, RECORD_CHECK_MS).unref();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(signal));

/** The port is the lock: whoever has bound the first candidate serves this clone. Undefined where somebody does already. */
async function bindControl(): Promise<{ readonly server: Server; readonly port: number } | undefined> {
  const controlled = {
    sandbox: () => serving.sandbox,
    record: () => serving.record ?? { root: home.root },
    environments: () => readdirSync(home.estates).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? []),
    stop: () => end("told to"),
  };
  for (const { control: port } of candidatePorts(home)) {
    try {
      return { server: await listenForControl(controlled, port), port };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      if ((await askHealth(port))?.root === home.root) return undefined;
    }
  }
  throw new Error("no free port for the sandbox's control server");
}

async function serveProviders(): Promise<Sandbox> {
  for (const { providers } of candidatePorts(home)) {
    try {
      return await startSandbox({ estates: home.estates, worlds: home.worlds, state: home.state, port: providers });
    } catch (error) {
      if (!/EADDRINUSE|No address added/.test(String(error))) throw error;
    }
  }
  throw new Error("no free port for the sandbox's providers");
}

function writeRecord(own: ServerRecord): void {
  mkdirSync(home.folder, { recursive: true });
  const unfinished = `${home.record}.${process.pid}.tmp`;
  writeFileSync(unfinished, JSON.stringify(own, null, 2));
  renameSync(unfinished, home.record);
}

function recordedPid(): number | undefined {
  try {
    return (JSON.parse(readFileSync(home.record, "utf8")) as ServerRecord).pid;
  } catch {
    return undefined;
  }
}

// Worlds are on disk after every change, so nothing has to be saved.
function end(why: string): void {
  console.error(`${new Date().toISOString()} process ${process.pid} ends: ${why}`);
  if (recordedPid() === process.pid) rmSync(home.record, { force: true });
  // The answer to the request that told it to has to leave first.
  setTimeout(() => process.exit(0), 50);
}
