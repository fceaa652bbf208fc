import * as aws from "@pulumi/aws";
import { ConnectivityAccess } from "../../components/privatelink/connectivity-access.ts";
import { CONNECTIVITY_LIMITS_POLICY } from "../../model/connectivity-limits.ts";
import { CONNECTIVITY_REACH_POLICY, reachesFurther } from "../../model/connectivity-reach.ts";
import { CONNECTIVITY_FOR_PULUMI_POLICY, CONNECTIVITY_POLICY, CROSS_ACCOUNT_ROLE } from "../../model/iam-documents.ts";
import { type StackProblem, show } from "../../model/problem.ts";
import { TAG_SCHEMES, carriesScheme, programTags } from "../../model/tags.ts";
import { programContext, refuse, refuseAll } from "../context.ts";
import { found } from "../lookup.ts";
import type { Config } from "./config.ts";
import { lastOutput } from "../itself.ts";
import type { Outputs } from "../outputs.ts";

export interface CustomerAccessOutputs {
  /** What CorpAI's `connections` assumes. */
  readonly roleArn: string;
  readonly policyArns: readonly string[];
}

export default async function customerAccess(): Promise<Outputs<CustomerAccessOutputs>> {
  const { name, config, aws: settings } = programContext("customer-access");
  const role = await existingRole(name, config.roleName);
  refuseAll(await takenNames(name, role.arn, config));

  const access = new ConnectivityAccess("corpai", {
    roleName: role.name,
    forPulumi: config.forPulumi,
    limits: config.limits,
    reach: { ...config.reach, region: settings.region },
    tags: programTags("customer-access"),
  });

  return { roleArn: role.arn, policyArns: access.policyArns };
}

/** The document fixes the policies' names, so who has followed it by hand has them already. */
async function takenNames(
  stack: string,
  roleArn: string,
  { forPulumi, limits, reach }: Config,
): Promise<StackProblem[]> {
  const built = (await lastOutput("customer-access", "policyArns")) ?? [];
  const policies = [
    CONNECTIVITY_POLICY,
    ...(forPulumi ? [CONNECTIVITY_FOR_PULUMI_POLICY] : []),
    ...(limits ? [CONNECTIVITY_LIMITS_POLICY] : []),
    ...(reachesFurther(reach) ? [CONNECTIVITY_REACH_POLICY] : []),
  ];
  const problems = policies.map(async (policy): Promise<StackProblem[]> => {
    // By ARN, since the provider goes on looking for two minutes for a name that nobody has.
    const arn = roleArn.replace(/:role\/.*$/, `:policy/${policy}`);
    const standing = await found(aws.iam.getPolicy({ arn }));
    // Ours is what the last update put out, and what carries our tag, since an update that failed put nothing out.
    if (!standing || built.includes(arn) || carriesScheme(standing.tags, "customer")) return [];
    return [
      {
        stack,
        property: "aws:allowedAccountIds",
        given: `an account with a policy ${policy} already, which has no tag ${show(TAG_SCHEMES.customer)}`,
        allowed: "accounts in which this stack makes the policy itself",
        wayOut: "Delete it; or, to keep it, give it that tag and import it into this stack.",
      },
    ];
  });
  return (await Promise.all(problems)).flat();
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
