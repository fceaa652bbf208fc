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

/** The one wording of a problem, for programs, checks and commands alike. */
export function describeProblem({ stack, property, given, allowed, wayOut }: StackProblem): string {
  return printable(`${stack}: ${property}: given ${given}; allowed: ${allowed}. ${wayOut}`);
}

/** Keys and values are somebody's text: a control character in them must not reach a terminal as one. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** All problems in one text, each once, in a stable order. */
export function describeProblems(problems: readonly StackProblem[]): string {
  const lines = [...new Set(problems.map(describeProblem))].sort();
  return lines.length === 1
    ? (lines[0] ?? "")
    : `${lines.length} problems:\n${lines.map((line) => `  - ${line}`).join("\n")}`;
}

/** A value as an error message shows it: compact, and cut where it is long. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "symbol") return "a secure value";
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
