/** A load balancer that stands and stays the customer's own: whether an endpoint service of ours can stand in front of it. */
import * as aws from "@pulumi/aws";
import { type Compared, differenceProblems } from "../../model/adoption-check.ts";
import type { StackProblem } from "../../model/problem.ts";
import { subnetsOf } from "../customer-subnets.ts";
import { found } from "../lookup.ts";
import type { Wish } from "./adoption-wish.ts";
import type { StandingServiceConfig } from "./config.ts";

/** Why a load balancer that stands can serve no endpoint service of ours. */
export function balancerProblems(
  at: Pick<StackProblem, "stack" | "property">,
  arn: string,
  vpcId: string,
  balancer: aws.lb.GetLoadBalancerResult | undefined,
): StackProblem[] {
  const problem = (given: string, allowed: string, wayOut: string): StackProblem[] => [
    { ...at, given, allowed, wayOut },
  ];
  if (!balancer)
    return problem(
      arn,
      "a load balancer of this account and region",
      "Check the ARN, aws:allowedAccountIds and aws:region.",
    );
  const { name } = balancer;
  if (balancer.vpcId !== vpcId)
    return problem(
      `${name}, which is in ${balancer.vpcId}`,
      `load balancers of ${vpcId}`,
      "Correct the ARN, or corpai:vpcId.",
    );
  if (!balancer.internal)
    return problem(
      `${name}, which faces the internet`,
      "internal ones: what is offered privately must not be public as well",
      "Put an internal one in front of the service.",
    );
  if (!balancer.enableCrossZoneLoadBalancing)
    return problem(
      `${name}, whose cross-zone load balancing is off`,
      "load balancers that reach targets in every AZ, as the onboarding document wants",
      `Turn it on: aws elbv2 modify-load-balancer-attributes --load-balancer-arn ${arn} --attributes Key=load_balancing.cross_zone.enabled,Value=true`,
    );
  return [];
}

/** Subnets that a load balancer stands in, and the file's. */
export const subnetsCompared = (
  { key, service, config }: Pick<Wish, "key" | "service" | "config">,
  { subnets }: aws.lb.GetLoadBalancerResult,
): Compared => ({
  key: "subnets",
  file: subnetsOf(key, service, config).subnets.map(({ id }) => id),
  real: subnets,
  instead: `List these under subnets of the service, each with its AZ's id.`,
});

/** Why it cannot: by its kind and place, its AZs, and the ports on which it listens. */
export async function standingBalancerProblems(wish: Wish<StandingServiceConfig>): Promise<StackProblem[]> {
  const { stack, key, service, config } = wish;
  const { loadBalancerArn: arn } = service;
  const at = { stack, property: `corpai:services.${key}.loadBalancerArn` };
  const balancer = await found(aws.lb.getLoadBalancer({ arn }));
  const unfit = balancerProblems(at, arn, config.vpcId, balancer);
  if (!balancer || unfit.length > 0) return unfit;
  const ports = [
    ["port", service.port] as const,
    ...Object.entries(service.ports).map(([name, { port }]) => [`ports.${name}.port`, port] as const),
  ];
  const silent = await Promise.all(
    ports.map(async ([property, port]): Promise<StackProblem[]> => {
      if (await found(aws.lb.getListener({ loadBalancerArn: arn, port }))) return [];
      return [
        {
          stack,
          property: `corpai:services.${key}.${property}`,
          given: `${port}, on which ${balancer.name} does not listen`,
          allowed: "ports of its listeners",
          wayOut: "Correct the port, or have whoever runs the load balancer add a listener.",
        },
      ];
    }),
  );
  return [
    ...differenceProblems({ stack, service: key }, balancer.name, [subnetsCompared(wish, balancer)]),
    ...silent.flat(),
  ];
}
