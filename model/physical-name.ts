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
