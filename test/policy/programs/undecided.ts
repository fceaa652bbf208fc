/** Breaks two rules in plain sight, and leaves one to the update: what is not known must hide neither. */
import * as aws from "@pulumi/aws";

export default async (): Promise<void> => {
  const key = new aws.kms.Key("key", { enableKeyRotation: true, tags: { corpai: "privatelink" } });
  new aws.lb.LoadBalancer("undecided", {
    loadBalancerType: "network",
    internal: key.arn.apply((arn) => arn !== ""),
    subnets: ["subnet-1"],
    enableCrossZoneLoadBalancing: true,
    tags: { corpai: "privatelink" },
  });
};
