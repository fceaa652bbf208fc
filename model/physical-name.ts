import { type Problem } from "./problem.ts";

/**
 * Longest name of a load balancer or target group, in characters.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
export const LOAD_BALANCER_NAME_LIMIT = 32;

/** The names that the onboarding document fixes for one service of a customer. */
export interface ServiceNames {
  readonly securityGroup: string;
  readonly targetGroup: string;
  readonly loadBalancer: string;
  readonly endpointService: string;
}

export function serviceNames(service: string): ServiceNames {
  return {
    securityGroup: `corpai-${service}-nlb-sg`,
    targetGroup: `corpai-${service}-tg`,
    loadBalancer: `corpai-${service}-nlb`,
    endpointService: `corpai-${service}-endpoint-svc`,
  };
}

/** The target group of a service's further port. */
export const furtherTargetGroup = (service: string, port: string): string => `corpai-${service}-${port}-tg`;

/** Longest key of a service, so that `corpai-[service]-nlb` is at most {@link LOAD_BALANCER_NAME_LIMIT} characters. */
export const SERVICE_KEY_LIMIT = LOAD_BALANCER_NAME_LIMIT - serviceNames("").loadBalancer.length;

/** A key: what registrations, services and servers are called, and what all resource names derive from. */
export const KEY = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** What is wrong with a service's key as the root of physical names; undefined if nothing is. */
export function serviceKeyProblem(property: string, key: string): Problem | undefined {
  const { loadBalancer } = serviceNames(key);
  if (loadBalancer.length <= LOAD_BALANCER_NAME_LIMIT) return undefined;
  return {
    property,
    given: `"${key}", which makes the load balancer's name "${loadBalancer}" (${loadBalancer.length} characters)`,
    allowed: `names of at most ${LOAD_BALANCER_NAME_LIMIT} characters, so keys of at most ${SERVICE_KEY_LIMIT}`,
    wayOut: "Choose a shorter key for the service.",
  };
}

/** What is wrong with the name of a service's further port; undefined if nothing is. */
export function portNameProblem(property: string, service: string, port: string): Problem | undefined {
  const name = furtherTargetGroup(service, port);
  if (name.length <= LOAD_BALANCER_NAME_LIMIT) return undefined;
  return {
    property,
    given: `"${port}", which makes the target group's name "${name}" (${name.length} characters)`,
    allowed: `names of at most ${LOAD_BALANCER_NAME_LIMIT} characters`,
    wayOut: "Choose a shorter name for the port, or a shorter key for the service.",
  };
}

/**
 * Longest identifier of a store, in characters.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
 */
const STORE_NAME_LIMIT = { postgres: 63, valkey: 40 } as const;

/** What AWS calls a store: part of its host name, and of what may connect to it. Several environments may share an account. */
export const storeName = (environment: string, key: string): string => `corpai-${environment}-${key}`;

/** What is wrong with a store's key as the root of its name; undefined if nothing is. */
export function storeNameProblem(
  property: string,
  environment: string,
  key: string,
  engine: keyof typeof STORE_NAME_LIMIT,
): Problem | undefined {
  const [name, limit] = [storeName(environment, key), STORE_NAME_LIMIT[engine]];
  if (name.length <= limit) return undefined;
  return {
    property,
    given: `"${key}", which makes the name "${name}" (${name.length} characters)`,
    allowed: `names of at most ${limit} characters, so keys of at most ${limit - storeName(environment, "").length} in ${environment}`,
    wayOut: "Choose a shorter key for the store.",
  };
}

/** Where RDS writes a database's log of a kind; it makes the group by itself, without an end to its retention, where nobody has. */
export const storeLogGroup = (store: string, log: string): string => `/aws/rds/instance/${store}/${log}`;

/** What AWS calls a table or database of agents. Several environments may share an account. */
export const agentDataName = (environment: string, key: string): string => `corpai-${environment}-${key}`;
