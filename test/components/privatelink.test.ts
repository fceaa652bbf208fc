// Proves the graphs that the PrivateLink components register: types, inputs, edges. That AWS accepts them, and that packets pass, is proved
// end to end against the sandbox only.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import { Acceptance } from "../../components/privatelink/acceptance.ts";
import { Connection, type ConnectionArgs } from "../../components/privatelink/connection.ts";
import { ConnectivityAccess } from "../../components/privatelink/connectivity-access.ts";
import { PrivateService, type PrivateServiceArgs } from "../../components/privatelink/private-service.ts";
import { connectivityPolicy } from "../../model/iam-documents.ts";
import { recorder, value } from "./support/recorder.ts";

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const service = (changes: Partial<PrivateServiceArgs> = {}): PrivateServiceArgs => ({
  service: "clickhouse",
  port: 8443,
  vpcId: "vpc-1",
  vpcCidrs: ["10.20.0.0/16"],
  clientCidr: "10.40.0.0/17",
  subnets: [
    { id: "subnet-a", azId: "use1-az1" },
    { id: "subnet-b", azId: "use1-az2" },
  ],
  targets: { type: "instance", instanceIds: ["i-1", "i-2"] },
  healthCheck: { protocol: "TCP" },
  ports: {},
  guests: [],
  proxyProtocol: false,
  idleTimeoutSeconds: 350,
  deletionProtection: false,
  targetSecurityGroupId: "sg-target",
  openTargetSecurityGroup: false,
  inboundRulesOnPrivateLink: "on",
  principals: ["arn:aws:iam::111122223333:root"],
  acceptanceRequired: true,
  privateDns: undefined,
  supportedRegions: [],
  tags: { corpai: "privatelink" },
  ...changes,
});

const NO_REACH = { privateNames: false, serviceRegions: [], region: "us-east-1" };

/** From, to and port of each rule, in words that a network engineer would use. */
const rules = (type: string): string[] =>
  recorder
    .of(type)
    .map(
      ({ inputs }) =>
        `${String(inputs.securityGroupId)} ${String(inputs.ipProtocol)} ${String(inputs.fromPort)}-${String(inputs.toPort)} ${String(inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId)}`,
    )
    .sort();

describe("a private service", () => {
  it("is the document's load balancer: internal, network, cross-zone, with its group from the start", async () => {
    await recorder.build(() => new PrivateService("clickhouse", service()));
    assert.deepEqual(recorder.only("aws:lb/loadBalancer:LoadBalancer").inputs, {
      name: "corpai-clickhouse-nlb",
      loadBalancerType: "network",
      internal: true,
      subnets: ["subnet-a", "subnet-b"],
      securityGroups: ["clickhouse-nlb-id"],
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: false,
      tags: { corpai: "privatelink", Name: "corpai-clickhouse-nlb" },
    });
  });

  it("admits the VPC, as the document says, and CorpAI's client CIDR, without which PrivateLink drops every packet", async () => {
    await recorder.build(() => new PrivateService("clickhouse", service()));
    assert.deepEqual(rules(INGRESS), [
      "clickhouse-nlb-id tcp 8443-8443 10.20.0.0/16",
      "clickhouse-nlb-id tcp 8443-8443 10.40.0.0/17",
    ]);
    assert.deepEqual(rules(EGRESS), ["clickhouse-nlb-id tcp 8443-8443 sg-target"]);
    assert.deepEqual(recorder.only("aws:ec2/securityGroup:SecurityGroup").inputs, {
      name: "corpai-clickhouse-nlb-sg",
      description: "Security group for clickhouse NLB PrivateLink",
      vpcId: "vpc-1",
      tags: { corpai: "privatelink", Name: "corpai-clickhouse-nlb-sg" },
    });
  });

  it("has one rule where the two CIDRs are the same, since AWS refuses a rule twice", async () => {
    await recorder.build(() => new PrivateService("clickhouse", service({ vpcCidrs: ["10.40.0.0/17"] })));
    assert.deepEqual(rules(INGRESS), ["clickhouse-nlb-id tcp 8443-8443 10.40.0.0/17"]);
  });

  it("lets health checks out on their own port, and opens the targets' group for both on request", async () => {
    await recorder.build(
      () =>
        new PrivateService(
          "clickhouse",
          service({ healthCheck: { protocol: "HTTP", path: "/ping", port: 8123 }, openTargetSecurityGroup: true }),
        ),
    );
    assert.deepEqual(rules(EGRESS), [
      "clickhouse-nlb-id tcp 8123-8123 sg-target",
      "clickhouse-nlb-id tcp 8443-8443 sg-target",
    ]);
    assert.deepEqual(
      rules(INGRESS).filter((rule) => rule.startsWith("sg-target")),
      ["sg-target tcp 8123-8123 clickhouse-nlb-id", "sg-target tcp 8443-8443 clickhouse-nlb-id"],
    );
    assert.deepEqual(recorder.only("aws:lb/targetGroup:TargetGroup").inputs.healthCheck, {
      enabled: true,
      protocol: "HTTP",
      port: "8123",
      path: "/ping",
    });
  });

  it("forwards its port over TCP to targets that it registers by instance", async () => {
    await recorder.build(() => new PrivateService("clickhouse", service()));
    const { name, targetType, protocol, port } = recorder.only("aws:lb/targetGroup:TargetGroup").inputs;
    assert.deepEqual(
      { name, targetType, protocol, port },
      { name: "corpai-clickhouse-tg", targetType: "instance", protocol: "TCP", port: 8443 },
    );
    assert.deepEqual(
      recorder
        .of("aws:lb/targetGroupAttachment:TargetGroupAttachment")
        .map(({ name: logical, inputs }) => [logical, inputs.targetId, inputs.port]),
      [
        ["clickhouse-nlb-i-1", "i-1", 8443],
        ["clickhouse-nlb-i-2", "i-2", 8443],
      ],
    );
    assert.deepEqual(recorder.only("aws:lb/listener:Listener").inputs, {
      loadBalancerArn: "clickhouse-nlb-arn",
      port: 8443,
      protocol: "TCP",
      tcpIdleTimeoutSeconds: 350,
      defaultActions: [{ type: "forward", targetGroupArn: "clickhouse-nlb-arn" }],
      tags: { corpai: "privatelink" },
    });
  });

  it("registers addresses outside the VPC for all AZs, as AWS wants them, and lets packets out to them by address, since they carry no group", async () => {
    await recorder.build(
      () =>
        new PrivateService(
          "clickhouse",
          service({ targets: { type: "ip", addresses: ["10.20.3.4", "172.16.0.9"], port: 9440 } }),
        ),
    );
    assert.deepEqual(
      recorder
        .of("aws:lb/targetGroupAttachment:TargetGroupAttachment")
        .map(({ inputs }) => [inputs.targetId, inputs.port, inputs.availabilityZone]),
      [
        ["10.20.3.4", 9440, undefined],
        ["172.16.0.9", 9440, "all"],
      ],
    );
    assert.deepEqual(rules(EGRESS), [
      "clickhouse-nlb-id tcp 9440-9440 172.16.0.9/32",
      "clickhouse-nlb-id tcp 9440-9440 sg-target",
    ]);
  });

  it("is offered to named principals, in this region, with acceptance as asked", async () => {
    const built = await recorder.build(() => new PrivateService("clickhouse", service({ acceptanceRequired: false })));
    assert.deepEqual(recorder.only("aws:ec2/vpcEndpointService:VpcEndpointService").inputs, {
      networkLoadBalancerArns: ["clickhouse-nlb-arn"],
      acceptanceRequired: false,
      allowedPrincipals: ["arn:aws:iam::111122223333:root"],
      supportedIpAddressTypes: ["ipv4"],
      tags: { corpai: "privatelink", Name: "corpai-clickhouse-endpoint-svc" },
    });
    assert.equal(await value(built.serviceId), "clickhouse-endpoint-service-id");
  });
});

describe("a service with a name of its own", () => {
  const RECORD = "aws:route53/record:Record";
  const VERIFICATION = "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification";
  const named = (privateDns: PrivateServiceArgs["privateDns"]) =>
    recorder.build(() => new PrivateService("clickhouse", service({ privateDns, supportedRegions: ["us-east-1"] })));

  it("has its TXT record made where a hosted zone is given, and AWS asked only afterwards, in other regions too", async () => {
    await named({ name: "clickhouse.acme.example", hostedZoneId: "Z0ACME", recordPublished: false });
    const { privateDnsName, supportedRegions } = recorder.only("aws:ec2/vpcEndpointService:VpcEndpointService").inputs;
    assert.deepEqual([privateDnsName, supportedRegions], ["clickhouse.acme.example", ["us-east-1"]]);
    assert.deepEqual(recorder.only(RECORD).inputs, {
      zoneId: "Z0ACME",
      name: "_label",
      type: "TXT",
      ttl: 300,
      records: ["vpce:value"],
    });
    const { serviceId, waitForVerification } = recorder.only(VERIFICATION).inputs;
    assert.deepEqual([serviceId, waitForVerification], ["clickhouse-endpoint-service-id", true]);
  });

  it("is verified where its owner says that the record is published, and not before", async () => {
    const published = await named({ name: "clickhouse.acme.example", recordPublished: true });
    assert.equal(recorder.of(RECORD).length, 0);
    assert.equal(recorder.of(VERIFICATION).length, 1);
    assert.equal((await value(published.privateDns ?? pulumi.output(undefined)))?.verified, true);
    const waiting = await named({ name: "clickhouse.acme.example", recordPublished: false });
    assert.equal(recorder.of(VERIFICATION).length, 0);
    assert.deepEqual(await value(waiting.privateDns ?? pulumi.output(undefined)), {
      name: "clickhouse.acme.example",
      record: { name: "_label.clickhouse.acme.example", type: "TXT", value: "vpce:value" },
      verified: false,
    });
  });
});

describe("a connection", () => {
  const connection = (changes: Partial<ConnectionArgs> = {}) =>
    new Connection("clickhouse", {
      displayName: "ClickHouse Production",
      serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-1",
      serviceRegion: undefined,
      privateDnsEnabled: false,
      port: 8443,
      ports: {},
      vpcId: "vpc-corpai",
      azIds: ["use1-az2", "use1-az4"],
      subnetIn: (azId) => `subnet-${azId}`,
      workloadsSecurityGroupId: "sg-workloads",
      tenantSecurityGroupIds: {},
      singleAz: undefined,
      tags: { ManagedBy: "corpai" },
      ...changes,
    });

  it("says where its service is, if in another region, and takes the service's own name where it may", async () => {
    await recorder.build(() => connection({ serviceRegion: "eu-west-1", privateDnsEnabled: pulumi.output(true) }));
    const { serviceRegion, privateDnsEnabled } = recorder.only("aws:ec2/vpcEndpoint:VpcEndpoint").inputs;
    assert.deepEqual([serviceRegion, privateDnsEnabled], ["eu-west-1", true]);
  });

  it("admits the MCP workloads' group on exactly the service's port and nothing else", async () => {
    await recorder.build(() => connection());
    assert.deepEqual(rules(INGRESS), ["clickhouse-id tcp 8443-8443 sg-workloads"]);
    assert.deepEqual(rules(EGRESS), []);
  });

  it("has one endpoint subnet per shared AZ, its own group, no endpoint policy and, unless told, no private DNS", async () => {
    const built = await recorder.build(() => connection());
    assert.deepEqual(recorder.only("aws:ec2/vpcEndpoint:VpcEndpoint").inputs, {
      vpcEndpointType: "Interface",
      serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-1",
      vpcId: "vpc-corpai",
      subnetIds: ["subnet-use1-az2", "subnet-use1-az4"],
      securityGroupIds: ["clickhouse-id"],
      privateDnsEnabled: false,
      tags: { ManagedBy: "corpai", Name: "ClickHouse Production" },
    });
    assert.deepEqual(
      [await value(built.endpointId), await value(built.ownerAccount)],
      ["clickhouse-id", "111122223333"],
    );
  });

  it("tags group and endpoint at creation, because the cross-account role may not tag later, and no rule, because it may never", async () => {
    await recorder.build(() => connection());
    assert.equal(
      (recorder.only("aws:ec2/securityGroup:SecurityGroup").inputs.tags as Record<string, string>).ManagedBy,
      "corpai",
    );
    assert.ok(recorder.of(INGRESS).every(({ inputs }) => inputs.tags === undefined));
  });
});

describe("the customer's side of trust", () => {
  it("accepts one endpoint on one service", async () => {
    await recorder.build(() => new Acceptance("clickhouse", { serviceId: "vpce-svc-1", endpointId: "vpce-1" }));
    assert.deepEqual(recorder.only("aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter").inputs, {
      vpcEndpointServiceId: "vpce-svc-1",
      vpcEndpointId: "vpce-1",
    });
  });

  it("attaches the document's policy to the existing role, and the second one only if wanted", async () => {
    await recorder.build(
      () =>
        new ConnectivityAccess("corpai", {
          roleName: "corpai-cross-account-access",
          forPulumi: false,
          limits: undefined,
          reach: NO_REACH,
          tags: { corpai: "privatelink" },
        }),
    );
    const policy = recorder.only("aws:iam/policy:Policy").inputs;
    assert.equal(policy.name, "CorpAIPrivateServiceConnectivity");
    assert.deepEqual(JSON.parse(String(policy.policy)), JSON.parse(JSON.stringify(connectivityPolicy)));
    assert.equal(recorder.of("aws:iam/role:Role").length, 0, "the role is never ours");

    await recorder.build(
      () =>
        new ConnectivityAccess("corpai", {
          roleName: "corpai-cross-account-access",
          forPulumi: true,
          limits: undefined,
          reach: NO_REACH,
          tags: {},
        }),
    );
    assert.deepEqual(
      recorder
        .of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        .map(({ inputs }) => [inputs.role, inputs.policyArn]),
      [
        ["corpai-cross-account-access", "corpai-connectivity-arn"],
        ["corpai-cross-account-access", "corpai-for-pulumi-arn"],
      ],
    );
  });
});
