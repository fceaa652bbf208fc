/** A whole connection in the demo estate, from a client in a VPC of CorpAI's to Acme's ClickHouse: everything right, for tests to break. */
import type { Properties } from "../../../sandbox/wire.ts";
import type { Source } from "../../../sandbox/path.ts";
import type { HostFacts, World } from "../../../sandbox/world.ts";
import { DATA, actor, demoWorld } from "./world.ts";
import type { Actor, Outputs } from "./world.ts";

export const ACME_VPC = "vpc-0acedada000000001";
export const SUBNET_A = "subnet-0acedada00000000a";
export const SUBNET_B = "subnet-0acedada00000000b";
export const SUBNET_C = "subnet-0acedada00000000c";
export const CLICKHOUSE_GROUP = "sg-0acedada0c11c0005";
export const INSTANCES = ["i-0acedada0c11c0001", "i-0acedada0c11c0002"] as const;

/** Type tokens by short names. */
export const T = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  gateway: "aws:ec2/internetGateway:InternetGateway",
  group: "aws:ec2/securityGroup:SecurityGroup",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  targets: "aws:lb/targetGroup:TargetGroup",
  attachment: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  listener: "aws:lb/listener:Listener",
  service: "aws:ec2/vpcEndpointService:VpcEndpointService",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  accepter: "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter",
} as const;

export const tcp = (port: number, source: Properties): Properties => ({
  ipProtocol: "tcp",
  fromPort: port,
  toPort: port,
  ...source,
});

export const without = (given: Properties, key: string): Properties =>
  Object.fromEntries(Object.entries(given).filter(([name]) => name !== key));

export interface Offer {
  readonly group: Outputs;
  readonly balancer: Outputs;
  readonly targets: Outputs;
  readonly listener: Outputs;
  readonly attachments: readonly Outputs[];
  readonly service: Outputs;
}

export interface OfferOptions {
  readonly balancer?: Properties;
  readonly targets?: Properties;
  readonly listener?: Properties;
  readonly service?: Properties;
}

/** The customer's side: group, load balancer, targets, listener, endpoint service. */
export function offer(
  customer: Actor,
  {
    balancer: balancing = {},
    targets: targeting = {},
    listener: listening = {},
    service: serving = {},
  }: OfferOptions = {},
): Offer {
  const group = customer.make(T.group, {
    name: "corpai-clickhouse-nlb-sg",
    vpcId: ACME_VPC,
    description: "Security group for clickhouse NLB PrivateLink",
  });
  customer.make(T.ingress, { securityGroupId: group.id, ...tcp(8443, { cidrIpv4: "10.40.0.0/16" }) });
  customer.make(T.egress, { securityGroupId: group.id, ...tcp(8443, { referencedSecurityGroupId: CLICKHOUSE_GROUP }) });
  customer.make(T.ingress, {
    securityGroupId: CLICKHOUSE_GROUP,
    ...tcp(8443, { referencedSecurityGroupId: group.id }),
  });
  const balancer = customer.make(T.balancer, {
    name: "corpai-clickhouse-nlb",
    internal: true,
    loadBalancerType: "network",
    subnets: [SUBNET_A, SUBNET_B],
    securityGroups: [group.id],
    enableCrossZoneLoadBalancing: true,
    ...balancing,
  });
  const targets = customer.make(T.targets, {
    name: "corpai-clickhouse-tg",
    port: 8443,
    protocol: "TCP",
    vpcId: ACME_VPC,
    ...targeting,
  });
  const attachments = INSTANCES.map((targetId) =>
    customer.make(T.attachment, { targetGroupArn: targets.id, targetId, port: 8443 }),
  );
  const listener = customer.make(T.listener, {
    loadBalancerArn: balancer.id,
    port: 8443,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: targets.id }],
    ...listening,
  });
  const service = customer.make(T.service, {
    acceptanceRequired: true,
    networkLoadBalancerArns: [balancer.id],
    ...serving,
  });
  return { group, balancer, targets, listener, attachments, service };
}

export interface Consumer {
  readonly vpc: Outputs;
  /** By zone id. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly workloads: Outputs;
  readonly endpointGroup: Outputs;
}

/** CorpAI's side without the endpoint: VPC 10.40.0.0/16, a subnet per zone id, groups. */
export function consumer(
  corpai: Actor,
  zoneIds: readonly string[] = ["use1-az1", "use1-az2", "use1-az4", "use1-az6"],
): Consumer {
  const vpc = corpai.make(T.vpc, { cidrBlock: "10.40.0.0/16", enableDnsHostnames: true });
  const subnets = Object.fromEntries(
    zoneIds.map((availabilityZoneId, index) => [
      availabilityZoneId,
      corpai.make(T.subnet, { vpcId: vpc.id, cidrBlock: `10.40.${index}.0/24`, availabilityZoneId }).id,
    ]),
  );
  const workloads = corpai.make(T.group, { name: "workloads", vpcId: vpc.id });
  const endpointGroup = corpai.make(T.group, { name: "endpoint", vpcId: vpc.id });
  corpai.make(T.egress, {
    securityGroupId: workloads.id,
    ...tcp(8443, { referencedSecurityGroupId: endpointGroup.id }),
  });
  corpai.make(T.ingress, {
    securityGroupId: endpointGroup.id,
    ...tcp(8443, { referencedSecurityGroupId: workloads.id }),
  });
  return { vpc, subnets, workloads, endpointGroup };
}

export const endpointArguments = (
  { vpc, subnets, endpointGroup }: Consumer,
  service: Outputs,
  zoneIds: readonly string[] = ["use1-az1", "use1-az2"],
): Properties => ({
  vpcId: vpc.id,
  serviceName: service.serviceName ?? "",
  vpcEndpointType: "Interface",
  subnetIds: zoneIds.map((zoneId) => subnets[zoneId] ?? ""),
  securityGroupIds: [endpointGroup.id],
});

export interface Connection extends Offer, Consumer {
  readonly world: World;
  readonly corpai: Actor;
  readonly customer: Actor;
  readonly endpoint: Outputs;
  readonly source: Source;
  /** The regional name, as the endpoint has it now. */
  host(): string;
}

/** Everything of one account, accepted. */
export function connection(
  options: OfferOptions & { readonly accept?: boolean; readonly world?: World } = {},
): Connection {
  const { world = demoWorld() } = options;
  const customer = actor(world, DATA);
  const offered = offer(customer, options);
  const own = consumer(customer);
  const endpoint = customer.make(T.endpoint, endpointArguments(own, offered.service));
  if (options.accept !== false)
    customer.make(T.accepter, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: offered.service.id });
  const source: Source = {
    vpcId: own.vpc.id,
    subnetId: own.subnets["use1-az4"] ?? "",
    ip: "10.40.2.50",
    securityGroupIds: [own.workloads.id],
  };
  const host = (): string => {
    const entries = customer.read(T.endpoint, endpoint.id).dnsEntries as { dnsName: string }[];
    return entries.map(({ dnsName }) => dnsName).find((name) => /^vpce-[0-9a-f]{17}-[0-9a-z]{8}\./.test(name)) ?? "";
  };
  return { world, customer, corpai: customer, ...offered, ...own, endpoint, source, host };
}

/** What a host listens on is a fact of the estate; each test has a world of its own. @returns how to undo it */
export function setListens({ world }: Connection, id: string, listens: HostFacts["listens"]): () => void {
  const hosts = world.facts.hosts as Record<string, HostFacts>;
  const before = hosts[id];
  if (!before) throw new Error(`no host ${id}`);
  hosts[id] = { ...before, listens };
  return () => (hosts[id] = before);
}
