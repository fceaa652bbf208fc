import { setTimeout as after } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** A resource as a component registered it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What a lookup answers, by token; a lookup that is not listed fails the test. */
export type Lookups = Record<string, (args: Record<string, unknown>) => Record<string, unknown>>;

/** Outputs that providers compute and our components read, by type. Ids are always `<name>-id`. */
const COMPUTED: Record<string, (inputs: Record<string, unknown>, name: string) => Record<string, unknown>> = {
  "aws:lb/loadBalancer:LoadBalancer": (_inputs, name) => ({ arn: `${name}-arn` }),
  "aws:lb/targetGroup:TargetGroup": (_inputs, name) => ({ arn: `${name}-arn` }),
  "aws:ec2/vpcEndpointService:VpcEndpointService": ({ privateDnsName }, name) => ({
    serviceName: `com.amazonaws.vpce.us-east-1.${name}`,
    privateDnsNameConfigurations:
      privateDnsName === undefined
        ? []
        : [{ name: "_label", type: "TXT", value: "vpce:value", state: "pendingVerification" }],
  }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ serviceName }) => ({
    ownerId: "111122223333",
    prefixListId: `pl-${String(serviceName).split(".").at(-1)}`,
    cidrBlocks: ["52.216.0.0/15"],
  }),
  "aws:iam/role:Role": (inputs, name) => ({ arn: `arn:aws:iam::111122223333:role/${name}`, name: inputs.name ?? name }),
  "aws:iam/policy:Policy": (_inputs, name) => ({ arn: `${name}-arn` }),
  "aws:cloudwatch/logGroup:LogGroup": (inputs, name) => ({ arn: `${name}-arn`, name: inputs.name ?? name }),
  "aws:elasticache/user:User": (inputs) => ({
    arn: `arn:aws:elasticache:us-east-1:111122223333:user:${String(inputs.userId)}`,
  }),
  "kubernetes:core/v1:Service": (_inputs, name) => ({
    status: { loadBalancer: { ingress: [{ hostname: `k8s-${name}.elb.us-east-1.amazonaws.com` }] } },
  }),
  "pulumiservice:index:AgentPool": (_inputs, name) => ({ agentPoolId: `${name}-pool`, tokenValue: "pul-token" }),
  "aws:kms/key:Key": (_inputs, name) => ({ arn: `${name}-arn`, keyId: `${name}-id` }),
  "aws:rds/subnetGroup:SubnetGroup": (_inputs, name) => ({ name: `${name}-a1b2c3d` }),
  "aws:rds/parameterGroup:ParameterGroup": (_inputs, name) => ({ name: `${name}-a1b2c3d` }),
  "aws:rds/instance:Instance": (inputs) => ({
    address: `${String(inputs.identifier)}.rds.amazonaws.com`,
    resourceId: "db-1",
    engineVersionActual: "17.9",
    masterUserSecrets: [{ secretArn: "secret-arn" }],
  }),
  "aws:rds/cluster:Cluster": (_inputs, name) => ({
    arn: `${name}-arn`,
    masterUserSecrets: [{ secretArn: "secret-arn" }],
  }),
  "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime": (_inputs, name) => ({
    agentRuntimeArn: `arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/${name}`,
    agentRuntimeId: name,
    agentRuntimeVersion: "1",
  }),
  "aws:bedrock/agentcoreOauth2CredentialProvider:AgentcoreOauth2CredentialProvider": () => ({
    credentialProviderArn: "provider-arn",
    clientSecretArns: [{ secretArn: "secret-arn" }],
  }),
  "aws:elasticache/subnetGroup:SubnetGroup": (_inputs, name) => ({ name: `${name}-a1b2c3d` }),
  "aws:elasticache/replicationGroup:ReplicationGroup": (inputs, name) => ({
    arn: `${name}-arn`,
    primaryEndpointAddress: `master.${String(inputs.replicationGroupId)}.cache.amazonaws.com`,
    engineVersionActual: "8.2.0",
  }),
  "aws:vpclattice/resourceConfiguration:ResourceConfiguration": (_inputs, name) => ({ arn: `${name}-arn` }),
  "aws:vpclattice/serviceNetwork:ServiceNetwork": (_inputs, name) => ({ arn: `${name}-arn` }),
  "aws:ram/resourceShare:ResourceShare": (_inputs, name) => ({ arn: `${name}-arn` }),
  "aws-native:devopsagent:AgentSpace": (_inputs, name) => ({ agentSpaceId: `${name}-id` }),
  "aws-native:devopsagent:PrivateConnection": (_inputs, name) => ({ arn: `${name}-arn` }),
  "aws-native:devopsagent:Service": (_inputs, name) => ({ serviceId: `${name}-id` }),
  "awsx:ec2:Vpc": () => ({
    vpcId: "vpc-id",
    privateSubnetIds: ["client-1", "client-2"],
    isolatedSubnetIds: ["data-1", "endpoint-1", "data-2", "endpoint-2"],
    routeTables: ["Public", "Private", "Isolated", "Private"].map((SubnetType, index) => ({
      id: `table-${index}`,
      tags: { SubnetType },
    })),
  }),
  "eks:index:Cluster": () => ({
    eksCluster: {
      name: "mcp-cluster",
      endpoint: "https://cluster",
      certificateAuthority: { data: "Q0E=" },
      roleArn: "arn:aws:iam::111122223333:role/mcp-cluster",
    },
    clusterSecurityGroupId: "cluster-sg",
  }),
};

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** Mocks that record every registration and refuse every lookup that a test did not list. */
class Recorder {
  readonly resources: Recorded[] = [];
  /** Names of the references to stacks: reading is no resource. */
  readonly references: string[] = [];
  lookups: Lookups = {};
  /** What stands already, by type and id: reading is no resource. */
  reads: (type: string, id: string) => Record<string, unknown> = (type) => {
    throw new Error(`no read of ${type} was expected`);
  };
  /** Last outputs of other stacks, by full name; one that is not listed has never been brought up. */
  stacks: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};

  async install(stack: string, { preview = false } = {}): Promise<void> {
    await pulumi.runtime.setMocks(
      {
        newResource: (args) => {
          const inputs = args.inputs as Record<string, unknown>;
          if (args.type === STACK_REFERENCE) {
            this.references.push(args.name);
            return { id: args.name, state: { ...inputs, ...this.#read(inputs.name) } };
          }
          // A read gives no arguments; an import does.
          if (args.id && Object.keys(inputs).length === 0)
            return { id: args.id, state: this.reads(args.type, args.id) };
          this.resources.push({ type: args.type, name: args.name, inputs });
          return { id: `${args.name}-id`, state: { ...inputs, ...(COMPUTED[args.type]?.(inputs, args.name) ?? {}) } };
        },
        call: (args) => {
          const lookup = this.lookups[args.token];
          if (!lookup) throw new Error(`no lookup of ${args.token} was expected`);
          return lookup(args.inputs as Record<string, unknown>);
        },
      },
      "corpai",
      stack,
      preview,
      "organization",
    );
  }

  #read(name: unknown): Record<string, unknown> {
    const stack = String(name).split("/").at(-1) ?? "";
    return { outputs: this.stacks[stack] ?? {}, secretOutputNames: [] };
  }

  /** Builds, and waits until everything has been registered: only then may a test say that something is absent. */
  async build<T>(make: () => T | Promise<T>): Promise<T> {
    this.resources.length = 0;
    this.references.length = 0;
    const made = await make();
    await this.#drained();
    return made;
  }

  async #drained(): Promise<void> {
    let seen = -1;
    for (let quiet = 0; quiet < 5; quiet++) {
      if (this.#count() !== seen) quiet = 0;
      seen = this.#count();
      await after(5);
    }
  }

  #count(): number {
    return this.resources.length + registered().length;
  }

  of(type: string): Recorded[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The one resource of a type; more or none fail the test. */
  only(type: string): Recorded {
    const [first, ...more] = this.of(type);
    if (!first || more.length > 0)
      throw new Error(
        `expected one ${type}, got ${
          this.of(type)
            .map(({ name }) => name)
            .join(", ") || "none"
        }`,
      );
    return first;
  }
}

/** Every registration of the process so far; a component's state is what it gave registerOutputs. */
export function registered(): { readonly urn: string; readonly state: Record<string, unknown> }[] {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    getRegisteredResources(): Map<string, { urn: string; state: Record<string, unknown> }>;
  };
  return [...monitor.getRegisteredResources().values()];
}

/** An output's value. */
export function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve as (known: unknown) => void));
}

/** One for the whole process, since Pulumi's mocks are. */
export const recorder = new Recorder();
await recorder.install("network.demo");
