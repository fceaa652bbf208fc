/** Auto Mode's nodes: which pools take a pod, and what a node class resolves to in AWS. */
import { builtInPools, clusterAt, clusterGroupOf, nodesMayJoin, vpcIdOf } from "../aws/eks.ts";
import { ROLE, roleByArn } from "../aws/iam.ts";
import { SECURITY_GROUP, SUBNET } from "../aws/network.ts";
import type { CheckFailure, ResourceModel } from "../model.ts";
import { integer, record, records, text, texts } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import type { Enforcement } from "./network-policies.ts";
import { NODE_SETTINGS, enforcement } from "./network-policies.ts";
import type { Kind } from "./objects.ts";
import { kubernetesModel, nameOf, undeclared } from "./objects.ts";

const NODE_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";
const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";

const CLASS_SPEC = [
  "role",
  "instanceProfile",
  "subnetSelectorTerms",
  "securityGroupSelectorTerms",
  "podSubnetSelectorTerms",
  "podSecurityGroupSelectorTerms",
  "capacityReservationSelectorTerms",
  "ephemeralStorage",
  "networkPolicy",
  "networkPolicyEventLogs",
  "snatPolicy",
  "advancedNetworking",
  "advancedSecurity",
  "certificateBundles",
  "tags",
];
const TERMS: Readonly<Record<string, readonly string[]>> = {
  subnetSelectorTerms: ["tags", "id"],
  securityGroupSelectorTerms: ["tags", "id", "name"],
  podSubnetSelectorTerms: ["tags", "id"],
  podSecurityGroupSelectorTerms: ["tags", "id", "name"],
};
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  networkPolicy: NODE_SETTINGS,
  networkPolicyEventLogs: ["Enabled", "Disabled"],
  snatPolicy: ["Random", "Disabled"],
};

function judgeClass(spec: Properties): CheckFailure[] {
  const failures = undeclared(spec, "spec", CLASS_SPEC);
  const refuse = (why: string): number => failures.push(["spec", `spec: Invalid value: ${why}`]);
  if ((spec.role === undefined) === (spec.instanceProfile === undefined))
    refuse("must specify one of role or instanceProfile, and only one");
  for (const field of ["subnetSelectorTerms", "securityGroupSelectorTerms"])
    if (spec[field] === undefined) refuse(`spec.${field}: Required value`);
  if ((spec.podSubnetSelectorTerms === undefined) !== (spec.podSecurityGroupSelectorTerms === undefined))
    refuse("podSubnetSelectorTerms and podSecurityGroupSelectorTerms must be specified together");
  for (const [field, known] of Object.entries(SETTINGS))
    if (spec[field] !== undefined && spec[field] !== UNKNOWN && !known.some((one) => one === spec[field]))
      refuse(`spec.${field}: Unsupported value: ${JSON.stringify(spec[field])}: supported values: ${known.join(", ")}`);
  for (const [field, known] of Object.entries(TERMS)) {
    if (Array.isArray(spec[field]) && spec[field].length === 0) refuse(`spec.${field} cannot be empty`);
    for (const term of records(spec[field])) {
      failures.push(...undeclared(term, `spec.${field}`, known));
      if (Object.keys(term).length === 0)
        refuse(`spec.${field}: expected at least one, got none, ${JSON.stringify(known)}`);
      if (term.id !== undefined && Object.keys(term).length > 1)
        refuse(
          `spec.${field}: 'id' is mutually exclusive, cannot be set with a combination of other fields in a selector term`,
        );
    }
  }
  return failures;
}

const nodeClass: Kind = {
  apiVersion: "eks.amazonaws.com/v1",
  kind: "NodeClass",
  scope: "cluster",
  custom: true,
  fields: { spec: {} },
  judge: ({ spec }) => (spec === UNKNOWN ? [] : judgeClass(record(spec))),
  status({ account, id }, { world }) {
    const cluster = clusterAt(world, account);
    const resolved = cluster ? resolveClass(world, cluster, id) : "its cluster does not exist";
    return { conditions: [ready(typeof resolved === "string" ? resolved : undefined)] };
  },
};

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

const nodePool: Kind = {
  apiVersion: "karpenter.sh/v1",
  kind: "NodePool",
  scope: "cluster",
  custom: true,
  fields: { spec: {} },
  judge({ spec }) {
    if (spec === UNKNOWN) return [];
    const template = record(record(spec).template);
    const inner = record(template.spec);
    const failures = [
      ...undeclared(spec, "spec", ["template", "disruption", "limits", "weight", "replicas"]),
      ...undeclared(template, "spec.template", ["metadata", "spec"]),
      ...undeclared(inner, "spec.template.spec", [
        "nodeClassRef",
        "requirements",
        "taints",
        "startupTaints",
        "expireAfter",
        "terminationGracePeriod",
      ]),
    ];
    const refuse = (why: string): number => failures.push(["spec", why]);
    if (inner.requirements === undefined) refuse("spec.template.spec.requirements: Required value");
    const reference = record(inner.nodeClassRef);
    if (
      inner.nodeClassRef !== UNKNOWN &&
      (reference.group !== "eks.amazonaws.com" || reference.kind !== "NodeClass" || reference.name === undefined)
    ) {
      refuse(
        `spec.template.spec.nodeClassRef: Auto Mode wants { group: "eks.amazonaws.com", kind: "NodeClass", name }, got ${JSON.stringify(reference)}`,
      );
    }
    for (const { operator } of records(inner.requirements))
      if (operator !== UNKNOWN && !OPERATORS.includes(text(operator) ?? ""))
        refuse(
          `spec.template.spec.requirements: Unsupported value: "${text(operator)}": supported values: ${OPERATORS.join(", ")}`,
        );
    return failures;
  },
  status({ account, inputs }, { world }) {
    const cluster = clusterAt(world, account);
    const resolved = cluster ? resolveClass(world, cluster, classNameOf(inputs)) : "its cluster does not exist";
    return { conditions: [ready(typeof resolved === "string" ? resolved : undefined)] };
  },
};

const ready = (reason: string | undefined): Properties => ({
  type: "Ready",
  status: reason === undefined ? "True" : "False",
  message: reason ?? "",
});
const classNameOf = (inputs: Properties): string =>
  text(record(record(record(record(inputs.spec).template).spec).nodeClassRef).name) ?? "";

// ---- node classes

/** Where nodes and pods of a class stand. */
export interface ResolvedClass {
  readonly nodeSubnets: readonly WorldObject[];
  readonly nodeGroupIds: readonly string[];
  readonly podSubnets: readonly WorldObject[];
  readonly podGroupIds: readonly string[];
  /** How NetworkPolicies are enforced on its nodes. */
  readonly enforcement: Enforcement;
}

/** What a node class selects in the cluster's VPC, or why no node of it can start. */
export function resolveClass(world: World, cluster: WorldObject, name: string): ResolvedClass | string {
  const spec = classSpec(world, cluster, name);
  if (!spec) return `NodeClass ${name} does not exist`;
  const role =
    spec.role === undefined
      ? undefined
      : (world.get(ROLE, text(spec.role) ?? "", cluster.account) ?? roleByArn(world, text(spec.role) ?? ""));
  if (spec.role !== undefined && !role)
    return `NodeClass ${name}: role ${text(spec.role)} does not exist in account ${cluster.account}`;
  const roleArn = text(role?.computed.arn);
  if (roleArn !== undefined && !nodesMayJoin(world, cluster, roleArn)) {
    return `NodeClass ${name}: nodes of role ${text(spec.role)} may not join; it needs an access entry of type EC2 with the policy AmazonEKSAutoNodePolicy`;
  }
  const selected = (field: string, type: string): readonly WorldObject[] => select(world, cluster, type, spec[field]);
  const nodeSubnets = selected("subnetSelectorTerms", SUBNET);
  const nodeGroups = selected("securityGroupSelectorTerms", SECURITY_GROUP);
  if (nodeSubnets.length === 0) return `NodeClass ${name}: subnetSelectorTerms select no subnet of ${vpcIdOf(cluster)}`;
  if (nodeGroups.length === 0)
    return `NodeClass ${name}: securityGroupSelectorTerms select no security group of ${vpcIdOf(cluster)}`;
  const enforced = enforcement(world, text(cluster.computed.endpoint) ?? "", name, spec.networkPolicy);
  const nodeGroupIds = nodeGroups.map(({ id }) => id);
  const common = { nodeSubnets, nodeGroupIds, enforcement: enforced };
  if (spec.podSubnetSelectorTerms === undefined)
    return { ...common, podSubnets: nodeSubnets, podGroupIds: nodeGroupIds };
  const podSubnets = selected("podSubnetSelectorTerms", SUBNET);
  const podGroups = selected("podSecurityGroupSelectorTerms", SECURITY_GROUP);
  if (podSubnets.length === 0)
    return `NodeClass ${name}: podSubnetSelectorTerms select no subnet of ${vpcIdOf(cluster)}`;
  if (podGroups.length === 0)
    return `NodeClass ${name}: podSecurityGroupSelectorTerms select no security group of ${vpcIdOf(cluster)}`;
  return { ...common, podSubnets, podGroupIds: podGroups.map(({ id }) => id) };
}

/** Auto Mode brings the class "default" with its own node pools. */
function classSpec(world: World, cluster: WorldObject, name: string): Properties | undefined {
  const made = world.get(NODE_CLASS, name, text(cluster.computed.endpoint) ?? "");
  if (made) return record(made.inputs.spec);
  const { pools, roleArn } = builtInPools(cluster);
  if (name !== "default" || pools.length === 0 || roleArn === undefined) return undefined;
  const subnetSelectorTerms = texts(record(cluster.inputs.vpcConfig).subnetIds).map((id) => ({ id }));
  return { role: roleArn, subnetSelectorTerms, securityGroupSelectorTerms: [{ id: clusterGroupOf(cluster) }] };
}

/** Terms are alternatives; within a term all must hold. */
function select(world: World, cluster: WorldObject, type: string, terms: Value | undefined): WorldObject[] {
  const vpcId = vpcIdOf(cluster);
  return world.all(type, ({ id, inputs, computed }) => {
    const tags = { ...record(inputs.tags), ...record(inputs.tagsAll) };
    const holds = (term: Properties): boolean =>
      (term.id === undefined || term.id === id) &&
      (term.name === undefined || term.name === inputs.name) &&
      Object.entries(record(term.tags)).every(([key, value]) =>
        value === "*" ? tags[key] !== undefined : tags[key] === value,
      );
    return (inputs.vpcId === vpcId || computed.vpcId === vpcId) && records(terms).some(holds);
  });
}

// ---- node pools

/** A pool as the scheduler sees it. */
export interface Pool {
  readonly name: string;
  readonly className: string;
  readonly labels: Properties;
  readonly requirements: readonly Properties[];
  readonly taints: readonly Properties[];
}

const BUILT_IN: readonly Omit<Pool, "className">[] = [
  {
    name: "general-purpose",
    labels: {},
    requirements: [{ key: "kubernetes.io/arch", operator: "In", values: ["amd64"] }],
    taints: [],
  },
  {
    name: "system",
    labels: {},
    requirements: [{ key: "kubernetes.io/arch", operator: "In", values: ["amd64", "arm64"] }],
    taints: [{ key: "CriticalAddonsOnly", effect: "NoSchedule" }],
  },
];

/** The heaviest first, as Karpenter tries them. */
export function poolsOf(world: World, cluster: WorldObject): readonly Pool[] {
  const own = world.all(NODE_POOL, ({ account }) => account === cluster.computed.endpoint);
  const weight = ({ inputs }: WorldObject): number => integer(record(inputs.spec).weight) ?? 0;
  const made = own
    .sort((one, other) => weight(other) - weight(one))
    .map((object): Pool => {
      const template = record(record(object.inputs.spec).template);
      const { requirements, taints } = record(template.spec);
      return {
        name: nameOf(object),
        className: classNameOf(object.inputs),
        labels: record(record(template.metadata).labels),
        requirements: records(requirements),
        taints: records(taints),
      };
    });
  return [
    ...made,
    ...BUILT_IN.filter(({ name }) => builtInPools(cluster).pools.includes(name)).map((pool) => ({
      ...pool,
      className: "default",
    })),
  ];
}

/** Labels that Karpenter gives every node, whatever the pool says; undefined where the node's own machine or AZ decides. */
const given = (pool: Pool): Readonly<Record<string, string | undefined>> => ({
  "karpenter.sh/nodepool": pool.name,
  "eks.amazonaws.com/compute-type": "auto",
  "eks.amazonaws.com/nodeclass": pool.className,
  "kubernetes.io/os": "linux",
  "kubernetes.io/arch": undefined,
  "topology.kubernetes.io/zone": undefined,
  "topology.k8s.aws/zone-id": undefined,
  "karpenter.sh/capacity-type": undefined,
});

/** Whether a pool's requirements leave a value of a key open. */
function allows(pool: Pool, key: string, value: string): boolean {
  const label = pool.labels[key] ?? given(pool)[key];
  if (label !== undefined) return label === value;
  const about = pool.requirements.filter((requirement) => requirement.key === key);
  if (about.length === 0)
    return (
      Object.hasOwn(given(pool), key) ||
      key.startsWith("eks.amazonaws.com/instance-") ||
      key === "node.kubernetes.io/instance-type"
    );
  return about.every(({ operator, values }) => {
    if (operator === "In") return texts(values).includes(value);
    if (operator === "NotIn") return !texts(values).includes(value);
    return operator === "Exists";
  });
}

/** Why a pool does not take a pod; undefined where it does. */
export function misfit(pool: Pool, podSpec: Properties): string | undefined {
  for (const [key, value] of Object.entries(record(podSpec.nodeSelector))) {
    if (!allows(pool, key, String(value))) return `NodePool ${pool.name} gives no nodes with ${key}=${String(value)}`;
  }
  const tolerations = records(podSpec.tolerations);
  const tolerated = (taint: Properties): boolean =>
    tolerations.some(
      ({ key, operator, value, effect }) =>
        (key === undefined
          ? operator === "Exists"
          : key === taint.key && (operator === "Exists" || (value ?? "") === (taint.value ?? ""))) &&
        (effect === undefined || effect === taint.effect),
    );
  const against = pool.taints.find((taint) => taint.effect !== "PreferNoSchedule" && !tolerated(taint));
  return (
    against &&
    `NodePool ${pool.name} has the taint ${text(against.key)}${against.value === undefined ? "" : `=${text(against.value)}`}:${text(against.effect)}, which the pod does not tolerate`
  );
}

/** The AZs in which a pool may start a node for a pod. */
export function mayStandIn(pool: Pool, podSpec: Properties, subnet: WorldObject): boolean {
  const places = {
    "topology.kubernetes.io/zone": text(subnet.computed.availabilityZone) ?? "",
    "topology.k8s.aws/zone-id": text(subnet.computed.availabilityZoneId) ?? "",
  };
  return Object.entries(places).every(([key, value]) => {
    const wanted = text(record(podSpec.nodeSelector)[key]);
    return (wanted === undefined || wanted === value) && allows(pool, key, value);
  });
}

export const kubernetesNodeModels: readonly ResourceModel[] = [nodeClass, nodePool].map(kubernetesModel);
