/** An engine that answers from a script, and remembers what it was asked. */
import type { Engine, EngineRun, Operation } from "../../../cli/engine.ts";
import { NO_CHANGES } from "../../../cli/engine-events.ts";
import type { RunContext, StackReport } from "../../../cli/environment-run.ts";
import type { Found, PendingOperation } from "../../../cli/pending-creates.ts";
import type { Standing } from "../../../model/holdings.ts";
import type { Planned } from "../../../cli/plan.ts";
import { parseStackName } from "../../../model/stack-name.ts";
import { type ProgramStack, catalog } from "../../../stacks/catalog.ts";

export const SUCCESS: EngineRun = {
  succeeded: true,
  seconds: 0,
  changes: { ...NO_CHANGES, same: 1 },
  resourceChanges: [],
  errors: [],
  warnings: [],
  findings: [],
  resources: [],
  earlier: [],
  replaced: [],
  creates: [],
  taken: [],
  differences: [],
  outputsChanged: false,
};

export class ScriptedEngine implements Engine {
  /** `<operation> <stack> <flags>`, and `init <stack>`. */
  readonly asked: string[] = [];
  readonly #known: Set<string>;
  readonly #script: (operation: Operation, stack: string) => Partial<EngineRun> | undefined;

  constructor(
    known: readonly string[],
    script: (operation: Operation, stack: string) => Partial<EngineRun> | undefined = () => undefined,
  ) {
    this.#known = new Set(known);
    this.#script = script;
  }

  stacks(): Promise<ReadonlySet<string>> {
    return Promise.resolve(this.#known);
  }

  init(stack: string): Promise<void> {
    this.asked.push(`init ${stack}`);
    return Promise.resolve();
  }

  pendingOperations(): Promise<readonly PendingOperation[]> {
    return Promise.resolve([]);
  }

  lastFailed(): Promise<boolean> {
    return Promise.resolve(false);
  }

  lastDestroyed(): Promise<Date | undefined> {
    return Promise.resolve(undefined);
  }

  settleCreates(stack: string, ids: ReadonlyMap<string, string>): Promise<void> {
    this.asked.push(`settle ${stack} ${[...ids].flat().join(" ")}`);
    return Promise.resolve();
  }

  owned(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  standing(): Promise<readonly Standing[]> {
    return Promise.resolve([]);
  }

  takeOver(stack: string, found: readonly Found[]): Promise<void> {
    this.asked.push(`take over ${stack} ${found.map(({ id }) => id).join(" ")}`);
    return Promise.resolve();
  }

  run(operation: Operation, stack: string, flags: readonly string[] = []): Promise<EngineRun> {
    this.asked.push([operation, stack, ...flags].join(" "));
    return Promise.resolve({ ...SUCCESS, ...this.#script(operation, stack) });
  }
}

export function planned(...names: readonly string[]): Planned[] {
  return names.map((name) => ({
    name,
    stack: parseStackName(name, { programs: catalog, environments: ["demo"] }) as ProgramStack,
  }));
}

export function contextOf(engine: Engine, stacks: readonly Planned[], more: Partial<RunContext> = {}): RunContext {
  const silent = { phase: () => undefined, begins: () => undefined, ends: () => undefined };
  return {
    engine,
    stacks,
    regionOf: () => "us-east-1",
    folder: "/nowhere",
    policies: { pack: "policy", config: "strict.json" },
    progress: silent,
    interrupts: { received: false },
    confirmed: () => Promise.resolve(true),
    ...more,
  };
}

export const results = (reports: readonly StackReport[]): Record<string, string> =>
  Object.fromEntries(reports.map(({ stack, result }) => [stack, result]));
