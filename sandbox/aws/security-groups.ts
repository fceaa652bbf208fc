import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { integer, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { Interface } from "./network.ts";
import type { World, WorldObject } from "../world.ts";
import {
  EGRESS_RULE,
  INGRESS_RULE,
  SECURITY_GROUP,
  allGoneAt,
  arn,
  cidrFailure,
  cidrHolds,
  drop,
  inPlace,
  newId,
  owned,
  ownedVpc,
} from "./network.ts";
import { quota } from "./quotas.ts";

const SOURCES = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;

const ownedGroup = (context: Context, id: string): WorldObject =>
  owned(context, SECURITY_GROUP, id, "InvalidGroup.NotFound", `The security group '${id}' does not exist`);

const rulesOf = (world: World, type: string, groupId: string): readonly WorldObject[] => world.by(type, groupId);

/** Minutes for which the provider tries to delete a group that is still in use. */
const PATIENCE = 15;

const carrying =
  (groupId: string) =>
  ({ securityGroupIds }: Interface): boolean =>
    securityGroupIds.includes(groupId);

const securityGroup: ResourceModel = {
  type: SECURITY_GROUP,
  arguments: {
    name: { replace: true },
    description: { default: "Managed by Pulumi", replace: true },
    vpcId: { required: true, replace: true },
    revokeRulesOnDelete: { default: false },
    tags: {},
  },
  autoname: { property: "name", limit: 255 },
  computed: ["arn", "ownerId", "region", "namePrefix", "ingress", "egress"],
  check({ name, description }) {
    const failures: CheckFailure[] = [];
    if (text(name)?.startsWith("sg-")) failures.push(["name", `"${text(name)}" cannot begin with "sg-"`]);
    for (const [property, value] of [
      ["name", text(name)],
      ["description", text(description)],
    ] as const) {
      if (value !== undefined && value.length > 255)
        failures.push([property, `"${property}" cannot be longer than 255 characters`]);
      if (value !== undefined && !/^[0-9A-Za-z_ .:/()#,@[\]+=&;{}!$*-]*$/.test(value))
        failures.push([
          property,
          `"${property}" doesn't comply with restrictions ("^[0-9A-Za-z_ .:/()#,@\\[\\]+=&;\\{\\}!$*-]*$"): "${value}"`,
        ]);
    }
    return failures;
  },
  create(inputs, context) {
    const vpc = ownedVpc(context, text(inputs.vpcId) ?? "");
    const name = text(inputs.name) ?? "";
    if (context.world.by(SECURITY_GROUP, name).some(({ computed }) => computed.vpcId === vpc.id)) {
      throw new Refusal("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpc.id}'`);
    }
    if (context.world.all(SECURITY_GROUP, inPlace(context)).length >= quota(context, "L-E79EC296"))
      throw new Refusal("SecurityGroupLimitExceeded", "The maximum number of security groups has been reached.");
    const id = newId(context, "sg");
    const { account, region } = context.caller;
    // AWS adds an egress rule that allows all; the provider removes it at once, so the group starts empty: unless that fails, see halfMade.
    return {
      id,
      computed: {
        arn: arn("ec2", context.caller, `security-group/${id}`),
        ownerId: account,
        region,
        vpcId: vpc.id,
        namePrefix: "",
        ingress: [],
        egress: [],
      },
    };
  },
  halfMade({ id: securityGroupId, account, region }, context) {
    const id = newId(context, "sgr");
    const computed = { arn: arn("ec2", context.caller, `security-group-rule/${id}`), securityGroupRuleId: id, region };
    const inputs = { securityGroupId, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" };
    context.world.put({ type: EGRESS_RULE, id, account, region, inputs, computed, readyAt: 0, estate: false });
  },
  waitsUntil: ({ id }, { world }) => allGoneAt(world, carrying(id), PATIENCE) ?? 0,
  remove({ id, computed }, { world }) {
    if (computed._default)
      throw new Refusal("CannotDelete", `the specified group: "${id}" name: "default" cannot be deleted by a user`);
    const referred = [INGRESS_RULE, EGRESS_RULE].flatMap((type) =>
      world.all(type, ({ inputs }) => inputs.referencedSecurityGroupId === id && inputs.securityGroupId !== id),
    );
    if (referred.length > 0 || allGoneAt(world, carrying(id), PATIENCE) === undefined)
      throw new Refusal("DependencyViolation", `resource ${id} has a dependent object`);
    drop(world, carrying(id));
    [INGRESS_RULE, EGRESS_RULE].flatMap((type) => rulesOf(world, type, id)).forEach((rule) => world.remove(rule));
  },
  seconds: { create: 3 },
  calls: {
    arn: "ec2:security-group/*",
    create: [
      ["ec2:CreateSecurityGroup", "self", "vpcId"],
      ["ec2:DescribeSecurityGroups"],
      ["ec2:RevokeSecurityGroupEgress", "self"],
    ],
    read: [["ec2:DescribeSecurityGroups"]],
    // `revokeRulesOnDelete` is the provider's own.
    update: { revokeRulesOnDelete: [] },
    // The provider first looks for network interfaces that a service has left behind.
    delete: [["ec2:DescribeNetworkInterfaces"], ["ec2:DeleteSecurityGroup", "self"], ["ec2:DescribeSecurityGroups"]],
  },
};

const direction = (type: string): string => (type === INGRESS_RULE ? "Ingress" : "Egress");

const rule = (type: string): ResourceModel => ({
  type,
  arguments: {
    securityGroupId: { required: true, replace: true },
    ipProtocol: { required: true },
    fromPort: {},
    toPort: {},
    cidrIpv4: {},
    cidrIpv6: {},
    prefixListId: {},
    referencedSecurityGroupId: {},
    description: {},
    tags: {},
  },
  computed: ["arn", "securityGroupRuleId", "region"],
  // A rule keeps its kind of source for life; everything else is modified in place.
  replaces: (olds, news) => (sourceOf(olds) === sourceOf(news) ? [] : [...SOURCES]),
  check(inputs) {
    const failures: CheckFailure[] = [];
    if (SOURCES.filter((source) => inputs[source] !== undefined).length !== 1) {
      failures.push([
        "cidrIpv4",
        "Exactly one of these attributes must be configured: [cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id]",
      ]);
    }
    for (const property of ["fromPort", "toPort"] as const) {
      const port = integer(inputs[property]);
      if (port !== undefined && (port < -1 || port > 65535))
        failures.push([property, `Attribute ${property} value must be between -1 and 65535, got: ${port}`]);
    }
    return failures;
  },
  create(inputs, context) {
    const group = ownedGroup(context, text(inputs.securityGroupId) ?? "");
    permitted(type, group, inputs, undefined, context);
    if (rulesOf(context.world, type, group.id).length >= quota(context, "L-0EA8095F"))
      throw new Refusal(
        "RulesPerSecurityGroupLimitExceeded",
        "The maximum number of rules per security group has been reached.",
      );
    const id = newId(context, "sgr");
    return {
      id,
      computed: {
        arn: arn("ec2", context.caller, `security-group-rule/${id}`),
        securityGroupRuleId: id,
        region: context.caller.region,
      },
    };
  },
  update(object, inputs, context) {
    permitted(type, ownedGroup(context, text(inputs.securityGroupId) ?? ""), inputs, object, context);
    return {};
  },
  seconds: { create: 1 },
  calls: {
    arn: "ec2:security-group-rule/*",
    create: [[`ec2:AuthorizeSecurityGroup${direction(type)}`, "securityGroupId"]],
    read: [["ec2:DescribeSecurityGroupRules"]],
    update: each(
      ["ipProtocol", "fromPort", "toPort", "description", ...SOURCES],
      ["ec2:ModifySecurityGroupRules", "securityGroupId", "self"],
    ),
    delete: [[`ec2:RevokeSecurityGroup${direction(type)}`, "securityGroupId"]],
    tagsAfterwards: true,
  },
});

const sourceOf = (inputs: Properties): string | undefined =>
  SOURCES.find((source) => inputs[source] !== undefined && inputs[source] !== UNKNOWN);

function permitted(
  type: string,
  group: WorldObject,
  inputs: Properties,
  self: WorldObject | undefined,
  context: Context,
): void {
  const [protocol, from, to] = [text(inputs.ipProtocol), integer(inputs.fromPort), integer(inputs.toPort)];
  if ((protocol === "tcp" || protocol === "udp") && (from === undefined || to === undefined)) {
    throw new Refusal(
      "InvalidParameterValue",
      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    );
  }
  if (protocol === "tcp" && from !== undefined && to !== undefined && from > to)
    throw new Refusal("InvalidParameterValue", `Invalid TCP port range (${from}:${to})`);
  const cidr = text(inputs.cidrIpv4);
  if (cidr !== undefined && cidrFailure(cidr, [0, 32]) !== undefined)
    throw new Refusal("InvalidParameterValue", `CIDR block ${cidr} is malformed`);
  const reference = text(inputs.referencedSecurityGroupId);
  if (reference !== undefined && ownedGroup(context, reference).computed.vpcId !== group.computed.vpcId) {
    throw new Refusal("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.");
  }
  const twin = rulesOf(context.world, type, group.id).find(
    (other) => other !== self && keyOf(other.inputs) === keyOf(inputs),
  );
  if (!twin) return;
  const ports = protocol === "-1" ? "ALL" : `${protocol?.toUpperCase()}, from port: ${from}, to port: ${to}`;
  throw new Refusal(
    "InvalidPermission.Duplicate",
    `the specified rule "peer: ${text(inputs[sourceOf(inputs) ?? ""])}, ${ports}, ALLOW" already exists`,
  );
}

const keyOf = (inputs: Properties): string =>
  JSON.stringify(["ipProtocol", "fromPort", "toPort", ...SOURCES].map((key) => inputs[key] ?? null));

export interface Peer {
  readonly ip: string;
  readonly securityGroupIds: readonly string[];
  /** Managed prefix list that the address is in. */
  readonly prefixListId?: string;
}

/** The rule by which one of these groups lets a TCP connection in from, or out to, a peer; groups only ever allow. */
export function securityGroupsAdmit(
  world: World,
  groupIds: readonly string[],
  direction: "ingress" | "egress",
  peer: Peer,
  port: number,
): WorldObject | undefined {
  const type = direction === "ingress" ? INGRESS_RULE : EGRESS_RULE;
  return groupIds
    .flatMap((id) => rulesOf(world, type, id))
    .find(({ inputs }) => {
      const protocol = text(inputs.ipProtocol);
      const ports =
        protocol === "-1" ||
        (protocol === "tcp" && (integer(inputs.fromPort) ?? 0) <= port && port <= (integer(inputs.toPort) ?? -1));
      if (!ports) return false;
      const reference = text(inputs.referencedSecurityGroupId);
      if (inputs.prefixListId !== undefined) return inputs.prefixListId === peer.prefixListId;
      return reference === undefined
        ? cidrHolds(text(inputs.cidrIpv4) ?? "", peer.ip)
        : peer.securityGroupIds.includes(reference);
    });
}

export const securityGroupModels: readonly ResourceModel[] = [securityGroup, rule(INGRESS_RULE), rule(EGRESS_RULE)];
