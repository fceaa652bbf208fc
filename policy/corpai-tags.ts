import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { schemesOfStack, TAG_SCHEMES, type Tags } from "../model/tags.ts";
import { carrying, effectiveTags } from "./reading/tags.ts";
import { judge, type Verdict, verdictOf } from "./reading/verdict.ts";
import taggableTypes from "./taggable-types.json" with { type: "json" };

/** Rules of security groups take tags and carry none: `CorpAIPrivateServiceConnectivity` lets CorpAI write them but not tag them. */
const EXEMPT = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];

const TAGGABLE: ReadonlySet<string> = new Set(taggableTypes.filter((type) => !EXEMPT.includes(type)));

const inWords = (tags: Tags): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(" and ");

/** A policy is not told the stack's name; every URN begins with it. */
const stackOf = (urn: string): string => urn.slice("urn:pulumi:".length, urn.indexOf("::"));

function decide({ urn, name, props, provider }: ResourceValidationArgs, verdict: Verdict): void {
  const stack = stackOf(urn);
  const schemes = schemesOfStack(stack).map((scheme) => TAG_SCHEMES[scheme]);
  const tags = effectiveTags(props, provider);
  const carried = schemes.map((wanted) => carrying(tags, wanted));
  if (carried.some(({ is }) => is === "carried")) return;

  const wanted = schemes.map(inWords).join(" or ");
  const keys = (is: "open" | "other"): string =>
    [...new Set(carried.flatMap((each) => (each.is === is ? each.keys : [])))].join(", ");
  if (carried.some(({ is }) => is === "open")) {
    verdict.warning(
      `${name}: undecided, checked at update: "tags" has to carry ${wanted}, and ${keys("open")} is not known yet. Give it as a plain value.`,
    );
    return;
  }
  const other = keys("other");
  const found = other === "" ? `"tags" lacks ${wanted}` : `"tags" has ${other} with another value than ${wanted}`;
  verdict.violation(
    `${name}: ${found}, which the resources of stack ${stack} carry. Add it to its tags or to the provider's default tags.`,
  );
}

/** Tags tell a customer what is CorpAI's, and limit what CorpAI's role in their account may touch. */
export function corpaiTags(): ResourceValidationPolicy {
  return {
    name: "corpai-tags",
    displayName: "CorpAI's tags",
    description: "A resource that takes tags carries those of its program.",
    enforcementLevel: "mandatory",
    severity: "high",
    tags: ["privatelink", "ownership"],
    remediationSteps: "Give the resource the tags of its program from model/tags.ts: programTags(program).",
    validateResource: (args, report) => {
      if (!TAGGABLE.has(args.type)) return;
      const verdict = verdictOf(report);
      judge(args.name, verdict, undefined, () => decide(args, verdict));
    },
  };
}
