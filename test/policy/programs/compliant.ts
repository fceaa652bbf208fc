/** Keeps to every rule, each by another way that a rule has to understand. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const tags = { corpai: "privatelink" };

/** As our components do: what a rule needs is passed to `super()` in plain values. */
class Connection extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: {
      readonly azIds: readonly string[];
      readonly subnetIds: pulumi.Input<string>[];
      readonly vpcId: pulumi.Input<string>;
      readonly groupId: pulumi.Input<string>;
    },
  ) {
    super("corpai:privatelink:Connection", name, { azIds: args.azIds });
    new aws.ec2.VpcEndpoint(
      `${name}-endpoint`,
      {
        vpcId: args.vpcId,
        serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0",
        vpcEndpointType: "Interface",
        subnetIds: args.subnetIds,
        securityGroupIds: [args.groupId],
        tags,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function network(): { readonly vpc: aws.ec2.Vpc; readonly subnets: readonly aws.ec2.Subnet[] } {
  const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, tags });
  const key = new aws.kms.Key("key", { enableKeyRotation: true, tags });
  const logs = new aws.cloudwatch.LogGroup("logs", { retentionInDays: 90, kmsKeyId: key.arn, tags });
  new aws.ec2.FlowLog("flow-log", { vpcId: vpc.id, trafficType: "ALL", logDestination: logs.arn, tags });
  const subnets = ["us-east-1a", "us-east-1b"].map(
    (availabilityZone, index) =>
      new aws.ec2.Subnet(`subnet-${availabilityZone}`, {
        vpcId: vpc.id,
        cidrBlock: `10.0.${index}.0/24`,
        availabilityZone,
        tags: { ...tags, SubnetType: "Private" },
      }),
  );
  // Out by NAT, from a table that is private's: allowed.
  const table = new aws.ec2.RouteTable("table", { vpcId: vpc.id, tags });
  new aws.ec2.Route("out", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" });
  for (const [index, subnet] of subnets.entries())
    new aws.ec2.RouteTableAssociation(`out-${index}`, { subnetId: subnet.id, routeTableId: table.id });
  return { vpc, subnets };
}

function balancer(
  name: string,
  groupId: pulumi.Input<string>,
  subnets: pulumi.Input<pulumi.Input<string>[]>,
): aws.lb.LoadBalancer {
  return new aws.lb.LoadBalancer(name, {
    loadBalancerType: "network",
    internal: true,
    subnets,
    securityGroups: [groupId],
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
    enableCrossZoneLoadBalancing: true,
    tags,
  });
}

export default async (): Promise<void> => {
  const { vpc, subnets } = network();
  const provider = new aws.Provider("tagging", {
    region: "us-east-1",
    allowedAccountIds: ["111122223333"],
    defaultTags: { tags },
  });
  const group = new aws.ec2.SecurityGroup("tagged-by-provider", { vpcId: vpc.id }, { provider });
  new aws.vpc.SecurityGroupIngressRule("untagged-rule", {
    securityGroupId: group.id,
    description: "The VPC",
    ipProtocol: "tcp",
    fromPort: 8443,
    toPort: 8443,
    cidrIpv4: "10.0.0.0/16",
  });

  const internal = balancer(
    "internal",
    group.id,
    subnets.map(({ id }) => id),
  );
  balancer("listed-at-once", group.id, pulumi.all(subnets.map(({ id }) => id)));
  new aws.lb.Listener("listener", {
    loadBalancerArn: internal.arn,
    port: 8443,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: internal.arn }],
    tags,
  });
  new aws.ec2.VpcEndpointService("service", {
    networkLoadBalancerArns: [internal.arn],
    acceptanceRequired: true,
    allowedPrincipals: ["arn:aws:iam::111122223333:root"],
    tags,
  });

  // From a resource that is no subnet, so that only what the component states can tell the AZs.
  const elsewhere = ["a", "b"].map((zone) => vpc.id.apply((id) => `subnet-${zone}-beside-${id}`));
  new Connection("connection", {
    azIds: ["use1-az1", "use1-az2"],
    subnetIds: elsewhere,
    vpcId: vpc.id,
    groupId: group.id,
  });
};
