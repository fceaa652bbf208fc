import type { Side } from "../model/tags.ts";
import type { StackName } from "../model/stack-name.ts";
import type { AgentcoreDataOutputs } from "./agentcore-data/index.ts";
import type { AgentcoreNetworkOutputs } from "./agentcore-network/index.ts";
import type { AgentcoreRuntimeOutputs } from "./agentcore-runtime/index.ts";
import type { AgentcoreToolsOutputs } from "./agentcore-tools/index.ts";
import type { BootstrapOutputs } from "./bootstrap/index.ts";
import type { ClusterOutputs } from "./cluster/index.ts";
import type { ConnectionsOutputs } from "./connections/index.ts";
import type { CustomerAcceptanceOutputs } from "./customer-acceptance/index.ts";
import type { CustomerAccessOutputs } from "./customer-access/index.ts";
import type { CustomerServicesOutputs } from "./customer-services/index.ts";
import type { DataOutputs } from "./data/index.ts";
import type { DeliveryOutputs } from "./delivery/index.ts";
import type { McpServersOutputs } from "./mcp-servers/index.ts";
import type { NetworkOutputs } from "./network/index.ts";
import type { PrivateConnectionsOutputs } from "./private-connections/index.ts";
import type { ProgramName } from "./program-configs.ts";

export type { ProgramName } from "./program-configs.ts";

/** What each program returns: the contract of everybody who reads its stacks. */
export interface ProgramOutputs {
  network: NetworkOutputs;
  cluster: ClusterOutputs;
  data: DataOutputs;
  "customer-access": CustomerAccessOutputs;
  "customer-services": CustomerServicesOutputs;
  connections: ConnectionsOutputs;
  "customer-acceptance": CustomerAcceptanceOutputs;
  "mcp-servers": McpServersOutputs;
  "agentcore-network": AgentcoreNetworkOutputs;
  "agentcore-data": AgentcoreDataOutputs;
  "agentcore-tools": AgentcoreToolsOutputs;
  "agentcore-runtime": AgentcoreRuntimeOutputs;
  "private-connections": PrivateConnectionsOutputs;
  bootstrap: BootstrapOutputs;
  delivery: DeliveryOutputs;
}

export interface CatalogEntry {
  /** One line for the list of programs. */
  readonly purpose: string;
  /** Who runs it with their own credentials; of one that either may run, each file says it. */
  readonly side: Side | "either";
  /** Programs whose outputs it reads. Of one with instances it reads all of the environment. */
  readonly reads: readonly ProgramName[];
  /** The same of programs that an environment may do without. */
  readonly readsOptionally: readonly ProgramName[];
  /** Programs of the other party: read by full stack name where one project holds both, stated as literals elsewhere. */
  readonly readsAcross: readonly ProgramName[];
  /** Programs that must have run before, though nothing of them is read. */
  readonly after: readonly ProgramName[];
  /** Whether its stacks may carry an instance: one per customer account or cell. */
  readonly instances: boolean;
  /** Whether it talks to the Kubernetes API, which is private. */
  readonly needsKubernetesApi: boolean;
  /** Whether it stays when its environment is destroyed, since the states of all others are in what it makes. */
  readonly outlives?: true;
  /** Whether it is about the other stacks of its environment: it follows from their files and code, and comes once all of them have. */
  readonly aboutOthers?: true;
}

/** A program with one stack, which neither reads nor follows another one, and calls AWS only. */
const STANDALONE = {
  reads: [],
  readsOptionally: [],
  readsAcross: [],
  after: [],
  instances: false,
  needsKubernetesApi: false,
} as const satisfies Partial<CatalogEntry>;

/** Every program. Order of commands, CI paths and tables in docs/ derive from here. */
export const catalog = {
  network: {
    ...STANDALONE,
    purpose:
      "CorpAI's VPC: subnets by AZ and tier, endpoints to AWS's services, flow logs, the MCP workloads' security group",
    side: "corpai",
  },
  cluster: {
    ...STANDALONE,
    purpose: "the EKS cluster with a private API endpoint, and the MCP nodes' role",
    side: "corpai",
    reads: ["network"],
  },
  data: {
    ...STANDALONE,
    purpose:
      "the MCP servers' stores: RDS for PostgreSQL and ElastiCache for Valkey, encrypted, for the workloads' group only",
    side: "corpai",
    reads: ["network"],
  },
  "customer-access": {
    ...STANDALONE,
    purpose: "the IAM policies that CorpAI's role needs in the customer's account",
    side: "customer",
    instances: true,
  },
  "customer-services": {
    ...STANDALONE,
    purpose: "an internal NLB and an endpoint service in front of each of the customer's services",
    side: "customer",
    instances: true,
  },
  connections: {
    ...STANDALONE,
    purpose: "an interface endpoint in CorpAI's VPC for each registered service",
    side: "corpai",
    reads: ["network"],
    readsAcross: ["customer-services"],
    after: ["customer-access"],
    instances: true,
  },
  "customer-acceptance": {
    ...STANDALONE,
    purpose: "the customer's acceptance of the endpoints that may connect",
    side: "customer",
    reads: ["customer-services"],
    readsAcross: ["connections"],
    instances: true,
  },
  "mcp-servers": {
    ...STANDALONE,
    purpose:
      "MCP pods with hosts and ports of their connections and stores in their environment, and a way to nothing else",
    side: "corpai",
    reads: ["network", "cluster", "connections"],
    readsOptionally: ["data"],
    after: ["customer-acceptance"],
    needsKubernetesApi: true,
  },
  "agentcore-network": {
    ...STANDALONE,
    purpose:
      "an isolated VPC for Bedrock AgentCore: no way to the internet, endpoints to AWS's services, security groups, logs of flows and names",
    side: "corpai",
  },
  "agentcore-data": {
    ...STANDALONE,
    purpose:
      "what agents stand on: Cognito for tokens, Aurora Serverless with the Data API, DynamoDB tables, and the keys that encrypt them",
    side: "corpai",
    reads: ["agentcore-network"],
  },
  "agentcore-tools": {
    ...STANDALONE,
    purpose:
      "what agents call: a gateway with look-ups in tables by Lambda, the MCP runtime, and repositories for the images of runtimes",
    side: "corpai",
    reads: ["agentcore-network", "agentcore-data"],
  },
  "agentcore-runtime": {
    ...STANDALONE,
    purpose: "the agent: its runtime and endpoint in the isolated VPC, and the credentials by which it gets tokens",
    side: "corpai",
    reads: ["agentcore-network", "agentcore-data", "agentcore-tools"],
  },
  "private-connections": {
    ...STANDALONE,
    purpose:
      "VPC Lattice gateways and resources, private connections of AWS DevOps Agent over them, and the services that agents use there",
    side: "either",
    readsOptionally: ["network", "mcp-servers"],
    instances: true,
  },
  bootstrap: {
    ...STANDALONE,
    purpose:
      "the bucket of an environment's states and the key of their secrets, and the roles by which workflows and deployments act in an account",
    side: "either",
    instances: true,
    outlives: true,
  },
  delivery: {
    ...STANDALONE,
    purpose: "settings of Pulumi Deployments, drift schedules and a policy group for an environment's stacks",
    side: "corpai",
    aboutOthers: true,
  },
} as const satisfies Record<ProgramName, CatalogEntry>;

export const programNames = Object.keys(catalog) as ProgramName[];

export const isProgram = (name: string): name is ProgramName => Object.hasOwn(catalog, name);

/** A stack's name whose program is one of the catalog. */
export interface ProgramStack<P extends ProgramName = ProgramName> extends StackName {
  readonly program: P;
}

export type Reads<P extends ProgramName> = (typeof catalog)[P]["reads"][number];
export type ReadsOptionally<P extends ProgramName> = (typeof catalog)[P]["readsOptionally"][number];
export type ReadsAcross<P extends ProgramName> = (typeof catalog)[P]["readsAcross"][number];

/** Whether a program's stacks stay when their environment is destroyed. */
export function outlivesEnvironment(program: ProgramName): boolean {
  const { outlives }: CatalogEntry = catalog[program];
  return outlives === true;
}

/** Whether a program's stack is about all others of its environment, and so comes last. */
export function isAboutOthers(program: ProgramName): boolean {
  const { aboutOthers }: CatalogEntry = catalog[program];
  return aboutOthers === true;
}

/** All programs that must be up before this one. */
export function upstreamOf(program: ProgramName): readonly ProgramName[] {
  const { reads, readsOptionally, readsAcross, after }: CatalogEntry = catalog[program];
  return [...reads, ...readsOptionally, ...readsAcross, ...after];
}
