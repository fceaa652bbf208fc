/** Fixed number of pods, or a range between which an autoscaler moves them. */
export type Replicas = number | { readonly min: number; readonly max: number; readonly cpuPercent: number };

/** How many pods of a server may be taken away at once, say to renew a node. */
export type Disruptions = { readonly maxUnavailable: number } | { readonly minAvailable: number };

export const leastReplicas = (replicas: Replicas): number => (typeof replicas === "number" ? replicas : replicas.min);

/** Whether no pod could ever be evicted: its node would never be renewed. */
export function blocksEvictions(replicas: Replicas, disruptions: Disruptions): boolean {
  if ("maxUnavailable" in disruptions) return disruptions.maxUnavailable === 0;
  return disruptions.minAvailable >= leastReplicas(replicas);
}

const BINARY = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 } as const;

/** Cores of `500m` or `1.5`; undefined for anything else. */
export function cores(quantity: string): number | undefined {
  const [, number, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? [];
  if (number === undefined) return undefined;
  return milli === "m" ? Number(number) / 1000 : Number(number);
}

/** Bytes of `512Mi`; undefined for anything else. */
export function bytes(quantity: string): number | undefined {
  const [, number, unit] = /^(\d+)(Ki|Mi|Gi)$/.exec(quantity) ?? [];
  return number === undefined ? undefined : Number(number) * BINARY[unit as keyof typeof BINARY];
}

/**
 * Seconds for which load balancers and endpoints of AWS keep an idle connection. A request that is silent for longer is lost anyway, so a server that
 * ends needs no more time than this for those that it has begun.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout
 */
const IDLE_SECONDS = 350;
/** Until nobody in the cluster sends to a pod that ends. */
const CLUSTER_SECONDS = 10;
/** Until a load balancer sends no new connection to a pod that ends; its target group waits as long. */
export const DEREGISTRATION_SECONDS = 120;
/** Between the last request and the process's own end. */
const MARGIN_SECONDS = 10;

/** How a pod ends: it goes on as before for a while, since some still send to it, and then finishes what it has begun. */
export function shutdown(exposed: boolean): { readonly sleepSeconds: number; readonly graceSeconds: number } {
  const sleepSeconds = exposed ? DEREGISTRATION_SECONDS : CLUSTER_SECONDS;
  return { sleepSeconds, graceSeconds: sleepSeconds + IDLE_SECONDS + MARGIN_SECONDS };
}
