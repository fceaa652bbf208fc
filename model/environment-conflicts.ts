/** What AWS would refuse half-way although every file of an environment is right by itself: names, quotas, permissions and AZs that the files share. */
import { awsEndpointsFor } from "./aws-endpoints.ts";
import type { CustomerAccessFacts, EnvironmentFacts, NetworkFacts } from "./environment-facts.ts";
import { CONNECTIVITY_FOR_PULUMI_POLICY, CONNECTIVITY_POLICY } from "./iam-documents.ts";
import { privateNameOf } from "./private-name.ts";
import { type StackProblem, show } from "./problem.ts";

/**
 * Interface endpoints that AWS lets a VPC have unless asked for more.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
 */
export const INTERFACE_ENDPOINT_QUOTA = 50;

export function conflictProblems(facts: EnvironmentFacts): StackProblem[] {
  return [...tooManyEndpoints(facts), ...sharedPolicyNames(facts), ...missingPermissions(facts)];
}

/** Of all cells together, since their endpoints stand in one VPC, beside those to AWS's own services. */
function tooManyEndpoints({ connections, network }: EnvironmentFacts): StackProblem[] {
  const quota = network?.interfaceEndpointQuota ?? INTERFACE_ENDPOINT_QUOTA;
  const counts = connections.map(({ stack, registrations }) => ({ stack, count: Object.keys(registrations).length }));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const others = network ? awsEndpointsFor(network).length : 0;
  if (total === 0 || total + others <= quota) return [];
  return counts.map(({ stack }) => ({
    stack,
    property: "corpai:registrations",
    given: `${total} connections of this environment: ${counts.map((one) => `${one.count} in ${one.stack}`).join(", ")}${others > 0 ? `; and ${others} endpoints to AWS's own services` : ""}`,
    allowed: endpointsAllowed(quota),
    wayOut: endpointsWayOut(network),
  }));
}

export const endpointsAllowed = (quota: number): string =>
  `at most ${quota} interface endpoints in a VPC, which is AWS's quota`;

export const endpointsWayOut = (network: Pick<NetworkFacts, "stack"> | undefined): string =>
  `Let AWS raise the quota "Interface VPC endpoints per VPC" of CorpAI's account and state it as corpai:interfaceEndpointQuota of ${network?.stack ?? "network"}, or move some to an environment with a VPC of its own.`;

/** The onboarding document fixes the policies' names, and names of policies are taken in the whole account. */
function sharedPolicyNames({ customerAccess }: EnvironmentFacts): StackProblem[] {
  return customerAccess.flatMap((one, index) => {
    const earlier = customerAccess.slice(0, index).find(({ account }) => account === one.account);
    return earlier ? [policyTaken(one, earlier.stack, "Remove one of the two files.")] : [];
  });
}

/** A customer-access stack in an account whose policy is that of another one. */
export const policyTaken = (
  { stack, account }: Pick<CustomerAccessFacts, "stack" | "account">,
  by: string,
  wayOut: string,
): StackProblem => ({
  stack,
  property: "aws:allowedAccountIds",
  given: `${account}, the account of ${by} as well`,
  allowed: `one customer-access stack per account, since the name ${CONNECTIVITY_POLICY} is taken once`,
  wayOut,
});

/** Where the files say which policies the assumed role gets, they have to be those that `connections` needs. */
function missingPermissions(facts: EnvironmentFacts): StackProblem[] {
  const { connections, stacks, customerAccess } = facts;
  return connections.flatMap(({ stack, account, registrations }): StackProblem[] => {
    const assumed = stacks.find((one) => one.stack === stack)?.assumedRole;
    const access = customerAccess.find((one) => one.account === account);
    if (assumed === undefined || !access) return [];
    const at = { stack, property: "aws:assumeRoles", given: assumed };
    if (assumed.split("/").at(-1) !== access.roleName)
      return [
        {
          ...at,
          allowed: `the role ${access.roleName}, to which ${access.stack} attaches what this stack needs`,
          wayOut: `Assume that role, or name this one as corpai:roleName of ${access.stack}.`,
        },
      ];
    if (access.forPulumi) return missingReach(access, registrations, facts);
    return [
      {
        ...at,
        allowed: `a role with ${CONNECTIVITY_FOR_PULUMI_POLICY}: without it AWS refuses calls half-way`,
        wayOut: `Set corpai:forPulumi of ${access.stack} to true, or have the endpoints created by other means and remove this file.`,
      },
    ];
  });
}

/** What connections with private names, and to other regions, need besides. */
function missingReach(
  { stack, region, reach = { privateNames: false, serviceRegions: [] } }: CustomerAccessFacts,
  registrations: EnvironmentFacts["connections"][number]["registrations"],
  facts: EnvironmentFacts,
): StackProblem[] {
  const all = Object.entries(registrations);
  const named = all.find(([, { service }]) => privateNameOf(service, facts) !== undefined);
  const far = all.filter(
    ([, { serviceRegion = region }]) => serviceRegion !== region && !reach.serviceRegions.includes(serviceRegion),
  );
  const names: StackProblem[] =
    named === undefined || reach.privateNames
      ? []
      : [
          {
            stack,
            property: "corpai:reach.privateNames",
            given: "false",
            allowed: `true, since ${named[0]} is to go by its service's own name: AWS refuses that to the role otherwise`,
            wayOut: "Set it, or have the service offered without privateDns.",
          },
        ];
  return [
    ...names,
    ...far.map(([key, { serviceRegion }]) => ({
      stack,
      property: "corpai:reach.serviceRegions",
      given: show(reach.serviceRegions),
      allowed: `a list with ${String(serviceRegion)}, where the service of ${key} is: AWS refuses that to the role otherwise`,
      wayOut: "Add it, or have the service offered in CorpAI's region.",
    })),
  ];
}
