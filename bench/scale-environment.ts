/** An environment with as many connections as wanted: the demo's network and one customer's services, and stacks of connections in cells. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Clone } from "../test/end-to-end/support/clone.ts";
import { type Measured, measuredRun } from "./measured-run.ts";

const ACCOUNT = "111122223333";
/** Below AWS's quota of load balancers. Each connection is an endpoint of its own, and the services are shared among them. */
const SERVICES = 40;
/** As many as the network has blocks for, each with room for 251 connections. */
const CELLS = Array.from({ length: 8 }, (_none, index) => `c${index + 1}`);
export const CELL_ROOM = 251;
const ENDPOINTS_QUOTA = 2100;

export const SETUP = ["network.demo", "customer-access.demo.data", "customer-services.demo.data"] as const;

/** One stack of connections: its cell, and how many there are. */
export interface Part {
  readonly stack: string;
  readonly cell: string;
  readonly count: number;
}

/** Stacks of at most so many connections each, and as many of them in a cell as it has room for. */
export function partsOf(total: number, perStack: number): readonly Part[] {
  const stacksPerCell = Math.floor(CELL_ROOM / perStack);
  return Array.from({ length: Math.ceil(total / perStack) }, (_none, index) => {
    const cell = CELLS[Math.floor(index / stacksPerCell)];
    if (stacksPerCell === 0 || cell === undefined)
      throw new RangeError(`${total} connections in stacks of ${perStack} do not fit into ${CELLS.length} cells`);
    return { stack: `connections.demo.p${index}`, cell, count: Math.min(perStack, total - index * perStack) };
  });
}

type Document = Record<string, unknown>;

export class ScaleEnvironment {
  readonly #clone = Clone.create();
  readonly #services: number;

  /** @param services that the customer offers */
  constructor(services = SERVICES) {
    this.#services = services;
  }

  async setUp(): Promise<void> {
    this.#onlyWhatIsMeasured();
    await this.#started();
    for (const stack of SETUP) await this.#mustUp(stack);
    await this.#clone.sandbox.stop();
    cpSync(this.#path(".sandbox"), this.#path(".sandbox.ready"), { recursive: true });
  }

  /** Puts everything back to where `setUp` left it, then writes the files of these parts. */
  async begin(parts: readonly Part[]): Promise<void> {
    await this.#clone.sandbox.stop();
    rmSync(this.#path(".sandbox"), { recursive: true, force: true });
    cpSync(this.#path(".sandbox.ready"), this.#path(".sandbox"), { recursive: true });
    this.#clone.git("checkout", "--quiet", "--", ".");
    this.#clone.git("clean", "--quiet", "--force", "-d", "environments");
    for (const { stack, cell, count } of parts)
      this.#write(stack, connectionsFile({ stack, cell, count }, this.#services));
    await this.#started();
    for (const { stack } of parts) await this.#pulumi("stack", "init", "--no-select", stack);
  }

  async up(stack: string, checkpoints: boolean): Promise<Measured> {
    const flags = ["up", "--yes", "--skip-preview", "--stack", stack, "--non-interactive", "--color", "never"];
    const skipping = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
    const env = { ...(await this.#environment()), ...(checkpoints ? {} : skipping) };
    const measured = await measuredRun("pulumi", flags, { cwd: this.#clone.folder, env });
    if (measured.code !== 0) throw new Error(`${stack}:\n${measured.output.slice(-4000)}`);
    return measured;
  }

  /** A preview under the whole policy pack, every rule mandatory. @throws {Error} with what the engine said where one objects */
  async judge(stack: string): Promise<void> {
    const flags = ["--non-interactive", "--color", "never", "--policy-pack", "policy"];
    await this.#pulumi("preview", "--stack", stack, ...flags);
  }

  /** Endpoints of connections that stand, by the cell in whose subnets they stand. */
  async standing(): Promise<Readonly<Record<string, number>>> {
    const { objects } = await this.#clone.sandbox.world("demo");
    const cellOf = new Map(
      objects.flatMap(({ type, id, inputs }) => {
        const name = (inputs["tags"] as { readonly Name?: string } | undefined)?.Name;
        const cell = type === "aws:ec2/subnet:Subnet" ? /^corpai-cell-(\w+)-/.exec(name ?? "")?.[1] : undefined;
        return cell === undefined ? [] : [[id, cell] as const];
      }),
    );
    const cells = objects.flatMap(({ type, inputs }) => {
      if (type !== "aws:ec2/vpcEndpoint:VpcEndpoint") return [];
      const own = new Set((inputs["subnetIds"] as readonly string[] | undefined)?.map((id) => cellOf.get(id)));
      return [...own].flatMap((cell) => cell ?? []);
    });
    return Object.fromEntries([...Map.groupBy(cells, (cell) => cell)].map(([cell, all]) => [cell, all.length]));
  }

  remove(): Promise<void> {
    return this.#clone.remove();
  }

  #path(file: string): string {
    return join(this.#clone.folder, file);
  }

  #read(file: string): Document {
    return parse(readFileSync(this.#path(file), "utf8")) as Document;
  }

  #write(stack: string, config: Document): void {
    writeFileSync(this.#path(`environments/Pulumi.${stack}.yaml`), stringify({ config }));
  }

  #config(stack: string): Document {
    return this.#read(`environments/Pulumi.${stack}.yaml`)["config"] as Document;
  }

  /** The demo's files, less what has no part in it, with quotas that AWS has raised on both sides: in the files and in the estate. */
  #onlyWhatIsMeasured(): void {
    const [network, access, services] = SETUP.map((stack) => this.#config(stack));
    const estate = this.#read("sandbox/estates/demo.yaml");
    rmSync(this.#path("environments"), { recursive: true });
    mkdirSync(this.#path("environments"));
    const environments = {
      demo: { class: "demo", quotas: { [ACCOUNT]: { interfaceEndpointsPerVpc: ENDPOINTS_QUOTA } } },
    };
    writeFileSync(this.#path("environments/environments.yaml"), stringify(environments));
    const cells = Object.fromEntries(CELLS.map((cell, index) => [cell, { block: index + 1 }]));
    this.#write("network.demo", { ...network, "corpai:endpointCells": cells });
    this.#write("customer-access.demo.data", { ...access });
    const { clickhouse } = services?.["corpai:services"] as Record<string, Document>;
    const own = { ...clickhouse, openTargetSecurityGroup: false };
    const all = Object.fromEntries(Array.from({ length: this.#services }, (_none, index) => [serviceKey(index), own]));
    this.#write("customer-services.demo.data", { ...services, "corpai:services": all });
    const accounts = estate["accounts"] as Record<string, Document>;
    const raised = { ...accounts[ACCOUNT], quotas: { "L-29B6F2EB": ENDPOINTS_QUOTA } };
    writeFileSync(
      this.#path("sandbox/estates/demo.yaml"),
      stringify({ ...estate, accounts: { ...accounts, [ACCOUNT]: raised } }, { aliasDuplicateObjects: false }),
    );
    this.#clone.commit("for the benchmark");
  }

  async #started(): Promise<void> {
    await this.#clone.sandbox.start();
  }

  async #environment(): Promise<NodeJS.ProcessEnv> {
    return { ...process.env, ...this.#clone.sandbox.environment(await this.#clone.sandbox.start()) };
  }

  async #pulumi(...args: readonly string[]): Promise<void> {
    const { code, output } = await measuredRun("pulumi", args, {
      cwd: this.#clone.folder,
      env: await this.#environment(),
    });
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}\n${output}`);
  }

  async #mustUp(stack: string): Promise<void> {
    await this.#pulumi("stack", "init", "--no-select", stack);
    await this.up(stack, true);
    // `stack init` writes the salt of the stack's secrets into its file.
    this.#clone.commit(stack);
  }
}

const serviceKey = (index: number): string => `s${index}`;

function connectionsFile({ stack, cell, count }: Part, services: number): Document {
  const instance = stack.split(".").at(-1) ?? "";
  return {
    "aws:region": "us-east-1",
    "aws:allowedAccountIds": [ACCOUNT],
    "aws:assumeRoles": [{ roleArn: `arn:aws:iam::${ACCOUNT}:role/corpai-cross-account-access` }],
    "corpai:cell": cell,
    "corpai:registrations": Object.fromEntries(
      Array.from({ length: count }, (_none, index) => [
        `${instance}-${index}`,
        {
          displayName: `Connection ${index} of ${instance}`,
          service: { fromStack: "customer-services.demo.data", key: serviceKey(index % services) },
        },
      ]),
    ),
  };
}
