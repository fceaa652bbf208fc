import { planCidrs } from "./cidr-plan.ts";
import { duplicateKeys } from "./cross-references.ts";
import type { CustomerServicesFacts, EnvironmentFacts } from "./environment-facts.ts";
import type { StackProblem } from "./problem.ts";

/** What is wrong with what customers offer, as far as the files of both sides tell. */
export function customerServiceProblems(facts: EnvironmentFacts): StackProblem[] {
  return [
    ...duplicateServices(facts.customerServices),
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
