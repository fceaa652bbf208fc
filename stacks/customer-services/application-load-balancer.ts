import * as aws from "@pulumi/aws";
import type { StackProblem } from "../../model/problem.ts";
import { inVpc } from "../look-up-checks.ts";
import { found } from "../lookup.ts";
import type { ForwardedServiceConfig } from "./config.ts";

/**
 * Why AWS would not register an application load balancer as a target: it has to be internal, of the VPC, and to listen on the port. Whether it listens is
 * seen where the target is registered: a look-up that finds no listener would say the same of one that nobody may see.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html
 */
export async function balancerProblems(
  stack: string,
  key: string,
  { targets, targetSecurityGroupId }: ForwardedServiceConfig,
  vpcId: string,
): Promise<StackProblem[]> {
  if (targets.type !== "alb") return [];
  const at = { stack, property: `corpai:services.${key}.targets.loadBalancerArn` };
  const arn = targets.loadBalancerArn;
  const balancer = await found(aws.lb.getLoadBalancer({ arn }));
  const problems = inVpc(at, arn, vpcId, balancer?.vpcId);
  if (!balancer) return problems;
  if (!balancer.internal)
    problems.push({
      ...at,
      given: `${balancer.name}, which faces the internet`,
      allowed: "an internal application load balancer: what is offered privately must not be public as well",
      wayOut: "Put an internal one in front of the service.",
    });
  if (!balancer.securityGroups.includes(targetSecurityGroupId))
    problems.push({
      ...at,
      property: `corpai:services.${key}.targetSecurityGroupId`,
      given: targetSecurityGroupId,
      allowed: `a group of ${balancer.name}: ${balancer.securityGroups.join(", ") || "it has none"}`,
      wayOut: "Name the load balancer's own group, which is what packets have to pass.",
    });
  return problems;
}
