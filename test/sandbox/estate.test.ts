import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estateOf, loadEstate } from "../../sandbox/estate.ts";
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

describe("an estate that extends another one", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "estates-"));
    write("base", { region: "us-east-1", accounts: { "111122223333": ACCOUNT } });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const ACCOUNT: Account = {
    zones: { "us-east-1a": "use1-az1" },
    roles: { reader: { assumeRolePolicy: "arn:aws:iam::111122223333:root" } },
    vpcs: { [VPC]: { cidr: "10.0.0.0/16", subnets: { [SUBNET]: { cidr: "10.0.0.0/24", zone: "us-east-1a" } } } },
  };
  const file = (name: string): string => join(folder, `${name}.yaml`);
  const write = (name: string, document: unknown): void => writeFileSync(file(name), JSON.stringify(document));
  const load = (document: object, name = "copy") => {
    write(name, document);
    return loadEstate(file(name));
  };

  it("has all of it under its own names, in keys as in texts, over any number of steps", () => {
    load({ extends: "base", renamed: { "111122223333": "222233334444" } }, "between");
    const { facts, objects } = load({
      extends: "between",
      renamed: { "222233334444": "333344445555", "0000001": "0000009" },
    });
    assert.deepEqual(Object.keys(facts.zones), ["333344445555"]);
    assert.ok(objects.every(({ account }) => account === "333344445555"));
    const [role] = objects.filter(({ id }) => id === "reader");
    assert.equal(role?.inputs.assumeRolePolicy, "arn:aws:iam::333344445555:root");
    assert.deepEqual(
      objects.filter(({ type }) => type === "aws:ec2/subnet:Subnet").map(({ id, inputs }) => [id, inputs.vpcId]),
      [["subnet-00000000000000009", "vpc-00000000000000009"]],
    );
  });

  it("is as that one where nothing is renamed, and two names may change places", () => {
    assert.deepEqual(load({ extends: "base" }), loadEstate(file("base")));
    write("two", { region: "us-east-1", accounts: { "111122223333": ACCOUNT, "444455556666": { zones: {} } } });
    const { facts } = load({
      extends: "two",
      renamed: { "111122223333": "444455556666", "444455556666": "111122223333" },
    });
    assert.deepEqual(facts.zones, { "444455556666": { "us-east-1a": "use1-az1" }, "111122223333": {} });
  });

  it("is refused where it extends what is not there or itself, renames what does not occur, or says anything else", () => {
    for (const [document, says] of [
      [{ extends: "nobody" }, /copy\.yaml is no valid estate: extends: there is no nobody\.yaml/],
      [{ extends: "copy" }, /extends: copy extends this one in turn/],
      [{ extends: "../base" }, /extends: must be the name of an estate/],
      [{ extends: "base", renamed: { "999999999999": "1" } }, /renamed: 999999999999 does not occur in base\.yaml/],
      [{ extends: "base", renamed: { ab: "cd" } }, /renamed\.ab: .*/],
      [{ extends: "base", accounts: {} }, /Unrecognized key: "accounts"/],
    ] as const)
      assert.throws(() => load(document), says);
  });
});
