import type { Subject } from "./shown.ts";

/** What a rule has to say of a resource, short of nothing. */
export interface Finding {
  /**
   * `violation`: it breaks the rule, and is reported at the rule's own level. `undecided`: a value that decides it is not known yet; the update
   * will know it. `open`: nothing in this stack will ever tell. `allowed`: somebody has accepted it for a while.
   */
  readonly is: "violation" | "undecided" | "open" | "allowed";
  /** What is wrong or missing, without a full stop. Never a property's value: rules are shown secrets in clear. */
  readonly what: string;
  /** What to do about it; the rule's own fix if there is none. */
  readonly fix?: string;
}

/** A finding of a stack rule, which has to say of what. */
export interface Located extends Finding {
  readonly at: Subject;
}

export const violation = (what: string, fix?: string): Finding => ({ is: "violation", what, ...withFix(fix) });
export const undecided = (what: string, fix?: string): Finding => ({ is: "undecided", what, ...withFix(fix) });
export const open = (what: string, fix?: string): Finding => ({ is: "open", what, ...withFix(fix) });

const withFix = (fix: string | undefined): { readonly fix?: string } => (fix === undefined ? {} : { fix });

/** Says of which resource findings are. */
export function* at(subject: Subject, findings: Iterable<Finding>): Iterable<Located> {
  for (const finding of findings) yield { ...finding, at: subject };
}

const PREFIX = {
  violation: "",
  undecided: "undecided, checked at update: ",
  open: "undecided: ",
  allowed: "",
} as const satisfies Record<Finding["is"], string>;

/** What people read: what is wrong, where, and what to do. */
export function wording(name: string, { is, what, fix }: Finding, ruleFix: string): string {
  return `${name}: ${PREFIX[is]}${what}. ${fix ?? ruleFix}`;
}
