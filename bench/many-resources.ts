/** As many resources as the environment variable RESOURCES says, of the kinds that this project builds, and sound: what costs is judging them. */
import * as aws from "@pulumi/aws";

const tags = { corpai: "privatelink" };
const AZS = ["us-east-1a", "us-east-1b", "us-east-1c"];

/** One customer's worth of network, load balancer and endpoint service: 24 resources. */
function unit(name: string): void {
  const vpc = new aws.ec2.Vpc(`${name}-vpc`, { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, tags });
  const table = new aws.ec2.RouteTable(`${name}-table`, { vpcId: vpc.id, tags });
  new aws.ec2.Route(`${name}-out`, {
    routeTableId: table.id,
    destinationCidrBlock: "0.0.0.0/0",
    natGatewayId: "nat-1",
  });
  const subnets = AZS.map((availabilityZone, index) => {
    const subnet = new aws.ec2.Subnet(`${name}-${availabilityZone}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${index}.0/24`,
      availabilityZone,
      tags: { ...tags, SubnetType: "Private" },
    });
    new aws.ec2.RouteTableAssociation(`${name}-${availabilityZone}`, { subnetId: subnet.id, routeTableId: table.id });
    return subnet.id;
  });
  const logs = new aws.cloudwatch.LogGroup(`${name}-logs`, { retentionInDays: 90, kmsKeyId: "arn:key", tags });
  const role = new aws.iam.Role(`${name}-role`, {
    assumeRolePolicy: JSON.stringify({
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "vpc-flow-logs.amazonaws.com" } }],
    }),
    tags,
  });
  const statement = { Sid: "Write", Effect: "Allow", Action: ["logs:PutLogEvents"], Resource: "*" };
  new aws.iam.RolePolicy(`${name}-role`, { role: role.id, policy: JSON.stringify({ Statement: [statement] }) });
  new aws.ec2.FlowLog(`${name}-flow-log`, { vpcId: vpc.id, trafficType: "ALL", logDestination: logs.arn, tags });

  const group = new aws.ec2.SecurityGroup(`${name}-group`, { vpcId: vpc.id, tags });
  for (const [key, cidrIpv4] of Object.entries({ local: "10.0.0.0/16", corpai: "10.40.0.0/17" }))
    new aws.vpc.SecurityGroupIngressRule(`${name}-from-${key}`, {
      securityGroupId: group.id,
      description: key,
      ipProtocol: "tcp",
      fromPort: 8443,
      toPort: 8443,
      cidrIpv4,
    });
  const balancer = new aws.lb.LoadBalancer(`${name}-nlb`, {
    loadBalancerType: "network",
    internal: true,
    subnets,
    securityGroups: [group.id],
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
    enableCrossZoneLoadBalancing: true,
    tags,
  });
  const targets = new aws.lb.TargetGroup(`${name}-targets`, {
    vpcId: vpc.id,
    port: 8443,
    protocol: "TCP",
    healthCheck: { enabled: true, protocol: "TCP" },
    tags,
  });
  new aws.lb.TargetGroupAttachment(`${name}-target`, { targetGroupArn: targets.arn, targetId: `i-${name}` });
  new aws.lb.Listener(`${name}-listener`, {
    loadBalancerArn: balancer.arn,
    port: 8443,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
    tags,
  });
  new aws.ec2.VpcEndpointService(`${name}-service`, {
    networkLoadBalancerArns: [balancer.arn],
    acceptanceRequired: true,
    allowedPrincipals: ["arn:aws:iam::111122223333:root"],
    tags,
  });
  new aws.ec2.VpcEndpoint(`${name}-endpoint`, {
    vpcId: vpc.id,
    serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0",
    vpcEndpointType: "Interface",
    subnetIds: subnets,
    securityGroupIds: [group.id],
    tags,
  });
}

const UNIT = 24;

export default async (): Promise<void> => {
  const wanted = Number(process.env["RESOURCES"]);
  const units = Math.floor(wanted / UNIT);
  for (let index = 0; index < units; index += 1) unit(`u${index}`);
  for (let index = units * UNIT; index < wanted; index += 1)
    new aws.kms.Key(`key-${index}`, { enableKeyRotation: true, tags });
};
