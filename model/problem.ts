import { printable } from "./printable.ts";

/** One thing that is wrong with what somebody gave us, in the parts that every message of this project has. */
export interface Problem {
  /** Where it stands: a dotted path such as `corpai:services.clickhouse.port`. */
  readonly property: string;
  /** What was given, in words or as compact JSON; never a secret's value. */
  readonly given: string;
  /** What is allowed instead. */
  readonly allowed: string;
  /** What to do about it. */
  readonly wayOut: string;
}

/** A problem and the stack whose configuration it is in. */
export interface StackProblem extends Problem {
  readonly stack: string;
}

/** Longest path, and longest value or explanation, that a message repeats: in characters. */
const PROPERTY_LIMIT = 200;
const GIVEN_LIMIT = 600;

/** The one wording of a problem, for programs, checks and commands alike. Keys and values in it are somebody else's text. */
export function describeProblem({ stack, property, given, allowed, wayOut }: StackProblem): string {
  return printable(
    `${stack}: ${cut(property, PROPERTY_LIMIT)}: given ${cut(given, GIVEN_LIMIT)}; allowed: ${allowed}. ${wayOut}`,
  );
}

const cut = (text: string, limit: number): string => (text.length > limit ? `${text.slice(0, limit - 3)}...` : text);

/** All problems in one text, each once, in a stable order. */
export function describeProblems(problems: readonly StackProblem[]): string {
  const lines = [...new Set(problems.map(describeProblem))].sort();
  return lines.length === 1
    ? (lines[0] ?? "")
    : `${lines.length} problems:\n${lines.map((line) => `  - ${line}`).join("\n")}`;
}

const SHOWN_LIMIT = 160;

/** A value as an error message shows it: compact, and cut where it is long. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "symbol") return "a secure value";
  // JSON has no word for these.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return cut(JSON.stringify(value), SHOWN_LIMIT);
}
