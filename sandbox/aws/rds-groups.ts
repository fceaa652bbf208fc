/** What a database of RDS stands on: groups of subnets, and of parameters. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { hasUnknown } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { arn, interfacesOf } from "./network.ts";
import { SUBNET_GROUP_ARGUMENTS, combination, invalid, subnetsOf, vpcOf } from "./store-places.ts";

export const SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
export const PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";
export const INSTANCE = "aws:rds/instance:Instance";
export const CLUSTER = "aws:rds/cluster:Cluster";
export const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";

/** The group's instances and clusters. */
const usersOf = (world: World, { id, account, region }: WorldObject, argument: string): WorldObject[] =>
  [INSTANCE, CLUSTER, CLUSTER_INSTANCE].flatMap((type) =>
    world.all(type, (one) => one.account === account && one.region === region && one.computed[argument] === id),
  );

/** Letters, digits and what else RDS takes in the name of a group, never its own. */
const nameFailures = (name: string | undefined, pattern: RegExp, allowed: string): CheckFailure[] =>
  name === undefined || pattern.test(name) ? [] : [["name", `${allowed} allowed in "name": ${name}`]];

// ---- subnets

/** Subnets in places that RDS accepts. */
function placed(inputs: Properties, context: Context): WorldObject[] {
  const subnets = subnetsOf(inputs, context);
  const zones = [...new Set(subnets.map(({ computed }) => text(computed.availabilityZone) ?? ""))];
  if (zones.length < 2)
    throw new Refusal(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${zones.join(", ")}. Add subnets to cover at least 2 AZs.`,
    );
  return subnets;
}

const subnetGroup: ResourceModel = {
  type: SUBNET_GROUP,
  arguments: SUBNET_GROUP_ARGUMENTS,
  autoname: { property: "name", limit: 255 },
  computed: ["arn", "vpcId", "supportedNetworkTypes", "namePrefix", "region"],
  check: ({ name }) =>
    nameFailures(
      text(name),
      /^[ .0-9a-z_-]{1,255}$/,
      "only lowercase alphanumeric characters, hyphens, underscores, periods, and spaces",
    ),
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.get(SUBNET_GROUP, name, caller.account))
      throw new Refusal("DBSubnetGroupAlreadyExists", `The DB subnet group '${name}' already exists.`);
    return {
      id: name,
      computed: {
        arn: arn("rds", caller, `subgrp:${name}`),
        vpcId: vpcOf(placed(inputs, context)),
        supportedNetworkTypes: ["IPV4"],
        namePrefix: "",
        region: caller.region,
      },
    };
  },
  update(object, inputs, context) {
    const subnets = placed(inputs, context);
    if (vpcOf(subnets) !== object.computed.vpcId)
      throw invalid("The new Subnets are not in the same Vpc as the existing subnet group");
    const kept = new Set(subnets.map(({ id }) => id));
    const held = usersOf(context.world, object, "dbSubnetGroupName")
      .flatMap(({ id }) => interfacesOf(context.world, id))
      .find(({ subnetId }) => !kept.has(subnetId));
    if (held) throw invalid(`Some of the subnets to be deleted are currently in use: ${held.subnetId}`);
    return {};
  },
  remove(object, { world }) {
    const [user] = usersOf(world, object, "dbSubnetGroupName");
    if (user)
      throw new Refusal(
        "InvalidDBSubnetGroupStateFault",
        `Cannot delete the subnet group '${object.id}' because at least one database instance: ${text(user.inputs.identifier) ?? user.id} is still using it.`,
      );
  },
  seconds: { create: 2, delete: 2 },
  calls: {
    arn: "rds:subgrp:{name}",
    create: [["rds:CreateDBSubnetGroup", "self"]],
    read: [
      ["rds:DescribeDBSubnetGroups", "self"],
      ["rds:ListTagsForResource", "self"],
    ],
    update: {
      subnetIds: [["rds:ModifyDBSubnetGroup", "self"]],
      description: [["rds:ModifyDBSubnetGroup", "self"]],
    },
    delete: [
      ["rds:DeleteDBSubnetGroup", "self"],
      ["rds:DescribeDBSubnetGroups", "self"],
    ],
  },
};

// ---- parameters

/** Of some 400 parameters those that programs here may meet, and whether a running server takes them over. */
const PARAMETERS: Readonly<Record<string, "dynamic" | "static">> = {
  "rds.force_ssl": "dynamic",
  "rds.log_retention_period": "dynamic",
  "rds.logical_replication": "static",
  log_connections: "dynamic",
  log_disconnections: "dynamic",
  log_min_duration_statement: "dynamic",
  log_statement: "dynamic",
  max_connections: "static",
  shared_preload_libraries: "static",
  statement_timeout: "dynamic",
};

function judgeParameters(inputs: Properties): void {
  for (const parameter of records(inputs.parameters)) {
    const name = text(parameter.name) ?? "";
    const kind = PARAMETERS[name];
    if (kind === undefined)
      throw invalid(
        `Could not find parameter with name: ${name} (the sandbox knows ${Object.keys(PARAMETERS).join(", ")})`,
      );
    if (kind === "static" && parameter.applyMethod !== "pending-reboot")
      throw combination("cannot use immediate apply method for static parameter");
  }
}

/** What a group sets, over what the engine has by itself: since PostgreSQL 15, RDS forces TLS. */
export function parameterOf(world: World, { account, computed }: WorldObject, name: string): string {
  const group = world.get(PARAMETER_GROUP, text(computed.parameterGroupName) ?? "", account);
  const set = records(group?.inputs.parameters).find((parameter) => parameter.name === name)?.value;
  if (set !== undefined) return text(set) ?? "";
  return name === "rds.force_ssl" && Number.parseInt(text(computed.engineVersionActual) ?? "", 10) >= 15 ? "1" : "0";
}

const parameterGroup: ResourceModel = {
  type: PARAMETER_GROUP,
  arguments: {
    name: { replace: true },
    family: { required: true, replace: true },
    description: { default: "Managed by Pulumi", replace: true },
    parameters: { set: true },
    skipDestroy: { default: false },
    tags: {},
  },
  autoname: { property: "name", limit: 255 },
  computed: ["arn", "namePrefix", "region"],
  settle: (inputs) =>
    inputs.parameters === undefined || hasUnknown(inputs.parameters)
      ? inputs
      : { ...inputs, parameters: records(inputs.parameters).map((one) => ({ applyMethod: "immediate", ...one })) },
  check: ({ name }) =>
    nameFailures(
      text(name),
      /^[a-z](?!.*--)[0-9a-z.-]{0,253}[0-9a-z]$/,
      "only lowercase alphanumeric characters, periods, and hyphens, beginning with a letter and without two hyphens in a row,",
    ),
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    const family = text(inputs.family) ?? "";
    if (!/^postgres1[3-8]$/.test(family))
      throw invalid(`ParameterGroupFamily ${family} is not a valid parameter group family`);
    if (world.get(PARAMETER_GROUP, name, caller.account))
      throw new Refusal("DBParameterGroupAlreadyExists", `Parameter group ${name} already exists`);
    judgeParameters(inputs);
    return { id: name, computed: { arn: arn("rds", caller, `pg:${name}`), namePrefix: "", region: caller.region } };
  },
  update(_object, inputs) {
    judgeParameters(inputs);
    return {};
  },
  remove(object, { world }) {
    if (usersOf(world, object, "parameterGroupName").length > 0)
      throw new Refusal(
        "InvalidDBParameterGroupState",
        `One or more database instances are still members of this parameter group ${object.id}, so the group cannot be deleted`,
      );
  },
  seconds: { create: 2, delete: 2 },
  calls: {
    arn: "rds:pg:{name}",
    create: [["rds:CreateDBParameterGroup", "self"]],
    given: { parameters: [["rds:ModifyDBParameterGroup", "self"]] },
    read: [
      ["rds:DescribeDBParameterGroups", "self"],
      ["rds:DescribeDBParameters", "self"],
      ["rds:ListTagsForResource", "self"],
    ],
    update: {
      parameters: [
        ["rds:ModifyDBParameterGroup", "self"],
        ["rds:ResetDBParameterGroup", "self"],
      ],
      skipDestroy: [],
    },
    delete: [["rds:DeleteDBParameterGroup", "self"]],
  },
};

/** The group that a request names, of the account. */
export function ownedGroup(type: string, name: string, { world, caller }: Context): WorldObject {
  const group = world.get(type, name, caller.account);
  if (group) return group;
  throw type === SUBNET_GROUP
    ? new Refusal("DBSubnetGroupNotFoundFault", `DB subnet group '${name}' does not exist.`)
    : new Refusal("DBParameterGroupNotFound", `DBParameterGroup not found: ${name}`);
}

export const rdsGroupModels: readonly ResourceModel[] = [subnetGroup, parameterGroup];
