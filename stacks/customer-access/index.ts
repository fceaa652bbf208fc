import * as aws from "@pulumi/aws";
import { ConnectivityAccess } from "../../components/privatelink/connectivity-access.ts";
import { CROSS_ACCOUNT_ROLE } from "../../model/iam-documents.ts";
import { programTags } from "../../model/tags.ts";
import { programContext, refuse } from "../context.ts";
import { found } from "../lookup.ts";
import type { Outputs } from "../outputs.ts";

export interface CustomerAccessOutputs {
  /** What CorpAI's `connections` assumes. */
  readonly roleArn: string;
  readonly policyArns: readonly string[];
}

export default async function customerAccess(): Promise<Outputs<CustomerAccessOutputs>> {
  const { name, config } = programContext("customer-access");
  const role = await existingRole(name, config.roleName);

  const access = new ConnectivityAccess("corpai", {
    roleName: role.name,
    forPulumi: config.forPulumi,
    tags: programTags("customer-access"),
  });

  return { roleArn: role.arn, policyArns: access.policyArns };
}

async function existingRole(stack: string, roleName: string): Promise<aws.iam.GetRoleResult> {
  const role = await found(aws.iam.getRole({ name: roleName }));
  if (role) return role;
  return refuse([
    {
      stack,
      property: "corpai:roleName",
      given: `"${roleName}", which this account does not have`,
      allowed: "an existing IAM role",
      wayOut: `CorpAI's onboarding creates ${CROSS_ACCOUNT_ROLE}; finish it first, or name the role that takes its place.`,
    },
  ]);
}
