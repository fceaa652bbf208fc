/** One service of a customer as what has to be made for it, whoever makes it and by what means. */
import {
  type ForwardedService,
  type Front,
  frontsOf,
  outsideAddresses,
  targetIds,
  targetRules,
} from "../forwarding.ts";
import { serviceNames } from "../physical-name.ts";
import type { Tags } from "../tags.ts";

/** What a file says of a service, with what was looked up for it. */
export interface HandoverRequest extends ForwardedService {
  readonly guests: readonly ForwardedService[];
  readonly vpcId: string;
  readonly vpcCidrs: readonly string[];
  readonly clientCidr: string;
  readonly subnetIds: readonly string[];
  readonly inboundRulesOnPrivateLink: "on" | "off";
  readonly deletionProtection: boolean;
  readonly acceptanceRequired: boolean;
  readonly principals: readonly string[];
  readonly privateDns: { readonly name: string } | undefined;
  readonly supportedRegions: readonly string[];
  readonly tags: Tags;
}

export interface TargetGroupDescription {
  readonly name: string;
  readonly type: "instance" | "ip" | "alb";
  readonly port: number;
  readonly health: { readonly protocol: string; readonly port: string; readonly path: string | null };
  readonly proxyProtocol: boolean;
  readonly targets: readonly { readonly id: string; readonly port: number; readonly outside: boolean }[];
}

export interface ServiceDescription {
  readonly vpcId: string;
  readonly tags: Tags;
  readonly securityGroup: {
    readonly name: string;
    readonly description: string;
    readonly inbound: readonly { readonly port: number; readonly from: string }[];
    /** To a group's id or a CIDR. */
    readonly outbound: readonly { readonly port: number; readonly to: string }[];
  };
  /** What the targets' groups admit from the load balancer's group. */
  readonly onTargets: readonly { readonly securityGroupId: string; readonly port: number }[];
  readonly targetGroups: readonly TargetGroupDescription[];
  readonly loadBalancer: {
    readonly name: string;
    readonly subnetIds: readonly string[];
    readonly inboundRulesOnPrivateLink: "on" | "off";
    readonly deletionProtection: boolean;
  };
  readonly listeners: readonly {
    readonly port: number;
    readonly targetGroup: string;
    readonly idleTimeoutSeconds: number;
  }[];
  readonly endpointService: {
    readonly name: string;
    readonly acceptanceRequired: boolean;
    readonly principals: readonly string[];
    readonly privateDnsName: string | null;
    /** Besides its own. */
    readonly supportedRegions: readonly string[];
  };
}

export function describeService(request: HandoverRequest): ServiceDescription {
  const { service, vpcCidrs, clientCidr } = request;
  const names = serviceNames(service);
  const fronts = frontsOf(`${service}-nlb`, request);
  const rules = targetRules(fronts, request);
  return {
    vpcId: request.vpcId,
    tags: request.tags,
    securityGroup: {
      name: names.securityGroup,
      description: `Security group for ${service} NLB PrivateLink`,
      inbound: fronts.flatMap(({ port }) => [...new Set([...vpcCidrs, clientCidr])].map((from) => ({ port, from }))),
      outbound: rules.map(({ port, to }) => ({
        port,
        to: "address" in to ? `${to.address}/32` : to.securityGroupId,
      })),
    },
    onTargets: rules.flatMap(({ port, to }) =>
      "securityGroupId" in to && to.open ? [{ securityGroupId: to.securityGroupId, port }] : [],
    ),
    targetGroups: fronts.map((front) => targetGroupOf(front, vpcCidrs)),
    loadBalancer: {
      name: names.loadBalancer,
      subnetIds: request.subnetIds,
      inboundRulesOnPrivateLink: request.inboundRulesOnPrivateLink,
      deletionProtection: request.deletionProtection,
    },
    listeners: fronts.map(({ port, targetGroupName, idleTimeoutSeconds }) => ({
      port,
      targetGroup: targetGroupName,
      idleTimeoutSeconds,
    })),
    endpointService: {
      name: names.endpointService,
      acceptanceRequired: request.acceptanceRequired,
      principals: request.principals,
      privateDnsName: request.privateDns?.name ?? null,
      supportedRegions: request.supportedRegions,
    },
  };
}

function targetGroupOf(front: Front, vpcCidrs: readonly string[]): TargetGroupDescription {
  const { targets, healthCheck, port, targetGroupName, proxyProtocol } = front;
  const own = targets.port ?? port;
  const outside = outsideAddresses({ targets, vpcCidrs });
  return {
    name: targetGroupName,
    type: targets.type,
    port: own,
    health: {
      protocol: healthCheck.protocol,
      port: healthCheck.port === undefined ? "traffic-port" : String(healthCheck.port),
      path: healthCheck.protocol === "TCP" ? null : healthCheck.path,
    },
    proxyProtocol,
    targets: targetIds(targets).map((id) => ({ id, port: own, outside: outside.includes(id) })),
  };
}
