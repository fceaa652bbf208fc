/** The VPC's own group, which cannot be created or deleted: Terraform adopts it, and takes out all rules that the program does not give. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { EGRESS_RULE, INGRESS_RULE, SECURITY_GROUP, ownedVpc } from "./network.ts";

export const DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

/** The sandbox empties the group, and does nothing else with it: whoever wants rules makes a group. */
function emptyOnly(inputs: Properties): CheckFailure[] {
  return ["ingress", "egress"].flatMap((direction): CheckFailure[] =>
    records(inputs[direction]).length > 0
      ? [[direction, `the sandbox only empties a VPC's default group; ${direction} rules are not supported`]]
      : [],
  );
}

function adopted({ inputs, context }: { readonly inputs: Properties; readonly context: Context }): WorldObject {
  const { world } = context;
  const vpc = ownedVpc(context, text(inputs.vpcId) ?? "");
  const id = given(text(vpc.computed.defaultSecurityGroupId), `default group of ${vpc.id}`);
  const group = given(world.get(SECURITY_GROUP, id, vpc.account), `default group ${id}`);
  for (const type of [INGRESS_RULE, EGRESS_RULE]) for (const rule of world.by(type, id)) world.remove(rule);
  group.inputs = { ...group.inputs, tags: record(inputs.tagsAll ?? inputs.tags) };
  world.changed(group);
  return group;
}

const defaultSecurityGroup: ResourceModel = {
  type: DEFAULT_SECURITY_GROUP,
  arguments: {
    vpcId: { replace: true },
    ingress: { set: true },
    egress: { set: true },
    revokeRulesOnDelete: { default: false },
    tags: {},
  },
  computed: ["arn", "ownerId", "region", "name", "namePrefix", "description"],
  check: emptyOnly,
  create(inputs, context) {
    if (inputs.vpcId === undefined)
      throw new Refusal("SandboxUnsupported", "the sandbox has no default VPCs; give vpcId");
    const group = adopted({ inputs, context });
    const { arn, ownerId, region } = group.computed;
    return {
      id: group.id,
      computed: {
        arn: arn ?? "",
        ownerId: ownerId ?? "",
        region: region ?? "",
        name: group.inputs.name ?? "",
        namePrefix: "",
        description: group.inputs.description ?? "",
      },
    };
  },
  update(_object, inputs, context) {
    adopted({ inputs, context });
    return {};
  },
  // Terraform only forgets it: the group stays, as empty as it is.
  calls: {
    arn: "ec2:security-group/*",
    create: [
      ["ec2:DescribeSecurityGroups"],
      ["ec2:RevokeSecurityGroupEgress", "self"],
      ["ec2:RevokeSecurityGroupIngress", "self"],
    ],
    read: [["ec2:DescribeSecurityGroups"]],
    update: {
      ingress: [["ec2:RevokeSecurityGroupIngress", "self"]],
      egress: [["ec2:RevokeSecurityGroupEgress", "self"]],
      revokeRulesOnDelete: [],
    },
    delete: [["ec2:DescribeSecurityGroups"]],
  },
};

export const defaultSecurityGroupModels: readonly ResourceModel[] = [defaultSecurityGroup];
