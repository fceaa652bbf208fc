import assert from "node:assert/strict";
import { estateOf } from "../../sandbox/estate.ts";
import type { EstateDocument } from "../../sandbox/estate.ts";
import { CLICKHOUSE_GROUP, INSTANCES, T } from "./support/connection.ts";
import { DATA, actor, demoWorld, estateWorld } from "./support/world.ts";

const VPC = "vpc-00000000000000001";
const SUBNET = "subnet-00000000000000001";
const GROUP = "sg-00000000000000001";

type Account = EstateDocument["accounts"][string];
const estate = (
  vpc: NonNullable<Account["vpcs"]>[string],
  zones: Account["zones"] = { "us-east-1a": "use1-az1" },
): EstateDocument => ({ region: "us-east-1", accounts: { "111122223333": { zones, vpcs: { [VPC]: vpc } } } });

describe("an estate", () => {
  it("becomes ordinary objects that nobody made", () => {
    const world = demoWorld();
    assert.ok(world.objects.every((object) => object.estate && object.readyAt === 0));
    assert.equal(
      world.get("aws:iam/role:Role", "corpai-cross-account-access", DATA)?.computed.arn,
      `arn:aws:iam::${DATA}:role/corpai-cross-account-access`,
    );
    assert.equal(world.all("aws:ec2/instance:Instance").length, 2);
    assert.equal(world.facts.hosts[INSTANCES[0]]?.ip, "10.20.0.21");
    assert.equal(world.facts.hosts["vpc-0ace7001500000001/10.30.2.10"]?.listens[0]?.port, 443);
    assert.equal(world.facts.zones[DATA]?.["us-east-1d"], "use1-az6");
  });

  it("may have roles that come with policies of AWS's own", () => {
    const roles = { deployer: { managedPolicies: ["AdministratorAccess"] }, nobody: {} };
    const world = estateWorld({
      region: "us-east-1",
      accounts: { [DATA]: { zones: { "us-east-1a": "use1-az1" }, roles } },
    });
    const zones = (role: string) => () =>
      actor(world, DATA, { role }).look("aws:index/getAvailabilityZones:getAvailabilityZones");
    assert.deepEqual(zones("deployer")().names, ["us-east-1a"]);
    assert.throws(zones("nobody"), /UnauthorizedOperation/);
  });

  it("can be changed by programs, as real ones attach rules and policies to what stands", () => {
    const customer = actor(demoWorld(), DATA);
    customer.make(T.ingress, {
      securityGroupId: CLICKHOUSE_GROUP,
      ipProtocol: "tcp",
      fromPort: 1,
      toPort: 1,
      cidrIpv4: "10.0.0.0/8",
    });
  });

  it("is refused with every problem, where it stands, and what would be right", () => {
    const refused = (document: unknown, ...problems: RegExp[]): void => {
      assert.throws(
        () => estateOf(document as EstateDocument, "x.yaml"),
        (error: Error) => {
          for (const problem of [/^x\.yaml is no valid estate:/, ...problems]) assert.match(error.message, problem);
          return true;
        },
      );
    };
    refused({ region: "us-east-1", accounts: {}, colour: 1 }, /Unrecognized key: "colour"/);
    refused(
      { region: "Ohio", accounts: { "1": { zones: {} } } },
      /region: must be a region's name/,
      /accounts\.1: .*twelve-digit account|accounts\.1/,
    );
    refused(
      estate({ cidr: "10.0.0.0/16", subnets: { [SUBNET]: { cidr: "10.1.0.0/24", zone: "us-east-1z" } } }),
      /has no zone us-east-1z, only us-east-1a/,
      /10\.1\.0\.0\/24 is not within 10\.0\.0\.0\/16/,
    );
    refused(estate({ cidr: "10.0.0.1/16" }), /did you mean "10\.0\.0\.0\/16"/);
    refused(
      estate({ cidr: "10.0.0.0/16" }, { "us-east-1a": "use1-az1", "us-east-1b": "use1-az1" }),
      /two names stand for one AZ id/,
    );
    refused(
      estate({
        cidr: "10.0.0.0/16",
        subnets: { [SUBNET]: { cidr: "10.0.0.0/24", zone: "us-east-1a" } },
        securityGroups: {
          [GROUP]: { name: "a", description: "b", ingress: [{ protocol: "-1", group: "sg-00000000000000009" }] },
        },
        hosts: { "10.0.9.1": { subnet: SUBNET, securityGroups: [GROUP], listens: [] } },
      }),
      /no group sg-00000000000000009 in this VPC/,
      /10\.0\.9\.1, which is not in subnet-00000000000000001/,
    );
    refused(
      estate({
        cidr: "10.0.0.0/16",
        securityGroups: {
          [GROUP]: {
            name: "a",
            description: "b",
            ingress: [{ protocol: "tcp", cidr: "0.0.0.0/0" }, { protocol: "-1" }],
          },
        },
      }),
      /need fromPort and toPort/,
      /either cidr or group/,
    );
  });
});
