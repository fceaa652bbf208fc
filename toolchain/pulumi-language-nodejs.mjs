#!/usr/bin/env node
// Stands in for Pulumi's Node.js language host where the official one cannot be had: it comes with the official download of the
// CLI only. The engine starts it by the name `pulumi-language-nodejs` and asks it to run programs and policy packs.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";

// Read first of all: an engine that dies while the packages load must be missed, too.
const parent = process.ppid;

// From this project's packages, wherever the engine has been started.
const own = createRequire(import.meta.url);
const sdk = createRequire(own.resolve("@pulumi/pulumi"));
const grpc = sdk("@grpc/grpc-js");
const { LanguageRuntimeService } = own("@pulumi/pulumi/proto/language_grpc_pb");
const lang = own("@pulumi/pulumi/proto/language_pb");
const { PluginInfo } = own("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb");

const engine = process.argv.at(-1); // the engine puts its address last, after flags that may have values
const reportedItsErrors = 32; // the exit code by which @pulumi/pulumi/cmd/run says so
const gracePeriod = 2000; // ms

const children = new Set();

function start(args, options) {
  const child = spawn(process.execPath, args, options);
  children.add(child);
  child.on("exit", () => children.delete(child));
  return child;
}

// By SIGINT first, as the official host does; a child that does not listen is killed.
function endChildren() {
  for (const child of children) {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), gracePeriod).unref();
  }
}

function end() {
  endChildren();
  const whenGone = () => children.size === 0 && process.exit(0);
  setInterval(whenGone, 20);
  whenGone();
}

function nodeArguments(info) {
  return String(info.getOptions()?.toJavaScript().nodeargs ?? "")
    .split(" ")
    .filter(Boolean);
}

function run(call, reply) {
  const request = call.request;
  const info = request.getInfo();
  const folder = info.getProgramDirectory();
  // The copy of the SDK that the program itself imports, or its resources would be registered with nobody.
  const runner = createRequire(path.join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  const args = [
    ...nodeArguments(info),
    runner,
    ...["--monitor", request.getMonitorAddress(), "--engine", engine],
    ...["--organization", request.getOrganization(), "--project", request.getProject(), "--stack", request.getStack()],
    ...["--pwd", folder, "--root-directory", info.getRootDirectory(), "--parallel", String(request.getParallel())],
    ...(request.getDryrun() ? ["--dry-run"] : []),
    path.join(folder, info.getEntryPoint()),
    ...request.getArgsList(),
  ];
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: "false", // Node.js runs TypeScript as it is
  };
  const program = start(args, { cwd: request.getPwd(), stdio: ["ignore", "inherit", "inherit"], env });
  call.on("cancelled", endChildren);
  program.on("error", reply);
  program.on("exit", (code, signal) => {
    const response = new lang.RunResponse();
    if (code === reportedItsErrors) response.setBail(true);
    else if (code !== 0)
      response.setError(signal ? `The program was ended by ${signal}` : `The program ended with exit code ${code}`);
    reply(null, response);
  });
}

function runPlugin(call) {
  const request = call.request;
  const info = request.getInfo();
  const folder = info.getProgramDirectory();
  // The official host wraps a policy pack in a compiler; its entry as it is starts three times as fast.
  const entry = own(path.join(folder, "package.json")).main ?? "index.js";
  const split = (pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
  const plugin = start([...nodeArguments(info), path.join(folder, entry), ...request.getArgsList()], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...Object.fromEntries(request.getEnvList().map(split)) },
  });
  const send = (set) => (value) => {
    const response = new lang.RunPluginResponse();
    response[set](value);
    call.write(response);
  };
  plugin.stdout.on("data", send("setStdout"));
  plugin.stderr.on("data", send("setStderr"));
  plugin.on("error", (error) => call.destroy(error));
  plugin.on("close", (code) => {
    send("setExitcode")(code ?? 1);
    call.end();
  });
  call.on("cancelled", () => plugin.kill());
}

// What the engine asks besides needs no answer here: set-up installs packages, and the engine fetches plugins on first use.
const empty = (Response) => (_call, reply) => reply(null, new Response());

const server = new grpc.Server({ "grpc.max_receive_message_length": 400 << 20 });
server.addService(LanguageRuntimeService, {
  run: (call, reply) => {
    try {
      run(call, reply);
    } catch (error) {
      const response = new lang.RunResponse();
      response.setError(error.message);
      reply(null, response);
    }
  },
  runPlugin,
  cancel: (_call, reply) => {
    endChildren();
    reply(null, new Empty());
  },
  handshake: empty(lang.LanguageHandshakeResponse),
  getPluginInfo: (_call, reply) => {
    const info = new PluginInfo();
    info.setVersion("0.0.0");
    reply(null, info);
  },
  about: (_call, reply) => {
    const response = new lang.AboutResponse();
    response.setExecutable(process.execPath);
    response.setVersion(process.version);
    reply(null, response);
  },
  getRequiredPackages: empty(lang.GetRequiredPackagesResponse),
  getRequiredPlugins: empty(lang.GetRequiredPluginsResponse),
  getProgramDependencies: empty(lang.GetProgramDependenciesResponse),
  runtimeOptionsPrompts: empty(lang.RuntimeOptionsResponse),
  installDependencies: (call) => call.end(),
});

process.on("SIGINT", end);
process.on("SIGTERM", end);
// An engine that was killed tells nobody: its host gets a new parent then, or, where that was before this one could look, finds nobody at its address.
setInterval(() => process.ppid !== parent && end(), 500).unref();
const [, engineHost, enginePort] = /^(.*):(\d+)$/.exec(engine) ?? [];
if (enginePort !== undefined) {
  const socket = net.connect({ host: engineHost, port: Number(enginePort) }, () => socket.destroy());
  socket.on("error", end);
}

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port); // the engine reads it from the first line
});
