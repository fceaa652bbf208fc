// Proves what EKS says to the arguments of a production cluster: key, logs, support, open networks, Services' addresses, AZs, who is let in.
import assert from "node:assert/strict";
import type { Properties } from "../../sandbox/wire.ts";
import { K, clusterArguments, textOf, trust } from "./support/cluster.ts";
import { T, consumer } from "./support/connection.ts";
import type { Consumer } from "./support/connection.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor, Outputs } from "./support/world.ts";

const KEY = "aws:kms/key:Key";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const GROUP_NAME = "/aws/eks/mcp/cluster";

describe("a cluster's arguments", () => {
  let data: Actor;
  let own: Consumer;
  let subnets: string[];
  let roleArn: string;
  beforeEach(() => {
    data = actor(demoWorld(), DATA);
    own = consumer(data, ["use1-az1", "use1-az2", "use1-az4"]);
    subnets = ["use1-az1", "use1-az2"].map((azId) => own.subnets[azId] ?? "");
    roleArn = textOf(data.make(K.role, { name: "control-plane", assumeRolePolicy: trust("eks.amazonaws.com") }).arn);
  });
  const given = (more: Properties = {}): Properties => clusterArguments(roleArn, subnets, more);
  const start = (more: Properties = {}): Outputs => data.make(K.cluster, given(more));
  const refuses = (more: Properties, says: RegExp): void => {
    assert.throws(() => start(more), says);
  };
  const encryption = (keyArn: string, resources: string[] = ["secrets"]): Properties => ({
    encryptionConfig: { provider: { keyArn }, resources },
  });
  const change = (more: Properties): Outputs => data.change(K.cluster, "mcp", given(more));

  it("encrypt secrets, and nothing else, by a symmetric key of the region that works", () => {
    const arnOf = (more: Properties = {}): string => textOf(data.make(KEY, more).arn);
    refuses(
      encryption(`arn:aws:kms:us-east-1:${DATA}:key/none`),
      /InvalidParameterException: The KMS key .* does not exist/,
    );
    refuses(encryption(arnOf({ customerMasterKeySpec: "RSA_2048", keyUsage: "SIGN_VERIFY" })), /is not symmetric/);
    refuses(encryption(arnOf({ isEnabled: false })), /is not enabled/);
    refuses(encryption(arnOf(), ["configmaps"]), /exactly one resource: secrets/);
    const key = data.make(KEY, {});
    data.unmake(KEY, key.id);
    refuses(encryption(textOf(key.arn)), /does not exist, is not enabled/);
    start(encryption(arnOf()));
  });

  it("may bring encryption later, and lose it by replacement only", () => {
    start();
    const encrypted = encryption(textOf(data.make(KEY, {}).arn));
    change(encrypted);
    assert.deepEqual(data.replacing(K.cluster, given(encrypted), given()), ["encryptionConfig"]);
    assert.deepEqual(data.replacing(K.cluster, given(), given(encrypted)), []);
  });

  it("log into a group of EKS's name for it: ours where it stands, else one without retention that outlives the cluster", () => {
    data.make(LOG_GROUP, { name: GROUP_NAME, retentionInDays: 30 });
    const cluster = start({ enabledClusterLogTypes: ["audit"] });
    assert.equal(data.context.world.get(LOG_GROUP, GROUP_NAME)?.inputs.retentionInDays, 30);
    data.unmake(K.cluster, cluster.id);
    data.unmake(LOG_GROUP, GROUP_NAME);
  });

  it("leave a group behind where nobody made one first, and then nobody can", () => {
    const cluster = start({ enabledClusterLogTypes: ["audit"] });
    data.unmake(K.cluster, cluster.id);
    assert.equal(data.context.world.get(LOG_GROUP, GROUP_NAME)?.inputs.retentionInDays, 0);
    assert.throws(() => data.make(LOG_GROUP, { name: GROUP_NAME }), /ResourceAlreadyExistsException/);
  });

  it("keep a version in extended support only by a policy that allows it", () => {
    refuses({ version: "1.33", upgradePolicy: { supportType: "STANDARD" } }, /1\.33 is in extended support/);
  });

  it("know two upgrade policies", () => {
    refuses({ upgradePolicy: { supportType: "FOREVER" } }, /expected support_type to be one of \[STANDARD EXTENDED\]/);
    assert.deepEqual(
      (start({ upgradePolicy: { supportType: "STANDARD" } }).upgradePolicy as Properties).supportType,
      "STANDARD",
    );
  });

  it("open the API to public addresses only, forty ranges at most", () => {
    const open = (...publicAccessCidrs: string[]): Properties => ({
      vpcConfig: { subnetIds: subnets, endpointPrivateAccess: true, endpointPublicAccess: true, publicAccessCidrs },
    });
    const cluster = start(open("203.0.113.0/24"));
    assert.deepEqual((cluster.vpcConfig as Properties).publicAccessCidrs, ["203.0.113.0/24"]);
    for (const cidr of ["10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/16", "nowhere"])
      assert.throws(() => change(open(cidr)), /The following CIDRs are not allowed in publicAccessCidrs: \[/, cidr);
    const ranges = Array.from({ length: 41 }, (_none, index) => `203.0.113.${index}/32`);
    assert.ok(change(open(...ranges.slice(1))));
    assert.throws(() => change(open(...ranges)), /ResourceLimitExceededException: At most 40 CIDRs/);
  });

  it("keep Services apart from the VPC: as given, or by EKS's own choice", () => {
    const range = (serviceIpv4Cidr: string): Properties => ({
      kubernetesNetworkConfig: { ipFamily: "ipv4", elasticLoadBalancing: { enabled: true }, serviceIpv4Cidr },
    });
    for (const [cidr, says] of [
      ["10.40.128.0/20", /must not overlap the CIDR block 10\.40\.0\.0\/16/],
      ["203.0.113.0/24", /must be a private range between \/24 and \/12/],
      ["172.20.0.0/28", /must be a private range between \/24 and \/12/],
    ] as const)
      refuses(range(cidr), says);
    const cluster = start(range("172.20.0.0/16"));
    assert.equal((cluster.kubernetesNetworkConfig as Properties).serviceIpv4Cidr, "172.20.0.0/16");
    const changed = data.replacing(K.cluster, given(range("172.20.0.0/16")), given(range("172.21.0.0/16")));
    assert.deepEqual(changed, ["kubernetesNetworkConfig"]);
  });

  it("never leave the AZs in which the cluster was created, nor add to them", () => {
    start();
    const wider = [...subnets, own.subnets["use1-az4"] ?? ""];
    assert.throws(
      () => data.change(K.cluster, "mcp", clusterArguments(roleArn, wider)),
      /InvalidParameterException: Provided subnets subnet-.* must belong to the set of AZs that the cluster was created in/,
    );
    const twin = data.make(T.subnet, { vpcId: own.vpc.id, cidrBlock: "10.40.9.0/24", availabilityZoneId: "use1-az1" });
    data.change(K.cluster, "mcp", clusterArguments(roleArn, [twin.id, subnets[1] ?? ""]));
  });

  it("change by an upgrade of the version without replacing anything", () => {
    start({ version: "1.35" });
    assert.deepEqual(data.replacing(K.cluster, given({ version: "1.35" }), given({ version: "1.36" })), []);
    assert.equal(change({ version: "1.36" }).version, "1.36");
  });

  it("let in whoever makes the cluster, who therefore takes no entry", () => {
    start();
    const entry = (principalArn: string): unknown => data.make(K.entry, { clusterName: "mcp", principalArn });
    assert.throws(() => entry(`arn:aws:iam::${DATA}:user/sandbox`), /ResourceInUseException/);
    entry(`arn:aws:iam::${DATA}:role/corpai-cross-account-access`);
  });
});

describe("the default group of a VPC", () => {
  const DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

  it("is adopted, emptied, and stays as it is when the program forgets it", () => {
    const data = actor(demoWorld(), DATA);
    const vpc = data.make(T.vpc, { cidrBlock: "10.40.0.0/16" });
    const rules = (): number =>
      [T.ingress, T.egress].flatMap((type) =>
        data.context.world.all(type, ({ inputs }) => inputs.securityGroupId === vpc.defaultSecurityGroupId),
      ).length;
    assert.equal(rules(), 2);
    const adopted = data.make(DEFAULT, { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: "unused" } });
    assert.deepEqual([adopted.id, adopted.name, rules()], [vpc.defaultSecurityGroupId, "default", 0]);
    assert.throws(
      () => data.make(DEFAULT, { vpcId: vpc.id, ingress: [{ protocol: "-1" }] }),
      /the sandbox only empties a VPC's default group/,
    );
    data.unmake(DEFAULT, adopted.id);
    assert.equal(rules(), 0);
    data.unmake(T.vpc, vpc.id);
  });
});

describe("flow logs", () => {
  it("take fields that AWS knows, each once", () => {
    const data = actor(demoWorld(), DATA);
    const vpc = data.make(T.vpc, { cidrBlock: "10.40.0.0/16" });
    const log = (logFormat: string): Outputs =>
      data.make("aws:ec2/flowLog:FlowLog", {
        vpcId: vpc.id,
        trafficType: "ALL",
        logDestinationType: "s3",
        logDestination: "arn:aws:s3:::logs",
        logFormat,
      });
    assert.throws(
      () => log("${version} ${zone-id}"),
      /InvalidParameter: Unknown fields provided in LogFormat: \$\{zone-id\}/,
    );
    assert.throws(() => log("${az-id} ${az-id}"), /twice/);
    assert.equal(log("${version} ${az-id}").logFormat, "${version} ${az-id}");
  });
});
