import type { Context, FunctionModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, records, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { LISTENER, LOAD_BALANCER, TARGET_GROUP, targetGroupsOf } from "./load-balancing.ts";
import { inPlace, interfacesOf } from "./network.ts";

/** By ARN or by name; one that is not there is the provider's error, in its words. */
function single(what: string, type: string, { arn, name }: Properties, context: Context): WorldObject {
  if (arn === undefined && name === undefined)
    throw new Refusal("SandboxUnsupported", `the sandbox finds ${what} by arn or name only`);
  const [one] = context.world.all(
    type,
    (object) =>
      inPlace(context)(object) &&
      (arn === undefined || object.id === arn) &&
      (name === undefined || object.inputs.name === name),
  );
  if (one) return one;
  throw new Refusal("NotFound", `reading ELBv2 ${what}: couldn't find resource`);
}

const tagsOf = ({ inputs }: WorldObject): Properties => record(inputs.tagsAll ?? inputs.tags);

const getLoadBalancer: FunctionModel = {
  token: "aws:lb/getLoadBalancer:getLoadBalancer",
  arguments: ["arn", "name", "region"],
  calls: [
    ["elasticloadbalancing:DescribeLoadBalancers"],
    ["elasticloadbalancing:DescribeLoadBalancerAttributes"],
    ["elasticloadbalancing:DescribeTags"],
  ],
  call(args, context) {
    const balancer = single("Load Balancers", LOAD_BALANCER, args, context);
    const { inputs, computed } = balancer;
    const nodes = interfacesOf(context.world, balancer.id);
    return {
      id: balancer.id,
      arn: balancer.id,
      arnSuffix: computed.arnSuffix ?? "",
      name: inputs.name ?? "",
      region: balancer.region,
      vpcId: computed.vpcId ?? "",
      internal: computed.internal ?? false,
      loadBalancerType: inputs.loadBalancerType ?? "",
      ipAddressType: computed.ipAddressType ?? "",
      dnsName: computed.dnsName ?? "",
      zoneId: computed.zoneId ?? "",
      subnets: nodes.map(({ subnetId }) => subnetId),
      subnetMappings: nodes.map(({ subnetId, ip }) => ({ subnetId, privateIpv4Address: ip })),
      securityGroups: texts(computed.securityGroups),
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
        computed.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic ?? "",
      enableCrossZoneLoadBalancing: inputs.enableCrossZoneLoadBalancing ?? false,
      enableDeletionProtection: inputs.enableDeletionProtection ?? false,
      enableZonalShift: inputs.enableZonalShift ?? false,
      dnsRecordClientRoutingPolicy: inputs.dnsRecordClientRoutingPolicy ?? "",
      tags: tagsOf(balancer),
    };
  },
};

const getTargetGroup: FunctionModel = {
  token: "aws:lb/getTargetGroup:getTargetGroup",
  arguments: ["arn", "name", "region"],
  calls: [
    ["elasticloadbalancing:DescribeTargetGroups"],
    ["elasticloadbalancing:DescribeTargetGroupAttributes"],
    ["elasticloadbalancing:DescribeTags"],
  ],
  call(args, context) {
    const group = single("Target Groups", TARGET_GROUP, args, context);
    const { inputs, computed } = group;
    const listeners = context.world.all(LISTENER, (listener) => targetGroupsOf(listener).includes(group.id));
    return {
      id: group.id,
      arn: group.id,
      arnSuffix: computed.arnSuffix ?? "",
      name: inputs.name ?? "",
      region: group.region,
      port: inputs.port ?? 0,
      protocol: inputs.protocol ?? "",
      targetType: text(inputs.targetType) ?? "instance",
      vpcId: inputs.vpcId ?? "",
      healthCheck: computed.healthCheck ?? {},
      loadBalancerArns: [...new Set(listeners.flatMap(({ inputs: { loadBalancerArn } }) => loadBalancerArn ?? []))],
      loadBalancingCrossZoneEnabled: computed.loadBalancingCrossZoneEnabled ?? "",
      preserveClientIp: computed.preserveClientIp ?? "",
      connectionTermination: computed.connectionTermination ?? false,
      deregistrationDelay: String(inputs.deregistrationDelay ?? 300),
      proxyProtocolV2: inputs.proxyProtocolV2 ?? false,
      slowStart: inputs.slowStart ?? 0,
      tags: tagsOf(group),
    };
  },
};

const getListener: FunctionModel = {
  token: "aws:lb/getListener:getListener",
  arguments: ["arn", "loadBalancerArn", "port", "region"],
  calls: [["elasticloadbalancing:DescribeListeners"], ["elasticloadbalancing:DescribeTags"]],
  call(args, context) {
    const { arn, loadBalancerArn, port } = args;
    if (arn === undefined && (loadBalancerArn === undefined || port === undefined))
      throw new Refusal("SandboxUnsupported", "the sandbox finds a listener by arn, or by loadBalancerArn and port");
    const [listener] = context.world.all(
      LISTENER,
      (object) =>
        inPlace(context)(object) &&
        (arn === undefined || object.id === arn) &&
        (loadBalancerArn === undefined || object.inputs.loadBalancerArn === loadBalancerArn) &&
        (port === undefined || object.inputs.port === port),
    );
    if (!listener) throw new Refusal("NotFound", "reading ELBv2 Listener: couldn't find resource");
    const { inputs, computed } = listener;
    return {
      id: listener.id,
      arn: listener.id,
      region: listener.region,
      loadBalancerArn: inputs.loadBalancerArn ?? "",
      port: inputs.port ?? 0,
      protocol: computed.protocol ?? "",
      sslPolicy: computed.sslPolicy ?? "",
      certificateArn: inputs.certificateArn ?? "",
      alpnPolicy: inputs.alpnPolicy ?? "",
      mutualAuthentications: [],
      defaultActions: records(inputs.defaultActions).map((action, index) => ({ order: index + 1, ...action })),
      tags: tagsOf(listener),
    };
  },
};

export const loadBalancingLookups: readonly FunctionModel[] = [getLoadBalancer, getListener, getTargetGroup];
