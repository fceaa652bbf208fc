// Proves what network and cluster components ask of awsx and eks, and what holds for every component. The children of awsx and eks
// are proved against recordings of the real ones in test/sandbox.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { StateStore } from "../../components/bootstrap/state-store.ts";
import { McpCluster } from "../../components/cluster/mcp-cluster.ts";
import { MonitoringRole } from "../../components/data/monitoring-role.ts";
import { PostgresStore } from "../../components/data/postgres-store.ts";
import { StoreKey } from "../../components/data/store-key.ts";
import { StoreSecurityGroup } from "../../components/data/store-security-group.ts";
import { ValkeyStore } from "../../components/data/valkey-store.ts";
import { InternalService } from "../../components/mcp/internal-service.ts";
import { RestrictedNamespace } from "../../components/mcp/restricted-namespace.ts";
import { EndpointCell } from "../../components/network/endpoint-cell.ts";
import { Network } from "../../components/network/network.ts";
import { TenantSecurityGroup } from "../../components/network/tenant-security-group.ts";
import { Acceptance } from "../../components/privatelink/acceptance.ts";
import { Connection } from "../../components/privatelink/connection.ts";
import { ConnectivityAccess } from "../../components/privatelink/connectivity-access.ts";
import { ConnectionNotifications } from "../../components/privatelink/connection-notifications.ts";
import { PrivateService } from "../../components/privatelink/private-service.ts";
import { StandingService } from "../../components/privatelink/standing-service.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { agentComponents } from "./support/agentcore.ts";
import { deliveryComponents } from "./support/delivery.ts";
import { latticeComponents } from "./support/lattice.ts";
import { caches, nodes, policyController, roles, server } from "./support/mcp.ts";
import { clusterArgs, networkArgs, place, tags } from "./support/platform.ts";
import { recorder, registered, value } from "./support/recorder.ts";

const network = (name: string) =>
  new Network(name, networkArgs({ natGateways: "single", flowLogGroupName: `/corpai/${name}/flow-logs` }));
const cluster = (name: string) => new McpCluster(name, clusterArgs({ clusterName: `corpai-${name}` }));
const store = {
  vpcId: "v",
  azIds: ["use1-az1", "use1-az2"],
  subnetIn: () => "s",
  workloadsSecurityGroupId: "w",
  keyArn: "k",
  protection: protectionOf("prod"),
  tags,
};
const all: Record<string, (name: string) => unknown> = {
  ...agentComponents,
  ...latticeComponents,
  ...deliveryComponents,
  StateStore: (name) => new StateStore(name, { ...place, environment: name, bucketName: `acme-${name}`, tags }),
  Network: network,
  EndpointCell: (name) => new EndpointCell(name, { vpcId: "v", subnets: { "use1-az1": "10.0.0.0/24" }, tags }),
  McpCluster: cluster,
  WorkloadNodes: nodes,
  McpServer: (name) => server(name),
  InternalService: (name) =>
    new InternalService(name, {
      namespace: "corpai-mcp",
      pods: { app: name },
      port: 443,
      targetPort: 8080,
      subnetIds: ["s"],
      clientCidrs: ["10.0.0.0/8"],
      tags,
    }),
  DatabaseRoles: (name) => roles(name),
  CacheUser: caches,
  NetworkPolicyController: policyController,
  RestrictedNamespace: (name) => new RestrictedNamespace(name),
  Connection: (name) =>
    new Connection(name, {
      displayName: "d",
      serviceName: "s",
      serviceRegion: undefined,
      privateDnsEnabled: false,
      port: 1,
      ports: {},
      vpcId: "v",
      azIds: ["use1-az1"],
      subnetIn: () => "s",
      workloadsSecurityGroupId: "w",
      tenantSecurityGroupIds: {},
      singleAz: undefined,
      tags,
    }),
  StoreKey: (name) =>
    new StoreKey(name, {
      account: "111122223333",
      region: "us-east-1",
      environment: "prod",
      protection: protectionOf("prod"),
      tags,
    }),
  StoreSecurityGroup: (name) => new StoreSecurityGroup(name, { ...store, port: 1 }),
  MonitoringRole: (name) => new MonitoringRole(name, { tags }),
  PostgresStore: (name) =>
    new PostgresStore(name, {
      ...store,
      identifier: name,
      version: "17",
      instanceClass: "db.t4g.micro",
      storageGb: 20,
      databaseName: "d",
    }),
  ValkeyStore: (name) => new ValkeyStore(name, { ...store, identifier: name, version: "8.2", nodeType: "c" }),
  Acceptance: (name) => new Acceptance(name, { serviceId: "s", endpointId: "e" }),
  ConnectivityAccess: (name) =>
    new ConnectivityAccess(name, {
      roleName: "r",
      forPulumi: true,
      limits: undefined,
      reach: { privateNames: false, serviceRegions: [], region: "us-east-1" },
      tags,
    }),
  TenantSecurityGroup: (name) => new TenantSecurityGroup(name, { tenant: "risk", vpcId: "v", tags }),
  ConnectionNotifications: (name) =>
    new ConnectionNotifications(name, {
      serviceIds: { clickhouse: "s" },
      place: { account: "111122223333", region: "us-east-1" },
      emails: ["a@b.example"],
      keyDeletionDays: 7,
      tags,
    }),
  PrivateService: (name) =>
    new PrivateService(name, {
      service: name,
      port: 1,
      vpcId: "v",
      vpcCidrs: ["10.0.0.0/8"],
      clientCidr: "10.40.0.0/17",
      subnets: [],
      targets: { type: "ip", addresses: ["10.0.0.1"] },
      healthCheck: { protocol: "TCP" },
      ports: {},
      guests: [],
      proxyProtocol: false,
      idleTimeoutSeconds: 350,
      deletionProtection: false,
      targetSecurityGroupId: "sg",
      openTargetSecurityGroup: true,
      inboundRulesOnPrivateLink: "on",
      principals: [],
      acceptanceRequired: true,
      privateDns: undefined,
      supportedRegions: [],
      tags,
    }),
  StandingService: (name) =>
    new StandingService(name, {
      service: name,
      loadBalancerArn: "arn",
      principals: [],
      acceptanceRequired: true,
      privateDns: undefined,
      supportedRegions: [],
      tags,
    }),
};

describe("the network", () => {
  it("asks awsx for exactly the planned blocks, AZ by AZ, and for one NAT gateway", async () => {
    await recorder.build(() => network("corpai"));
    const { cidrBlock, availabilityZoneNames, natGateways, subnetStrategy, subnetSpecs } =
      recorder.only("awsx:ec2:Vpc").inputs;
    assert.deepEqual(
      { cidrBlock, availabilityZoneNames, natGateways, subnetStrategy },
      {
        cidrBlock: "10.40.0.0/16",
        availabilityZoneNames: ["us-east-1a", "us-east-1c"],
        natGateways: { strategy: "Single" },
        subnetStrategy: "Auto",
      },
    );
    assert.deepEqual(subnetSpecs, [
      { type: "Private", name: "client", cidrBlocks: ["10.40.0.0/20", "10.40.48.0/20"], tags },
      { type: "Isolated", name: "data", cidrBlocks: ["10.40.128.0/23", "10.40.134.0/23"], tags },
      { type: "Isolated", name: "endpoint", cidrBlocks: ["10.40.144.0/23", "10.40.150.0/23"], tags },
      { type: "Public", name: "public", cidrBlocks: ["10.40.160.0/23", "10.40.166.0/23"], tags },
    ]);
  });

  it("tells its subnets by tier and AZ, whatever order awsx lists them in by type", async () => {
    const built = await recorder.build(() => network("corpai"));
    assert.deepEqual(await value(built.endpointSubnets), [
      { id: "endpoint-1", azId: "use1-az1", cidr: "10.40.144.0/23" },
      { id: "endpoint-2", azId: "use1-az4", cidr: "10.40.150.0/23" },
    ]);
    assert.deepEqual(
      (await value(built.dataSubnets)).map(({ id }) => id),
      ["data-1", "data-2"],
    );
    assert.deepEqual(
      (await value(built.clientSubnets)).map(({ id }) => id),
      ["client-1", "client-2"],
    );
  });

  it("gives the workloads' group a way inside the VPC only", async () => {
    await recorder.build(() => network("corpai"));
    assert.deepEqual(
      recorder.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(({ inputs }) => inputs.cidrIpv4),
      ["10.40.0.0/16"],
    );
    assert.deepEqual(
      recorder
        .of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ inputs }) => inputs.securityGroupId === "corpai-workloads-id"),
      [],
    );
  });

  it("logs accepted and rejected flows for as long as asked", async () => {
    await recorder.build(() => network("corpai"));
    assert.equal(recorder.only("aws:ec2/flowLog:FlowLog").inputs.trafficType, "ALL");
    assert.equal(recorder.only("aws:cloudwatch/logGroup:LogGroup").inputs.retentionInDays, 30);
  });
});

describe("the cluster", () => {
  it("has a private API endpoint only, Auto Mode, and one subnet per AZ", async () => {
    await recorder.build(() => cluster("mcp"));
    const { endpointPrivateAccess, endpointPublicAccess, autoMode, privateSubnetIds, authenticationMode } =
      recorder.only("eks:index:Cluster").inputs;
    assert.deepEqual(
      { endpointPrivateAccess, endpointPublicAccess, autoMode, privateSubnetIds, authenticationMode },
      {
        endpointPrivateAccess: true,
        endpointPublicAccess: false,
        autoMode: { enabled: true, createNodeRole: true },
        privateSubnetIds: ["subnet-use1-az1", "subnet-use1-az2"],
        authenticationMode: "API",
      },
    );
  });

  it("lets nodes of our own class join, by an access entry with the Auto Mode policy", async () => {
    await recorder.build(() => cluster("mcp"));
    assert.equal(recorder.only("aws:eks/accessEntry:AccessEntry").inputs.type, "EC2");
    assert.match(
      String(recorder.only("aws:eks/accessPolicyAssociation:AccessPolicyAssociation").inputs.policyArn),
      /AmazonEKSAutoNodePolicy$/,
    );
  });
});

describe("every component", () => {
  /** Plain values and functions that components share. */
  const NO_COMPONENTS = [
    "mcp/kubeconfig.ts",
    "mcp/pod-defaults.ts",
    "data/place.ts",
    "data/retained-key.ts",
    "lattice/integration-registration.ts",
    "lattice/tag-list.ts",
    "privatelink/adopted.ts",
  ];
  const own = readdirSync(join(import.meta.dirname, "../../components"), { recursive: true }).map(String);

  it("is covered here, itself or as a child of one that is", async () => {
    for (const [label, make] of Object.entries(all)) await recorder.build(() => make(`covered-${label.toLowerCase()}`));
    const built = new Set(
      recorder.resources
        .map(({ type }) => type)
        .concat(registered().map(({ urn }) => urn.split("::")[2]?.split("$").at(-1) ?? "")),
    );
    const classes = own
      .filter((file) => file.endsWith(".ts") && !NO_COMPONENTS.includes(file))
      .map((file) => file.replace(/^.*\/|\.ts$/g, ""));
    const kebab = new Set(
      [...built]
        .filter((type) => type.startsWith("corpai:"))
        .map((type) => (type.split(":")[2] ?? "").replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()),
    );
    assert.deepEqual(
      classes.filter((file) => !kebab.has(file)),
      [],
    );
  });

  for (const [label, make] of Object.entries(all)) {
    it(`${label}: children descend from it, carry its name, and its outputs are registered`, async () => {
      const name = `probe-${label.toLowerCase()}`;
      await recorder.build(() => make(name));
      const mine = registered().filter(({ urn }) => urn.split("::").at(-1)?.startsWith(name));
      const [self] = mine.filter(
        ({ urn }) =>
          urn.split("::").at(-1) === name && /^(pulumi:pulumi:Stack\$)?corpai:/.test(urn.split("::")[2] ?? ""),
      );
      assert.ok(self, "the component is registered");
      assert.ok(Object.keys(self.state).length > 0, "registerOutputs was given the outputs");
      const foreign = recorder.resources.filter(({ name: child }) => !child.startsWith(name) && child !== "corpai-mcp");
      assert.deepEqual(
        foreign.map((child) => child.name),
        [],
        "names start with the component's",
      );
      const orphans = mine.filter(({ urn }) => !/corpai:|pulumi:pulumi:Stack$/.test(urn.split("::")[2] ?? ""));
      assert.deepEqual(
        orphans.map(({ urn }) => urn),
        [],
        "each child has one of our components as parent",
      );
    });

    it(`${label}: two of them never collide`, async () => {
      await recorder.build(() => {
        make(`one-${label.toLowerCase()}`);
        make(`two-${label.toLowerCase()}`);
      });
      const names = recorder.resources.map(({ type, name }) => `${type} ${name}`);
      assert.equal(new Set(names).size, names.length);
    });
  }
});
