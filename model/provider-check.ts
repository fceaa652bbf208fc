import type { EnvironmentFacts, ProviderFacts } from "./environment-facts.ts";
import { principalCovers } from "./iam-documents.ts";
import { type StackProblem, show } from "./problem.ts";
import { programTags } from "./tags.ts";

/** What is wrong with the AWS provider's settings of each stack. */
export const providerProblems = ({ stacks }: EnvironmentFacts): StackProblem[] => stacks.flatMap(settingProblems);

function settingProblems({ stack, program, side, defaultTags, assumedRole, account }: ProviderFacts): StackProblem[] {
  const problems: StackProblem[] = [];
  const wanted = programTags(program, side);
  // Children of @pulumi/eks carry no tags of ours unless the provider adds them; the cross-account role may tag only at creation, so there never.
  const needsDefaultTags = side === "corpai" && program !== "connections";
  if (needsDefaultTags && Object.entries(wanted).some(([key, value]) => defaultTags?.[key] !== value)) {
    problems.push({
      stack,
      property: "aws:defaultTags",
      given: show(defaultTags),
      allowed: `tags with ${show(wanted)} in CorpAI's programs other than connections`,
      wayOut: `Set aws:defaultTags: { tags: ${show(wanted)} }.`,
    });
  }
  if (!needsDefaultTags && defaultTags !== undefined) {
    problems.push({
      stack,
      property: "aws:defaultTags",
      given: show(defaultTags),
      allowed: "none here: customers' resources and endpoints are tagged one by one",
      wayOut: "Remove aws:defaultTags.",
    });
  }
  if (assumedRole !== undefined && !principalCovers(assumedRole, account)) {
    problems.push({
      stack,
      property: "aws:assumeRoles",
      given: assumedRole,
      allowed: `a role of account ${account}, the one in aws:allowedAccountIds`,
      wayOut: "Correct either of the two.",
    });
  }
  return problems;
}
