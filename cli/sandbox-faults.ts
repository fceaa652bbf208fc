import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parse } from "yaml";
import type { Fault, FaultPlan, FaultReport, SandboxClient } from "../sandbox/client.ts";
import { environmentArgument, knownEnvironment } from "./environment-argument.ts";
import { type Printer, table } from "./print.ts";

const KINDS: readonly Fault["kind"][] = ["throttle", "error", "slow", "half-made", "lost"];
const OPERATIONS = ["create", "read", "update", "delete", "invoke"] as const;

interface FaultOptions {
  readonly json?: boolean;
  readonly file?: string;
  readonly seed?: string;
  readonly kind?: Fault["kind"];
  readonly rate?: number;
  readonly type?: string;
  readonly name?: string;
  readonly times?: number;
  readonly operations?: readonly string[];
  readonly inARow?: number;
  readonly milliseconds?: number;
}

type PrinterFor = (options: { readonly json?: boolean }) => Printer;

const EXAMPLES = `
Kinds: throttle (retried, costs virtual time), error (outlasts retries, nothing is done), slow (real time), half-made (a create fails
after the object exists), lost (a create is done, its answer never arrives).

Examples:
  corpai sandbox faults set demo --kind lost --type VpcEndpoint --times 1
  corpai sandbox faults set demo --kind error --rate 0.1 --operations create,update --seed 7
  corpai sandbox faults set demo --file faults.yaml

faults.yaml:
  seed: 7
  faults:
    - { kind: throttle, rate: 0.3, inARow: 2 }
    - { kind: slow, type: LoadBalancer, operations: [create], milliseconds: 2000 }`;

/** AWS misbehaving on purpose, as commands. */
export function addFaultCommands(sandbox: Command, client: SandboxClient, printerFor: PrinterFor): void {
  const faults = sandbox
    .command("faults")
    .description("makes its AWS misbehave on purpose: set, show, clear")
    .addHelpText("after", EXAMPLES);
  const command = (name: string, purpose: string): Command =>
    faults.command(name).description(purpose).addArgument(environmentArgument()).option("--json", "answer in JSON");
  const tell = (name: string, report: FaultReport, options: FaultOptions): void => {
    const printer = printerFor(options);
    printFaults(name, report, printer);
    printer.answer({ environment: name, ...report });
  };

  const number = (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value))
      throw new InvalidArgumentError(`given "${text}"; allowed: a number.`);
    return value;
  };
  command("set", "in place of those before; one from options, or several from a file")
    .option("--file <faults.yaml>", "seed and faults; then no other option is given")
    .addOption(new Option("--kind <kind>", "what goes wrong").choices(KINDS))
    .option("--rate <part>", "part of the operations that it hits, 0 to 1; all by default", number)
    .option("--type <type>", "type or function token, or its last part, with * and ?")
    .option("--name <name>", "the program's or AWS's name of it, or its id, with * and ?")
    .option("--times <count>", "of each operation on each resource, only the first so many", number)
    .option("--operations <list>", `of ${OPERATIONS.join(", ")}; separated by commas`, (list: string) =>
      list.split(","),
    )
    .option("--in-a-row <count>", "throttle: refusals before one goes well", number)
    .option("--milliseconds <count>", "slow: real time", number)
    .option("--seed <seed>", "the same seed hits the same operations")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, options: FaultOptions) => {
      const environment = knownEnvironment(name);
      tell(environment, await client.setFaults(environment, planOf(options)), options);
    });
  command("show", "what is set, and how many operations each has hit").action(
    async (name: string, options: FaultOptions) => {
      const environment = knownEnvironment(name);
      tell(environment, await client.faults(environment), options);
    },
  );
  command("clear", "AWS behaves again").action(async (name: string, options: FaultOptions) => {
    const environment = knownEnvironment(name);
    tell(environment, await client.setFaults(environment, { faults: [] }), options);
  });
}

/** What options or the file ask for; the sandbox judges it. @throws {Error} with what is allowed */
function planOf({ json: _json, file, seed, ...fault }: FaultOptions): FaultPlan {
  if (file !== undefined) {
    if (seed !== undefined || Object.keys(fault).length > 0)
      throw new Error("--file: a file has seed and faults of its own; give either it or the other options.");
    return planIn(file);
  }
  if (fault.kind === undefined) throw new Error(`give --kind, one of ${KINDS.join(", ")}, or --file.`);
  return { ...(seed === undefined ? {} : { seed }), faults: [fault as FaultPlan["faults"][number]] };
}

function planIn(file: string): FaultPlan {
  try {
    return parse(readFileSync(file, "utf8")) as FaultPlan;
  } catch (error) {
    throw new Error(`--file ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function printFaults(environment: string, { seed, faults }: FaultReport, printer: Printer): void {
  if (faults.length === 0) return printer.line(`${environment}: AWS behaves; no fault is set`);
  printer.line(`${environment}: AWS misbehaves, seed ${seed}`);
  const rows = faults.map(({ kind, rate, type, name, hits, ...more }) => [
    kind,
    String(rate),
    type,
    name,
    String(hits),
    Object.entries(more)
      .map(([key, value]) => `${key}: ${String(value)}`)
      .join("; "),
  ]);
  for (const line of table([["KIND", "RATE", "TYPE", "NAME", "HITS", ""], ...rows], (text) =>
    printer.paint("bold", text),
  ))
    printer.line(line);
}
