/** What an environment's files ask of AWS, added up where AWS counts it, and compared with what AWS allows there: before an `up` stops half-way. */
import { awsEndpointsFor } from "./aws-endpoints.ts";
import { plannedZones } from "./connection-check.ts";
import { connectivityLimitsPolicy } from "./connectivity-limits.ts";
import {
  type ConnectionsFacts,
  type CustomerServicesFacts,
  type EnvironmentFacts,
  furtherPortsOf,
} from "./environment-facts.ts";
import type { StackProblem } from "./problem.ts";
import { type QuotaName, allowedBy, beyondQuota, quotaInWords } from "./quotas.ts";

/** Something of which AWS allows only so many. */
interface Need {
  readonly quota: QuotaName;
  readonly account: string;
  readonly property: string;
  readonly stack: string;
  readonly count: number;
  /** What is counted, in words, after its number. */
  readonly what: string;
  /** What else to do about too many. */
  readonly instead: string;
}

const NEW_CELL = "move some connections to an environment with a VPC of its own";

/** Problems of what is more than AWS allows. */
export function quotaProblems(facts: EnvironmentFacts): StackProblem[] {
  const needs = [
    ...endpointNeeds(facts),
    ...facts.connections.flatMap(ruleNeeds),
    ...regionalNeeds(facts),
    ...facts.customerServices.flatMap(listenerNeeds),
    ...policyNeeds(facts),
  ];
  return needs.flatMap(({ quota, account, stack, property, count, what, instead }) => {
    const allowed = allowedBy(quota, account, facts.quotas);
    if (count <= allowed) return [];
    return [
      {
        stack,
        property,
        given: `${count} ${what}`,
        allowed: `at most ${allowed}, ${quotaInWords(quota)}`,
        wayOut: beyondQuota(quota, account, instead),
      },
    ];
  });
}

/** Endpoints of all cells, since they stand in one VPC, beside those to AWS's own services. */
function endpointNeeds({ connections, network }: EnvironmentFacts): Need[] {
  const counts = connections.map(({ stack, registrations }) => ({ stack, count: Object.keys(registrations).length }));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const others = network ? awsEndpointsFor(network).length : 0;
  const each = counts.map(({ stack, count }) => `${count} in ${stack}`).join(", ");
  return connections.map(({ stack, account }) => ({
    quota: "interfaceEndpointsPerVpc",
    account: network?.account ?? account,
    stack,
    property: "corpai:registrations",
    count: total + others,
    what: `interface endpoints in CorpAI's VPC: for ${total} connections, ${each}${others > 0 ? `, and ${others} to AWS's own services` : ""}`,
    instead: NEW_CELL,
  }));
}

/** In a connection's group: each tenant, or all workloads together, on each port. */
const ruleNeeds = ({ stack, account, registrations }: ConnectionsFacts): Need[] =>
  Object.entries(registrations).map(([key, { service, tenants = [] }]) => {
    const [admitted, ports] = [Math.max(1, tenants.length), 1 + furtherPortsOf(service).length];
    return {
      quota: "rulesPerSecurityGroup",
      account,
      stack,
      property: `corpai:registrations.${key}`,
      count: admitted * ports,
      what: `rules in its group: ${admitted} groups of servers on ${ports} ports`,
      instead: "register it more than once, for some of the tenants each",
    };
  });

/** What is counted in a region, over all stacks of one account there. */
function regionalNeeds(facts: EnvironmentFacts): Need[] {
  return [...consumerNeeds(facts), ...customerNeeds(facts.customerServices)];
}

function consumerNeeds(facts: EnvironmentFacts): Need[] {
  const { connections, network } = facts;
  const [first] = connections;
  if (!first) return [];
  const azs = network?.azIds.length ?? 0;
  const own = network ? awsEndpointsFor(network).length * azs : 0;
  const interfaces = connections
    .flatMap((one) =>
      Object.values(one.registrations).map(
        (registration) => plannedZones(registration, one, facts)?.shared.length ?? azs,
      ),
    )
    .reduce((sum, count) => sum + count, own);
  const groups = connections.reduce((sum, { registrations }) => sum + Object.keys(registrations).length, 0);
  const at = { account: first.account, stack: first.stack, property: "corpai:registrations", instead: NEW_CELL };
  return [
    {
      ...at,
      quota: "networkInterfacesPerRegion",
      count: interfaces,
      what: "network interfaces for endpoints: one in each AZ of each",
    },
    {
      ...at,
      quota: "securityGroupsPerRegion",
      count: groups + (network?.tenants?.length ?? 0),
      what: "security groups: one for each connection and each tenant",
    },
  ];
}

/** Accounts and regions that occur more than once are counted together, at the first stack of theirs. */
function customerNeeds(all: readonly CustomerServicesFacts[]): Need[] {
  const places = Map.groupBy(all, ({ account, region }) => `${account} ${region}`);
  return [...places.values()].flatMap((stacks): Need[] => {
    const [first] = stacks;
    if (!first) return [];
    const services = stacks.flatMap((one) => Object.entries(one.services));
    const balancers = services.filter(([key, { host }]) => host === key).length;
    const at = { account: first.account, stack: first.stack, property: "corpai:services" };
    const where = `of account ${first.account} in ${first.region}, over ${stacks.map(({ stack }) => stack).join(", ")}`;
    const share = "let services share a load balancer by loadBalancerOf";
    return [
      { ...at, quota: "loadBalancersPerRegion", count: balancers, what: `load balancers ${where}`, instead: share },
      {
        ...at,
        quota: "targetGroupsPerRegion",
        count: services.reduce((sum, [, { ports }]) => sum + 1 + Object.keys(ports).length, 0),
        what: `target groups ${where}`,
        instead: "offer some services from another account",
      },
    ];
  });
}

function listenerNeeds({ stack, account, services }: CustomerServicesFacts): Need[] {
  const byHost = Map.groupBy(Object.values(services), ({ host }) => host);
  return [...byHost].map(([host, behind]) => ({
    quota: "listenersPerLoadBalancer",
    account,
    stack,
    property: `corpai:services.${host}`,
    count: behind.reduce((sum, { ports }) => sum + 1 + Object.keys(ports).length, 0),
    what: `listeners of the load balancer of ${host}: one for each port of ${behind.length} services`,
    instead: "give some of them a load balancer of their own",
  }));
}

/** The one policy that grows with what is registered. */
const policyNeeds = ({ customerAccess }: EnvironmentFacts): Need[] =>
  customerAccess.flatMap(({ stack, account, limits }): Need[] =>
    limits
      ? [
          {
            quota: "policyCharacters",
            account,
            stack,
            property: "corpai:limits.serviceNames",
            count: JSON.stringify(connectivityLimitsPolicy(limits)).length,
            what: `characters, which ${limits.serviceNames.length} names of services make the policy`,
            instead: "leave limits out, and let the endpoint services' principals be the limit",
          },
        ]
      : [],
  );
