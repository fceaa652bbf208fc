import { planCidrs } from "./cidr-plan.ts";
import { duplicateKeys } from "./cross-references.ts";
import type { CustomerServicesFacts, EnvironmentFacts } from "./environment-facts.ts";
import { furtherTargetGroup, serviceNames } from "./physical-name.ts";
import type { StackProblem } from "./problem.ts";

/** What is wrong with what customers offer, as far as the files of both sides tell. */
export function customerServiceProblems(facts: EnvironmentFacts): StackProblem[] {
  return [
    ...duplicateServices(facts.customerServices),
    ...sharedTargetGroupNames(facts.customerServices),
    ...facts.customerServices.flatMap((services) => acrossTheLine(services, facts)),
    ...facts.customerServices.flatMap(ownRegions),
  ];
}

const duplicateServices = (all: readonly CustomerServicesFacts[]): StackProblem[] =>
  duplicateKeys(
    all.map(({ stack, services }) => ({ stack, keys: Object.keys(services) })),
    { property: "corpai:services", what: "service", wayOut: "Rename one of the two; customers accept by service key." },
  );

/** AWS lists the regions besides a service's own. */
const ownRegions = ({ stack, region, services }: CustomerServicesFacts): StackProblem[] =>
  Object.entries(services)
    .filter(([, { supportedRegions = [] }]) => supportedRegions.includes(region))
    .map(([key]) => ({
      stack,
      property: `corpai:services.${key}.supportedRegions`,
      given: region,
      allowed: `regions other than ${region}, the service's own, which is always among them`,
      wayOut: "Remove it.",
    }));

/**
 * Keys that differ can still make one name: `a-b`, and port `b` of `a`. AWS has each name once in an account's region.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
 */
function sharedTargetGroupNames(all: readonly CustomerServicesFacts[]): StackProblem[] {
  const seen = new Map<string, string>();
  return all.flatMap(({ stack, account, region, services }) =>
    Object.entries(services).flatMap(([key, { ports }]) => {
      const own = [
        [`corpai:services.${key}`, serviceNames(key).targetGroup] as const,
        ...Object.keys(ports).map(
          (port) => [`corpai:services.${key}.ports.${port}`, furtherTargetGroup(key, port)] as const,
        ),
      ];
      return own.flatMap(([property, name]): StackProblem[] => {
        const place = `${account} ${region} ${name}`;
        const taken = seen.get(place);
        seen.set(place, `${property} of ${stack}`);
        // The same key twice is said already.
        if (taken === undefined || taken.startsWith(`${property} `)) return [];
        return [
          {
            stack,
            property,
            given: `a name that makes the target group "${name}", as ${taken} does`,
            allowed: "names of target groups that differ, since AWS has each once in an account's region",
            wayOut: "Rename the port or one of the services.",
          },
        ];
      });
    }),
  );
}

/** Facts that stand once on each side of the line between CorpAI and customer. */
function acrossTheLine(services: CustomerServicesFacts, { network }: EnvironmentFacts): StackProblem[] {
  if (!network) return [];
  const { clientCidr } = planCidrs(network.vpcCidr, network.azIds);
  if (services.clientCidr === clientCidr) return [];
  return [
    {
      stack: services.stack,
      property: "corpai:clientCidr",
      given: services.clientCidr,
      allowed: `${clientCidr}, which ${network.stack} publishes (CorpAI's nodes and pods)`,
      wayOut: "Copy it; another CIDR makes the load balancer drop CorpAI's packets silently.",
    },
  ];
}
