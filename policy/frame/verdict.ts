import type { ReportViolation } from "@pulumi/policy";
import { isUnknownValueError } from "./guarded.ts";

/** What a rule can say of a resource, short of nothing. `urn` only in stack rules. */
export interface Verdict {
  /** Breaks the rule: fails the preview or update at the rule's own level. */
  violation(message: string, urn?: string): void;
  /** Printed as a warning, whatever the rule's level. */
  warning(message: string, urn?: string): void;
}

/**
 * The SDK takes an object too, with a level per report, though its type names the string only. Without it, a rule would need an
 * advisory twin for what it cannot decide. An SDK that drops it would report a violation, so nothing can pass by that.
 */
type ReportAtLevel = (report: {
  readonly message: string;
  readonly urn: string | undefined;
  readonly enforcementLevel: "advisory";
}) => void;

export function verdictOf(report: ReportViolation): Verdict {
  const reportAtLevel = report as unknown as ReportAtLevel;
  return {
    violation: (message, urn) => report(message, urn),
    warning: (message, urn) => reportAtLevel({ message, urn, enforcementLevel: "advisory" }),
  };
}

/**
 * Where an error arose, without its message: a message can quote the value that was being read, and policies see secrets in clear.
 */
function whereabouts(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown error";
  const frame = error.stack?.split("\n").find((line) => line.startsWith("    at "));
  const place = frame === undefined ? undefined : /([\w.-]+\.[cm]?[jt]s:\d+):\d+/.exec(frame)?.[1];
  return `${error.name}${place === undefined ? "" : ` at ${place}`}`;
}

/**
 * Judges one thing, so that no error reaches the SDK: an unknown value would end a stack rule for all other resources, and any other
 * error ends the operation with a stack trace even where the rule is advisory. A rule that breaks has not passed.
 */
export function judge(name: string, verdict: Verdict, urn: string | undefined, decide: () => void): void {
  try {
    decide();
  } catch (error) {
    if (isUnknownValueError(error))
      verdict.warning(`${name}: undecided, checked at update: a value that decides it is not known yet.`, urn);
    else
      verdict.violation(
        `${name}: the rule itself failed (${whereabouts(error)}). This is a fault in policy/, not in ${name}; please report it.`,
        urn,
      );
  }
}
