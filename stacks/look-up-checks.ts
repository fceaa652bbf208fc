/** What a look-up finds out of values that a file states of somebody's estate. */
import * as aws from "@pulumi/aws";
import type { StackProblem } from "../model/problem.ts";
import { found } from "./lookup.ts";

/** Where a value stands. */
type Place = Pick<StackProblem, "stack" | "property">;

/** Whether a subnet is in its VPC and its AZ. */
export async function subnetProblems(
  at: Place,
  { id, azId }: { readonly id: string; readonly azId: string },
  vpcId: string,
): Promise<StackProblem[]> {
  const subnet = await found(aws.ec2.getSubnet({ id }));
  const problems = inVpc(at, id, vpcId, subnet?.vpcId);
  if (subnet && subnet.availabilityZoneId !== azId) {
    problems.push({
      ...at,
      given: `${id} with azId ${azId}`,
      allowed: `its real AZ, ${subnet.availabilityZoneId}`,
      wayOut: "Correct azId; AZ names differ per account, ids do not.",
    });
  }
  return problems;
}

/** Whether what has an id is in a VPC. */
export function inVpc(at: Place, id: string, vpcId: string, actual: string | undefined): StackProblem[] {
  if (actual === vpcId) return [];
  return [
    {
      ...at,
      given:
        actual === undefined
          ? `${id}, which this account does not have in this region`
          : `${id}, which is in ${actual}`,
      allowed: `ids of ${vpcId}`,
      wayOut: "Correct the id, or the VPC's.",
    },
  ];
}
