import { parse } from "yaml";
import { ImportGraph, type ModuleImports, type Reached } from "./import-graph.ts";
import { type Lockfile, lockfileOf, placesOf } from "./lockfile.ts";
import type { SourceTree } from "./source-tree.ts";

/** A stack that a tree has a file of, whether or not the file is sound. */
export interface StackEntry {
  readonly name: string;
  readonly program: string;
  readonly environment: string;
  /** Stacks that its configuration names; undefined where the file cannot be read, so that it may name any. */
  readonly names: ReadonlySet<string> | undefined;
}

export const STACK_FILE = /^environments\/Pulumi\.([^.]+)\.([^.]+)(?:\.[^.]+)?\.yaml$/;
const ENTRY = "stacks/index.ts";
const PACK = "policy/pack.mjs";

/** What one tree says about its stacks, their code and what judges them. Nothing of it is run. */
export class ProjectView {
  readonly stacks: readonly StackEntry[];
  readonly #tree: SourceTree;
  readonly #graph: ImportGraph;
  readonly #reached = new Map<string, Reached>();
  readonly #lockfile: Lockfile | undefined;

  /** @param known what modules import, shared with the view of the other tree */
  constructor(tree: SourceTree, known = new Map<string, ModuleImports>()) {
    this.#tree = tree;
    this.#graph = new ImportGraph((path) => tree.read(path), known);
    this.#lockfile = lockfileOf(tree.read("package-lock.json") ?? "");
    this.stacks = [...tree.paths].sort().flatMap((path): StackEntry[] => {
      const [, program, environment] = STACK_FILE.exec(path) ?? [];
      if (program === undefined || environment === undefined) return [];
      const name = path.slice("environments/Pulumi.".length, -".yaml".length);
      return [{ name, program, environment, names: stacksNamedIn(tree.read(path) ?? "") }];
    });
  }

  /** Modules and packages that run in a program's stacks. */
  ofProgram(program: string): Reached {
    return this.#from(ENTRY, `stacks/${program}/index.ts`);
  }

  /** Modules and packages of the policy pack. */
  ofPolicies(): Reached {
    return this.#from(PACK);
  }

  get lockfile(): Lockfile | undefined {
    return this.#lockfile;
  }

  /** Places in node_modules whose packages run where these do. */
  placesOf({ packages }: Reached): ReadonlySet<string> {
    return placesOf(this.#lockfile ?? {}, packages.keys());
  }

  /** Each environment's entry in environments.yaml, as text to compare; undefined where the file cannot be read. */
  environments(): Readonly<Record<string, string>> | undefined {
    try {
      const entries = parse(this.#tree.read("environments/environments.yaml") ?? "") as Record<string, unknown> | null;
      return Object.fromEntries(Object.entries(entries ?? {}).map(([name, entry]) => [name, JSON.stringify(entry)]));
    } catch {
      return undefined;
    }
  }

  /** Each field of package.json, as text to compare. */
  packageFields(): Readonly<Record<string, string>> {
    try {
      const fields = JSON.parse(this.#tree.read("package.json") ?? "{}") as Record<string, unknown>;
      return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
    } catch {
      return { all: "unreadable" };
    }
  }

  /** Whether an environment is of class demo, and so runs in the sandbox. */
  inSandbox(environment: string): boolean {
    const entry = this.environments()?.[environment];
    return entry !== undefined && (JSON.parse(entry) as { readonly class?: unknown } | null)?.class === "demo";
  }

  /** The file that says how strict the pack is with an environment. */
  policyConfigOf(environment: string): string {
    const own = `environments/policies.${environment}.json`;
    return this.#tree.paths.has(own) ? own : "policy/sets/strict.json";
  }

  #from(...roots: readonly string[]): Reached {
    const key = roots.join(" ");
    const reached = this.#reached.get(key) ?? this.#graph.reachedFrom(roots);
    this.#reached.set(key, reached);
    // The one computed import that there is, by the stack's name: what it leads to is among the roots.
    return { ...reached, computed: reached.computed.filter((module) => module !== ENTRY) };
  }
}

function stacksNamedIn(text: string): ReadonlySet<string> | undefined {
  try {
    return new Set(textsIn(parse(text)));
  } catch {
    return undefined;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
