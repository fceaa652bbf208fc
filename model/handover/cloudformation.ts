/** The description as a CloudFormation template. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ */
import type { ServiceDescription, TargetGroupDescription } from "./description.ts";

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };

export interface Template {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

const GROUP = "SecurityGroup";
const BALANCER = "LoadBalancer";
const SERVICE = "EndpointService";

export function cloudFormationTemplate(description: ServiceDescription): Template {
  const { targetGroups, listeners, onTargets, endpointService } = description;
  const groupIds = new Map(targetGroups.map(({ name }, index) => [name, `TargetGroup${index + 1}`]));
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `${endpointService.name}: one private service, offered to CorpAI over AWS PrivateLink`,
    Resources: {
      [GROUP]: securityGroup(description),
      ...numbered("TargetAdmission", onTargets, ({ securityGroupId, port }) => ({
        Type: "AWS::EC2::SecurityGroupIngress",
        Properties: {
          GroupId: securityGroupId,
          Description: "CorpAI PrivateLink load balancer",
          ...tcp(port),
          SourceSecurityGroupId: { "Fn::GetAtt": [GROUP, "GroupId"] },
        },
      })),
      ...numbered("TargetGroup", targetGroups, (group) => targetGroup(group, description)),
      [BALANCER]: loadBalancer(description),
      ...numbered("Listener", listeners, ({ port, targetGroup: name, idleTimeoutSeconds }) => ({
        Type: "AWS::ElasticLoadBalancingV2::Listener",
        Properties: {
          LoadBalancerArn: { Ref: BALANCER },
          Port: port,
          Protocol: "TCP",
          DefaultActions: [{ Type: "forward", TargetGroupArn: { Ref: groupIds.get(name) ?? name } }],
          ListenerAttributes: [{ Key: "tcp.idle_timeout.seconds", Value: String(idleTimeoutSeconds) }],
        },
      })),
      [SERVICE]: {
        Type: "AWS::EC2::VPCEndpointService",
        Properties: {
          NetworkLoadBalancerArns: [{ Ref: BALANCER }],
          AcceptanceRequired: endpointService.acceptanceRequired,
          ...(endpointService.privateDnsName !== null && { PrivateDnsName: endpointService.privateDnsName }),
          ...(endpointService.supportedRegions.length > 0 && { SupportedRegions: endpointService.supportedRegions }),
          Tags: tagsOf(description, endpointService.name),
        },
      },
      EndpointServicePermissions: {
        Type: "AWS::EC2::VPCEndpointServicePermissions",
        Properties: { ServiceId: { Ref: SERVICE }, AllowedPrincipals: endpointService.principals },
      },
    },
    Outputs: {
      ServiceName: {
        Description: "What CorpAI registers",
        Value: { "Fn::Sub": `com.amazonaws.vpce.\${AWS::Region}.\${${SERVICE}}` },
      },
    },
  };
}

const numbered = <T>(name: string, list: readonly T[], make: (one: T) => Resource): Record<string, Resource> =>
  Object.fromEntries(list.map((one, index) => [`${name}${index + 1}`, make(one)]));

const tcp = (port: number) => ({ IpProtocol: "tcp", FromPort: port, ToPort: port });

const tagsOf = ({ tags }: ServiceDescription, Name: string) =>
  Object.entries({ ...tags, Name }).map(([Key, Value]) => ({ Key, Value }));

function securityGroup(description: ServiceDescription): Resource {
  const { name, description: says, inbound, outbound } = description.securityGroup;
  return {
    Type: "AWS::EC2::SecurityGroup",
    Properties: {
      GroupName: name,
      GroupDescription: says,
      VpcId: description.vpcId,
      SecurityGroupIngress: inbound.map(({ port, from }) => ({ ...tcp(port), CidrIp: from })),
      SecurityGroupEgress: outbound.map(({ port, to }) => ({
        ...tcp(port),
        ...(to.startsWith("sg-") ? { DestinationSecurityGroupId: to } : { CidrIp: to }),
      })),
      Tags: tagsOf(description, name),
    },
  };
}

function targetGroup(group: TargetGroupDescription, description: ServiceDescription): Resource {
  const { name, type, port, health, proxyProtocol, targets } = group;
  return {
    Type: "AWS::ElasticLoadBalancingV2::TargetGroup",
    Properties: {
      Name: name,
      VpcId: description.vpcId,
      TargetType: type,
      Protocol: "TCP",
      Port: port,
      HealthCheckEnabled: true,
      HealthCheckProtocol: health.protocol,
      HealthCheckPort: health.port,
      ...(health.path === null ? {} : { HealthCheckPath: health.path }),
      ...(type === "alb"
        ? {}
        : { TargetGroupAttributes: [{ Key: "proxy_protocol_v2.enabled", Value: String(proxyProtocol) }] }),
      Targets: targets.map(({ id, port: own, outside }) => ({
        Id: id,
        Port: own,
        ...(outside ? { AvailabilityZone: "all" } : {}),
      })),
      Tags: tagsOf(description, name),
    },
  };
}

function loadBalancer(description: ServiceDescription): Resource {
  const { name, subnetIds, inboundRulesOnPrivateLink, deletionProtection } = description.loadBalancer;
  return {
    Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    Properties: {
      Name: name,
      Type: "network",
      Scheme: "internal",
      Subnets: subnetIds,
      SecurityGroups: [{ "Fn::GetAtt": [GROUP, "GroupId"] }],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: inboundRulesOnPrivateLink,
      LoadBalancerAttributes: [
        { Key: "load_balancing.cross_zone.enabled", Value: "true" },
        { Key: "deletion_protection.enabled", Value: String(deletionProtection) },
      ],
      Tags: tagsOf(description, name),
    },
  };
}
