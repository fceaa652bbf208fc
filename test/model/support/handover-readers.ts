/** Reads back what a handover says, from each of its forms, and what Pulumi registers, into one description: they share nothing with those who wrote them. */
import { parse } from "yaml";
import type { ServiceDescription } from "../../../model/handover/description.ts";
import type { Recorded } from "../../components/support/recorder.ts";

type Plain = Readonly<Record<string, unknown>>;

const words = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : NaN);
const path = (value: unknown): string | null => (typeof value === "string" ? value : null);
type Group = ServiceDescription["targetGroups"][number];

/** Lists by content: no form promises an order. */
export function inOrder(one: ServiceDescription): ServiceDescription {
  const sorted = <T>(list: readonly T[]): T[] =>
    list.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  const { securityGroup, loadBalancer, endpointService } = one;
  return {
    ...one,
    securityGroup: {
      ...securityGroup,
      inbound: sorted(securityGroup.inbound),
      outbound: sorted(securityGroup.outbound),
    },
    onTargets: sorted(one.onTargets),
    targetGroups: sorted(one.targetGroups.map((group) => ({ ...group, targets: sorted(group.targets) }))),
    loadBalancer: { ...loadBalancer, subnetIds: loadBalancer.subnetIds.toSorted() },
    listeners: sorted(one.listeners),
    endpointService: { ...endpointService, principals: endpointService.principals.toSorted() },
  };
}

export function fromTemplate(text: string): ServiceDescription {
  const { Resources } = parse(text) as { readonly Resources: Record<string, { Type: string; Properties: Plain }> };
  const entries = Object.entries(Resources);
  const of = (type: string): [string, Plain][] =>
    entries.filter(([, { Type }]) => Type === `AWS::${type}`).map(([id, { Properties }]) => [id, Properties]);
  const only = (type: string): Plain => of(type)[0]?.[1] ?? {};
  const group = only("EC2::SecurityGroup");
  const balancer = only("ElasticLoadBalancingV2::LoadBalancer");
  const service = only("EC2::VPCEndpointService");
  const tagged = (properties: Plain): Record<string, string> =>
    Object.fromEntries((properties.Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));
  const attribute = (list: unknown, key: string): string | undefined =>
    (list as { Key: string; Value: string }[] | undefined)?.find(({ Key }) => Key === key)?.Value;
  const { Name: serviceTag = "", ...tags } = tagged(service);
  const names = new Map(of("ElasticLoadBalancingV2::TargetGroup").map(([id, one]) => [id, String(one.Name)]));
  return {
    vpcId: words(group.VpcId),
    tags,
    securityGroup: {
      name: words(group.GroupName),
      description: words(group.GroupDescription),
      inbound: (group.SecurityGroupIngress as Plain[]).map((rule) => ({
        port: number(rule.FromPort),
        from: words(rule.CidrIp),
      })),
      outbound: (group.SecurityGroupEgress as Plain[]).map((rule) => ({
        port: number(rule.ToPort),
        to: words(rule.DestinationSecurityGroupId ?? rule.CidrIp),
      })),
    },
    onTargets: of("EC2::SecurityGroupIngress").map(([, rule]) => ({
      securityGroupId: words(rule.GroupId),
      port: number(rule.FromPort),
    })),
    targetGroups: of("ElasticLoadBalancingV2::TargetGroup").map(([, one]): Group => ({
      name: words(one.Name),
      type: one.TargetType as Group["type"],
      port: number(one.Port),
      health: {
        protocol: words(one.HealthCheckProtocol),
        port: words(one.HealthCheckPort),
        path: path(one.HealthCheckPath),
      },
      proxyProtocol: attribute(one.TargetGroupAttributes, "proxy_protocol_v2.enabled") === "true",
      targets: (one.Targets as Plain[]).map(({ Id, Port, AvailabilityZone }) => ({
        id: words(Id),
        port: number(Port),
        outside: AvailabilityZone === "all",
      })),
    })),
    loadBalancer: {
      name: words(balancer.Name),
      subnetIds: balancer.Subnets as string[],
      inboundRulesOnPrivateLink: balancer.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic as "on" | "off",
      deletionProtection: attribute(balancer.LoadBalancerAttributes, "deletion_protection.enabled") === "true",
    },
    listeners: of("ElasticLoadBalancingV2::Listener").map(([, one]) => ({
      port: number(one.Port),
      targetGroup:
        names.get((one.DefaultActions as { TargetGroupArn: { Ref: string } }[])[0]?.TargetGroupArn.Ref ?? "") ?? "",
      idleTimeoutSeconds: Number(attribute(one.ListenerAttributes, "tcp.idle_timeout.seconds")),
    })),
    endpointService: {
      name: serviceTag,
      acceptanceRequired: service.AcceptanceRequired === true,
      principals: only("EC2::VPCEndpointServicePermissions").AllowedPrincipals as string[],
      privateDnsName: (service.PrivateDnsName as string | undefined) ?? null,
      supportedRegions: (service.SupportedRegions as string[] | undefined) ?? [],
    },
  };
}

export function fromSteps(text: string): ServiceDescription {
  const steps = text.split(/^## Step \d+: /m).slice(1);
  const lines = steps.map((step) => step.split("\n").map((line) => line.replace(/^\d+\. /, "")));
  const named = (title: RegExp): string[][] => lines.filter(([first = ""]) => title.test(first));
  const one = (step: readonly string[], pattern: RegExp): string =>
    step.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined) ?? "";
  const every = (step: readonly string[], pattern: RegExp): RegExpExecArray[] =>
    step.map((line) => pattern.exec(line)).filter((found) => found !== null);
  const [group = [], balancer = [], service = []] = [
    /^Create a Security Group/,
    /Network Load Balancer/,
    /Endpoint Service/,
  ].map((title) => named(title)[0] ?? []);
  const types: Record<string, Group["type"]> = {
    Instances: "instance",
    "IP addresses": "ip",
    "Application Load Balancer": "alb",
  };
  return {
    vpcId: one(group, /^VPC: (.+)/),
    tags: Object.fromEntries(
      every(service, /^Add tag: Key = (\w+), Value = (\w+)$/).map(([, key = "", value = ""]) => [key, value]),
    ),
    securityGroup: {
      name: one(group, /^Name: (.+)/),
      description: one(group, /^Description: (.+)/),
      inbound: every(group, /^Inbound rule: Custom TCP, Port = (\d+), Source = (.+)/).map(([, port, from = ""]) => ({
        port: Number(port),
        from,
      })),
      outbound: every(group, /^Outbound rule: Custom TCP, Port = (\d+), Destination = (.+)/).map(
        ([, port, to = ""]) => ({ port: Number(port), to }),
      ),
    },
    onTargets: named(/^Open the targets/).flatMap((step) =>
      every(step, /→ (sg-\w+) → Edit inbound rules: Custom TCP, Port = (\d+)/).map(
        ([, securityGroupId = "", port]) => ({ securityGroupId, port: Number(port) }),
      ),
    ),
    targetGroups: named(/^Create Target Group/).map((step): Group => {
      const [, protocol = "", path, on = ""] =
        every(step, /^Health check: (\w+)(?: with path (\S+))?, on (?:port )?(.+)/)[0] ?? [];
      return {
        name: one(step, /^Name: (.+)/),
        type: types[one(step, /^Target type: (.+)/)] ?? "ip",
        port: Number(one(step, /^Port: (.+)/)),
        health: { protocol, port: on === "the traffic port" ? "traffic-port" : on, path: path ?? null },
        proxyProtocol: one(step, /Proxy protocol v2 = (\w+)/) === "on",
        targets: every(step, /^Register target: (\S+), port (\d+)(, Availability Zone = All)?;/).map(
          ([, id = "", port, all]) => ({
            id,
            port: Number(port),
            outside: all !== undefined,
          }),
        ),
      };
    }),
    loadBalancer: {
      name: one(balancer, /^Name: (.+)/),
      subnetIds: one(balancer, /^Mappings: (.+)/).split(", "),
      inboundRulesOnPrivateLink: one(balancer, /PrivateLink traffic: (\w+)/) as "on" | "off",
      deletionProtection: one(balancer, /Deletion protection = (\w+)/) === "on",
    },
    listeners: every(balancer, /^Listener: TCP : (\d+), forward to (\S+); .* = (\d+) seconds/).map(
      ([, port, targetGroup = "", idle]) => ({
        port: Number(port),
        targetGroup,
        idleTimeoutSeconds: Number(idle),
      }),
    ),
    endpointService: {
      name: one(service, /^Name: (.+)/),
      acceptanceRequired: one(service, /^Acceptance required: (\w+)/) === "checked",
      principals: every(service, /^Allow principals → Allow principals: (.+)/).map(([, principal = ""]) => principal),
      privateDnsName: every(service, /^Enable private DNS name: checked, (.+)/)[0]?.[1] ?? null,
      supportedRegions: every(service, /^Supported Regions: ([a-z0-9, -]+\d)$/).flatMap(([, list = ""]) =>
        list.split(", "),
      ),
    },
  };
}

/** What the component registers, in a process with mocks, which call an id `<name>-id` and an ARN `<name>-arn`. */
export function fromPulumi(resources: readonly Recorded[]): ServiceDescription {
  const of = (type: string): Recorded[] => resources.filter((one) => one.type.endsWith(`:${type}`));
  const inputs = (type: string): Plain => of(type)[0]?.inputs ?? {};
  const group = inputs("SecurityGroup");
  const balancer = inputs("LoadBalancer");
  const service = inputs("VpcEndpointService");
  const own = `${of("SecurityGroup")[0]?.name ?? ""}-id`;
  const rules = (type: string): Plain[] => of(type).map((one) => one.inputs as Plain);
  const { Name: serviceTag = "", ...tags } = service.tags as Record<string, string>;
  return {
    vpcId: words(group.vpcId),
    tags,
    securityGroup: {
      name: words(group.name),
      description: words(group.description),
      inbound: rules("SecurityGroupIngressRule")
        .filter(({ securityGroupId }) => securityGroupId === own)
        .map((rule) => ({ port: number(rule.fromPort), from: words(rule.cidrIpv4) })),
      outbound: rules("SecurityGroupEgressRule").map((rule) => ({
        port: number(rule.toPort),
        to: words(rule.referencedSecurityGroupId ?? rule.cidrIpv4),
      })),
    },
    onTargets: rules("SecurityGroupIngressRule")
      .filter(({ securityGroupId }) => securityGroupId !== own)
      .map((rule) => ({ securityGroupId: words(rule.securityGroupId), port: number(rule.fromPort) })),
    targetGroups: of("TargetGroup").map(({ name, inputs: one }): Group => {
      const health = one.healthCheck as Plain;
      return {
        name: String(one.name),
        type: one.targetType as Group["type"],
        port: Number(one.port),
        health: { protocol: words(health.protocol), port: words(health.port), path: path(health.path) },
        proxyProtocol: one.proxyProtocolV2 === true,
        targets: of("TargetGroupAttachment")
          .filter(({ inputs: target }) => target.targetGroupArn === `${name}-arn`)
          .map(({ inputs: target }) => ({
            id: String(target.targetId),
            port: Number(target.port),
            outside: target.availabilityZone === "all",
          })),
      };
    }),
    loadBalancer: {
      name: words(balancer.name),
      subnetIds: balancer.subnets as string[],
      inboundRulesOnPrivateLink: balancer.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic as "on" | "off",
      deletionProtection: balancer.enableDeletionProtection === true,
    },
    listeners: of("Listener").map(({ inputs: one }) => {
      const arn = (one.defaultActions as { targetGroupArn: string }[])[0]?.targetGroupArn;
      return {
        port: Number(one.port),
        targetGroup: String(of("TargetGroup").find(({ name }) => `${name}-arn` === arn)?.inputs.name),
        idleTimeoutSeconds: Number(one.tcpIdleTimeoutSeconds),
      };
    }),
    endpointService: {
      name: serviceTag,
      acceptanceRequired: service.acceptanceRequired === true,
      principals: service.allowedPrincipals as string[],
      privateDnsName: (service.privateDnsName as string | undefined) ?? null,
      supportedRegions: (service.supportedRegions as string[] | undefined) ?? [],
    },
  };
}
