import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";

/** One resource that need not keep to a rule, until a day. Stands in the rule's own configuration. */
export interface Exemption {
  /** Full name of the stack that it stands in. */
  readonly stack: string;
  /** Its name in the program, or its URN. No pattern: whoever exempts more than one thing says so one by one. */
  readonly resource: string;
  readonly reason: string;
  readonly ticket: string;
  /** ISO date, `2027-03-31`; the day itself is still in. */
  readonly expires: string;
}

export const EXEMPTIONS_SCHEMA: PolicyConfigJSONSchema = {
  type: "array",
  description: "Resources that need not keep to this rule, each with a reason and until a day",
  default: [],
  items: {
    type: "object",
    additionalProperties: false,
    required: ["stack", "resource", "reason", "ticket", "expires"],
    properties: {
      stack: { type: "string", minLength: 1 },
      resource: { type: "string", minLength: 1 },
      reason: { type: "string", minLength: 10 },
      ticket: { type: "string", minLength: 1 },
      expires: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
    },
  },
};

/** An exemption, and what became of it. */
export interface Entry {
  readonly rule: string;
  readonly exemption: Exemption;
  readonly expired: boolean;
  used: boolean;
}

interface Exempted {
  readonly stack: string;
  readonly name: string;
  readonly urn: string;
}

const exempts = ({ stack, resource }: Exemption, subject: Exempted): boolean =>
  stack === subject.stack && (resource === subject.name || resource === subject.urn);

/** The exemptions of all rules of a pack, and which of them anything needed, in one run of the engine. */
export class Exemptions {
  readonly #byRule = new Map<string, readonly Entry[]>();

  /** Whether a rule's have been declared in this run. */
  knows(rule: string): boolean {
    return this.#byRule.has(rule);
  }

  /** Takes note of a rule's exemptions, used or not. */
  declare(rule: string, listed: readonly Exemption[], today: string): void {
    const entries = listed.map((exemption) => ({
      rule,
      exemption,
      expired: hasExpired(exemption, today),
      used: false,
    }));
    this.#byRule.set(rule, entries);
  }

  /** What exempts a resource from a rule, if anything does; it is used from then on. */
  find(rule: string, subject: Exempted): Readonly<Entry> | undefined {
    const entries = (this.#byRule.get(rule) ?? []).filter(({ exemption }) => exempts(exemption, subject));
    // An expired one beside one that holds is not what decides.
    const entry = entries.find(({ expired }) => !expired) ?? entries[0];
    if (entry) entry.used = true;
    return entry;
  }

  /** All that concern a stack. Forgets them: the next run of the same process begins anew. */
  settle(stack: string): readonly Readonly<Entry>[] {
    const entries = [...this.#byRule.values()].flat().filter(({ exemption }) => exemption.stack === stack);
    this.#byRule.clear();
    return entries;
  }
}

/** A day that is none has passed: what cannot be read allows nothing. */
function hasExpired({ expires }: Exemption, today: string): boolean {
  return Number.isNaN(Date.parse(expires)) || expires < today;
}
