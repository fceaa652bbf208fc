/** Network ACLs: the fence around a subnet, which remembers no connections. */
import type { Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { integer, records, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { arn, cidrHolds, newId, ownedSubnet, ownedVpc } from "./network.ts";

const ACL = "aws:ec2/networkAcl:NetworkAcl";
/** AWS's default quota, per direction. */
const ENTRIES_PER_ACL = 20;
const DIRECTIONS = ["ingress", "egress"] as const;
type Direction = (typeof DIRECTIONS)[number];

const networkAcl: ResourceModel = {
  type: ACL,
  arguments: {
    vpcId: { required: true, replace: true },
    subnetIds: { set: true },
    ingress: { set: true },
    egress: { set: true },
    tags: {},
  },
  computed: ["arn", "ownerId", "region"],
  create(inputs, context) {
    judge(inputs, context);
    const id = newId(context, "acl");
    const { account: ownerId, region } = context.caller;
    return { id, computed: { arn: arn("ec2", context.caller, `network-acl/${id}`), ownerId, region } };
  },
  update(_object, inputs, context) {
    judge(inputs, context);
    return {};
  },
  calls: {
    arn: "ec2:network-acl/*",
    create: [["ec2:CreateNetworkAcl", "self", "vpcId"]],
    given: {
      ingress: [["ec2:CreateNetworkAclEntry", "self"]],
      egress: [["ec2:CreateNetworkAclEntry", "self"]],
      subnetIds: [["ec2:ReplaceNetworkAclAssociation", "self", "subnetIds"]],
    },
    read: [["ec2:DescribeNetworkAcls"]],
    update: {
      ...each(DIRECTIONS, ["ec2:CreateNetworkAclEntry", "self"], ["ec2:DeleteNetworkAclEntry", "self"]),
      subnetIds: [["ec2:ReplaceNetworkAclAssociation", "self", "subnetIds"]],
    },
    delete: [
      ["ec2:ReplaceNetworkAclAssociation", "subnetIds"],
      ["ec2:DeleteNetworkAcl", "self"],
    ],
  },
};

function judge(inputs: Properties, context: Context): void {
  const vpc = ownedVpc(context, text(inputs.vpcId) ?? "");
  for (const id of texts(inputs.subnetIds))
    if (ownedSubnet(context, id).inputs.vpcId !== vpc.id)
      throw new Refusal("InvalidParameterValue", `The subnet ${id} does not belong to the network of the ACL.`);
  for (const direction of DIRECTIONS) {
    const entries = records(inputs[direction]);
    if (entries.length > ENTRIES_PER_ACL)
      throw new Refusal("NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.");
    const numbers = entries.map(({ ruleNo }) => integer(ruleNo) ?? 0);
    const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
    if (twice !== undefined)
      throw new Refusal("NetworkAclEntryAlreadyExists", `The network acl entry identified by ${twice} already exists.`);
    const outside = numbers.find((number) => number < 1 || number > 32_766);
    if (outside !== undefined)
      throw new Refusal("InvalidParameterValue", `Value (${outside}) for parameter ruleNumber is invalid.`);
  }
}

const aclOf = (world: World, subnetId: string): WorldObject | undefined =>
  world.all(ACL, ({ inputs }) => texts(inputs.subnetIds).includes(subnetId))[0];

/** Whether a subnet has an ACL of its own. */
export const hasAcl = (world: World, subnetId: string): boolean => aclOf(world, subnetId) !== undefined;

/** Why packets do not pass a subnet's own ACL; undefined where they do, or where the VPC's default holds, which lets everything through. */
export function whyAclDenies(
  world: World,
  subnetId: string,
  direction: Direction,
  packet: { readonly peer: string; readonly ports: readonly [from: number, to: number] },
): string | undefined {
  const acl = aclOf(world, subnetId);
  if (!acl) return undefined;
  const { peer, ports } = packet;
  const entry = records(acl.inputs[direction])
    .toSorted((a, b) => (integer(a.ruleNo) ?? 0) - (integer(b.ruleNo) ?? 0))
    .find(
      ({ protocol, cidrBlock, fromPort, toPort }) =>
        (protocol === "-1" || protocol === "tcp" || protocol === "6") &&
        cidrHolds(text(cidrBlock) ?? "", peer) &&
        (protocol === "-1" || ((integer(fromPort) ?? 0) <= ports[0] && ports[1] <= (integer(toPort) ?? 0))),
    );
  if (entry?.action === "allow") return undefined;
  const way = direction === "ingress" ? `in from ${peer}` : `out to ${peer}`;
  return `${acl.id} of ${subnetId} lets no ${ports[0] === ports[1] ? String(ports[0]) : ports.join("-")}/tcp ${way}`;
}

export const networkAclModels: readonly ResourceModel[] = [networkAcl];
