/** What a load balancer does for the services behind it, computed once for whoever builds it: Pulumi, CloudFormation or people. */
import { cidrContains } from "./cidr-plan.ts";
import { furtherTargetGroup, serviceNames } from "./physical-name.ts";

/** What stands behind the load balancer. Ports default to the service's. */
export type Targets =
  | { readonly type: "instance"; readonly instanceIds: readonly string[]; readonly port?: number | undefined }
  | { readonly type: "ip"; readonly addresses: readonly string[]; readonly port?: number | undefined }
  | { readonly type: "alb"; readonly loadBalancerArn: string; readonly port?: number | undefined };

export type HealthCheck =
  | { readonly protocol: "TCP"; readonly port?: number | undefined }
  | { readonly protocol: "HTTP" | "HTTPS"; readonly path: string; readonly port?: number | undefined };

/** What one port of a load balancer does with its connections. */
export interface ForwardingSettings {
  /** TCP port of the listener. */
  readonly port: number;
  readonly targets: Targets;
  readonly healthCheck: HealthCheck;
  /** Whether targets get the client's address in a header of proxy protocol v2, which they then have to read. */
  readonly proxyProtocol: boolean;
  /** Seconds without a packet after which the load balancer forgets a connection. */
  readonly idleTimeoutSeconds: number;
}

/** A further port of a service, to the same targets. */
export interface FurtherPort {
  readonly port: number;
  /** Where targets listen; the port itself by default. */
  readonly targetPort?: number | undefined;
  /** By default the service's own where that has a port of its own, else TCP on this one. */
  readonly healthCheck?: ForwardingSettings["healthCheck"] | undefined;
}

/** What one service has a load balancer do. */
export interface ForwardedService extends ForwardingSettings {
  /** Key of the service: all physical names derive from it. */
  readonly service: string;
  /** Further ports, by name. */
  readonly ports: Readonly<Record<string, FurtherPort>>;
  /** The group that the targets carry. */
  readonly targetSecurityGroupId: string;
  /** Whether to add to that group the rules that admit the load balancer. */
  readonly openTargetSecurityGroup: boolean;
}

/** One listener to be: whose it is, what its resources are called. */
export interface Front extends ForwardingSettings {
  readonly name: string;
  readonly targetGroupName: string;
  readonly of: ForwardedService;
}

/** Every listener, the service's own first. */
export function frontsOf(
  name: string,
  { guests, ...own }: ForwardedService & { readonly guests: readonly ForwardedService[] },
): Front[] {
  return [...frontsOfService(name, own), ...guests.flatMap((guest) => frontsOfService(`${guest.service}-nlb`, guest))];
}

function frontsOfService(name: string, of: ForwardedService): Front[] {
  const { port, targets, healthCheck, proxyProtocol, idleTimeoutSeconds } = of;
  const names = serviceNames(of.service);
  const settings = { proxyProtocol, idleTimeoutSeconds };
  return [
    { ...settings, name, of, port, targets, healthCheck, targetGroupName: names.targetGroup },
    ...Object.entries(of.ports).map(([key, further]) => ({
      ...settings,
      name: `${name}-${key}`,
      of,
      port: further.port,
      targets: { ...targets, port: further.targetPort ?? further.port },
      // A check of the first port itself may be in a protocol that this one does not speak.
      healthCheck: further.healthCheck ?? (healthCheck.port === undefined ? { protocol: "TCP" as const } : healthCheck),
      targetGroupName: furtherTargetGroup(of.service, key),
    })),
  ];
}

/** Ports that a service's targets have to admit from the load balancer's group: for clients and for health checks. */
export const portsOnTargets = (service: ForwardedService): readonly number[] => [
  ...new Set(frontsOfService("", service).flatMap(targetPorts)),
];

/** Addresses of targets that no CIDR of the VPC holds, reached over a peering, a transit gateway or a VPN. */
export function outsideAddresses({
  targets,
  vpcCidrs,
}: {
  readonly targets: Targets;
  readonly vpcCidrs: readonly string[];
}): readonly string[] {
  if (targets.type !== "ip") return [];
  return targets.addresses.filter((address) => !vpcCidrs.some((cidr) => cidrContains(cidr, `${address}/32`)));
}

/** Ports on which targets are reached: for clients and for health checks. */
export function targetPorts({
  port,
  targets,
  healthCheck,
}: Pick<ForwardingSettings, "port" | "targets" | "healthCheck">): readonly number[] {
  const own = targets.port ?? port;
  return [...new Set([own, healthCheck.port ?? own])];
}

/** Where a load balancer's group has to let packets out to: to a group, or to an address that has none. */
export interface TargetRule {
  /** Stable part of a resource's name. */
  readonly key: string;
  readonly port: number;
  readonly to: { readonly securityGroupId: string; readonly open: boolean } | { readonly address: string };
}

/** Each rule once, however many ports have their health checked on the same third one: AWS takes none twice. */
export function targetRules(
  fronts: readonly Front[],
  { targetSecurityGroupId, vpcCidrs }: { readonly targetSecurityGroupId: string; readonly vpcCidrs: readonly string[] },
): TargetRule[] {
  const outside = new Map<string, TargetRule>();
  const inside = new Map<string, TargetRule>();
  for (const front of fronts) {
    const { targetSecurityGroupId: securityGroupId, openTargetSecurityGroup } = front.of;
    for (const port of targetPorts(front)) {
      for (const address of outsideAddresses({ targets: front.targets, vpcCidrs }))
        outside.set(`${address}-${port}`, { key: `${address}-${port}`, port, to: { address } });
      const key = `${securityGroupId === targetSecurityGroupId ? "targets" : securityGroupId}-${port}`;
      const before = inside.get(key)?.to;
      const open = openTargetSecurityGroup || (before !== undefined && "open" in before && before.open);
      inside.set(key, { key, port, to: { securityGroupId, open } });
    }
  }
  return [...outside.values(), ...inside.values()];
}

/** The targets of a front, as AWS registers them. */
export const targetIds = (targets: Targets): readonly string[] => {
  switch (targets.type) {
    case "instance":
      return targets.instanceIds;
    case "ip":
      return targets.addresses;
    case "alb":
      return [targets.loadBalancerArn];
  }
};
