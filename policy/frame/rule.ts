import type { Finding, Located } from "./finding.ts";
import { type Options, type Values, valuesOf } from "./options.ts";
import type { Reference } from "./references.ts";
import type { Subject } from "./shown.ts";
import type { StackView } from "./stack-view.ts";

/** Besides what it judges, what a rule may go by. */
export interface Circumstances<Of extends Options> {
  readonly options: Values<Of>;
  /** ISO date. */
  readonly today: string;
}

/** Sets properties to the one value that the rule can take: the same whatever else is known, so the same in preview and update. */
export interface Remedy {
  readonly types: ReadonlySet<string>;
  readonly set: Readonly<Record<string, boolean | string>>;
}

interface Description {
  /** Also the name of its file. */
  readonly name: string;
  readonly title: string;
  /** What holds where the rule is kept: one sentence. */
  readonly says: string;
  /** Why that matters: one sentence. */
  readonly why: string;
  readonly severity: "critical" | "high" | "medium" | "low";
  /** The smallest set of rules that it belongs to. By itself a rule of `baseline` is mandatory, one of `strict` advisory. */
  readonly set: "baseline" | "strict";
  readonly topics: readonly string[];
  readonly references: readonly Reference[];
  /** The source of what it says about AWS or Kubernetes. */
  readonly url: string;
  /** What to do: ends each of its messages that has nothing more precise. */
  readonly fix: string;
  /** What to mind when doing so. */
  readonly caution?: string;
}

export interface RuleDefinition<Of extends Options> extends Description {
  readonly options?: Of;
  /** Resource types that the rule is about. */
  readonly types: ReadonlySet<string>;
  /** Judges one resource by its inputs, before it is created. */
  readonly resource?: (subject: Subject, circumstances: Circumstances<Of>) => Iterable<Finding>;
  /** Judges what only the stack as a whole tells. In an update that is after creation: a preview is what stops it. */
  readonly stack?: (stack: StackView, circumstances: Circumstances<Of>) => Iterable<Located>;
  readonly remedies?: readonly Remedy[];
}

/** A rule, its options hidden. */
export interface Rule extends Description {
  readonly options: Options;
  readonly types: ReadonlySet<string>;
  readonly remedies: readonly Remedy[];
  readonly resource?: (subject: Subject, config: Readonly<Record<string, unknown>>, today: string) => Iterable<Finding>;
  readonly stack?: (stack: StackView, config: Readonly<Record<string, unknown>>, today: string) => Iterable<Located>;
}

export function rule<Of extends Options = Record<string, never>>(definition: RuleDefinition<Of>): Rule {
  const { options = {} as Of, resource, stack, remedies = [], ...description } = definition;
  return {
    ...description,
    options,
    remedies,
    ...(resource && {
      resource: (subject, config, today) => resource(subject, { options: valuesOf(options, config), today }),
    }),
    ...(stack && {
      stack: (view, config, today) => stack(view, { options: valuesOf(options, config), today }),
    }),
  };
}
