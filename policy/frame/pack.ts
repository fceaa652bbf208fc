import type {
  Policies,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { EXEMPTIONS_SCHEMA, type Exemption, Exemptions } from "./exemptions.ts";
import { type Finding, wording } from "./finding.ts";
import { judge, type Verdict, verdictOf } from "./verdict.ts";
import type { Properties } from "./guarded.ts";
import { schemaOf } from "./options.ts";
import { FRAMEWORKS } from "./references.ts";
import { applied } from "./remedies.ts";
import type { Rule } from "./rule.ts";
import { Shown, stackOf, type Subject } from "./shown.ts";
import { StackView } from "./stack-view.ts";

export type Policy = ResourceValidationPolicy & Partial<StackValidationPolicy>;

const todayInUtc = (): string => new Date().toISOString().slice(0, 10);

/** The rules as the SDK takes them, with the one that watches their exemptions last: when it is asked, all others have been. */
export function policiesOf(rules: readonly Rule[], today = todayInUtc): Policies {
  const shared = new Shared(today);
  return [...rules.map((rule) => policyOf(rule, shared)), exemptionsPolicy(shared)];
}

/** What the rules of one pack know together. */
class Shared {
  readonly shown = new Shown();
  readonly exemptions = new Exemptions();
  readonly today: () => string;
  #view: { readonly of: number; readonly size: number; readonly view: StackView } | undefined;

  constructor(today: () => string) {
    this.today = today;
  }

  /** All rules that are asked in one turn are asked about the same stack, each with a copy of its own. */
  viewOf(resources: readonly PolicyResource[]): StackView {
    const { count: of } = this.shown;
    if (this.#view?.of === of && this.#view.size === resources.length) return this.#view.view;
    const view = new StackView(resources, this.shown);
    this.#view = { of, size: resources.length, view };
    setImmediate(() => (this.#view = undefined));
    return view;
  }
}

function policyOf(rule: Rule, shared: Shared): Policy {
  const { shown, exemptions, today } = shared;
  const { name, resource, stack, types, remedies } = rule;
  const declare = (args: Pick<ResourceValidationArgs, "getConfig">): void => {
    if (exemptions.knows(name)) return;
    const config = args.getConfig<object>() as { readonly exemptions?: readonly Exemption[] };
    exemptions.declare(name, config.exemptions ?? [], today());
  };
  const configOf = (args: Pick<ResourceValidationArgs, "getConfig">): Readonly<Record<string, unknown>> =>
    args.getConfig<Record<string, unknown>>();

  const say = (subject: Subject, finding: Finding, verdict: Verdict, urn?: string): void => {
    const entry = finding.is === "allowed" ? undefined : exemptions.find(name, subject);
    if (entry && !entry.expired) {
      const { expires, ticket, reason } = entry.exemption;
      verdict.warning(`${subject.name}: exempted until ${expires} (${ticket}: ${reason}): ${finding.what}.`, urn);
      return;
    }
    const words = wording(subject.name, finding, rule.fix);
    if (finding.is !== "violation") verdict.warning(words, urn);
    else if (entry === undefined) verdict.violation(words, urn);
    else
      verdict.violation(`${words} Its exemption ${entry.exemption.ticket} ended on ${entry.exemption.expires}.`, urn);
  };

  const validateResource = (args: ResourceValidationArgs, report: ReportViolation): void => {
    declare(args);
    // A rule that judges the stack needs the inputs of all, and sees them only here.
    const judged = resource !== undefined && types.has(args.type);
    if (!judged && !stack) return;
    const subject = shown.add(args);
    if (!judged) return;
    const verdict = verdictOf(report);
    judge(args.name, verdict, undefined, () => {
      for (const finding of resource(subject, configOf(args), today())) say(subject, finding, verdict);
    });
  };

  return {
    ...descriptionOf(rule),
    validateResource,
    ...(stack && {
      validateStack: (args: StackValidationArgs, report: ReportViolation): void => {
        const verdict = verdictOf(report);
        judge(name, verdict, undefined, () => {
          declare(args);
          const view = shared.viewOf(args.resources);
          for (const { at, ...finding } of stack(view, configOf(args), today())) say(at, finding, verdict, at.urn);
        });
      },
    }),
    ...(resource &&
      remedies.length > 0 && {
        remediateResource: (args: ResourceValidationArgs): Record<string, unknown> | undefined => {
          if (!types.has(args.type)) return undefined;
          declare(args);
          const subject = new Shown().add(args);
          if (exemptions.find(name, subject)?.expired === false) return undefined;
          const breaks = (props: Properties): boolean =>
            [...resource(new Shown().add({ ...args, props }), configOf(args), today())].some(
              ({ is }) => is === "violation",
            );
          return applied(remedies, args.type, args.props, breaks) ? args.props : undefined;
        },
      }),
  };
}

/** What a pack says of a rule before it has judged anything. */
function descriptionOf(rule: Rule): Omit<Policy, "validateResource"> {
  const [first] = rule.references;
  const framework = first && FRAMEWORKS[first.framework];
  return {
    name: rule.name,
    displayName: rule.title,
    description: rule.says,
    enforcementLevel: rule.set === "baseline" ? "mandatory" : "advisory",
    severity: rule.severity,
    tags: [...rule.topics, rule.set],
    remediationSteps: rule.caution === undefined ? rule.fix : `${rule.fix} ${rule.caution}`,
    url: rule.url,
    configSchema: { properties: { ...schemaOf(rule.options), exemptions: EXEMPTIONS_SCHEMA } },
    ...(first &&
      framework && {
        framework: {
          name: framework.name,
          version: framework.version,
          reference: first.control,
          specification: framework.url,
        },
      }),
  };
}

export const EXEMPTIONS_RULE = {
  name: "exemptions",
  title: "Exemptions are needed and have not expired",
  says: "An exemption is needed by something, and its day has not passed.",
} as const;

function exemptionsPolicy({ exemptions }: Shared): StackValidationPolicy {
  return {
    name: EXEMPTIONS_RULE.name,
    displayName: EXEMPTIONS_RULE.title,
    description: EXEMPTIONS_RULE.says,
    enforcementLevel: "mandatory",
    severity: "medium",
    tags: ["exemptions", "baseline"],
    remediationSteps: "Remove the exemption from the rule's configuration, or renew it with a reason.",
    validateStack: ({ resources }, report) => {
      const verdict = verdictOf(report);
      const stack = stackOf(resources[0]?.urn ?? "");
      for (const { rule, exemption, expired, used } of exemptions.settle(stack)) {
        const { resource, ticket, expires } = exemption;
        const which = `${resource}: its exemption from ${rule} (${ticket})`;
        if (expired) verdict.violation(`${which} ended on ${expires}. Remove it, or renew it with a reason.`);
        // Whoever mends a resource has to be able to bring it up.
        else if (!used) verdict.warning(`${which} is not needed: the rule has nothing to say of it. Remove it.`);
      }
    },
  };
}
