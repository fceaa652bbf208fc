/**
 * One connection, twice: as a sandbox world in which packets are walked, and as the records that Pulumi would have of it. At most one fact of it is
 * broken, before the records are taken.
 */
import fc from "fast-check";
import type { NetworkPlan } from "../../../model/network-nodes.ts";
import {
  type Plain,
  type Properties as Recorded,
  type ResourceRecord,
  UNKNOWN,
  isList,
} from "../../../model/resource-record.ts";
import { HOPS, type HopName } from "../../../model/trace-verdict.ts";
import { rejectConnection } from "../../../sandbox/aws/privatelink.ts";
import { type EstateDocument, estateOf } from "../../../sandbox/estate.ts";
import { type Hop as WalkedHop, type Source, walk } from "../../../sandbox/path.ts";
import { record } from "../../../sandbox/values.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { type HostFacts, World } from "../../../sandbox/world.ts";
import { T, tcp } from "../../sandbox/support/connection.ts";
import { type Actor, DATA, type Outputs, actor } from "../../sandbox/support/world.ts";

const ZONES = {
  "us-east-1a": "use1-az1",
  "us-east-1b": "use1-az2",
  "us-east-1c": "use1-az4",
  "us-east-1d": "use1-az6",
};
const AZ_IDS = Object.values(ZONES);
const CUSTOMER_VPC = "vpc-0e57a7e0000000001";
const TARGET_GROUP = "sg-0e57a7e0000000001";
const OTHER_GROUP = "sg-0e57a7e0000000002";
const OUTSIDE = "172.20.5.9";
const KEY = "clickhouse";
/** The service's own name, which is not the endpoint's: clients that look at its certificate ask for this one. */
const TLS_NAME = "clickhouse.customer.example";
const NETWORK = "network.demo";
const CONNECTIONS = "connections.demo";
const SERVICES = "customer-services.demo.data";
const ACCEPTANCE = "customer-acceptance.demo.data";
const SERVERS = "mcp-servers.demo";

/** What a right estate may look like. */
export interface Shape {
  readonly consumerZones: readonly string[];
  readonly serviceZones: readonly string[];
  readonly endpointZones: readonly string[];
  readonly port: number;
  readonly targetPort: number;
  readonly check: { readonly protocol: "TCP" | "HTTP" | "HTTPS"; readonly port: number | "traffic-port" } | undefined;
  readonly targets: "instance" | "ip" | "outside";
  /** Each in one of the service's AZs. */
  readonly targetZones: readonly string[];
  readonly crossZone: "on" | "off" | "overruled-on" | "overruled-off";
  readonly balancerGroup: boolean;
  readonly enforce: "on" | "off" | undefined;
  readonly clients: "client-cidr" | "each-subnet" | "half-subnets" | "anything";
  readonly balancerLeaves: "group" | "cidr" | "anything";
  readonly targetAdmits: "group" | "cidr";
  /** Whether the rule on the targets' group is the program's, or has always been there. */
  readonly targetRule: "program" | "estate";
  readonly targetGroupManaged: boolean;
  readonly instancesRecorded: boolean;
  readonly acceptanceRequired: boolean;
  /** Whether the stacks were refreshed before the trace. */
  readonly refreshed: boolean;
  readonly sourceLeaves: "vpc" | "group" | "anything";
  readonly endpointAdmits: "group" | "cidr";
  /** Whether the client looks at the certificate. */
  readonly verifies: boolean;
}

/** An estate as the demo's: everything right. */
export const RIGHT: Shape = {
  consumerZones: ["use1-az1", "use1-az2"],
  serviceZones: ["use1-az1", "use1-az2", "use1-az4"],
  endpointZones: ["use1-az1", "use1-az2"],
  port: 8443,
  targetPort: 9440,
  check: { protocol: "HTTP", port: 8123 },
  targets: "instance",
  targetZones: ["use1-az1", "use1-az4"],
  crossZone: "on",
  balancerGroup: true,
  enforce: "on",
  clients: "client-cidr",
  balancerLeaves: "group",
  targetAdmits: "group",
  targetRule: "program",
  targetGroupManaged: true,
  instancesRecorded: false,
  acceptanceRequired: true,
  refreshed: false,
  sourceLeaves: "vpc",
  endpointAdmits: "group",
  verifies: true,
};

export const FACTS = [
  "host",
  "source-egress",
  "acceptance",
  "endpoint-ingress",
  "zone",
  "target-zone",
  "client-ingress",
  "balancer-egress",
  "health-egress",
  "listener",
  "attachments",
  "target-ingress",
  "health-ingress",
  "process",
  "health-answer",
  "certificate",
  "server-name",
] as const;
export type Fact = (typeof FACTS)[number];

/** Rules are taken away, moved to another port, or given to somebody else; other facts have one or two ways of their own. */
export type Way = "gone" | "port" | "peer";

export interface Broken {
  readonly fact: Fact;
  readonly way: Way;
}

const port = fc.constantFrom(443, 5432, 8123, 8443, 9440);

export const shapes: fc.Arbitrary<Shape> = fc
  .record({
    consumerZones: fc.subarray(AZ_IDS, { minLength: 1 }),
    serviceZones: fc.subarray(AZ_IDS, { minLength: 1 }),
    shared: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    port,
    targetPort: port,
    check: fc.option(
      fc.record({
        protocol: fc.constantFrom("TCP" as const, "HTTP" as const, "HTTPS" as const),
        port: fc.oneof(fc.constant("traffic-port" as const), port),
      }),
      { nil: undefined, freq: 8 },
    ),
    targets: fc.constantFrom("instance" as const, "instance" as const, "ip" as const, "outside" as const),
    targetPicks: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
    crossZone: fc.constantFrom(
      "on" as const,
      "on" as const,
      "off" as const,
      "overruled-on" as const,
      "overruled-off" as const,
    ),
    balancerGroup: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    enforce: fc.constantFrom("on" as const, "on" as const, "off" as const, undefined),
    clients: fc.constantFrom(
      "client-cidr" as const,
      "each-subnet" as const,
      "half-subnets" as const,
      "anything" as const,
    ),
    balancerLeaves: fc.constantFrom("group" as const, "cidr" as const, "anything" as const),
    targetAdmits: fc.constantFrom("group" as const, "cidr" as const),
    targetRule: fc.constantFrom("program" as const, "estate" as const),
    targetGroupManaged: fc.boolean(),
    instancesRecorded: fc.boolean(),
    acceptanceRequired: fc.boolean(),
    refreshed: fc.boolean(),
    sourceLeaves: fc.constantFrom("vpc" as const, "group" as const, "anything" as const),
    endpointAdmits: fc.constantFrom("group" as const, "cidr" as const),
    verifies: fc.boolean(),
  })
  .map(({ shared, targetPicks, ...shape }): Shape => {
    const consumerZones = shape.consumerZones.some((zone) => shape.serviceZones.includes(zone))
      ? shape.consumerZones
      : [...shape.consumerZones, shape.serviceZones[0] ?? ""];
    const both = consumerZones.filter((zone) => shape.serviceZones.includes(zone));
    const picked = both.filter((zone) => shared[slot(zone)]);
    const endpointZones = picked.length > 0 ? picked : both;
    const targetZones = targetPicks.map((pick) => shape.serviceZones[pick % shape.serviceZones.length] ?? "");
    return {
      ...shape,
      consumerZones,
      endpointZones,
      // Without cross-zone balancing, each AZ of the endpoint needs a target of its own.
      targetZones: oneZone(shape) ? endpointZones : targetZones,
      // A load balancer without groups leaves and is admitted by address only; a target outside of the VPC has no group.
      balancerLeaves: shape.targets === "outside" && shape.balancerLeaves === "group" ? "cidr" : shape.balancerLeaves,
      targetAdmits: shape.balancerGroup ? shape.targetAdmits : "cidr",
      targetRule: shape.balancerGroup && shape.targetAdmits === "group" ? "program" : shape.targetRule,
    };
  });

export const breaks: fc.Arbitrary<Broken | undefined> = fc.option(
  fc.record({
    fact: fc.constantFrom(...FACTS),
    way: fc.constantFrom("gone" as const, "port" as const, "peer" as const),
  }),
  { nil: undefined, freq: 12 },
);

export interface Connected {
  readonly records: readonly ResourceRecord[];
  readonly plan: NetworkPlan;
  /** The walk of a pod in each of the client subnets. */
  readonly walks: () => { readonly blockedAt: HopName | undefined; readonly last: WalkedHop | undefined }[];
}

const oneZone = ({ crossZone }: Pick<Shape, "crossZone">): boolean =>
  crossZone === "off" || crossZone === "overruled-off";

/** All targets where the endpoint's first AZ has none of them, if there is such a place. */
function moved(shape: Shape): Shape {
  const elsewhere = shape.serviceZones.find((zone) => zone !== shape.endpointZones[0]);
  return elsewhere === undefined ? shape : { ...shape, targetZones: shape.targetZones.map(() => elsewhere) };
}

const slot = (zone: string): number => AZ_IDS.indexOf(zone);
const hex = (prefix: string, digit: string, index: number): string =>
  `${prefix}-0e57a7e${digit}${String(index).padStart(9, "0")}`;
const checkPortOf = ({ check, targetPort }: Shape): number =>
  check === undefined || check.port === "traffic-port" ? targetPort : check.port;

/** Builds the estate as the programs would, with one fact broken. */
export function connected(given: Shape, broken: Broken | undefined): Connected {
  const shape = broken?.fact === "target-zone" ? moved(given) : given;
  const world = estateWorld(shape, broken);
  const aws = actor(world, DATA);
  const made: Made[] = [];
  const make = (stack: string, type: string, name: string, inputs: Properties, parent?: string): Outputs => {
    const outputs = aws.make(type, inputs, name);
    made.push({ stack, type, name, id: outputs.id, parent, born: outputs });
    return outputs;
  };
  /** A rule, or what is left of it. */
  const rule = (fact: Fact, stack: string, type: string, group: string, at: number, peer: Properties): void => {
    const way = broken?.fact === fact ? broken.way : undefined;
    if (way === "gone") return;
    const wrong: Properties =
      peer.cidrIpv4 === undefined ? { cidrIpv4: "192.0.2.0/24" } : { cidrIpv4: `192.0.2.${made.length % 256}/32` };
    make(stack, type, `${fact}-${made.length}`, {
      securityGroupId: group,
      ...tcp(way === "port" ? at + 1 : at, way === "peer" ? wrong : peer),
    });
  };

  // CorpAI's network
  const vpc = make(NETWORK, T.vpc, "corpai", { cidrBlock: "10.40.0.0/16", enableDnsHostnames: true });
  const subnet = (tier: number, zone: string): string =>
    make(NETWORK, T.subnet, `${tier}-${zone}`, {
      vpcId: vpc.id,
      cidrBlock: `10.40.${tier * 16 + slot(zone)}.0/24`,
      availabilityZoneId: zone,
    }).id;
  const clientSubnets = shape.consumerZones.map((zone) => subnet(0, zone));
  const endpointSubnets = shape.endpointZones.map((zone) => subnet(9, zone));
  const workloads = make(NETWORK, T.group, "corpai-workloads", { name: "workloads", vpcId: vpc.id });

  offer(shape, broken, { aws, make, rule });
  const service = found(made, T.service);

  const endpointGroup = make(
    CONNECTIONS,
    T.group,
    KEY,
    { name: "endpoint", vpcId: vpc.id },
    component(CONNECTIONS, "corpai:privatelink:Connection"),
  );
  const leavesTo = {
    vpc: { cidrIpv4: "10.40.0.0/16" },
    group: { referencedSecurityGroupId: endpointGroup.id },
    anything: { cidrIpv4: "0.0.0.0/0" },
  };
  rule("source-egress", NETWORK, T.egress, workloads.id, shape.port, leavesTo[shape.sourceLeaves]);
  rule(
    "endpoint-ingress",
    CONNECTIONS,
    T.ingress,
    endpointGroup.id,
    shape.port,
    shape.endpointAdmits === "group" ? { referencedSecurityGroupId: workloads.id } : { cidrIpv4: "10.40.0.0/20" },
  );
  const endpoint = make(
    CONNECTIONS,
    T.endpoint,
    KEY,
    {
      vpcId: vpc.id,
      serviceName: service.serviceName ?? "",
      vpcEndpointType: "Interface",
      subnetIds: endpointSubnets,
      securityGroupIds: [endpointGroup.id],
    },
    component(CONNECTIONS, "corpai:privatelink:Connection"),
  );

  const never = broken?.fact === "acceptance" && broken.way === "gone" && shape.acceptanceRequired;
  const accepter =
    shape.acceptanceRequired && !never
      ? make(ACCEPTANCE, T.accepter, `${KEY}-${KEY}`, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: service.id })
      : undefined;
  const host = hostOf(aws, endpoint.id, broken);
  if (accepter && broken?.fact === "acceptance") {
    if (broken.way === "peer" && shape.refreshed) takeBackByHand(world, endpoint.id);
    else {
      aws.unmake(T.accepter, accepter.id);
      made.splice(
        made.findIndex(({ id }) => id === accepter.id),
        1,
      );
    }
  }
  if (broken?.fact === "zone") leaveZone(world, found(made, T.balancer).id, shape.endpointZones);

  const asked = broken?.fact === "server-name" ? `other.${TLS_NAME}` : TLS_NAME;
  const serverName = shape.verifies ? asked : undefined;
  const records = [
    ...made.map((one) => recordOf(aws, one, shape.refreshed)),
    ...estateRecords(world, shape),
    ...kubernetesRecords({ host, port: shape.port, serverName, subnets: clientSubnets, group: workloads.id }),
    componentRecord(CONNECTIONS, "corpai:privatelink:Connection"),
    componentRecord(SERVICES, "corpai:privatelink:PrivateService"),
  ];
  return {
    records,
    plan: planOf(shape),
    walks: () =>
      shape.consumerZones.map((zone, index) => {
        const source: Source = {
          vpcId: vpc.id,
          subnetId: clientSubnets[index] ?? "",
          ip: `10.40.${slot(zone)}.${17 + index * 60}`,
          securityGroupIds: [workloads.id],
        };
        const { blockedAt, hops } = walk(
          world,
          source,
          host,
          shape.port,
          serverName === undefined ? undefined : { name: serverName },
        );
        return { blockedAt: HOPS.find((hop) => hop === blockedAt), last: hops.at(-1) };
      }),
  };
}

interface Made {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly parent: string | undefined;
  /** Outputs as its creation answered them. */
  readonly born: Outputs;
}

function found(made: readonly Made[], type: string): Outputs {
  const one = made.find((each) => each.type === type);
  if (!one) throw new Error(`no ${type} was made`);
  return one.born;
}

interface Maker {
  readonly aws: Actor;
  readonly make: (stack: string, type: string, name: string, inputs: Properties, parent?: string) => Outputs;
  readonly rule: (fact: Fact, stack: string, type: string, group: string, at: number, peer: Properties) => void;
}

/** The customer's side. */
function offer(shape: Shape, broken: Broken | undefined, { make, rule }: Maker): void {
  const parent = component(SERVICES, "corpai:privatelink:PrivateService");
  const serviceSubnets = shape.serviceZones.map((zone) => hex("subnet", "0", slot(zone)));
  const group = shape.balancerGroup
    ? make(SERVICES, T.group, `${KEY}-nlb`, { name: "corpai-nlb-sg", vpcId: CUSTOMER_VPC }, parent)
    : undefined;
  const [traffic, health] = [shape.targetPort, checkPortOf(shape)];
  if (group) {
    const half = (zone: string): string[] => [0, 128].map((last) => `10.40.${slot(zone)}.${last}/25`);
    const admitted = {
      "client-cidr": ["10.40.0.0/17"],
      "each-subnet": shape.consumerZones.map((zone) => `10.40.${slot(zone)}.0/24`),
      "half-subnets": shape.consumerZones.flatMap(half),
      anything: ["0.0.0.0/0"],
    }[shape.clients];
    admitted.forEach((cidrIpv4, index) => {
      // Of several, one is broken: pods in the other subnets get through.
      if (index === 0) rule("client-ingress", SERVICES, T.ingress, group.id, shape.port, { cidrIpv4 });
      else
        make(SERVICES, T.ingress, `from-${cidrIpv4}`, { securityGroupId: group.id, ...tcp(shape.port, { cidrIpv4 }) });
    });
    const peers: Properties = {
      group: { referencedSecurityGroupId: TARGET_GROUP },
      cidr: { cidrIpv4: shape.targets === "outside" ? "172.16.0.0/12" : "10.20.0.0/16" },
      anything: { cidrIpv4: "0.0.0.0/0" },
    };
    rule("balancer-egress", SERVICES, T.egress, group.id, traffic, record(peers[shape.balancerLeaves]));
    if (health !== traffic)
      rule("health-egress", SERVICES, T.egress, group.id, health, record(peers[shape.balancerLeaves]));
  }
  if (shape.targets !== "outside" && shape.targetRule === "program") {
    const peer: Properties =
      group && shape.targetAdmits === "group" ? { referencedSecurityGroupId: group.id } : { cidrIpv4: "10.20.0.0/16" };
    rule("target-ingress", SERVICES, T.ingress, TARGET_GROUP, traffic, peer);
    if (health !== traffic) rule("health-ingress", SERVICES, T.ingress, TARGET_GROUP, health, peer);
  }
  const balancer = make(
    SERVICES,
    T.balancer,
    `${KEY}-nlb`,
    {
      name: "corpai-clickhouse-nlb",
      internal: true,
      loadBalancerType: "network",
      subnets: serviceSubnets,
      ...(group ? { securityGroups: [group.id] } : {}),
      ...(group && shape.enforce ? { enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: shape.enforce } : {}),
      enableCrossZoneLoadBalancing: shape.crossZone === "on" || shape.crossZone === "overruled-off",
    },
    parent,
  );
  const targets = make(
    SERVICES,
    T.targets,
    `${KEY}-nlb`,
    {
      name: "corpai-clickhouse-tg",
      port: traffic,
      protocol: "TCP",
      targetType: shape.targets === "instance" ? "instance" : "ip",
      vpcId: CUSTOMER_VPC,
      healthCheck: shape.check
        ? {
            ...shape.check,
            port: String(shape.check.port),
            ...(shape.check.protocol === "TCP" ? {} : { path: "/ping" }),
          }
        : { enabled: false, protocol: "TCP" },
      ...(shape.crossZone.startsWith("overruled")
        ? { loadBalancingCrossZoneEnabled: shape.crossZone === "overruled-on" ? "true" : "false" }
        : {}),
    },
    parent,
  );
  if (broken?.fact !== "attachments") {
    for (const [index, zone] of shape.targetZones.entries()) {
      const inside = shape.targets === "instance" ? hex("i", "0", index) : `10.20.${slot(zone)}.${20 + index}`;
      if (shape.targets === "outside" && index > 0) continue;
      const target: Properties =
        shape.targets === "outside" ? { targetId: OUTSIDE, availabilityZone: "all" } : { targetId: inside };
      make(
        SERVICES,
        T.attachment,
        `${KEY}-nlb-${index}`,
        { targetGroupArn: targets.id, port: traffic, ...target },
        parent,
      );
    }
  }
  const listens =
    broken?.fact === "listener"
      ? { gone: undefined, port: shape.port + 1, peer: shape.port - 1 }[broken.way]
      : shape.port;
  if (listens !== undefined)
    make(
      SERVICES,
      T.listener,
      `${KEY}-nlb`,
      {
        loadBalancerArn: balancer.id,
        port: listens,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: targets.id }],
      },
      parent,
    );
  make(
    SERVICES,
    T.service,
    `${KEY}-endpoint-service`,
    { acceptanceRequired: shape.acceptanceRequired, networkLoadBalancerArns: [balancer.id] },
    parent,
  );
}

/** What the customer has had for long: VPC, targets, and their group's own rules. */
function estateWorld(shape: Shape, broken: Broken | undefined): World {
  const [traffic, health] = [shape.targetPort, checkPortOf(shape)];
  const standing = (fact: Fact, at: number) => {
    const way = broken?.fact === fact ? broken.way : undefined;
    const shifted = way === "port" ? at + 1 : at;
    return way === "gone"
      ? []
      : [
          {
            protocol: "tcp" as const,
            fromPort: shifted,
            toPort: shifted,
            cidr: way === "peer" ? "192.0.2.0/24" : "10.20.0.0/16",
          },
        ];
  };
  const listens = listensOf(shape, broken);
  const at = (zone: string, index: number) => ({
    subnet: hex("subnet", "0", slot(zone)),
    securityGroups: [TARGET_GROUP],
    listens,
    ip: `10.20.${slot(zone)}.${20 + index}`,
  });
  const placed = shape.targetZones.map(at);
  const document: EstateDocument = {
    region: "us-east-1",
    accounts: {
      [DATA]: {
        zones: ZONES,
        vpcs: {
          [CUSTOMER_VPC]: {
            cidr: "10.20.0.0/16",
            subnets: Object.fromEntries(
              Object.entries(ZONES).map(([zone, azId]) => [
                hex("subnet", "0", slot(azId)),
                { cidr: `10.20.${slot(azId)}.0/24`, zone },
              ]),
            ),
            securityGroups: {
              [TARGET_GROUP]: {
                name: "clickhouse",
                description: "targets",
                ingress:
                  shape.targetRule === "estate"
                    ? [
                        ...standing("target-ingress", traffic),
                        ...(health === traffic ? [] : standing("health-ingress", health)),
                      ]
                    : [],
              },
              [OTHER_GROUP]: { name: "other", description: "nobody's" },
            },
            instances:
              shape.targets === "instance"
                ? Object.fromEntries(placed.map((host, index) => [hex("i", "0", index), host]))
                : {},
            hosts: shape.targets === "ip" ? Object.fromEntries(placed.map(({ ip, ...host }) => [ip, host])) : {},
          },
        },
      },
    },
  };
  const { facts, objects } = estateOf(document);
  // A host beyond the VPC has neither subnet nor group, which an estate's file cannot say.
  const outside: Record<string, HostFacts> = {
    [`${CUSTOMER_VPC}/${OUTSIDE}`]: { vpcId: CUSTOMER_VPC, subnetId: "", ip: OUTSIDE, securityGroupIds: [], listens },
  };
  return new World("test", { ...facts, hosts: { ...facts.hosts, ...outside } }, objects);
}

interface Listens {
  port: number;
  protocol: "TCP" | "HTTP" | "HTTPS";
  paths?: Record<string, number>;
  certificateNames: string[];
}

function listensOf(shape: Shape, broken: Broken | undefined): Listens[] {
  const protocol = shape.check?.protocol ?? "TCP";
  const paths = { "/ping": broken?.fact === "health-answer" ? 503 : 200 };
  const [traffic, health] = [shape.targetPort, checkPortOf(shape)];
  const ports = new Set([...(broken?.fact === "process" ? [] : [traffic]), ...(health === traffic ? [] : [health])]);
  const certificateNames = [broken?.fact === "certificate" ? "someone.else.example" : TLS_NAME];
  return [...ports].map((at) => ({ port: at, protocol, certificateNames, ...(protocol === "TCP" ? {} : { paths }) }));
}

function hostOf(aws: Actor, endpointId: string, broken: Broken | undefined): string {
  const entries = aws.read(T.endpoint, endpointId).dnsEntries as { dnsName: string }[];
  const host = entries.map(({ dnsName }) => dnsName).find((name) => /^vpce-[0-9a-f]{17}-[0-9a-z]{8}\./.test(name));
  if (host === undefined) return "pending.invalid";
  return broken?.fact === "host" ? host.replace(endpointId, "vpce-0123456789abcdef0") : host;
}

function takeBackByHand(world: World, endpointId: string): void {
  const endpoint = world.get(T.endpoint, endpointId);
  if (endpoint) rejectConnection(world, endpoint);
}

/** As if the load balancer had been built again with one subnet less. */
function leaveZone(world: World, balancer: string, zones: readonly string[]): void {
  const node = world.all(
    "aws:ec2/networkInterface:NetworkInterface",
    ({ computed }) => computed._owner === balancer && computed.availabilityZoneId === zones[0],
  )[0];
  if (node) world.remove(node);
}

// ---- records

const urn = (stack: string, type: string, name: string): string => `urn:pulumi:${stack}::corpai::${type}::${name}`;
const component = (stack: string, type: string): string => urn(stack, type, KEY);

function componentRecord(stack: string, type: string): ResourceRecord {
  return {
    stack,
    type,
    name: KEY,
    urn: component(stack, type),
    id: "",
    parent: undefined,
    inputs: {},
    outputs: {},
    dependencies: {},
  };
}

/** Without a refresh, an endpoint is recorded as its creation saw it; what others changed since is not in its record. */
function recordOf(aws: Actor, { stack, type, name, id, parent, born }: Made, refreshed: boolean): ResourceRecord {
  const outputs = type === T.endpoint && !refreshed ? born : aws.read(type, id);
  const inputs = aws.context.world.get(type, id)?.inputs ?? {};
  return {
    stack,
    type,
    name,
    urn: urn(stack, type, name),
    id,
    parent,
    inputs: inputs,
    outputs: outputs,
    dependencies: {},
  };
}

/** What of the customer's own estate their programs manage as well. */
function estateRecords(world: World, { targetGroupManaged, instancesRecorded }: Shape): ResourceRecord[] {
  const known = world.objects.filter(({ type, id, inputs, estate }) => {
    if (!estate) return false;
    if (type === "aws:ec2/instance:Instance") return instancesRecorded;
    return targetGroupManaged && (id === TARGET_GROUP || inputs.securityGroupId === TARGET_GROUP);
  });
  return known.map(({ type, id, inputs, computed }) => ({
    stack: SERVICES,
    type,
    name: id,
    urn: urn(SERVICES, type, id),
    id,
    parent: undefined,
    inputs: inputs,
    outputs: { ...inputs, ...computed },
    dependencies: {},
  }));
}

interface Workload {
  readonly host: string;
  readonly port: number;
  /** For what name it asks the certificate; undefined where it does not. */
  readonly serverName: string | undefined;
  readonly subnets: readonly string[];
  readonly group: string;
}

function kubernetesRecords({ host, port: at, serverName, subnets, group }: Workload): ResourceRecord[] {
  const terms = (ids: readonly string[]): Recorded[] => ids.map((id) => ({ id }));
  const one = (type: string, name: string, inputs: Recorded): ResourceRecord => ({
    stack: SERVERS,
    type,
    name,
    urn: urn(SERVERS, type, name),
    id: name,
    parent: undefined,
    inputs,
    outputs: inputs,
    dependencies: {},
  });
  const env = [
    { name: "CLICKHOUSE_HOST", value: host },
    { name: "CLICKHOUSE_PORT", value: String(at) },
    ...(serverName === undefined ? [] : [{ name: "CLICKHOUSE_SERVER_NAME", value: serverName }]),
  ];
  return [
    one("kubernetes:eks.amazonaws.com/v1:NodeClass", "mcp-class", {
      metadata: { name: "mcp" },
      spec: {
        subnetSelectorTerms: terms(subnets),
        podSubnetSelectorTerms: terms(subnets),
        podSecurityGroupSelectorTerms: terms([group]),
      },
    }),
    one("kubernetes:karpenter.sh/v1:NodePool", "mcp-pool", {
      metadata: { name: "mcp" },
      spec: {
        template: { metadata: { labels: { "corpai.io/workloads": "mcp" } }, spec: { nodeClassRef: { name: "mcp" } } },
      },
    }),
    one("kubernetes:apps/v1:Deployment", "clickhouse-mcp", {
      spec: {
        replicas: host === "pending.invalid" ? 0 : 2,
        template: { spec: { nodeSelector: { "corpai.io/workloads": "mcp" }, containers: [{ env }] } },
      },
    }),
  ];
}

function planOf(shape: Shape): NetworkPlan {
  return {
    environment: "demo",
    registrations: [
      {
        key: KEY,
        stack: CONNECTIONS,
        service: { fromStack: SERVICES, key: KEY },
        serverName: shape.verifies ? TLS_NAME : undefined,
      },
    ],
    workloads: [
      {
        name: "clickhouse-mcp",
        stack: SERVERS,
        uses: [
          { connection: KEY, variable: "CLICKHOUSE_HOST", value: "host" },
          { connection: KEY, variable: "CLICKHOUSE_PORT", value: "port" },
          { connection: KEY, variable: "CLICKHOUSE_SERVER_NAME", value: "serverName" },
        ],
      },
    ],
    services: [{ stack: SERVICES, key: KEY, port: shape.port, targetSecurityGroupId: TARGET_GROUP }],
    acceptances: [{ stack: ACCEPTANCE, service: KEY, endpoints: [{ fromStack: CONNECTIONS, key: KEY }] }],
    subnets: AZ_IDS.map((azId) => ({ id: hex("subnet", "0", slot(azId)), azId })),
    clientCidr: "10.40.0.0/17",
    vpcCidr: undefined,
    privateConnections: [],
    cells: {},
    tiers: shape.consumerZones.map((azId) => ({
      azId,
      client: `10.40.${slot(azId)}.0/24`,
      endpoint: `10.40.${9 * 16 + slot(azId)}.0/24`,
    })),
  };
}

// ---- what a trace can know

/** Hops whose facts are not all in Pulumi's data even where everything is right. */
export function hidden(shape: Shape): ReadonlySet<HopName> {
  const addressKnown = shape.targets !== "instance" || shape.instancesRecorded;
  const zonesKnown = shape.targets === "outside" || (shape.targets === "instance" && shape.instancesRecorded);
  const ruleHidden = shape.targets !== "outside" && shape.targetRule === "estate" && !shape.targetGroupManaged;
  return new Set<HopName>([
    ...(oneZone(shape) && !zonesKnown ? ["zone" as const] : []),
    ...(shape.balancerGroup && shape.balancerLeaves === "cidr" && !addressKnown
      ? ["load-balancer-group" as const]
      : []),
    ...(shape.check ? ["target-health" as const] : []),
    ...(ruleHidden ? ["target-group" as const] : []),
    "target" as const,
  ]);
}

/** Whether the broken fact itself is in Pulumi's data. */
export function visible(shape: Shape, { fact, way }: Broken): boolean {
  switch (fact) {
    case "process":
    case "health-answer":
    case "certificate":
      return false;
    case "target-zone":
      return shape.targets === "instance" && shape.instancesRecorded;
    // A group that no program manages may have other rules.
    case "target-ingress":
    case "health-ingress":
      return shape.targetGroupManaged;
    // A rule for some addresses says nothing where the target's is not known.
    case "balancer-egress":
    case "health-egress":
      return way !== "peer" || shape.targets !== "instance" || shape.instancesRecorded;
    default:
      return true;
  }
}

/**
 * The same records as a preview of all stacks has them before the first update: nothing has an id or an output, and what comes from another stack has no
 * known origin.
 */
export function unbuilt(records: readonly ResourceRecord[]): ResourceRecord[] {
  const origins = new Map(
    records
      .filter(({ outputs }) => Object.keys(outputs).length > 0)
      .flatMap((one) =>
        [one.id, one.outputs.serviceName].flatMap((name) =>
          typeof name === "string" && name !== "" ? [[name, one] as const] : [],
        ),
      ),
  );
  return records.map((one): ResourceRecord => {
    // What stood before is no part of a preview's changes.
    if (one.stack === SERVERS ? one.type.includes("NodePool") : one.id === "" || one.name === one.id) return one;
    const dependencies: Record<string, string[]> = {};
    const hide = (property: string, value: Plain): Plain => {
      const origin = typeof value === "string" ? origins.get(value) : undefined;
      const foreign = typeof value === "string" && value.includes(".vpce-svc-");
      if (origin && origin.name !== origin.id) {
        if (origin.stack === one.stack) (dependencies[property] ??= []).push(origin.urn);
        return UNKNOWN;
      }
      if (foreign) return UNKNOWN;
      if (isList(value)) return value.map((inner) => hide(property, inner));
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(property, inner)]));
    };
    const inputs: Recorded = Object.fromEntries(
      Object.entries(one.inputs).map(([property, value]) => [property, hide(property, value)]),
    );
    return { ...one, id: UNKNOWN, inputs, outputs: {}, dependencies };
  });
}

/** First hop at which any of the walks is blocked. */
export function firstBlocked(walks: ReturnType<Connected["walks"]>): HopName | undefined {
  return HOPS.find((hop) => walks.some(({ blockedAt }) => blockedAt === hop));
}
