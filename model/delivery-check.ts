/** What is wrong with how an environment is delivered, as far as its files tell. */
import { TRUST_LIMIT, deliveryTrust, type DeliveryTrust } from "./delivery-roles.ts";
import type { BootstrapFacts, DeliveryFacts, EnvironmentFacts } from "./environment-facts.ts";
import { type StackProblem, show } from "./problem.ts";

export const deliveryProblems = (facts: EnvironmentFacts): StackProblem[] => [
  ...sharedAccounts(facts.bootstraps),
  ...(facts.delivery
    ? [
        ...branchProblems(facts.delivery, facts),
        ...withoutRoles(facts.delivery, facts),
        ...unknownNames(facts.delivery, facts),
        ...differences(facts.delivery, facts.bootstraps),
      ]
    : []),
];

const givesRoles = ({ repository }: BootstrapFacts): boolean => repository !== undefined;

/** The roles' names are those of the environment. */
function sharedAccounts(bootstraps: readonly BootstrapFacts[]): StackProblem[] {
  const all = bootstraps.filter(givesRoles);
  return all.flatMap(({ stack, account }, index) => {
    const earlier = all.slice(0, index).find((one) => one.account === account);
    if (!earlier) return [];
    return [
      {
        stack,
        property: "corpai:repository",
        given: `a stack in ${account}, where ${earlier.stack} makes the environment's roles as well`,
        allowed: "one bootstrap stack with a repository per account",
        wayOut: "Remove one of the two files: its roles serve all stacks of the environment in that account.",
      },
    ];
  });
}

function branchProblems({ stack, environment }: DeliveryFacts, { branch }: EnvironmentFacts): StackProblem[] {
  if (branch !== undefined) return [];
  return [
    {
      stack,
      property: `environments.yaml: ${environment}`,
      given: "no branch",
      allowed: "the branch from which the environment is delivered",
      wayOut: `Add it to environments/environments.yaml: ${environment}: { branch: main, … }.`,
    },
  ];
}

/** A stack whose account has no role could not be set up: none is left without settings in silence. */
function withoutRoles(delivery: DeliveryFacts, { stacks, bootstraps, unsound }: EnvironmentFacts): StackProblem[] {
  if (unsound.some(({ program }) => program === "bootstrap")) return [];
  const served = bootstraps.filter(({ organization }) => organization !== undefined).map(({ account }) => account);
  const lost = stacks.filter(
    ({ stack, account }) =>
      stack !== delivery.stack && !Object.hasOwn(delivery.leaveOut, stack) && !served.includes(account),
  );
  return [...new Set(lost.map(({ account }) => account))].map((account) => ({
    stack: delivery.stack,
    property: "corpai:leaveOut",
    given: `no settings for ${lost
      .filter((one) => one.account === account)
      .map((one) => one.stack)
      .join(", ")}: no bootstrap stack of ${delivery.environment} makes roles for deployments in ${account}`,
    allowed: "settings for every stack that is not left out on purpose",
    wayOut: `Add environments/Pulumi.bootstrap.${delivery.environment}.<instance>.yaml for that account with corpai:repository and corpai:organization, or name the stacks here, each with the reason.`,
  }));
}

function unknownNames(delivery: DeliveryFacts, { stacks, unsound }: EnvironmentFacts): StackProblem[] {
  const all = [...stacks, ...unsound];
  const [names, programs] = [all.map(({ stack }) => stack), all.map<string>(({ program }) => program)];
  const unknown = (property: string, given: readonly string[], known: readonly string[], what: string) =>
    given
      .filter((name) => !known.includes(name))
      .map((name) => ({
        stack: delivery.stack,
        property,
        given: show(name),
        allowed: `${what} of ${delivery.environment}: ${[...new Set(known)].join(", ")}`,
        wayOut: "Correct the name, or remove it.",
      }));
  return [
    ...unknown("corpai:leaveOut", Object.keys(delivery.leaveOut), names, "stacks"),
    ...unknown("corpai:paths", delivery.programsWithPaths, programs, "programs"),
  ];
}

/** A role trusts one repository and one organization: settings of another could assume none. */
function differences(delivery: DeliveryFacts, bootstraps: readonly BootstrapFacts[]): StackProblem[] {
  return bootstraps.flatMap((one) =>
    (["repository", "organization"] as const)
      .filter((key) => one[key] !== undefined && one[key] !== delivery[key])
      .map((key) => ({
        stack: one.stack,
        property: `corpai:${key}`,
        given: show(one[key]),
        allowed: `${show(delivery[key])}, that of ${delivery.stack}`,
        wayOut: "Correct either of the two.",
      })),
  );
}

/** @param trust what the role of previews would trust, which is the longer of the two */
export function trustProblems(stack: string, trust: DeliveryTrust): StackProblem[] {
  const { length } = JSON.stringify(deliveryTrust("preview", trust));
  if (length <= TRUST_LIMIT) return [];
  return [
    {
      stack,
      property: "corpai:organization",
      given: `${trust.stacks.length} stacks in ${trust.account}, whose names make a trust policy of ${length} characters`,
      allowed: `at most ${TRUST_LIMIT}, which is IAM's quota`,
      wayOut: "Move cells to an environment or an account of their own.",
    },
  ];
}
