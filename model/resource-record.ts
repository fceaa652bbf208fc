/** What a preview cannot know yet, or what is kept secret: either way nobody may decide by it. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

/** A value as Pulumi records it. */
export type Plain =
  null | boolean | number | string | Unknown | readonly Plain[] | { readonly [property: string]: Plain };
export type Properties = Readonly<Record<string, Plain>>;

/** One resource, as a stack's state or a preview has it. */
export interface ResourceRecord {
  readonly stack: string;
  readonly urn: string;
  readonly type: string;
  /** Its name in the program, which derives from a key of the configuration. */
  readonly name: string;
  /** URN of the component that it belongs to. */
  readonly parent: string | undefined;
  readonly id: string | Unknown;
  readonly inputs: Properties;
  /** Empty for what a preview would create. */
  readonly outputs: Properties;
  /** By property, the URNs that its value comes from: what tells unknown ids apart. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** Type tokens of what is on the way. */
export const TYPE = {
  stack: "pulumi:pulumi:Stack",
  subnet: "aws:ec2/subnet:Subnet",
  group: "aws:ec2/securityGroup:SecurityGroup",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  instance: "aws:ec2/instance:Instance",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  listener: "aws:lb/listener:Listener",
  targetGroup: "aws:lb/targetGroup:TargetGroup",
  attachment: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  service: "aws:ec2/vpcEndpointService:VpcEndpointService",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  accepter: "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter",
  deployment: "kubernetes:apps/v1:Deployment",
  nodeClass: "kubernetes:eks.amazonaws.com/v1:NodeClass",
  nodePool: "kubernetes:karpenter.sh/v1:NodePool",
  connectionComponent: "corpai:privatelink:Connection",
  serviceComponent: "corpai:privatelink:PrivateService",
  standingServiceComponent: "corpai:privatelink:StandingService",
  privateConnection: "aws-native:devopsagent:PrivateConnection",
  resourceGateway: "aws:vpclattice/resourceGateway:ResourceGateway",
  forwarding: "corpai:privatelink:Forwarding",
} as const;

/** What others refer to it by: its id or, as long as it has none, its URN. */
export const nodeId = ({ id, urn }: ResourceRecord): string => (id === UNKNOWN ? urn : id);

/** What people call it: what has no id yet, by its name in the program. */
export const nodeName = (id: string): string =>
  id.startsWith("urn:") ? `${id.split("::").at(-1) ?? id}, still to be built` : id;

/** The last component of a URN's chain that is of this type, the resource itself left out. */
function ancestor(
  record: ResourceRecord,
  type: string,
  byUrn: ReadonlyMap<string, ResourceRecord>,
): ResourceRecord | undefined {
  const parent = record.parent === undefined ? undefined : byUrn.get(record.parent);
  return parent === undefined || parent.type === type ? parent : ancestor(parent, type, byUrn);
}

/** What was asked for: as it was last seen, else as it was given. Undefined where nobody gave it. */
export function argument(
  { inputs, outputs }: Pick<ResourceRecord, "inputs" | "outputs">,
  property: string,
): Plain | undefined {
  const seen = outputs[property];
  // A provider hides a list with one unknown element as a whole; what was given says more.
  return seen === undefined || seen === UNKNOWN ? (inputs[property] ?? seen) : seen;
}

/** What AWS answers, or fills in where it was not given: unknown as long as there is nothing. */
export function computed(record: ResourceRecord, property: string): Plain | undefined {
  return argument(record, property) ?? (record.id === UNKNOWN ? UNKNOWN : undefined);
}

// ---- narrowing: what is of another type reads as absent

export const text = (value: Plain | undefined): string | Unknown | undefined =>
  value === UNKNOWN || typeof value === "string" ? value : undefined;
export const flag = (value: Plain | undefined): boolean | Unknown =>
  value === UNKNOWN ? UNKNOWN : value === true || value === "true";
export const fields = (value: Plain | undefined): Properties =>
  typeof value === "object" && value !== null && !isList(value) ? value : {};
export const list = (value: Plain | undefined): readonly Plain[] | Unknown =>
  value === UNKNOWN ? UNKNOWN : isList(value) ? value : [];

/** Ports stand as numbers, and as text in environment variables and health checks. */
export function integer(value: Plain | undefined): number | Unknown | undefined {
  if (value === UNKNOWN || typeof value === "number") return value;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}

export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

/** All records, and what their properties refer to. */
export class Records {
  readonly all: readonly ResourceRecord[];
  readonly #byUrn: ReadonlyMap<string, ResourceRecord>;
  readonly #byType: ReadonlyMap<string, readonly ResourceRecord[]>;

  constructor(all: readonly ResourceRecord[]) {
    this.all = all;
    this.#byUrn = new Map(all.map((record) => [record.urn, record]));
    this.#byType = Map.groupBy(all, ({ type }) => type);
  }

  of(type: string): readonly ResourceRecord[] {
    return this.#byType.get(type) ?? [];
  }

  ancestor(record: ResourceRecord, type: string): ResourceRecord | undefined {
    return ancestor(record, type, this.#byUrn);
  }

  /** The node that a property names. An unknown id is told by its origin, where that is the only one of its type. */
  reference(
    record: ResourceRecord,
    property: string,
    value: Plain | undefined,
    type: string,
  ): string | Unknown | undefined {
    const named = text(value);
    if (named !== UNKNOWN) return named;
    const [origin, ...others] = this.#allOrigins(record, property, type);
    return origin && others.length === 0 ? origin : UNKNOWN;
  }

  /** The nodes that a list names; unknown as a whole where one of them is. */
  references(record: ResourceRecord, property: string, type: string): readonly string[] | Unknown {
    const values = list(computed(record, property));
    const named = values === UNKNOWN ? [] : values.flatMap((value) => (typeof value === "string" ? [value] : []));
    if (values !== UNKNOWN && named.length === values.length) return named;
    const origins = this.#allOrigins(record, property, type);
    const missing = values === UNKNOWN ? origins.length : values.length - named.length;
    return origins.length > 0 && origins.length === missing ? [...named, ...origins] : UNKNOWN;
  }

  /**
   * The nodes of a type that a value names, one or a list, as far as that can be told: by their ids, or, where some are not known, by where they come
   * from, though not which is which.
   */
  among(record: ResourceRecord, property: string, value: Plain | undefined, type: string): Among {
    const values = value === undefined ? [] : isList(value) ? value : [value];
    const named = values.flatMap((one) => (typeof one === "string" ? [one] : []));
    const unknown = values.length - named.length;
    if (unknown === 0) return { nodes: named, perhaps: [], more: false };
    const direct = this.#origins(record, property, type, "direct");
    const inside = this.#origins(record, property, type, "inside components");
    // A component that has more of them than are wanted does not say which.
    const told = inside.length <= unknown;
    return {
      nodes: [...named, ...direct, ...(told ? inside : [])],
      perhaps: told ? [] : inside,
      more: direct.length + inside.length === 0,
    };
  }

  #allOrigins(record: ResourceRecord, property: string, type: string): string[] {
    return (["direct", "inside components"] as const).flatMap((where) => this.#origins(record, property, type, where));
  }

  /** What came from a whole component came from any of the resources in it. */
  #origins(
    { dependencies }: ResourceRecord,
    property: string,
    type: string,
    where: "direct" | "inside components",
  ): string[] {
    return (dependencies[property] ?? []).flatMap((urn) => {
      const origin = this.#byUrn.get(urn);
      if (origin === undefined) return [];
      if (where === "direct") return origin.type === type ? [nodeId(origin)] : [];
      if (!isComponent(origin)) return [];
      return this.of(type).flatMap((record) => (this.#isInside(record, origin) ? [nodeId(record)] : []));
    });
  }

  #isInside({ parent }: ResourceRecord, component: ResourceRecord): boolean {
    if (parent === undefined) return false;
    const around = this.#byUrn.get(parent);
    return parent === component.urn || (around !== undefined && this.#isInside(around, component));
  }
}

/** Nodes that a value names. */
export interface Among {
  readonly nodes: readonly string[];
  /** Of these it names some, and nobody can tell which. */
  readonly perhaps: readonly string[];
  /** Whether there may be any others: not even their origin is known. */
  readonly more: boolean;
}

/** Providers register resources of their own modules; whatever else there is, is a component. */
export const isComponent = ({ type }: Pick<ResourceRecord, "type">): boolean =>
  !/^(aws|aws-native|kubernetes|pulumi):/.test(type);
