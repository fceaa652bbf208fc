import type { Release } from "./environment-class.ts";
import { storeNameProblem } from "./physical-name.ts";
import { type Problem, type StackProblem, show } from "./problem.ts";
import { isOlder, postgresVersionFault } from "./store-engines.ts";

/** A store as its configuration states it. */
export type StoreFacts = {
  readonly version: string;
  readonly release?: Release | undefined;
} & (
  | { readonly engine: "postgres"; readonly storageGb: number; readonly databaseName: string }
  | { readonly engine: "valkey" }
);

export type Stores = Readonly<Record<string, StoreFacts>>;

/** A store as it stands: what the stack's last outputs say of it. */
export interface StandingStore {
  readonly engine: string;
  readonly version: string;
  /** Whether its environment's class protects it, and nobody has lifted that. */
  readonly protected: boolean;
  readonly storageGb?: number;
  readonly databaseName?: string;
}

/** What is wrong with the stores of one environment, whatever stands. @param today ISO date */
export function storeProblems(
  { stack, environment, stores }: { readonly stack: string; readonly environment: string; readonly stores: Stores },
  today: string,
): StackProblem[] {
  return Object.entries(stores).flatMap(([key, store]): StackProblem[] => {
    const property = `corpai:stores.${key}`;
    const fault = store.engine === "postgres" ? postgresVersionFault(store.version, today) : undefined;
    const problems: (Problem | undefined)[] = [
      storeNameProblem(property, environment, key, store.engine),
      fault && { property: `${property}.version`, given: show(store.version), ...fault },
    ];
    return problems.flatMap((problem) => (problem ? [{ stack, ...problem }] : []));
  });
}

/** Changes of a configuration that would lose data, or that AWS refuses half-way. */
export function changeProblems(
  stack: string,
  standing: Readonly<Record<string, StandingStore>>,
  wanted: Stores,
): StackProblem[] {
  return Object.entries(standing).flatMap(([key, before]) => {
    const after = Object.hasOwn(wanted, key) ? wanted[key] : undefined;
    const problems = after ? lossOf(before, after) : removal(before);
    return problems.map(({ property, ...problem }) => ({
      stack,
      property: `corpai:stores.${key}${property}`,
      ...problem,
    }));
  });
}

function removal(before: StandingStore): Problem[] {
  if (!before.protected) return [];
  return [
    {
      property: "",
      given: "nothing, where a protected store stands",
      allowed: "stores that hold nothing any more, each released first",
      wayOut:
        "Put it back with release: { reason, until }, bring this stack up, which lifts its protection, and take it out then: AWS keeps a last snapshot.",
    },
  ];
}

function lossOf(before: StandingStore, after: StoreFacts): Problem[] {
  const moved = "Make a new store under another key, move the data, and release this one.";
  if (before.engine !== after.engine)
    return [{ property: ".engine", given: show(after.engine), allowed: show(before.engine), wayOut: moved }];
  const problems: Problem[] = [];
  if (isOlder(after.version, before.version))
    problems.push({
      property: ".version",
      given: show(after.version),
      allowed: `${show(before.version)}, which stands, or later`,
      wayOut: "AWS takes no version back. Restore a snapshot from before the upgrade, by hand.",
    });
  if (after.engine !== "postgres") return problems;
  if (before.databaseName !== undefined && before.databaseName !== after.databaseName)
    problems.push({
      property: ".databaseName",
      given: show(after.databaseName),
      allowed: show(before.databaseName),
      wayOut: `Another name would replace the database with an empty one. ${moved}`,
    });
  if (before.storageGb !== undefined && after.storageGb < before.storageGb)
    problems.push({
      property: ".storageGb",
      given: String(after.storageGb),
      allowed: `${before.storageGb}, which stands, or more`,
      wayOut: `AWS takes no storage back. ${moved}`,
    });
  return problems;
}
