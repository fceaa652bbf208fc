/** What AWS would refuse half-way although every file of an environment is right by itself: names and permissions that the files share. */
import type { CustomerAccessFacts, EnvironmentFacts } from "./environment-facts.ts";
import { CONNECTIVITY_FOR_PULUMI_POLICY, CONNECTIVITY_POLICY } from "./iam-documents.ts";
import { privateNameOf } from "./private-name.ts";
import { type StackProblem, show } from "./problem.ts";

export function conflictProblems(facts: EnvironmentFacts): StackProblem[] {
  return [...sharedPolicyNames(facts), ...missingPermissions(facts)];
}

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
