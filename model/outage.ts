/** What is lost, or breaks, where a resource of a type is replaced. */
export type Outage = "data" | "connections";

const DATA: readonly string[] = [
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cognito/userPool:UserPool",
  "aws:dynamodb/table:Table",
  "aws:ecr/repository:Repository",
  "aws:eks/cluster:Cluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:kms/key:Key",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:rds/instance:Instance",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
];

const CONNECTIONS: readonly string[] = [
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter",
  "aws:ec2/vpcEndpointService:VpcEndpointService",
  "aws:lb/listener:Listener",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/targetGroup:TargetGroup",
  "aws:vpclattice/resourceConfiguration:ResourceConfiguration",
  "aws:vpclattice/resourceGateway:ResourceGateway",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:core/v1:Namespace",
];

/** @returns undefined where nobody notices */
export function outageOfReplacing(type: string): Outage | undefined {
  if (DATA.includes(type)) return "data";
  return CONNECTIONS.includes(type) ? "connections" : undefined;
}
