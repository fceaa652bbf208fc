/** What environments may not have in common although each is right by itself. */
import { cidrsOverlap } from "./cidr-plan.ts";
import type { EnvironmentFacts } from "./environment-facts.ts";
import { policyTaken } from "./environment-conflicts.ts";
import { serviceNames } from "./physical-name.ts";
import type { StackProblem } from "./problem.ts";

const OWN_ACCOUNT = "Give each environment an account of its own";

/** What is wrong with an environment because of another one. Those of class demo stand in no account of AWS's, so they are in nobody's way. */
export function betweenEnvironments(own: EnvironmentFacts, other: EnvironmentFacts): StackProblem[] {
  if (own.class === "demo" || other.class === "demo") return [];
  return [...overlappingVpcs(own, other), ...policiesTakenTwice(own, other), ...servicesTakenTwice(own, other)];
}

function overlappingVpcs({ network: own }: EnvironmentFacts, { network: other }: EnvironmentFacts): StackProblem[] {
  if (!own || own.account !== other?.account || !cidrsOverlap(own.vpcCidr, other.vpcCidr)) return [];
  return [
    {
      stack: own.stack,
      property: "corpai:vpcCidr",
      given: `${own.vpcCidr}, which overlaps ${other.vpcCidr} of ${other.stack} in the same account, ${own.account}`,
      allowed: "a CIDR apart from those of other environments in the account: their VPCs could never be joined",
      wayOut: `Choose another range. ${OWN_ACCOUNT}, where that is wanted.`,
    },
  ];
}

function policiesTakenTwice(own: EnvironmentFacts, other: EnvironmentFacts): StackProblem[] {
  return own.customerAccess.flatMap((access) => {
    const taken = other.customerAccess.find(({ account }) => account === access.account);
    return taken
      ? [policyTaken(access, taken.stack, `${OWN_ACCOUNT}, or leave this file out and share the role.`)]
      : [];
  });
}

function servicesTakenTwice(own: EnvironmentFacts, other: EnvironmentFacts): StackProblem[] {
  return own.customerServices.flatMap(({ stack, account, region, services }) =>
    other.customerServices
      .filter((one) => one.account === account && one.region === region)
      .flatMap((taken) =>
        Object.keys(services)
          .filter((key) => Object.hasOwn(taken.services, key))
          .map((key) => ({
            stack,
            property: `corpai:services.${key}`,
            given: `a key that ${taken.stack} has as well, in the same account and region`,
            allowed: `each service key once per account and region, since the name ${serviceNames(key).loadBalancer} is taken once`,
            wayOut: `${OWN_ACCOUNT}, or rename one of the two.`,
          })),
      ),
  );
}
