import type { StackProblem } from "../../model/problem.ts";

/** What is wrong with the VPC that something stands in. @param actual undefined where there is no such thing */
export function inVpc(
  at: Pick<StackProblem, "stack" | "property">,
  id: string,
  vpcId: string,
  actual: string | undefined,
): StackProblem[] {
  if (actual === vpcId) return [];
  return [
    {
      ...at,
      given:
        actual === undefined
          ? `${id}, which this account does not have in this region`
          : `${id}, which is in ${actual}`,
      allowed: `ids of ${vpcId}`,
      wayOut: "Correct the id, or corpai:vpcId.",
    },
  ];
}
