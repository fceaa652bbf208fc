import assert from "node:assert/strict";
import { startEngine } from "./support/engine.ts";
import type { Engine } from "./support/engine.ts";

/** ClickHouse of the demo estate behind a service, and an endpoint to it from a VPC of CorpAI's, accepted: all in one account. */
const PROGRAM = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const acme = "vpc-0acedada000000001";
const tags = { corpai: "privatelink" };
const group = new aws.ec2.SecurityGroup("nlb", { vpcId: acme, tags });
const tcp = (port) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
new aws.vpc.SecurityGroupIngressRule("clients", { securityGroupId: group.id, cidrIpv4: "10.40.0.0/16", ...tcp(8443) });
new aws.vpc.SecurityGroupEgressRule("targets", { securityGroupId: group.id, referencedSecurityGroupId: "sg-0acedada0c11c0005", ...tcp(8443) });
const nlb = new aws.lb.LoadBalancer("clickhouse", {
  internal: true, loadBalancerType: "network", subnets: ["subnet-0acedada00000000a", "subnet-0acedada00000000b"], securityGroups: [group.id], enableCrossZoneLoadBalancing: true, tags,
});
const targets = new aws.lb.TargetGroup("clickhouse", { vpcId: acme, port: 8443, protocol: "TCP", healthCheck: { protocol: "HTTPS", path: "/ping" }, tags });
for (const targetId of ["i-0acedada0c11c0001", "i-0acedada0c11c0002"]) new aws.lb.TargetGroupAttachment(targetId, { targetGroupArn: targets.arn, targetId, port: 8443 });
new aws.lb.Listener("clickhouse", { loadBalancerArn: nlb.arn, port: 8443, protocol: "TCP", defaultActions: [{ type: "forward", targetGroupArn: targets.arn }], tags });
const service = new aws.ec2.VpcEndpointService("clickhouse", { acceptanceRequired: true, networkLoadBalancerArns: [nlb.arn], supportedIpAddressTypes: ["ipv4"], tags });

const vpc = new aws.ec2.Vpc("corpai", { cidrBlock: "10.40.0.0/16", enableDnsHostnames: true });
const subnets = ["use1-az1", "use1-az2"].map((availabilityZoneId, index) => new aws.ec2.Subnet(availabilityZoneId, { vpcId: vpc.id, availabilityZoneId, cidrBlock: "10.40." + index + ".0/24" }));
const doors = new aws.ec2.SecurityGroup("endpoint", { vpcId: vpc.id });
const endpoint = new aws.ec2.VpcEndpoint("clickhouse", { vpcId: vpc.id, serviceName: service.serviceName, vpcEndpointType: "Interface", subnetIds: subnets.map(({ id }) => id), securityGroupIds: [doors.id] });
const accepted = new aws.ec2.VpcEndpointConnectionAccepter("clickhouse", { vpcEndpointId: endpoint.id, vpcEndpointServiceId: service.id });

if (pulumi.runtime.isDryRun()) {
  const watched = {
    "endpoint.state": endpoint.state, "endpoint.dnsEntries": endpoint.dnsEntries, "endpoint.networkInterfaceIds": endpoint.networkInterfaceIds, "endpoint.subnetIds": endpoint.subnetIds, "nlb.arn": nlb.arn,
    "subnet.availabilityZone": subnets[0].availabilityZone, "endpoint.vpcEndpointType": endpoint.vpcEndpointType, "endpoint.tagsAll": endpoint.tagsAll, "nlb.name": nlb.name, "nlb.subnets": nlb.subnets,
    "vpc.cidrBlock": vpc.cidrBlock, "vpc.enableDnsHostnames": vpc.enableDnsHostnames,
  };
  const known = await Promise.all(Object.entries(watched).map(async ([name, value]) => [name, await value.isKnown]));
  for (const wanted of [false, true]) console.log((wanted ? "known: " : "open: ") + known.filter(([, is]) => is === wanted).map(([name]) => name).join(" "));
}

export const zones = (await aws.getAvailabilityZones({ state: "available" })).zoneIds;
export const live = aws.ec2.getVpcEndpointOutput({ id: endpoint.id }, { dependsOn: accepted });
export const endpointState = live.state;
export const acceptedState = accepted.vpcEndpointState;
export const region = vpc.region;
export const stateAtCreation = endpoint.state;
export const { dnsEntries } = endpoint;
`;

const CONFIG = { "aws:region": "us-east-1", "aws:allowedAccountIds": ["111122223333"] };
const STACK = "connection.demo";

describe("the sandbox under the real engine", function () {
  this.timeout(180_000);
  let engine: Engine;
  let estate: string;

  before(async () => {
    engine = await startEngine(PROGRAM);
    await engine.stack(STACK, CONFIG);
    estate = JSON.stringify(engine.sandbox.world("demo").objects);
  });
  after(() => engine.stop());

  it("previews with everything that only AWS knows left open", async () => {
    const { ok, text } = await engine.run(STACK, "preview");
    assert.ok(ok, text);
    assert.match(
      text,
      /open: endpoint\.state endpoint\.dnsEntries endpoint\.networkInterfaceIds endpoint\.subnetIds nlb\.arn subnet\.availabilityZone$/m,
    );
    assert.match(
      text,
      /known: endpoint\.vpcEndpointType endpoint\.tagsAll nlb\.name nlb\.subnets vpc\.cidrBlock vpc\.enableDnsHostnames$/m,
    );
    assert.equal(JSON.stringify(engine.sandbox.world("demo").objects), estate, "a preview changes nothing");
  });

  it("brings everything up", async () => {
    const { ok, text } = await engine.run(STACK, "up");
    assert.ok(ok, text);
    assert.match(text, /endpointState +: "available"/);
    assert.match(text, /acceptedState +: "available"/);
    assert.match(text, /stateAtCreation *: "pendingAcceptance"/);
  });

  it("finds nothing to do in a second update", async () => {
    const { ok, text } = await engine.run(STACK, "up", "--expect-no-changes");
    assert.ok(ok, text);
  });

  it("finds in a refresh what was accepted, and after that nothing more", async () => {
    const first = await engine.run(STACK, "refresh");
    assert.ok(first.ok, first.text);
    assert.match(first.text, /~ +aws:ec2:VpcEndpoint /);
    const second = await engine.run(STACK, "refresh", "--expect-no-changes");
    assert.ok(second.ok, second.text);
  });

  it("stops an update with AWS's own words, and keeps what stood before it", async () => {
    engine.write(PROGRAM.replace('["use1-az1", "use1-az2"]', '["use1-az1", "use1-az2", "use1-az4"]'));
    const { ok, text } = await engine.run(STACK, "up");
    engine.write(PROGRAM);
    assert.equal(ok, false);
    assert.match(
      text,
      /InvalidParameter: The VPC endpoint service com\.amazonaws\.vpce\S+ does not support the availability zone of the subnet: subnet-/,
    );
    const back = await engine.run(STACK, "up");
    assert.ok(back.ok, back.text);
  });

  it("keeps a load balancer's groups that are no longer given, and previews a replacement for the explicit loss of the last", async () => {
    engine.write(PROGRAM.replace("securityGroups: [group.id], ", ""));
    const kept = await engine.run(STACK, "up", "--expect-no-changes");
    assert.ok(kept.ok, kept.text);
    engine.write(PROGRAM.replace("securityGroups: [group.id], ", "securityGroups: [], "));
    const preview = await engine.run(STACK, "preview", "--diff");
    engine.write(PROGRAM);
    assert.match(preview.text, /\+-aws:lb\/loadBalancer:LoadBalancer: \(replace\)/);
  });

  it("leaves the estate as it was when destroyed", async () => {
    const { ok, text } = await engine.run(STACK, "destroy");
    assert.ok(ok, text);
    assert.equal(JSON.stringify(engine.sandbox.world("demo").objects), estate);
  });
});

describe("two accounts in one program", function () {
  this.timeout(60_000);

  it("see each their own world, at once", async () => {
    const engine = await startEngine(`
      import * as aws from "@pulumi/aws";
      const tools = new aws.Provider("tools", { region: "us-east-1", allowedAccountIds: ["444455556666"] });
      const zoneOf = async (options) => (await aws.getAvailabilityZones({ state: "available" }, options)).zoneIds[0];
      const make = (name, options) => new aws.ec2.Vpc(name, { cidrBlock: "10.50.0.0/16" }, options).ownerId;
      export const owners = [make("own"), make("other", { provider: tools })];
      export const first = [await zoneOf({}), await zoneOf({ provider: tools })];
    `);
    try {
      await engine.stack(STACK, CONFIG);
      const { ok, text } = await engine.run(STACK, "up");
      assert.ok(ok, text);
      const shown = await engine.run(STACK, "stack", "output", "--json");
      assert.deepEqual(JSON.parse(shown.text), {
        owners: ["111122223333", "444455556666"],
        first: ["use1-az1", "use1-az6"],
      });
    } finally {
      await engine.stop();
    }
  });
});
