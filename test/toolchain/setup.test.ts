import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { atLeast, nodeSuits, toolchainEnvironment } from "../../setup.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const temporary: string[] = [];

function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "corpai-setup-")));
  temporary.push(folder);
  return folder;
}

function executable(file: string, ...lines: string[]): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 });
}

/** A clone on a machine with nothing but this Node.js: neither npm, Go nor Pulumi on PATH, and no network. */
class Machine {
  readonly home = temporaryFolder();
  readonly bin = temporaryFolder();
  clone = path.join(temporaryFolder(), "clone");
  installer: string | undefined;

  constructor({ packages = true } = {}) {
    for (const file of ["setup.mjs", "cli/corpai.mjs", "toolchain", "package.json", "package-lock.json"]) {
      fs.cpSync(path.join(root, file), path.join(this.clone, file), { recursive: true });
    }
    if (packages) fs.symlinkSync(path.join(root, "node_modules"), path.join(this.clone, "node_modules"));
  }

  get env(): NodeJS.ProcessEnv {
    const answer =
      this.installer === undefined
        ? `Promise.reject(new Error("no network"))`
        : `Promise.resolve(new Response(${JSON.stringify(this.installer)}))`;
    const fetch = `data:text/javascript,${encodeURIComponent(`globalThis.fetch = () => ${answer}`)}`;
    return { PATH: this.bin, HOME: this.home, NODE_OPTIONS: `--import=${fetch}` };
  }

  node(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, args, { cwd: this.clone, env: this.env, encoding: "utf8" });
  }

  start(...args: string[]): ReturnType<typeof spawn> {
    return spawn(process.execPath, args, { cwd: this.clone, env: this.env, stdio: "ignore" });
  }

  /** A Go that builds in no time something that only knows its version. */
  installGo(version: string, ...more: string[]): void {
    executable(
      path.join(this.bin, "go"),
      `[ "$1" = env ] && { echo ${version}; exit; }`,
      `echo build >> '${this.home}/builds'`,
      ...more,
      `while [ "$1" != -o ]; do shift; done`,
      `printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"; /bin/chmod +x "$2"`,
    );
  }

  builds(): number {
    const log = path.join(this.home, "builds");
    return fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n").length : 0;
  }

  tools(): string[] {
    return fs.readdirSync(path.join(this.clone, ".tools")).sort();
  }
}

function ended(child: ReturnType<typeof spawn>): Promise<number | string | null> {
  return new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal)));
}

after(() => {
  for (const folder of temporary) fs.rmSync(folder, { recursive: true, force: true });
});

describe("Versions", () => {
  it("are compared by their numbers", () => {
    assert.ok(atLeast("v24.21.0", "22.18.0"));
    assert.ok(atLeast("22.18.0", "22.18.0"));
    assert.ok(atLeast("go1.26", "1.26.0"));
    assert.ok(atLeast("3.259.0-alpha.1", "3.255.0"));
    assert.ok(!atLeast("v22.9.0", "22.18.0"));
    assert.ok(!atLeast("2.999.0", "3.0.0"));
    assert.ok(!atLeast("", "1.0.0"));
  });

  it("of Node.js suit where TypeScript runs as it is", () => {
    assert.deepEqual(["v22.18.0", "v23.6.0", "v24.21.0", "v26.0.0"].filter(nodeSuits).length, 4);
    assert.deepEqual(["v18.20.8", "v20.20.2", "v22.17.1", "v23.5.0"].filter(nodeSuits), []);
  });
});

describe("Set-up", () => {
  it("says of each step that it is already done, where it is", () => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, "setup.mjs")], { encoding: "utf8" });
    const steps = stderr.trim().split("\n").slice(-3);
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      steps.map((line) => line.replace(/ \(.*/, "")),
      ["Node.js: already done", "npm packages: already done", "Pulumi CLI: already done"],
    );
  });

  it("names in one error what to install, where nothing can be reached", () => {
    const machine = new Machine();
    const { status, stderr } = machine.node("setup.mjs");
    assert.equal(status, 1);
    assert.equal(stderr.match(/Set-up stops: /g)?.length, 1, stderr);
    assert.match(stderr, /no network; no Go on PATH to build it with/);
    assert.match(stderr, /Node\.js 22\.18\.0 or later.*\n.*Pulumi CLI, 3\.255\.0 or later.*\n.*Go 1\.25 or later/);
    assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
    assert.deepEqual(machine.tools(), [], "nothing half done stays");
    assert.deepEqual(fs.readdirSync(machine.home), [], "the user's home is as it was");
  });

  it("is the end of a command, too, where nothing can be reached: it does not begin, and there is one error", () => {
    const machine = new Machine();
    const begun = path.join(machine.home, "begun");
    const { status, stdout, stderr } = machine.node(
      "setup.mjs",
      "--",
      process.execPath,
      "-e",
      `require("fs").writeFileSync("${begun}", "")`,
    );
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.equal(stderr.match(/Set-up stops: /g)?.length, 1, stderr);
    assert.ok(!fs.existsSync(begun));
    assert.deepEqual(machine.tools(), []);
  });

  it("without packages, and without a registry to fetch them from, stops there, and leaves none half fetched", () => {
    const machine = new Machine({ packages: false });
    executable(
      path.join(machine.bin, "npm"),
      `/bin/mkdir -p node_modules/half`,
      `echo "npm error network request to https://registry.npmjs.org failed" >&2`,
      "exit 1",
    );
    const { status, stderr } = machine.node("setup.mjs", "--", process.execPath, "-e", "0");
    assert.equal(status, 1);
    assert.equal(stderr.match(/Set-up stops: /g)?.length, 1, stderr);
    assert.match(stderr, /registry\.npmjs\.org failed/);
    assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
    const again = machine.node("setup.mjs");
    assert.equal(again.status, 1, "what is half fetched is not taken for done");
  });

  it("with a Go that reaches no module proxy says what Go said, and leaves nothing half built", () => {
    const machine = new Machine();
    executable(
      path.join(machine.bin, "go"),
      `[ "$1" = env ] && { echo go1.26.8; exit; }`,
      `while [ "$1" != -o ]; do shift; done`,
      `echo half > "$2"`,
      `echo "go: github.com/pulumi/pulumi/pkg/v3: dial tcp: lookup proxy.golang.org: no such host" >&2`,
      "exit 1",
    );
    const { status, stderr } = machine.node("setup.mjs");
    assert.equal(status, 1);
    assert.equal(stderr.match(/Set-up stops: /g)?.length, 1, stderr);
    assert.match(stderr, /lookup proxy\.golang\.org: no such host/);
    assert.match(stderr, /Pulumi CLI, 3\.255\.0 or later/);
    assert.deepEqual(machine.tools(), [], "nothing half built stays");
    assert.deepEqual(fs.readdirSync(machine.home), []);
  });

  it("takes the official download where it can be had, and leaves the user's Pulumi home alone", () => {
    const machine = new Machine();
    machine.installer = [
      `while [ "$1" != --install-root ]; do shift; done`,
      `/bin/mkdir -p "$2/bin" "$HOME/.pulumi"`,
      `for f in pulumi pulumi-language-nodejs; do printf '#!/bin/sh\\necho v3.259.0\\n' > "$2/bin/$f"; /bin/chmod +x "$2/bin/$f"; done`,
    ].join("\n");
    const { status, stderr } = machine.node("setup.mjs");
    assert.equal(status, 0, stderr);
    assert.deepEqual(machine.tools(), ["pulumi"]);
    assert.deepEqual(fs.readdirSync(machine.home), []);
    assert.match(
      machine.node("setup.mjs").stderr,
      /Pulumi CLI: already done \(v3\.259\.0 with its own language host\)/,
    );
  });

  it("builds the CLI with Go otherwise, once", () => {
    const machine = new Machine();
    machine.installGo("go1.26.8");
    assert.equal(machine.node("setup.mjs").status, 0);
    assert.deepEqual(fs.readdirSync(path.join(machine.clone, ".tools/bin")).sort(), [
      "pulumi",
      "pulumi-language-nodejs",
    ]);
    assert.match(machine.node("setup.mjs").stderr, /already done \(v3\.259\.0 with the stand-in language host\)/);
    assert.equal(machine.builds(), 1);
  });

  it("does not build with a Go that is too old", () => {
    const machine = new Machine();
    machine.installGo("go1.24.1");
    assert.match(machine.node("setup.mjs").stderr, /go1\.24\.1 on PATH is too old/);
  });

  it("prefers a Pulumi on PATH that has its language host, and ignores one that is too old or has none", () => {
    const machine = new Machine();
    executable(path.join(machine.bin, "pulumi"), "echo v3.260.0");
    assert.equal(machine.node("setup.mjs").status, 1);
    executable(path.join(machine.bin, "pulumi-language-nodejs"));
    assert.match(machine.node("setup.mjs").stderr, /already done \(v3\.260\.0 with its own language host\)/);
    executable(path.join(machine.bin, "pulumi"), "echo v3.200.0");
    assert.equal(machine.node("setup.mjs").status, 1);
  });

  it("repairs the stand-in language host after the clone was moved", () => {
    const machine = new Machine();
    machine.installGo("go1.26.8");
    machine.node("setup.mjs");
    const moved = path.join(temporaryFolder(), "elsewhere");
    fs.renameSync(machine.clone, moved);
    machine.clone = moved;
    assert.match(machine.node("setup.mjs").stderr, /writing its stand-in language host/);
    assert.ok(
      fs.readFileSync(path.join(moved, ".tools/bin/pulumi-language-nodejs"), "utf8").includes(`'${moved}/toolchain/`),
    );
    assert.equal(machine.builds(), 1);
  });

  it("run twice at once does its work once", async () => {
    const machine = new Machine();
    machine.installGo("go1.26.8", "/bin/sleep 1");
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => ended(machine.start("setup.mjs")))), [0, 0, 0]);
    assert.equal(machine.builds(), 1);
    assert.deepEqual(machine.tools(), ["bin"]);
  });

  it("is not held up by one that was killed", () => {
    const machine = new Machine();
    machine.installGo("go1.26.8");
    const dead = spawnSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).stdout;
    fs.mkdirSync(path.join(machine.clone, ".tools/setup.lock"), { recursive: true });
    fs.writeFileSync(path.join(machine.clone, ".tools/setup.lock/pid"), dead);
    assert.equal(machine.node("setup.mjs").status, 0);
  });

  it("runs the command after -- with the toolchain on PATH, and ends as it ends", async () => {
    const setup = path.join(root, "setup.mjs");
    const version = spawnSync(process.execPath, [setup, "--", "pulumi", "version"], { encoding: "utf8" });
    assert.match(version.stdout, /^v3\.\d+\.\d+\n$/, version.stderr);
    assert.equal(spawnSync(process.execPath, [setup, "--", process.execPath, "-e", "process.exit(7)"]).status, 7);
    assert.equal(spawnSync(process.execPath, [setup, "--", "no-such-command"]).status, 127);
    assert.equal(spawnSync(process.execPath, [setup, "-x"]).status, 2);

    const program = `process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); console.log("up")`;
    const child = spawn(process.execPath, [setup, "--", process.execPath, "-e", program], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.stdout.on("data", () => child.kill("SIGTERM"));
    assert.equal(await ended(child), 5);
    assert.equal(
      spawnSync(process.execPath, [setup, "--", process.execPath, "-e", `process.kill(process.pid, "SIGKILL")`]).signal,
      "SIGKILL",
    );
  });
});

describe("The corpai command", () => {
  it("says how to set up, where that has not been done", () => {
    const { status, stderr, stdout } = new Machine({ packages: false }).node("cli/corpai.mjs", "status", "demo");
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      "corpai: set-up is incomplete (npm packages, Pulumi CLI): run `npm run demo`, or `node setup.mjs` to set up only.\n",
    );
  });

  it("hands its arguments to main, which finds the toolchain on PATH, and ends with its exit code", () => {
    const machine = new Machine();
    machine.installGo("go1.26.8");
    machine.node("setup.mjs");
    const main = `export async function main(argv: string[]): Promise<number> { console.log(argv.join(), process.env.PATH); return 3; }`;
    fs.writeFileSync(path.join(machine.clone, "cli/main.ts"), main);
    const { status, stdout } = machine.node("cli/corpai.mjs", "trace", "demo");
    assert.equal(status, 3);
    assert.ok(stdout.startsWith("trace,demo ") && stdout.includes(`${machine.clone}/.tools/bin`), stdout);
  });
});

describe("The stand-in language host", function () {
  this.timeout(120_000);

  const folder = temporaryFolder();
  const env: NodeJS.ProcessEnv = {
    ...toolchainEnvironment(),
    PULUMI_HOME: path.join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}/state`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  // First on PATH, so that it is this one that is tried where an official host is there as well.
  const host = path.join(folder, "bin/pulumi-language-nodejs");
  env.PATH = `${path.dirname(host)}${path.delimiter}${env.PATH ?? ""}`;

  const pulumi = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync("pulumi", args, { cwd: folder, env, encoding: "utf8" });

  before(() => {
    executable(
      host,
      `echo "$PPID" >> '${folder}/hosts'`,
      `exec '${process.execPath}' '${root}/toolchain/pulumi-language-nodejs.mjs' "$@"`,
    );
    fs.mkdirSync(path.join(folder, "state"));
    fs.symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    const write = (file: string, text: string): void => {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    };
    write("package.json", `{ "type": "module" }`);
    write("Pulumi.yaml", `{ name: tiny, main: index.ts, runtime: { name: nodejs, options: { typescript: false } } }`);
    write(
      "index.ts",
      `import fs from "node:fs";
       import * as pulumi from "@pulumi/pulumi";
       const config = new pulumi.Config();
       class Thing extends pulumi.ComponentResource {
         constructor(name: string, bad: boolean) { super("test:index:Thing", name, { bad }); }
       }
       export default async (): Promise<object> => {
         if (config.get("mood") === "broken") throw new pulumi.RunError("the program is broken");
         if (config.get("mood") === "endless") {
           fs.writeFileSync("processes", process.pid + " " + process.ppid);
           await new Promise((resolve) => setTimeout(resolve, 1e6));
         }
         new Thing("thing", config.get("mood") === "bad");
         return { stack: pulumi.getStack(), password: config.getSecret("password") };
       };`,
    );
    write("pack/PulumiPolicy.yaml", `runtime: nodejs`);
    write("pack/package.json", `{ "name": "pack", "version": "0.0.1", "type": "module", "main": "index.ts" }`);
    write(
      "pack/index.ts",
      `import { PolicyPack } from "@pulumi/policy";
       new PolicyPack("pack", { policies: [{
         name: "no-bad-things", description: "No bad things.", enforcementLevel: "mandatory",
         validateResource: ({ props }, report) => { if (props["bad"] === true) report("a bad thing"); },
       }] });`,
    );
    assert.equal(pulumi("stack", "init", "program.test").status, 0);
    assert.equal(pulumi("config", "set", "--secret", "password", "hunter2").status, 0);
  });

  beforeEach(() => {
    pulumi("config", "rm", "mood");
  });

  it("runs a program, which gets its configuration and returns its outputs", () => {
    const { status, stdout } = pulumi("up", "--yes", "--skip-preview", "--policy-pack", "pack");
    assert.equal(status, 0, stdout);
    assert.ok(fs.existsSync(path.join(folder, "hosts")), "by the stand-in");
    const outputs: unknown = JSON.parse(pulumi("stack", "output", "--json", "--show-secrets").stdout);
    assert.deepEqual(outputs, { stack: "program.test", password: "hunter2" });
    assert.match(pulumi("stack", "output").stdout, /password +\[secret\]/);
  });

  it("runs a policy pack, which judges the program", () => {
    pulumi("config", "set", "mood", "bad");
    const { status, stdout } = pulumi("preview", "--policy-pack", "pack");
    assert.notEqual(status, 0);
    assert.match(stdout, /\[mandatory\] +no-bad-things[^]*a bad thing/);
  });

  it("reports a program's own error once", () => {
    pulumi("config", "set", "mood", "broken");
    const { status, stdout } = pulumi("preview");
    assert.notEqual(status, 0);
    assert.match(stdout, /the program is broken/);
    assert.doesNotMatch(stdout, /exit code|Unknown error/);
  });

  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  for (const [signal, what] of [
    ["SIGINT", "interrupted"],
    ["SIGKILL", "killed"],
  ] as const) {
    it(`ends with its program when the engine is ${what}`, async () => {
      const processes = path.join(folder, "processes");
      fs.rmSync(processes, { force: true });
      pulumi("config", "set", "mood", "endless");
      const engine = spawn("pulumi", ["preview"], { cwd: folder, env, stdio: "ignore" });
      const engineEnd = ended(engine);
      while (!fs.existsSync(processes)) await sleep(50);
      await sleep(50);
      engine.kill(signal);
      await engineEnd;
      const pids = fs.readFileSync(processes, "utf8").split(" ").map(Number);
      assert.equal(pids.length, 2);
      for (let waited = 0; pids.some(isAlive); waited += 100) {
        assert.ok(waited < 10_000, `still there: ${pids.filter(isAlive).join()}`);
        await sleep(100);
      }
    });
  }
});
