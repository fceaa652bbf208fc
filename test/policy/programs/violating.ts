/** Breaks each rule once, and leaves one open. */
import * as aws from "@pulumi/aws";

const tags = { corpai: "privatelink" };

export default async (): Promise<void> => {
  const vpc = new aws.ec2.Vpc("untagged", { cidrBlock: "10.0.0.0/16" });
  const subnet = (name: string, availabilityZone: string, cidrBlock: string): aws.ec2.Subnet =>
    new aws.ec2.Subnet(name, { vpcId: vpc.id, cidrBlock, availabilityZone, tags });
  const a1 = subnet("a1", "us-east-1a", "10.0.0.0/24");
  const a2 = subnet("a2", "us-east-1a", "10.0.1.0/24");
  const b = subnet("b", "us-east-1b", "10.0.2.0/24");

  new aws.lb.LoadBalancer("internet-facing", { loadBalancerType: "network", subnets: [a1.id, b.id], tags });
  new aws.lb.LoadBalancer("in-one-az", { loadBalancerType: "network", internal: true, subnets: [a1.id, a2.id], tags });
  new aws.lb.LoadBalancer("on-one-subnet", { loadBalancerType: "network", internal: true, subnets: [a1.id], tags });
  new aws.lb.LoadBalancer("undecided", {
    loadBalancerType: "network",
    internal: vpc.arn.apply((arn) => arn !== ""),
    subnets: [a1.id, b.id],
    tags,
  });
};
