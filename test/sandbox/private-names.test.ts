// Proves the rules by which an endpoint answers to a service's own name: the owner shows that the name is theirs, the connection is accepted, and the VPC resolves
// private names. The TXT record is a real record of the sandbox's public DNS; how long AWS takes to find one is the sandbox's guess.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HOSTED_ZONE } from "../../sandbox/aws/hosted-zones.ts";
import { walk } from "../../sandbox/path.ts";
import { records, text } from "../../sandbox/values.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { World } from "../../sandbox/world.ts";
import { type Connection, T, connection, endpointArguments } from "./support/connection.ts";
import { DATA, TOOLS, actor } from "./support/world.ts";

const NAME = "clickhouse.acme.example";
const ZONE = "Z0ACMEEXAMPLE";
const RECORD = "aws:route53/record:Record";
const VERIFICATION = "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification";

function giveZone(world: World, name = "acme.example", account = DATA): void {
  world.put({
    type: HOSTED_ZONE,
    id: ZONE,
    account,
    region: "us-east-1",
    inputs: { name },
    computed: {},
    readyAt: 0,
    estate: true,
  });
}

/** An accepted connection whose service has a private name that nobody has verified yet. */
function named(options: Parameters<typeof connection>[0] = {}): Connection {
  const built = connection({ ...options, service: { privateDnsName: NAME, ...options.service } });
  giveZone(built.world);
  built.world.advance(600);
  return built;
}

const configurationOf = ({ customer, service }: Connection): Properties =>
  records(customer.read(T.service, service.id).privateDnsNameConfigurations)[0] ?? {};

function publish(built: Connection, name = text(configurationOf(built).name) ?? ""): void {
  const value = text(configurationOf(built).value) ?? "";
  built.customer.make(RECORD, { zoneId: ZONE, name, type: "TXT", ttl: 300, records: [value] });
}
const verify = ({ customer, service }: Connection): unknown =>
  customer.make(VERIFICATION, { serviceId: service.id, waitForVerification: true });

const wanted = (built: Connection): Properties => ({
  ...endpointArguments(built, built.service),
  privateDnsEnabled: true,
});
const enable = (built: Connection): Properties => built.corpai.change(T.endpoint, built.endpoint.id, wanted(built));
const go = (built: Connection, host = NAME) => walk(built.world, built.source, host, 8443);

describe("a service's private name in the sandbox", () => {
  it("comes with a TXT record of AWS's choice, and waits for it", () => {
    const { name, value, type, state } = configurationOf(named());
    assert.match(
      `${text(name)} ${text(type)} ${text(value)} ${text(state)}`,
      /^_\w+ TXT vpce:\w+ pendingVerification$/,
    );
    assert.deepEqual(connection().service.privateDnsNameConfigurations, []);
  });

  it("is verified a minute after somebody asks, where the record stands at the name or at a domain above it", () => {
    for (const where of ["", ".clickhouse"]) {
      const built = named();
      publish(built, `${text(configurationOf(built).name)}${where}`);
      assert.equal(configurationOf(built).state, "pendingVerification", "nobody has asked AWS to look");
      verify(built);
      assert.equal(configurationOf(built).state, "verified");
    }
  });

  it("fails without the record, with another value, and for who has no name at all", () => {
    const built = named();
    assert.throws(() => verify(built), /InvalidState: .*unexpected state 'failed', wanted target 'verified'/);
    built.world.advance(600);
    assert.equal(configurationOf(built).state, "failed");
    built.customer.make(RECORD, {
      zoneId: ZONE,
      name: text(configurationOf(built).name) ?? "",
      type: "TXT",
      ttl: 300,
      records: ["vpce:other"],
    });
    assert.throws(() => verify(built), /unexpected state 'failed'/);
    assert.throws(() => verify(connection()), /has no private DNS name to verify/);
  });

  it("is another one, and unverified, once it is changed", () => {
    const built = named();
    publish(built);
    verify(built);
    const serving = { acceptanceRequired: true, networkLoadBalancerArns: [built.balancer.id] };
    built.customer.change(T.service, built.service.id, { ...serving, privateDnsName: "db.acme.example" });
    assert.equal(configurationOf(built).state, "pendingVerification");
    built.customer.change(T.service, built.service.id, serving);
    assert.deepEqual(built.customer.read(T.service, built.service.id).privateDnsNameConfigurations, []);
  });

  it("has records in zones of the own account only, each once", () => {
    const built = named();
    publish(built);
    assert.throws(() => publish(built), /InvalidChangeBatch: .*but it already exists/);
    const tools = actor(built.world, TOOLS);
    const txt = { zoneId: ZONE, name: "x", type: "TXT", ttl: 300, records: ["y"] };
    assert.throws(() => tools.make(RECORD, txt), /NoSuchHostedZone: No hosted zone found with ID/);
    assert.throws(() => tools.look("aws:route53/getZone:getZone", { zoneId: ZONE }), /NoSuchHostedZone/);
    assert.equal(built.customer.look("aws:route53/getZone:getZone", { zoneId: ZONE }).name, "acme.example");
  });
});

describe("an endpoint with a service's private name", () => {
  it("is refused before the owner has verified it, and before they have accepted the connection", () => {
    const built = named();
    assert.throws(
      () => enable(built),
      /InvalidParameter: Private DNS can't be enabled because the service \S+ has not verified the private DNS name\./,
    );
    publish(built);
    verify(built);
    assert.throws(
      () => built.corpai.make(T.endpoint, wanted(built)),
      /InvalidParameter: Private DNS can only be enabled after the endpoint connection is accepted by the owner of com\.amazonaws\.vpce\./,
    );
    const waiting = named({ accept: false });
    publish(waiting);
    verify(waiting);
    assert.throws(() => enable(waiting), /can only be enabled after the endpoint connection is accepted/);
  });

  it("has it from the start where nobody has to accept", () => {
    const built = named({ accept: false, service: { acceptanceRequired: false } });
    publish(built);
    verify(built);
    assert.equal(built.corpai.make(T.endpoint, wanted(built)).privateDnsEnabled, true);
  });

  it("answers to it in its own VPC, beside its other names, once it is enabled in place", () => {
    const built = named();
    publish(built);
    verify(built);
    assert.equal(go(built).blockedAt, "dns");
    enable(built);
    assert.equal(go(built).verdict, "open", go(built).hops.at(-1)?.because);
    assert.equal(go(built, built.host()).verdict, "open");
    const names = records(built.corpai.read(T.endpoint, built.endpoint.id).dnsEntries).map(({ dnsName }) => dnsName);
    assert.equal(names.at(-1), NAME);
    const found = built.corpai.look("aws:ec2/getVpcEndpoint:getVpcEndpoint", { id: built.endpoint.id });
    assert.equal(found.privateDnsEnabled, true);
    const service = built.corpai.look("aws:ec2/getVpcEndpointService:getVpcEndpointService", {
      serviceName: built.service.serviceName ?? "",
    });
    assert.deepEqual([service.privateDnsName, service.privateDnsNames], [NAME, [NAME]]);
  });

  it("is the only one of that name in its VPC, which has to resolve private names", () => {
    const built = named();
    publish(built);
    verify(built);
    enable(built);
    const second = built.corpai.make(T.endpoint, endpointArguments(built, built.service));
    built.customer.make(T.accepter, { vpcEndpointId: second.id, vpcEndpointServiceId: built.service.id });
    built.world.advance(600);
    assert.throws(
      () => built.corpai.change(T.endpoint, second.id, wanted(built)),
      /conflicting DNS domain for clickhouse\.acme\.example in the VPC/,
    );
    built.corpai.change(T.vpc, built.vpc.id, { cidrBlock: "10.40.0.0/16", enableDnsHostnames: false });
    assert.match(go(built).hops.at(-1)?.because ?? "", /lacks enableDnsSupport or enableDnsHostnames/);
    assert.throws(
      () => built.corpai.change(T.endpoint, second.id, wanted(built)),
      /requires both enableDnsSupport and enableDnsHostnames/,
    );
  });

  it("is none in another VPC", () => {
    const built = named();
    publish(built);
    verify(built);
    enable(built);
    const elsewhere = walk(built.world, { ...built.source, vpcId: "vpc-0acedada000000001" }, NAME, 8443);
    assert.match(
      elsewhere.hops.at(-1)?.because ?? "",
      /no endpoint of us-east-1 answers to the name clickhouse\.acme\.example/,
    );
  });
});
