/** MCP components with arguments that a test changes one by one. */
import * as pulumi from "@pulumi/pulumi";
import { CacheUser } from "../../../components/mcp/cache-user.ts";
import { DatabaseRoles, type DatabaseRolesArgs } from "../../../components/mcp/database-roles.ts";
import { McpServer, type McpServerArgs } from "../../../components/mcp/mcp-server.ts";
import { NetworkPolicyController } from "../../../components/mcp/network-policy-controller.ts";
import { WorkloadNodes, type WorkloadNodesArgs } from "../../../components/mcp/workload-nodes.ts";
import { databaseUser } from "../../../model/database-roles.ts";
import { DNS_EGRESS } from "../../../model/pod-egress.ts";
import { connectToDatabase } from "../../../model/pod-identity.ts";

const tags = { ManagedBy: "corpai-terraform" };
const place = { region: "us-east-1", account: "111122223333" };

export const nodes = (name: string, more: Partial<WorkloadNodesArgs> = {}) =>
  new WorkloadNodes(name, {
    nodeRoleName: "nodes",
    subnetIds: ["subnet-1", "subnet-2"],
    clusterSecurityGroupId: "sg-cluster",
    workloadsSecurityGroupId: "sg-workloads",
    ...more,
  });

export const policyController = (name: string) => new NetworkPolicyController(name);

export const server = (name: string, more: Partial<McpServerArgs> = {}) =>
  new McpServer(name, {
    namespace: "corpai-mcp",
    image: "registry/mcp@sha256:0",
    port: 8080,
    replicas: 2,
    waits: false,
    disruptions: { maxUnavailable: 1 },
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    env: { HOST: { value: "vpce-1" }, PASSWORD: { secret: pulumi.secret("canary") } },
    caBundles: {},
    egress: [DNS_EGRESS],
    permissions: { clusterName: "mcp", statements: [connectToDatabase(place, "db-ABC", databaseUser(name))] },
    exposure: undefined,
    tags,
    ...more,
  });

/** Seen from outside the cluster, by a load balancer in two AZs. */
export const EXPOSURE = {
  port: 443,
  subnets: [
    { id: "subnet-a", cidr: "10.40.144.0/23" },
    { id: "subnet-b", cidr: "10.40.146.0/23" },
  ],
  clientCidrs: ["10.40.0.0/16"],
};

export const DATABASE = {
  host: "corpai-demo-tools.abc.us-east-1.rds.amazonaws.com",
  port: 5432,
  databaseName: "tools",
  resourceId: "db-ABC",
  masterSecretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-1",
  masterSecretKeyArn: "arn:aws:kms:us-east-1:111122223333:key/1",
};

export const roles = (name: string, more: Partial<DatabaseRolesArgs> = {}) =>
  new DatabaseRoles(name, {
    clusterName: "mcp",
    region: place.region,
    namespace: "corpai-mcp-roles",
    image: "registry/psql@sha256:0",
    database: pulumi.output(DATABASE),
    users: [databaseUser("tools-mcp")],
    egress: [DNS_EGRESS],
    tags,
    ...more,
  });

export const caches = (name: string) =>
  new CacheUser(name, {
    userId: name,
    access: "on ~x:* -@all +@read",
    userGroupIds: { sessions: "corpai-demo-sessions" },
    tags,
  });
