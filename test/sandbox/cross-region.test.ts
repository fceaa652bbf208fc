// Proves the rules of a connection whose service is in another region than its endpoint: who has to allow it, where the endpoint may stand, what it is called, and
// that packets arrive whatever the service's AZs. AWS itself is not asked; the list of AZs without remote access is AWS's documentation.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type Source, walk } from "../../sandbox/path.ts";
import { records, text } from "../../sandbox/values.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { World } from "../../sandbox/world.ts";
import { type Consumer, type Offer, T, consumer, endpointArguments, offer, without } from "./support/connection.ts";
import { ROLE, attach, document } from "./support/roles.ts";
import { type Actor, DATA, actor, demoWorld } from "./support/world.ts";

const OWN = "us-west-1";
const ZONES = { "us-west-1a": "usw1-az1", "us-west-1b": "usw1-az3", "us-west-1c": "usw1-az2" };
/** Where AWS has no remote access. */
const WITHOUT = "usw1-az2";

describe("an endpoint to a service in another region", () => {
  let world: World;
  let customer: Actor;
  let corpai: Actor;
  let own: Consumer;
  beforeEach(() => {
    world = demoWorld();
    const zones = world.facts.zones as Record<string, Record<string, string>>;
    zones[DATA] = { ...zones[DATA], ...ZONES };
    customer = actor(world, DATA);
    corpai = actor(world, DATA, { region: OWN });
    own = consumer(corpai, Object.values(ZONES));
  });

  const offered = (service: Properties = { supportedRegions: [OWN] }): Offer => offer(customer, { service });
  const request = ({ service }: Offer, zones = ["usw1-az1", "usw1-az3"], more: Properties = {}): Properties => ({
    ...endpointArguments(own, service, zones),
    serviceRegion: "us-east-1",
    ...more,
  });
  const missing = /InvalidServiceName: The Vpc Endpoint Service '\S+' does not exist/;

  it("is none for who does not name that region, nor from a region that the service does not support", () => {
    assert.throws(() => corpai.make(T.endpoint, without(request(offered()), "serviceRegion")), missing);
    const others: readonly Properties[] = [{}, { supportedRegions: ["eu-west-1"] }];
    for (const service of others) {
      const other = actor(demoWorld(), DATA);
      const elsewhere = offer(other, { service });
      const asking = actor(other.context.world, DATA, { region: OWN });
      assert.throws(
        () =>
          asking.make(T.endpoint, {
            ...request(elsewhere),
            vpcId: asking.make(T.vpc, { cidrBlock: "10.9.0.0/16" }).id,
          }),
        missing,
      );
    }
  });

  it("is refused where the account has not switched the region on, for the consumer as for the owner", () => {
    (world.facts as { regionsOff: unknown }).regionsOff = { [DATA]: ["us-east-1", "ap-east-1"] };
    assert.throws(
      () => corpai.make(T.endpoint, request(offered())),
      /InvalidParameter: The region us-east-1 is not enabled/,
    );
    const again = actor(demoWorld(), DATA);
    (again.context.world.facts as { regionsOff: unknown }).regionsOff = { [DATA]: ["ap-east-1"] };
    assert.throws(
      () => offer(again, { service: { supportedRegions: ["ap-east-1"] } }),
      /InvalidParameter: The region ap-east-1 is not enabled/,
    );
  });

  it("stands in any AZ of its own region but those without remote access, whatever the service's", () => {
    const service = offered();
    assert.throws(
      () => corpai.make(T.endpoint, request(service, ["usw1-az1", WITHOUT])),
      /InvalidParameter: Only the following availability zones are supported for remote access: usw1-az1, usw1-az3$/,
    );
    assert.equal(corpai.make(T.endpoint, request(service)).serviceRegion, "us-east-1");
  });

  it("is named by the service's region, has no name of one AZ, and lets packets through to whatever load balancer there is", () => {
    const service = offered();
    const endpoint = corpai.make(T.endpoint, request(service));
    customer.make(T.accepter, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: service.service.id });
    world.advance(600);
    const names = records(corpai.read(T.endpoint, endpoint.id).dnsEntries).map(({ dnsName }) => text(dnsName) ?? "");
    assert.equal(names.length, 1);
    assert.match(
      names[0] ?? "",
      /^vpce-[0-9a-f]{17}-[0-9a-z]{8}\.vpce-svc-[0-9a-f]{17}\.us-east-1\.vpce\.amazonaws\.com$/,
    );
    const source: Source = {
      vpcId: own.vpc.id,
      subnetId: own.subnets[WITHOUT] ?? "",
      ip: "10.40.2.50",
      securityGroupIds: [own.workloads.id],
    };
    const went = walk(world, source, names[0] ?? "", 8443);
    assert.equal(went.verdict, "open", went.hops.at(-1)?.because);
    assert.match(went.hops.find(({ hop }) => hop === "zone")?.because ?? "", /us-east-1, whatever its AZs/);
  });

  it("is found by a look-up that names the region, without AZs, as the provider answers", () => {
    const serviceName = offered().service.serviceName ?? "";
    const token = "aws:ec2/getVpcEndpointService:getVpcEndpointService";
    assert.throws(() => corpai.look(token, { serviceName }), missing);
    const found = corpai.look(token, { serviceName, serviceRegions: ["us-east-1"] });
    assert.deepEqual([found.serviceRegion, found.availabilityZones], ["us-east-1", []]);
  });

  it("takes a permission of its own from a role, on both sides, which may be held to some regions", () => {
    const allowed = document({ Action: ["ec2:*", "elasticloadbalancing:*"] });
    attach(customer, "most", allowed);
    const role = actor(world, DATA, { role: ROLE, region: OWN });
    const service = offered();
    const refused = /UnauthorizedOperation: .* not authorized to perform: vpce:AllowMultiRegion/;
    assert.throws(() => role.make(T.endpoint, request(service)), refused);
    assert.throws(
      () =>
        actor(world, DATA, { role: ROLE }).make(T.service, {
          acceptanceRequired: true,
          networkLoadBalancerArns: [service.balancer.id],
          supportedRegions: [OWN],
        }),
      refused,
    );
    attach(customer, "multi", document({ Action: "vpce:AllowMultiRegion" }));
    assert.equal(role.make(T.endpoint, request(service)).serviceRegion, "us-east-1");
    attach(
      customer,
      "held",
      document({
        Effect: "Deny",
        Action: "ec2:CreateVpcEndpoint",
        Condition: { StringNotEqualsIfExists: { "ec2:VpceServiceRegion": ["us-west-2"] } },
      }),
    );
    assert.throws(() => role.make(T.endpoint, request(service)), /ec2:CreateVpcEndpoint .*with an explicit deny/);
  });
});
