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
        tags,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

export default async (): Promise<void> => {
  const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", tags });
  const subnet = (zone: string, index: number): aws.ec2.Subnet =>
    new aws.ec2.Subnet(`subnet-${zone}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${index}.0/24`,
      availabilityZone: zone,
      tags,
    });
  const subnets = ["us-east-1a", "us-east-1b"].map(subnet);

  new aws.lb.LoadBalancer("internal", {
    loadBalancerType: "network",
    internal: true,
    subnets: subnets.map(({ id }) => id),
    tags,
  });
  new aws.lb.LoadBalancer("listed-at-once", {
    loadBalancerType: "network",
    internal: true,
    subnets: pulumi.all(subnets.map(({ id }) => id)),
    tags,
  });

  const provider = new aws.Provider("tagging", { region: "us-east-1", defaultTags: { tags } });
  const group = new aws.ec2.SecurityGroup("tagged-by-provider", { vpcId: vpc.id }, { provider });
  new aws.vpc.SecurityGroupIngressRule("untagged-rule", {
    securityGroupId: group.id,
    ipProtocol: "tcp",
    fromPort: 8443,
    toPort: 8443,
    cidrIpv4: "10.0.0.0/16",
  });

  // From a resource that is no subnet, so that only what the component states can tell the AZs.
  const elsewhere = ["a", "b"].map((zone) => vpc.id.apply((id) => `subnet-${zone}-beside-${id}`));
  new Connection("connection", { azIds: ["use1-az1", "use1-az2"], subnetIds: elsewhere, vpcId: vpc.id });
};
