/** What Auto Mode's controller makes in AWS for a Service: a Network Load Balancer with its security group, and a way into the pods. */
import { createHash } from "node:crypto";
import { ATTACHMENT, POLICY, ROLE_POLICY, parsed, roleByArn, statements } from "../aws/iam.ts";
import { LOAD_BALANCER, loadBalancingModels } from "../aws/load-balancing.ts";
import { EGRESS_RULE, INGRESS_RULE, SECURITY_GROUP, SUBNET } from "../aws/network.ts";
import { vpcIdOf } from "../aws/eks.ts";
import { applies } from "../aws/policies.ts";
import { securityGroupModels } from "../aws/security-groups.ts";
import type { Context, ResourceModel } from "../model.ts";
import { change, make, unmake } from "../operations.ts";
import { given, record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { namespaceOf } from "./objects.ts";
import { DEPLOYMENT } from "./replicas.ts";
import { schedule } from "./scheduling.ts";
import type { BalancerSettings } from "./services.ts";

const MODELS = new Map([...loadBalancingModels, ...securityGroupModels].map((model) => [model.type, model]));
const modelOf = (type: string): ResourceModel => given(MODELS.get(type), `model of ${type}`);

/** A load balancer as the controller would have it. */
interface Wanted extends BalancerSettings {
  readonly name: string;
  readonly allTags: Readonly<Record<string, string>>;
  /** Groups of the pods behind it. */
  readonly podGroupIds: readonly string[];
}

/** The controller acts in the cluster's account, as the cluster's own role. */
const controller = ({ account, region }: WorldObject, { world, caller }: Context): Context => ({
  world,
  caller: { ...caller, account, region, role: undefined, defaultTags: {} },
});

/** All that must hold before the first call, or why there will be no load balancer. */
export function wantedBalancer(settings: BalancerSettings, cluster: WorldObject, context: Context): Wanted | string {
  const { world } = context;
  const [namespace = "", service = ""] = settings.service.split("/");
  const short = (part: string): string => part.replace(/[^a-z0-9]/g, "").slice(0, 8);
  const hash = createHash("sha256").update(`${cluster.id}/${settings.service}`).digest("hex").slice(0, 10);
  if (settings.targetType !== "ip") return "the sandbox balances to pods by address only: nlb-target-type ip";
  const subnets = settings.subnets.length > 0 ? settings.subnets : discovered(world, cluster, settings.internal);
  if (subnets.length === 0)
    return `couldn't auto-discover subnets: unable to resolve at least one subnet tagged ${roleTag(settings.internal)}`;
  const denied = whyUntaggable(world, cluster, settings.tags);
  if (denied !== undefined) return denied;
  return {
    ...settings,
    subnets,
    name: `k8s-${short(namespace)}-${short(service)}-${hash}`,
    allTags: {
      "eks:eks-cluster-name": cluster.id,
      "service.eks.amazonaws.com/stack": settings.service,
      "service.eks.amazonaws.com/resource": "LoadBalancer",
      ...settings.tags,
    },
    podGroupIds: groupsBehind(settings, cluster, world),
  };
}

const roleTag = (internal: boolean): string =>
  internal ? "kubernetes.io/role/internal-elb" : "kubernetes.io/role/elb";

function discovered(world: World, cluster: WorldObject, internal: boolean): string[] {
  const isTagged = ({ inputs }: WorldObject): boolean =>
    inputs.vpcId === vpcIdOf(cluster) && record(inputs.tagsAll ?? inputs.tags)[roleTag(internal)] !== undefined;
  const byZone = new Map(world.all(SUBNET, isTagged).map(({ id, computed }) => [computed.availabilityZoneId, id]));
  return [...byZone.values()];
}

/** AWS's own policies let Auto Mode set no tags but its own: others need a policy besides. https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
function whyUntaggable(world: World, cluster: WorldObject, tags: Readonly<Record<string, string>>): string | undefined {
  if (Object.keys(tags).length === 0) return undefined;
  const role = roleByArn(world, text(cluster.inputs.roleArn) ?? "");
  const ofRole = (type: string): WorldObject[] =>
    world.all(type, ({ account, inputs }) => account === cluster.account && inputs.role === role?.id);
  const own = [
    ...ofRole(ROLE_POLICY).map(({ inputs }) => inputs.policy),
    ...ofRole(ATTACHMENT).map(({ inputs }) => world.get(POLICY, text(inputs.policyArn) ?? "")?.inputs.policy),
  ];
  const keys = {
    "aws:RequestTag/eks:eks-cluster-name": cluster.id,
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
  const wanted = ["elasticloadbalancing:CreateLoadBalancer", "ec2:CreateSecurityGroup"];
  const missing = wanted.find((action) => {
    const matching = own
      .flatMap((document) => statements(parsed(document)))
      .filter((statement) => applies(statement, { action, arn: "*", keys }));
    return matching.length === 0 || matching.some(({ Effect }) => Effect === "Deny");
  });
  return missing === undefined
    ? undefined
    : `AccessDenied: ${role?.id ?? "the cluster's role"} may not ${missing} with the tags ${Object.keys(tags).join(", ")}`;
}

/** What the pods would carry that the Service selects, whether any runs right now or not. */
function groupsBehind({ selector, namespace }: BalancerSettings, cluster: WorldObject, world: World): string[] {
  const groups = world
    .all(DEPLOYMENT, (one) => one.account === cluster.computed.endpoint && namespaceOf(one) === namespace)
    .flatMap(({ inputs }) => {
      const template = record(record(inputs.spec).template);
      const labels = record(record(template.metadata).labels);
      if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) return [];
      const standing = schedule(world, cluster, record(template.spec), 0, new Set());
      return typeof standing === "string" ? [] : standing.securityGroupIds;
    });
  return [...new Set(groups)];
}

export function buildBalancer(
  wanted: Wanted,
  standing: WorldObject | undefined,
  cluster: WorldObject,
  context: Context,
): WorldObject {
  const acting = controller(cluster, context);
  const kept = standing?.inputs.internal === wanted.internal ? standing : undefined;
  if (standing && !kept) removeBalancer(standing, cluster, context);
  const groupId = texts(kept?.inputs.securityGroups)[0] ?? makeGroup(wanted, cluster, acting).id;
  openGroups(wanted, groupId, acting);
  const inputs: Properties = {
    name: wanted.name,
    internal: wanted.internal,
    loadBalancerType: "network",
    subnets: [...wanted.subnets],
    securityGroups: [groupId],
    enableCrossZoneLoadBalancing: wanted.crossZone,
    tags: { ...wanted.allTags },
    tagsAll: { ...wanted.allTags },
  };
  if (!kept) return make(modelOf(LOAD_BALANCER), inputs, acting);
  change(modelOf(LOAD_BALANCER), kept, inputs, [], acting);
  return kept;
}

function makeGroup({ name, allTags }: Wanted, cluster: WorldObject, acting: Context): WorldObject {
  const inputs = {
    name,
    description: "[k8s] Managed SecurityGroup for LoadBalancer",
    vpcId: vpcIdOf(cluster),
    tags: { ...allTags },
  };
  const group = make(modelOf(SECURITY_GROUP), inputs, acting);
  make(modelOf(EGRESS_RULE), { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }, acting);
  return group;
}

const rulesFor = (world: World, groupId: string): WorldObject[] =>
  world.all(
    INGRESS_RULE,
    ({ inputs }) => inputs.securityGroupId === groupId || inputs.referencedSecurityGroupId === groupId,
  );

/** Clients into the load balancer, and the load balancer into the pods. */
function openGroups({ sourceRanges, ports, podGroupIds }: Wanted, groupId: string, acting: Context): void {
  rulesFor(acting.world, groupId).forEach((rule) => unmake(modelOf(INGRESS_RULE), rule, acting));
  const open = (securityGroupId: string, port: number, source: Properties): WorldObject =>
    make(
      modelOf(INGRESS_RULE),
      { securityGroupId, ipProtocol: "tcp", fromPort: port, toPort: port, ...source },
      acting,
    );
  for (const { port, target } of ports) {
    sourceRanges.forEach((cidrIpv4) => open(groupId, port, { cidrIpv4 }));
    podGroupIds.forEach((pods) => open(pods, target, { referencedSecurityGroupId: groupId }));
  }
}

export function removeBalancer(balancer: WorldObject, cluster: WorldObject, context: Context): void {
  const acting = controller(cluster, context);
  const groups = texts(balancer.inputs.securityGroups);
  unmake(modelOf(LOAD_BALANCER), balancer, acting);
  for (const groupId of groups) {
    rulesFor(acting.world, groupId).forEach((rule) => unmake(modelOf(INGRESS_RULE), rule, acting));
    const group = acting.world.get(SECURITY_GROUP, groupId);
    if (group) unmake(modelOf(SECURITY_GROUP), group, acting);
  }
}
