/** Breaks every critical rule once, each by a resource that is named as the rule, in a stack that was never created: no id is known. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";

const tags = { corpai: "privatelink" };
const everybody = (Action: string): string =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action, Resource: "*" }] });

function network(): { readonly vpc: aws.ec2.Vpc; readonly subnets: readonly aws.ec2.Subnet[] } {
  const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", tags });
  const subnets = ["us-east-1a", "us-east-1b"].map(
    (availabilityZone, index) =>
      new aws.ec2.Subnet(`private-${index}`, {
        vpcId: vpc.id,
        cidrBlock: `10.0.${index}.0/24`,
        availabilityZone,
        tags: { ...tags, SubnetType: "Private" },
      }),
  );
  new aws.ec2.Subnet("no-public-ip", { vpcId: vpc.id, cidrBlock: "10.0.9.0/24", mapPublicIpOnLaunch: true, tags });

  const gateway = new aws.ec2.InternetGateway("gateway", { vpcId: vpc.id, tags });
  const table = new aws.ec2.RouteTable("table", { vpcId: vpc.id, tags });
  const [first] = subnets;
  if (first) new aws.ec2.RouteTableAssociation("association", { subnetId: first.id, routeTableId: table.id });
  new aws.ec2.Route("internet-reachability", {
    routeTableId: table.id,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: gateway.id,
  });
  const group = new aws.ec2.SecurityGroup("group", { vpcId: vpc.id, tags });
  new aws.vpc.SecurityGroupIngressRule("sg-no-public-ingress", {
    securityGroupId: group.id,
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    cidrIpv4: "0.0.0.0/1",
  });
  return { vpc, subnets };
}

function privateLink(subnets: readonly aws.ec2.Subnet[]): void {
  const balancer = new aws.lb.LoadBalancer("nlb-internal", {
    loadBalancerType: "network",
    subnets: subnets.map(({ id }) => id),
    tags,
  });
  new aws.lb.Listener("listener-on-internal-lb", {
    loadBalancerArn: balancer.arn,
    port: 443,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: balancer.arn }],
    tags,
  });
  new aws.ec2.VpcEndpointService("endpoint-service-behind-internal-lb", {
    networkLoadBalancerArns: [balancer.arn],
    acceptanceRequired: true,
    tags,
  });
  new aws.ec2.VpcEndpointService("endpoint-service-principals-scoped", {
    acceptanceRequired: true,
    allowedPrincipals: ["*"],
    tags,
  });
  new aws.ec2.VpcEndpointService("endpoint-service-acceptance", { acceptanceRequired: false, tags });
}

function identity(): void {
  new aws.iam.Role("iam-trust-scoped", { assumeRolePolicy: everybody("sts:AssumeRole"), tags });
  new aws.kms.Key("resource-policies-scoped", { enableKeyRotation: true, policy: everybody("kms:Decrypt"), tags });
  new aws.lambda.FunctionUrl("lambda-url-authorized", { functionName: "tool", authorizationType: "NONE" });
}

function workloads(subnets: readonly aws.ec2.Subnet[]): void {
  const subnetIds = subnets.map(({ id }) => id);
  new aws.eks.Cluster("eks-private-endpoint", { roleArn: "arn:role", vpcConfig: { subnetIds }, tags });
  new aws.rds.Instance("rds-not-public", { instanceClass: "db.t4g.micro", publiclyAccessible: true, tags });
  new aws.bedrock.AgentcoreAgentRuntime("agentcore-in-vpc", {
    agentRuntimeName: "agent",
    roleArn: "arn:role",
    agentRuntimeArtifact: {
      containerConfiguration: { containerUri: "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1" },
    },
    networkConfiguration: { networkMode: "PUBLIC" },
    tags,
  });
  new aws.bedrock.AgentcoreGateway("agentcore-authorized", {
    name: "gateway",
    roleArn: "arn:role",
    authorizerType: "NONE",
    protocolType: "MCP",
    tags,
  });
  const provider = new k8s.Provider("cluster", { kubeconfig: "{}" });
  new k8s.core.v1.Service("service-not-public", { spec: { type: "LoadBalancer" } }, { provider });
}

export default async (): Promise<void> => {
  const { subnets } = network();
  privateLink(subnets);
  identity();
  workloads(subnets);
};
