import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChangedObject, NamedObject, Selection } from "./by-hand.ts";
import type { FaultPlan, FaultReport } from "./faults.ts";
import type { ApiRequest, CallSource } from "./aws/calls.ts";
import { askHealth } from "./health.ts";
import { type SandboxHome, type ServerRecord, candidatePorts, sandboxHome, sandboxVersion } from "./home.ts";
import type { Walk } from "./path.ts";
import type { Pod } from "./kubernetes/pods.ts";
import type { IntegrationWay } from "./lattice-path.ts";
import { isAlive, runsDaemon } from "./process.ts";
import { removeStackStates, runningUpdates, stackEnvironments } from "./stack-states.ts";
import type { Order, Timeline } from "./time.ts";
import type { Properties } from "./wire.ts";
import type { WorldObject } from "./world.ts";
import { PACKAGES } from "./packages.ts";

export type { ChangedObject, NamedObject, PropertyChange, Selection } from "./by-hand.ts";
export type { Fault, FaultPlan, FaultReport } from "./faults.ts";
export type { Value } from "./wire.ts";
export type { ChainStep, Order, Step, Timeline } from "./time.ts";
export type { WorldObject } from "./world.ts";
export type { ApiRequest, CallSource } from "./aws/calls.ts";
export type { Hop, Walk } from "./path.ts";
export type { IntegrationWay } from "./lattice-path.ts";
export type { Pod } from "./kubernetes/pods.ts";
export type { SandboxHome, ServerRecord } from "./home.ts";

const START_SECONDS = 60;
const STOP_SECONDS = 5;

/** The sandbox of one clone, seen from outside its process. */
export class SandboxClient {
  readonly home: SandboxHome;
  /** Public on purpose: it protects nothing but made-up values. */
  readonly passphrase = "sandbox";

  /** @param root the clone's folder */
  constructor(root: string) {
    this.home = sandboxHome(root);
  }

  /** The running server; undefined if there is none. */
  async status(): Promise<ServerRecord | undefined> {
    const record = this.#recorded();
    const ports = new Set([
      ...(record ? [record.controlPort] : []),
      ...candidatePorts(this.home)
        .slice(0, 2)
        .map(({ control }) => control),
    ]);
    for (const port of ports) {
      const health = await askHealth(port);
      if (health?.root === this.home.root && health.pid !== undefined) return health as ServerRecord;
    }
    return undefined;
  }

  /** Starts the server unless it runs already with the code and the estates of now. Starts at the same time make one. */
  async start(): Promise<ServerRecord> {
    const version = sandboxVersion(this.home);
    const running = await this.status();
    // Under a running update, the models may not change.
    if (running && (running.version === version || runningUpdates(this.home.state).length > 0)) return running;
    if (running) await this.#end(running);
    mkdirSync(this.home.state, { recursive: true });
    mkdirSync(this.home.pulumiHome, { recursive: true });
    const log = openSync(this.home.log, "a");
    const logged = fstatSync(log).size;
    const child = spawn(process.execPath, [join(this.home.root, "sandbox", "daemon.ts"), this.home.root], {
      cwd: this.home.root,
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.unref();
    return this.#healthy(child, logged);
  }

  /** Ends the server, and returns once its process is gone and its port refuses. @returns what ran; undefined if nothing did */
  async stop(): Promise<ServerRecord | undefined> {
    const running = (await this.status()) ?? this.#hanging();
    if (running) await this.#end(running);
    return running;
  }

  /** What makes plain `pulumi` commands use the sandbox, apart from PATH. */
  environment({ port }: ServerRecord): Record<string, string> {
    return {
      PULUMI_HOME: this.home.pulumiHome,
      // Attributes are written in place: a program that reads its own stack while the engine saves it would get no more than `EOF`.
      PULUMI_BACKEND_URL: `file://${this.home.state}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: this.passphrase,
      PULUMI_DEBUG_PROVIDERS: PACKAGES.map((name) => `${name}:${port}`).join(","),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Before a destroy or a refresh the engine would fetch the real plug-ins, some hundred megabytes, and never use them.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // A program is started anew for every run: half of its start is reading packages that are the same each time. The folder is Node's own default.
      NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
    };
  }

  /** The world as its estate file says, and no stack of the environment in the sandbox's backend. Configuration files stay. */
  async reset(environment: string): Promise<void> {
    removeStackStates(this.home.state, environment);
    await this.#ask("POST", `worlds/${environment}/reset`);
  }

  /** Environments that have a stack in the sandbox's backend or a world of their own. */
  environments(): string[] {
    return stackEnvironments(this.home);
  }

  /** Moves a world's clock forward. @returns the new time, in seconds since the world began */
  async advance(environment: string, seconds: number): Promise<number> {
    return (await this.#ask<{ readonly clock: number }>("POST", `worlds/${environment}/advance?seconds=${seconds}`))
      .clock;
  }

  /** The way of one call of AWS's APIs from inside a VPC, as the world has it now. */
  call(environment: string, source: CallSource, request: ApiRequest): Promise<Walk> {
    return this.#ask("POST", `worlds/${environment}/call`, { source, request });
  }

  /** Each pod as the world has it now, with its way to each of its connections. */
  pods(environment: string): Promise<readonly Pod[]> {
    return this.#ask("GET", `worlds/${environment}/paths`);
  }

  /** Each service that agents reach over a private connection, with the way of a request to it. */
  integrations(environment: string): Promise<readonly IntegrationWay[]> {
    return this.#ask("GET", `worlds/${environment}/integrations`);
  }

  world(environment: string): Promise<{ readonly clock: number; readonly objects: readonly WorldObject[] }> {
    return this.#ask("GET", `worlds/${environment}`);
  }

  /**
   * Call before stacks are brought up, refreshed or destroyed together, once nothing else is running: none of their operations begins earlier, whatever
   * became of earlier runs.
   *
   * @param order each stack with those that have to be done before it; of a stack that is not in it, the sandbox takes all that is over by then
   * @returns the time of the world's clock
   */
  async begin(environment: string, order: Order = {}): Promise<number> {
    return (await this.#ask<{ readonly clock: number }>("POST", `worlds/${environment}/begin`, { order })).clock;
  }

  /** Call after that. @returns how long AWS would have taken since `begin`, and what decided it */
  finish(environment: string): Promise<Timeline> {
    return this.#ask("POST", `worlds/${environment}/finish`);
  }

  /**
   * How long AWS would have taken, and what decided it.
   *
   * @param since a time of the world's clock; without it, since `begin`, or else the last stretch of programs at work that changed anything
   */
  timeline(environment: string, since?: number): Promise<Timeline> {
    return this.#ask("GET", `worlds/${environment}/timeline${since === undefined ? "" : `?since=${since}`}`);
  }

  /** What goes wrong on purpose from now on, in place of what did before; an empty list ends it, as do `reset` and `stop`. */
  setFaults(environment: string, plan: FaultPlan): Promise<FaultReport> {
    return this.#ask("POST", `worlds/${environment}/faults`, plan);
  }

  faults(environment: string): Promise<FaultReport> {
    return this.#ask("GET", `worlds/${environment}/faults`);
  }

  objects(environment: string, which: Selection = {}): Promise<readonly NamedObject[]> {
    return this.#ask("POST", `worlds/${environment}/objects`, which);
  }

  /** Changes one object's properties as somebody in the console would. @param properties `healthCheck.port` lies inside one; null takes one away */
  changeByHand(environment: string, which: Selection, properties: Properties): Promise<ChangedObject> {
    return this.#ask("POST", `worlds/${environment}/change`, { ...which, properties });
  }

  /** Deletes one object as somebody in the console would, unless AWS refuses. @returns what was deleted */
  deleteByHand(environment: string, which: Selection): Promise<NamedObject> {
    return this.#ask("POST", `worlds/${environment}/delete`, which);
  }

  /** Where EC2's own API of an environment answers, for a client of it. */
  async ec2Endpoint(environment: string): Promise<string> {
    const { controlPort } = await this.start();
    return `http://127.0.0.1:${controlPort}/ec2/${environment}`;
  }

  /** The same of Elastic Load Balancing's. */
  async loadBalancingEndpoint(environment: string): Promise<string> {
    const { controlPort } = await this.start();
    return `http://127.0.0.1:${controlPort}/elb/${environment}`;
  }

  /** The service owner's yes. @param endpoint its id or its Name tag */
  acceptConnection(environment: string, endpoint: string): Promise<NamedObject> {
    return this.#ask("POST", `worlds/${environment}/accept`, { endpoint });
  }

  /** The service owner's no, also to a connection that was accepted. @param endpoint its id or its Name tag */
  rejectConnection(environment: string, endpoint: string): Promise<NamedObject> {
    return this.#ask("POST", `worlds/${environment}/reject`, { endpoint });
  }

  async #ask<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
    const { controlPort } = await this.start();
    const response = await fetch(`http://127.0.0.1:${controlPort}/${path}`, {
      method,
      body: body && JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`sandbox: ${(answer as { readonly error: string }).error}`);
    return answer as T;
  }

  #recorded(): ServerRecord | undefined {
    if (!existsSync(this.home.record)) return undefined;
    try {
      return JSON.parse(readFileSync(this.home.record, "utf8")) as ServerRecord;
    } catch {
      return undefined;
    }
  }

  /** A server that does not answer, but whose process is there. */
  #hanging(): ServerRecord | undefined {
    const record = this.#recorded();
    if (record && runsDaemon(record.pid, this.home.root)) return record;
    rmSync(this.home.record, { force: true });
    return undefined;
  }

  /** @param logged how much of the log is of earlier servers */
  async #healthy(child: ChildProcess, logged: number): Promise<ServerRecord> {
    for (const until = Date.now() + START_SECONDS * 1000; Date.now() < until; await sleep(50)) {
      const running = await this.status();
      // A child that another start's server has outrun ends by itself; until then it could still take over from a server that is stopped.
      if (running && (running.pid === child.pid || child.exitCode !== null)) return running;
      if (child.signalCode !== null || (child.exitCode ?? 0) !== 0) break;
    }
    const tail = readFileSync(this.home.log).subarray(logged).toString().trim().split("\n").slice(-12).join("\n  ");
    throw new Error(`the sandbox's server did not start. The end of ${this.home.log}:\n  ${tail}`);
  }

  async #end({ pid, controlPort }: ServerRecord): Promise<void> {
    await fetch(`http://127.0.0.1:${controlPort}/stop`, { method: "POST", signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (!(await this.#gone(pid, controlPort)) && runsDaemon(pid, this.home.root)) process.kill(pid, "SIGKILL");
    if (!(await this.#gone(pid, controlPort)))
      throw new Error(`the sandbox's server, process ${pid}, does not end; its log is ${this.home.log}`);
    if (this.#recorded()?.pid === pid) rmSync(this.home.record, { force: true });
  }

  async #gone(pid: number, port: number): Promise<boolean> {
    for (const until = Date.now() + STOP_SECONDS * 1000; Date.now() < until; await sleep(50)) {
      if (!isAlive(pid) && (await refuses(port))) return true;
    }
    return false;
  }
}

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (refused: boolean): void => {
      socket.destroy();
      resolve(refused);
    };
    socket.once("connect", () => settle(false));
    socket.once("error", () => settle(true));
  });
}
