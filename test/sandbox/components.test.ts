import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { awsxVpc } from "../../sandbox/components/awsx-vpc.ts";
import { eksCluster } from "../../sandbox/components/eks-cluster.ts";
import type { ComponentModel, Constructed, Registered, Registrar, Registration } from "../../sandbox/model.ts";
import type { Properties, Value } from "../../sandbox/wire.ts";
import { UNKNOWN, isObject } from "../../sandbox/wire.ts";
import { textOf } from "./support/cluster.ts";

interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs?: Properties;
}
const { recordings } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../fixtures/recorded-components.json"), "utf8"),
) as {
  recordings: { args: Record<string, Properties>; resources: Recorded[] }[];
};

const ROOT = "urn:pulumi:h::held::pulumi:pulumi:Stack::held-h";
const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

interface Monitor extends Registrar {
  readonly registrations: readonly (Registration & { readonly urn: string })[];
}

/** Answers as the recorder's aws provider did: inputs echoed, ids numbered, ARNs from ids. */
function monitor({ preview = false } = {}): Monitor {
  const registrations: (Registration & { readonly urn: string })[] = [];
  function register(registration: Registration): Registered {
    const chain = registration.parent === ROOT ? "" : `${registration.parent.split("::")[2]}$`;
    const urn = `urn:pulumi:h::held::${chain}${registration.type}::${registration.name}`;
    registrations.push({ ...registration, urn });
    const id = preview ? UNKNOWN : `${registration.name}-${registrations.length}`;
    const computed = (value: Value): Value => (preview ? UNKNOWN : value);
    const inputs: Properties = Object.fromEntries(
      Object.entries(registration.inputs).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
    const outputs: Properties = {
      ...inputs,
      id,
      arn: computed(`arn:aws:x:us-east-1:111111111111:${id}`),
      name: inputs.name ?? id,
      allocationId: computed("eipalloc-1"),
      endpoint: computed("https://ABC.gr7.us-east-1.eks.amazonaws.com"),
      certificateAuthority: computed({ data: "Y2E=" }),
      identities: computed([{ oidcs: [{ issuer: "https://oidc.example/id/1" }] }]),
    };
    return { urn, id, outputs };
  }
  return {
    registrations,
    resource: (registration) => Promise.resolve(register(registration)),
    component: (registration) => Promise.resolve(register(registration)),
    outputs: () => Promise.resolve(),
    invoke: (token) =>
      Promise.resolve<Properties>(
        token.includes("Zones")
          ? { names: ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"] }
          : { version: "v1.0.0-eksbuild.1" },
      ),
  };
}

const build = (
  model: ComponentModel,
  name: string,
  inputs: Properties,
  registrar: Registrar,
  inputDependencies = {},
): Promise<Constructed> =>
  model.construct({ name, urn: `urn:pulumi:h::held::${model.type}::${name}`, inputs, inputDependencies }, registrar);

const REFERRING = /(Ids?|Arn|clusterName|^id)$/;

/** Ids lose their number, because that says in which order things were registered, not what is what. */
function anonymous(value: Value | undefined, key = ""): Value {
  if (typeof value === "string") return REFERRING.test(key) ? value.replace(/-\d+$/, "") : value;
  if (Array.isArray(value)) return value.map((inner) => anonymous(inner, key));
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => (inner as Value | undefined) !== undefined)
      .map(([inner, of]) => [inner, anonymous(of, inner)]),
  );
}

const comparable = (resources: readonly Recorded[]): Recorded[] =>
  resources
    .map(({ type, name, parent, inputs }) => ({ type, name, parent, inputs: anonymous(inputs ?? {}) as Properties }))
    .sort((one, other) => `${one.type} ${one.name}`.localeCompare(`${other.type} ${other.name}`));

const registered = ({ registrations }: Monitor): Recorded[] =>
  registrations
    // The recorder left out providers, and its elastic addresses had no allocation id.
    .filter(({ type }) => !type.startsWith("pulumi:providers:"))
    .map(({ type, name, parent, inputs: { allocationId: _unrecorded, ...inputs } }) => ({
      type,
      name,
      parent: nameOf(parent),
      inputs: inputs as Properties,
    }));

const children = (recording: number): Recorded[] =>
  (recordings[recording]?.resources ?? []).filter(
    ({ type }) => type !== "awsx:ec2:Vpc" && type !== "eks:index:Cluster",
  );
const argumentsOf = (recording: number, component: string): Properties => recordings[recording]?.args[component] ?? {};

const refusal =
  (pattern: RegExp) =>
  (error: Error): boolean =>
    pattern.test(error.message);

describe("the stand-in of awsx:ec2:Vpc", () => {
  const explicit = (more: Properties = {}): Properties => ({
    cidrBlock: "10.40.0.0/16",
    availabilityZoneNames: ["us-east-1a", "us-east-1c"],
    natGateways: { strategy: "None" },
    subnetStrategy: "Auto",
    subnetSpecs: [
      {
        type: "Isolated",
        name: "endpoints",
        cidrBlocks: ["10.40.32.0/24", "10.40.33.0/24"],
        tags: { tier: "endpoints" },
      },
      { type: "Private", name: "workloads", cidrBlocks: ["10.40.0.0/20", "10.40.16.0/20"] },
    ],
    tags: { ManagedBy: "corpai-terraform" },
    ...more,
  });
  const refuses = (inputs: Properties, pattern: RegExp): Promise<void> =>
    assert.rejects(build(awsxVpc, "corpai", inputs, monitor()), refusal(pattern));

  it("builds what the real one builds, for three AZs with a NAT gateway in each", async () => {
    const made = monitor();
    await build(awsxVpc, "corpai", argumentsOf(1, "awsx:ec2:Vpc corpai"), made);
    assert.deepEqual(comparable(registered(made)), comparable(children(1)));
  });

  it("lays explicit blocks out per AZ, private before isolated, named after spec and AZ number", async () => {
    const made = monitor();
    const { outputs } = await build(awsxVpc, "corpai", explicit(), made);
    const subnets = made.registrations.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
    assert.deepEqual(
      subnets.map(({ name, inputs }) => [name, inputs.availabilityZone, inputs.cidrBlock]),
      [
        ["corpai-workloads-1", "us-east-1a", "10.40.0.0/20"],
        ["corpai-endpoints-1", "us-east-1a", "10.40.32.0/24"],
        ["corpai-workloads-2", "us-east-1c", "10.40.16.0/20"],
        ["corpai-endpoints-2", "us-east-1c", "10.40.33.0/24"],
      ],
    );
    assert.deepEqual(subnets[1]?.inputs.tags, {
      Name: "corpai-endpoints-1",
      ManagedBy: "corpai-terraform",
      tier: "endpoints",
      SubnetType: "Isolated",
    });
    assert.deepEqual(
      [
        outputs.publicSubnetIds,
        (outputs.privateSubnetIds as Value[]).length,
        (outputs.isolatedSubnetIds as Value[]).length,
      ],
      [[], 2, 2],
    );
  });

  it("gives private subnets no route without NAT gateways, and makes an internet gateway all the same", async () => {
    const made = monitor();
    await build(awsxVpc, "corpai", explicit(), made);
    const types = made.registrations.map(({ type }) => type);
    assert.ok(!types.includes("aws:ec2/route:Route") && !types.includes("aws:ec2/natGateway:NatGateway"));
    assert.ok(types.includes("aws:ec2/internetGateway:InternetGateway"));
  });

  it("states for every id where it comes from, so that policies can read the graph", async () => {
    const made = monitor();
    await build(awsxVpc, "corpai", argumentsOf(0, "awsx:ec2:Vpc corpai"), made);
    const urnOf = new Map(made.registrations.map(({ urn, name }, index) => [`${name}-${index + 1}`, urn]));
    for (const { name, inputs, propertyDependencies } of made.registrations) {
      for (const [property, value] of Object.entries(inputs)) {
        const urn = typeof value === "string" ? urnOf.get(value) : undefined;
        if (urn !== undefined) assert.deepEqual(propertyDependencies?.[property], [urn], `${name}.${property}`);
      }
    }
  });

  it("answers unknown ids in a preview, and for each output the children it comes from", async () => {
    const { outputs, dependencies } = await build(awsxVpc, "corpai", explicit(), monitor({ preview: true }));
    assert.equal(outputs.vpcId, UNKNOWN);
    assert.deepEqual(outputs.privateSubnetIds, [UNKNOWN, UNKNOWN]);
    assert.deepEqual(dependencies.privateSubnetIds?.map(nameOf), ["corpai-workloads-1", "corpai-workloads-2"]);
  });

  it("refuses what the real one refuses", async () => {
    const blocks = (...cidrBlocks: string[]): Properties => ({ subnetSpecs: [{ type: "Private", cidrBlocks }] });
    await refuses(
      explicit(blocks("10.40.0.0/20", "10.40.8.0/24")),
      /overlap with at least one other subnet[^]*corpai-private-1: 10\.40\.0\.0\/20/,
    );
    await refuses(
      explicit(blocks("10.40.0.0/20")),
      /number of CIDR blocks in subnetSpecs\[0\] must match the number of availability zones \(2\)/,
    );
    await refuses(
      explicit({ subnetStrategy: "Exact" }),
      /There are gaps in the subnet ranges.*does not start at the beginning of the VPC/,
    );
    await refuses(
      explicit({ numberOfAvailabilityZones: 2 }),
      /Only one of \[availabilityZoneNames\] and \[numberOfAvailabilityZones\]/,
    );
    await refuses(
      explicit({ natGateways: { strategy: "Single" } }),
      /both private and public subnets must be declared/,
    );
    await refuses(
      { subnetStrategy: "Auto", numberOfAvailabilityZones: 5, natGateways: { strategy: "None" } },
      /does not have at least 5 Availability Zones/,
    );
    await refuses(
      {
        ...explicit(),
        subnetSpecs: [
          { type: "Private", cidrMask: 17 },
          { type: "Private", cidrMask: 20 },
        ],
      },
      /Subnets are too large for VPC\. VPC has 32768 addresses, but subnets require 36864/,
    );
  });

  it("fills a VPC exactly where the blocks leave no gap", async () => {
    const subnetSpecs = [
      { type: "Private", cidrBlocks: ["10.40.0.0/17"] },
      { type: "Isolated", cidrBlocks: ["10.40.128.0/17"] },
    ];
    await build(
      awsxVpc,
      "corpai",
      explicit({ subnetStrategy: "Exact", availabilityZoneNames: ["us-east-1a"], subnetSpecs }),
      monitor(),
    );
  });

  it("says by name what it does not build", async () => {
    await refuses({ cidrBlock: "10.0.0.0/16" }, /SandboxUnsupported.*subnetStrategy "Legacy"/);
    await refuses(
      explicit({ natGateways: { strategy: "None", elasticIpAllocationIds: ["eipalloc-1"] } }),
      /elasticIpAllocationIds/,
    );
    assert.ok(!awsxVpc.arguments.includes("vpcEndpointSpecs"));
  });
});

describe("the stand-in of eks:index:Cluster", () => {
  const own = (more: Properties = {}): Properties => ({
    ...argumentsOf(0, "eks:index:Cluster mcp"),
    vpcId: "vpc-1",
    privateSubnetIds: ["subnet-a", "subnet-b"],
    ...more,
  });
  const refuses = (inputs: Properties, pattern: RegExp): Promise<void> =>
    assert.rejects(build(eksCluster, "mcp", inputs, monitor()), refusal(pattern));
  const inputsOf = ({ registrations }: Monitor, name: string): Registration["inputs"] =>
    registrations.find((one) => one.name === name)?.inputs ?? {};

  it("builds what the real one builds for Auto Mode, in a VPC by awsx", async () => {
    const made = monitor();
    const { outputs } = await build(awsxVpc, "corpai", argumentsOf(0, "awsx:ec2:Vpc corpai"), made);
    await build(
      eksCluster,
      "mcp",
      own({ vpcId: outputs.vpcId ?? "", privateSubnetIds: outputs.privateSubnetIds ?? "" }),
      made,
    );
    assert.deepEqual(comparable(registered(made)), comparable(children(0)));
  });

  it("lets the cluster wait for its roles' policies", async () => {
    const made = monitor();
    await build(eksCluster, "mcp", own(), made);
    const cluster = made.registrations.find(({ type }) => type === "aws:eks/cluster:Cluster");
    const names = cluster?.dependsOn?.map(nameOf) ?? [];
    assert.ok(names.includes("mcp-eksRole-4b490823") && names.includes("mcp-nodeRole-22021ef5"));
    assert.deepEqual(cluster?.propertyDependencies?.roleArn?.map(nameOf), ["mcp-eksRole-role"]);
  });

  it("makes no role that it is told not to make", async () => {
    const made = monitor();
    await build(
      eksCluster,
      "mcp",
      own({
        createInstanceRole: false,
        autoMode: { enabled: true, createNodeRole: false, computeConfig: { nodePools: [] } },
      }),
      made,
    );
    assert.deepEqual(
      made.registrations.filter(({ type }) => type === "aws:iam/role:Role").map(({ name }) => name),
      ["mcp-eksRole-role"],
    );
    assert.deepEqual(inputsOf(made, "mcp-eksCluster").computeConfig, { enabled: true, nodePools: [] });
  });

  it("passes logging, encryption, protection, support and tags on", async () => {
    const made = monitor();
    const given = {
      enabledClusterLogTypes: ["audit"],
      encryptionConfigKeyArn: "arn:aws:kms:k",
      deletionProtection: true,
      upgradePolicy: { supportType: "STANDARD" },
      tags: { ManagedBy: "corpai-terraform" },
      clusterTags: { tier: "mcp" },
    };
    await build(eksCluster, "mcp", own(given), made);
    const inputs = inputsOf(made, "mcp-eksCluster");
    assert.deepEqual(inputs.tags, { Name: "mcp-eksCluster", tier: "mcp", ManagedBy: "corpai-terraform" });
    assert.deepEqual(inputs.encryptionConfig, { provider: { keyArn: "arn:aws:kms:k" }, resources: ["secrets"] });
    assert.deepEqual(
      [inputs.enabledClusterLogTypes, inputs.deletionProtection, inputs.upgradePolicy],
      [["audit"], true, { supportType: "STANDARD" }],
    );
    assert.deepEqual(inputsOf(made, "mcp-nodeRole-role").tags, { ManagedBy: "corpai-terraform" });
  });

  it("carries tags on all that takes them, as long as entries bring their own and no role for node groups is made", async () => {
    const made = monitor();
    const tags = { ManagedBy: "corpai-terraform" };
    const accessEntries = { ops: { principalArn: "arn:aws:iam::111122223333:role/ops", tags } };
    await build(eksCluster, "mcp", own({ tags, accessEntries, createInstanceRole: false }), made);
    const taggable = [
      "aws:iam/role:Role",
      "aws:eks/cluster:Cluster",
      "aws:eks/accessEntry:AccessEntry",
      "aws:eks/addon:Addon",
    ];
    const resources = made.registrations.filter(({ type }) => taggable.includes(type));
    assert.deepEqual(new Set(resources.map(({ type }) => type)), new Set(taggable));
    for (const { name, inputs } of resources)
      assert.equal((inputs.tags as Properties | undefined)?.ManagedBy, "corpai-terraform", name);
    assert.ok(!made.registrations.some(({ type }) => type === "aws:iam/instanceProfile:InstanceProfile"));
  });

  it("states the addresses of Services beside Auto Mode's switch", async () => {
    const made = monitor();
    await build(eksCluster, "mcp", own({ kubernetesServiceIpAddressRange: "172.20.0.0/16" }), made);
    assert.deepEqual(inputsOf(made, "mcp-eksCluster").kubernetesNetworkConfig, {
      serviceIpv4Cidr: "172.20.0.0/16",
      ipFamily: "ipv4",
      elasticLoadBalancing: { enabled: true },
    });
  });

  it("makes access entries with their policies", async () => {
    const made = monitor();
    const accessPolicies = {
      admin: {
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      },
    };
    await build(
      eksCluster,
      "mcp",
      own({ accessEntries: { ops: { principalArn: "arn:aws:iam::111122223333:role/ops", accessPolicies } } }),
      made,
    );
    assert.equal(inputsOf(made, "mcp-ops").principalArn, "arn:aws:iam::111122223333:role/ops");
    assert.equal(inputsOf(made, "mcp-ops-admin").policyArn, accessPolicies.admin.policyArn);
  });

  it("answers what the SDK types promise, unknown in a preview", async () => {
    const { outputs } = await build(eksCluster, "mcp", own(), monitor());
    assert.match(textOf(outputs.kubeconfigJson), /"server":"https:\/\/ABC\.gr7\.us-east-1\.eks\.amazonaws\.com"/);
    assert.equal(outputs.oidcIssuer, "oidc.example/id/1");
    for (const key of [
      "cluster",
      "clusterIamRole",
      "endpoint",
      "instanceRoles",
      "nodeGroupOptions",
      "provider",
      "subnetIds",
      "vpcId",
    ])
      assert.ok(key in (outputs.core as Properties), key);
    const preview = await build(eksCluster, "mcp", own(), monitor({ preview: true }));
    assert.deepEqual(
      [preview.outputs.kubeconfig, preview.outputs.kubeconfigJson, preview.outputs.oidcIssuer],
      [UNKNOWN, UNKNOWN, UNKNOWN],
    );
  });

  it("refuses what the real one refuses, and by name what it does not build", async () => {
    await refuses(own({ authenticationMode: "CONFIG_MAP" }), /Access entries are required when using EKS Auto Mode/);
    await refuses(own({ subnetIds: ["subnet-a"] }), /mutually exclusive/);
    await refuses(
      own({ publicAccessCidrs: ["192.0.2.0/24"], endpointPublicAccess: false }),
      /`publicAccessCidrs` can only be set when/,
    );
    await refuses(own({ autoMode: { enabled: false } }), /SandboxUnsupported.*autoMode\.enabled/);
    await refuses(own({ createOidcProvider: true }), /SandboxUnsupported.*Pod Identity/);
    for (const key of ["fargate", "nodeGroupOptions", "vpcCniOptions", "storageClasses", "roleMappings"])
      assert.ok(!eksCluster.arguments.includes(key), key);
  });
});
