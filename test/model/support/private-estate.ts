/**
 * One private connection, twice: as a sandbox world in which requests are walked, and as the records that Pulumi would have of it. At most one fact of it is
 * broken, before the records are taken.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { NetworkPlan } from "../../../model/network-nodes.ts";
import type { ConnectionModeFacts, PrivateConnectionsFacts } from "../../../model/private-connection-facts.ts";
import type { ResourceRecord } from "../../../model/resource-record.ts";
import { PRIVATE_HOPS, type PrivateHop } from "../../../model/trace-verdict.ts";
import { type EstateDocument, estateOf } from "../../../sandbox/estate.ts";
import { walkRequest } from "../../../sandbox/lattice-path.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { type HostFacts, World, type WorldObject } from "../../../sandbox/world.ts";
import { L } from "../../sandbox/support/lattice.ts";
import type { Way } from "./connected-estate.ts";
import { type Actor, DATA, TOOLS, actor } from "../../sandbox/support/world.ts";

const STACK = "private-connections.demo";
const KEY = "tools";
const REGION = "us-east-1";
const VPC = "vpc-0e57a7e0000000001";
const VPC_CIDR = "10.20.0.0/16";
// An estate's rules are numbered by the first digits of their group.
const TARGET_GROUP = "sg-0e57a7e0100000000";
const EXTRA_GROUP = "sg-0e57a7e0200000000";
const BEHIND_GROUP = "sg-0e57a7e0300000000";
const ZONES = { "us-east-1a": "use1-az1", "us-east-1b": "use1-az2", "us-east-1c": "use1-az4" };
const ADDRESS = "10.20.0.41";
const BEHIND = "10.20.0.51";
const OUTSIDE = "172.20.5.9";
const BALANCER = "internal-tools-50dc6c495c0c9188.us-east-1.elb.amazonaws.com";
/** Of the stated certificate, and of what answers. */
const CERTIFIED = "*.acme.example";
const CERTIFICATE = readFileSync(join(import.meta.dirname, "../../fixtures/acme.example.pem"), "utf8");

/** What a right estate may look like. */
export interface Shape {
  /** Whose gateway it is: AWS's, the program's own, or another account's. */
  readonly by: "service" | "own" | "other";
  readonly host: "address" | "outside" | "public-name" | "private-name" | "balancer";
  readonly zones: number;
  readonly port: number;
  readonly range: boolean;
  /** How the file says where requests go. */
  readonly target: "group" | "cidr";
  /** Whether the rule that admits the gateway is the program's, or has always been there. */
  readonly admittedBy: "program" | "estate";
  /** Whether some program has all rules of the target's group. */
  readonly targetManaged: boolean;
  /** A further group of the gateway, that no program has. */
  readonly extraGroup: boolean;
  readonly secure: boolean;
  readonly certificate: boolean;
}

export const FACTS = [
  "state",
  "port",
  "name",
  "dns-mode",
  "share",
  "egress",
  "route",
  "ingress",
  "process",
  "shown-certificate",
  "endpoint-host",
  "host-rule",
] as const;
export type Fact = (typeof FACTS)[number];

export interface Broken {
  readonly fact: Fact;
  readonly way: Way;
}

export const shapes: fc.Arbitrary<Shape> = fc
  .record({
    by: fc.constantFrom("service" as const, "service" as const, "own" as const, "own" as const, "other" as const),
    host: fc.constantFrom(
      "address" as const,
      "outside" as const,
      "public-name" as const,
      "private-name" as const,
      "balancer" as const,
    ),
    zones: fc.integer({ min: 1, max: 3 }),
    port: fc.constantFrom(443, 3000, 8443, 9440),
    range: fc.boolean(),
    target: fc.constantFrom("group" as const, "cidr" as const),
    admittedBy: fc.constantFrom("program" as const, "estate" as const),
    targetManaged: fc.boolean(),
    extraGroup: fc.boolean(),
    secure: fc.boolean(),
    certificate: fc.boolean(),
  })
  .map((shape): Shape => {
    // Nothing beyond the VPC has a group; the program opens only a group that the file names; the load balancer's listener speaks TLS.
    const target = shape.host === "outside" ? "cidr" : shape.target;
    return {
      ...shape,
      target,
      admittedBy: target === "group" ? shape.admittedBy : "estate",
      secure: shape.host === "balancer" || shape.secure,
    };
  });

export const breaks: fc.Arbitrary<Broken | undefined> = fc.option(
  fc.record({
    fact: fc.constantFrom(...FACTS, "egress" as const, "ingress" as const),
    way: fc.constantFrom("gone" as const, "port" as const, "peer" as const),
  }),
  { nil: undefined, freq: 12 },
);

export interface PrivateEstate {
  readonly world: World;
  readonly records: readonly ResourceRecord[];
  readonly plan: NetworkPlan;
  readonly blockedAt: PrivateHop | undefined;
  readonly because: string | undefined;
}

const endpointOf = ({ secure, port }: Shape, broken: Broken | undefined): string =>
  `${secure ? "https" : "http"}://tool.${broken?.fact === "endpoint-host" ? "elsewhere" : "acme"}.example:${port}/mcp`;

const hostOf = ({ host }: Shape): string =>
  ({
    address: ADDRESS,
    outside: OUTSIDE,
    "public-name": "tool.acme.example",
    "private-name": "tool.acme.internal",
    balancer: BALANCER,
  })[host];

function portsOf({ port, range }: Shape, broken: Broken | undefined): string[] {
  const from = broken?.fact === "port" ? port + 1 : port;
  return [range ? `${from}-${from + 10}` : String(from)];
}

const resolutionOf = ({ host }: Shape, broken: Broken | undefined): "public" | "in-vpc" =>
  host === "private-name" && broken?.fact !== "dns-mode" ? "in-vpc" : "public";

const targetCidr = ({ host }: Shape): string => (host === "outside" ? "172.16.0.0/12" : VPC_CIDR);

/** Builds the estate as the program would, with one fact broken. */
export function privateEstate(shape: Shape, broken: Broken | undefined): PrivateEstate {
  const world = estateWorld(shape, broken);
  const owner = actor(world, DATA);
  const made = new Map<string, Made>();
  const make = (as: Actor, type: string, name: string, inputs: Properties): string => {
    const { id } = as.make(type, inputs, name);
    made.set(id, { type, name, account: as.context.caller.account });
    return id;
  };
  const group = make(owner, L.group, `${KEY}-gateway`, { vpcId: VPC, name: "gateway" });
  const rule = (fact: Fact, type: string, on: string, peer: Properties): void => {
    const way = broken?.fact === fact ? broken.way : undefined;
    if (way === "gone") return;
    const port = way === "port" ? shape.port + 1 : shape.port;
    const source: Properties = way === "peer" ? { cidrIpv4: "192.0.2.0/24" } : peer;
    make(owner, type, `${KEY}-${fact}`, {
      securityGroupId: on,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      ...source,
    });
  };
  rule(
    "egress",
    L.egress,
    group,
    shape.target === "group" ? { referencedSecurityGroupId: TARGET_GROUP } : { cidrIpv4: targetCidr(shape) },
  );
  if (shape.admittedBy === "program") rule("ingress", L.ingress, TARGET_GROUP, { referencedSecurityGroupId: group });

  const connection = connect(shape, broken, { owner, world, group, make });
  const ours = shape.by === "other" ? TOOLS : DATA;
  const standing = world.objects.filter(
    ({ estate, id, inputs }) =>
      estate && shape.targetManaged && (id === TARGET_GROUP || inputs.securityGroupId === TARGET_GROUP),
  );
  const records = [
    ...[...made].flatMap(([id, { type, name, account }]) => {
      const object = world.get(type, id, account);
      return object && account === ours ? [recordOf(object, name)] : [];
    }),
    ...(shape.by === "other" ? [] : standing.map((object) => recordOf(object, object.id))),
  ];
  const { blockedAt, hops } = walkRequest(world, connection, endpointOf(shape, broken));
  return {
    world,
    records,
    plan: planOf(shape, broken),
    blockedAt: PRIVATE_HOPS.find((hop) => hop === blockedAt),
    because: hops.at(-1)?.because,
  };
}

interface Made {
  readonly type: string;
  readonly name: string;
  readonly account: string;
}

interface Around {
  readonly owner: Actor;
  readonly world: World;
  readonly group: string;
  readonly make: (as: Actor, type: string, name: string, inputs: Properties) => string;
}

/** Gateway, resource and connection. @returns the connection */
function connect(
  shape: Shape,
  broken: Broken | undefined,
  { owner, world, group, make }: Around,
): WorldObject | undefined {
  const [host, portRanges] = [hostOf(shape), portsOf(shape, broken)];
  const place = {
    vpcId: VPC,
    subnetIds: subnetsOf(shape),
    securityGroupIds: [group, ...(shape.extraGroup ? [EXTRA_GROUP] : [])],
  };
  const resolution = resolutionOf(shape, broken) === "public" ? "PUBLIC" : "IN_VPC";
  const named = (as: Actor, connectionConfiguration: Properties): WorldObject | undefined => {
    const name = make(as, L.connection, KEY, { connectionConfiguration });
    const object = world.get(L.connection, name, as.context.caller.account);
    if (object && broken?.fact === "state")
      object.computed = { ...object.computed, _failed: "quotas", status: "CREATE_FAILED" };
    return object;
  };
  if (shape.by === "service") {
    owner.make(L.space, { name: "operations" });
    const serviceManaged = { ...place, hostAddress: host, portRanges, dnsResolution: resolution };
    return named(owner, { serviceManaged });
  }
  const gateway = make(owner, L.gateway, KEY, { ...place, resourceConfigDnsResolution: resolution });
  const isAddress = shape.host === "address" || shape.host === "outside";
  const { arn } = owner.make(L.configuration, {
    resourceGatewayIdentifier: gateway,
    portRanges,
    resourceConfigurationDefinition: isAddress
      ? { ipResource: { ipAddress: host } }
      : { dnsResource: { domainName: host, ipAddressType: "IPV4" } },
  });
  const selfManaged = { selfManaged: { resourceConfigurationId: arn ?? "" } };
  if (shape.by === "own") return named(owner, selfManaged);
  const share = owner.make(L.share, { allowExternalPrincipals: true }).id;
  const shared = owner.make(L.shared, { resourceShareArn: share, resourceArn: arn ?? "" });
  owner.make(L.principal, { resourceShareArn: share, principal: TOOLS });
  const other = actor(world, TOOLS);
  other.make(L.accepter, { shareArn: share });
  const connection = named(other, selfManaged);
  if (broken?.fact === "share") owner.unmake(L.shared, shared.id);
  return connection;
}

const subnetId = (index: number): string => `subnet-0e57a7e000000000${index}`;
const subnetsOf = ({ zones }: Shape): string[] => Array.from({ length: zones }, (_none, index) => subnetId(index));

// ---- what has stood for long

function estateWorld(shape: Shape, broken: Broken | undefined): World {
  const { port, host, admittedBy, secure } = shape;
  const way = broken?.fact === "ingress" ? broken.way : undefined;
  const at = way === "port" ? port + 1 : port;
  const admitted = {
    protocol: "tcp" as const,
    fromPort: at,
    toPort: at,
    cidr: way === "peer" ? "192.0.2.0/24" : VPC_CIDR,
  };
  const certificateNames = [broken?.fact === "shown-certificate" ? "someone.else.example" : CERTIFIED];
  const answering = (on: number) =>
    broken?.fact === "process"
      ? []
      : [{ port: on, protocol: "HTTP" as const, paths: { "/health": 200 }, ...(secure ? { certificateNames } : {}) }];
  const anything = { protocol: "-1" as const, cidr: "0.0.0.0/0" };
  const names: EstateDocument["names"] = {};
  if (broken?.fact !== "name") {
    names["tool.acme.example"] = { addresses: [ADDRESS] };
    names["tool.acme.internal"] = { addresses: [ADDRESS], vpcs: [VPC] };
  }
  const document: EstateDocument = {
    region: REGION,
    names,
    accounts: {
      [TOOLS]: { zones: ZONES },
      [DATA]: {
        zones: ZONES,
        vpcs: {
          [VPC]: {
            cidr: VPC_CIDR,
            routesTo: broken?.fact === "route" ? [] : ["172.20.0.0/16"],
            subnets: Object.fromEntries(
              Object.keys(ZONES).map((zone, index) => [subnetId(index), { cidr: `10.20.${index}.0/24`, zone }]),
            ),
            securityGroups: {
              [TARGET_GROUP]: {
                name: "target",
                description: "what answers",
                ingress: admittedBy === "estate" && way !== "gone" ? [admitted] : [],
                egress: [anything],
              },
              [EXTRA_GROUP]: { name: "extra", description: "nobody's" },
              [BEHIND_GROUP]: { name: "behind", description: "behind the load balancer", ingress: [anything] },
            },
            hosts: {
              [ADDRESS]: { subnet: subnetId(0), securityGroups: [TARGET_GROUP], listens: answering(port) },
              [BEHIND]: { subnet: subnetId(0), securityGroups: [BEHIND_GROUP], listens: answering(8080) },
            },
            applicationLoadBalancers:
              host === "balancer"
                ? {
                    tools: {
                      number: "50dc6c495c0c9188",
                      nodes: { [subnetId(0)]: "10.20.0.31", [subnetId(1)]: "10.20.1.31" },
                      securityGroups: [TARGET_GROUP],
                      port,
                      certificateNames,
                      backends: {
                        tool: {
                          hosts: [broken?.fact === "host-rule" ? "wiki.acme.example" : "tool.acme.example"],
                          port: 8080,
                          healthPath: "/health",
                          addresses: [BEHIND],
                        },
                      },
                    },
                  }
                : {},
          },
        },
      },
    },
  };
  const { facts, objects } = estateOf(document);
  // A host beyond the VPC has neither subnet nor group, which an estate's file cannot say.
  const outside: Record<string, HostFacts> = {
    [`${VPC}/${OUTSIDE}`]: { vpcId: VPC, subnetId: "", ip: OUTSIDE, securityGroupIds: [], listens: answering(port) },
  };
  return new World("test", { ...facts, hosts: { ...facts.hosts, ...outside } }, objects);
}

// ---- records and files

/** As a refresh leaves it. */
function recordOf({ type, id, inputs, computed }: WorldObject, name: string): ResourceRecord {
  const outputs = Object.fromEntries(
    Object.entries({ ...inputs, ...computed }).filter(([property]) => !property.startsWith("_")),
  );
  return {
    stack: STACK,
    type,
    name,
    urn: `urn:pulumi:${STACK}::corpai::${type}::${name}`,
    id,
    parent: undefined,
    inputs,
    outputs,
    dependencies: {},
  };
}

function planOf(shape: Shape, broken: Broken | undefined): NetworkPlan {
  const gateway = {
    vpc: "acme",
    securityGroupIds: shape.extraGroup ? [EXTRA_GROUP] : [],
    addressType: "ipv4" as const,
    addressesPerInterface: 16,
    dnsResolution: resolutionOf(shape, broken),
  };
  const destination = {
    host: hostOf(shape),
    ports: portsOf(shape, broken),
    target:
      shape.target === "group"
        ? { securityGroupId: TARGET_GROUP, open: shape.admittedBy === "program" }
        : { cidrs: [targetCidr(shape)] },
  };
  const certified = shape.certificate ? { certificate: CERTIFICATE } : {};
  const arn = `arn:aws:vpc-lattice:${REGION}:${DATA}:resourceconfiguration/rcfg-0123456789abcdef0`;
  const connection: Readonly<Record<Shape["by"], ConnectionModeFacts>> = {
    service: { mode: "service-managed", ...gateway, ...destination, ...certified },
    own: { mode: "self-managed", by: { resource: KEY }, ...certified },
    other: { mode: "self-managed", by: { resourceConfigurationArn: arn }, ...certified },
  };
  const own = shape.by === "own";
  const facts: Omit<PrivateConnectionsFacts, "account" | "region" | "side"> = {
    stack: STACK,
    vpcs: {
      acme: {
        vpcId: VPC,
        subnets: subnetsOf(shape).map((id, index) => ({ id, azId: Object.values(ZONES)[index] ?? "" })),
      },
    },
    agentSpaces: ["operations"],
    gateways: own ? { [KEY]: gateway } : {},
    resources: own ? { [KEY]: { gateway: KEY, ...destination } } : {},
    serviceNetworks: {},
    privateConnections: { [KEY]: connection[shape.by] },
    integrations: {
      tool: { kind: "mcp-server", connection: KEY, endpoint: endpointOf(shape, broken), spaces: ["operations"] },
    },
  };
  return {
    environment: "demo",
    registrations: [],
    workloads: [],
    services: [],
    acceptances: [],
    subnets: [],
    clientCidr: undefined,
    vpcCidr: undefined,
    tiers: [],
    cells: {},
    privateConnections: [facts],
  };
}

// ---- what a trace can know

/** Hops whose facts are not all in Pulumi's data even where everything is right. */
export function hidden({ by, host, target, admittedBy, secure }: Shape): ReadonlySet<PrivateHop> {
  const certificate = secure ? (["certificate"] as const) : [];
  if (by === "other") return new Set([...PRIVATE_HOPS.slice(0, -1), ...certificate]);
  const isBalancer = host === "balancer";
  const admission = isBalancer ? "load-balancer-group" : "target-group";
  return new Set<PrivateHop>([
    // Only AWS knows who resolves a name, and to what.
    ...(host === "public-name" || host === "private-name" ? ["dns" as const] : []),
    ...(target === "cidr" ? ["route" as const] : []),
    // The addresses of a gateway are nowhere recorded, so that only a rule for its group decides.
    ...(target === "cidr" || admittedBy === "estate" ? [admission as PrivateHop] : []),
    ...(isBalancer ? (["listener", "host-rule", "target-registration", "target-health", "target-group"] as const) : []),
    "target",
    ...certificate,
  ]);
}

/** Whether the broken fact itself is in Pulumi's data. */
export function visible(shape: Shape, { fact, way }: Broken): boolean {
  switch (fact) {
    case "state":
      return true;
    case "endpoint-host":
      return shape.certificate;
    case "port":
    case "dns-mode":
      return shape.by !== "other";
    case "egress":
      // A group that no program manages may have other rules; a rule for other addresses says nothing where the target's is not known.
      return (
        shape.by !== "other" &&
        !shape.extraGroup &&
        (way !== "peer" || shape.target === "cidr" || shape.host === "address")
      );
    case "ingress":
      // For addresses, where those of a gateway are nowhere recorded.
      return shape.by !== "other" && shape.target === "group" && shape.targetManaged && way !== "peer";
    default:
      return false;
  }
}
