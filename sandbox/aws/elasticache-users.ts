/** Who may log in to caches: users, and groups of them. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { arn } from "./network.ts";
import { combination, invalid } from "./store-places.ts";

export const USER = "aws:elasticache/user:User";
export const USER_GROUP = "aws:elasticache/userGroup:UserGroup";
const ASSOCIATION = "aws:elasticache/userGroupAssociation:UserGroupAssociation";
export const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

const ENGINES = ["valkey", "redis"];
const ID = /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$|^[a-z]$/;

const engineOf = ({ engine }: Properties): string => text(engine)?.toLowerCase() ?? "";

const engineFailures = (inputs: Properties): CheckFailure[] =>
  inputs.engine === undefined || text(inputs.engine) === undefined || ENGINES.includes(engineOf(inputs))
    ? []
    : [["engine", `expected engine to be one of [${ENGINES.join(" ")}], got ${text(inputs.engine) ?? ""}`]];

// ---- users

/** How a user proves who it is. */
export function authenticationOf({ inputs }: Pick<WorldObject, "inputs">): string {
  if (flag(inputs.noPasswordRequired)) return "no-password-required";
  if (texts(inputs.passwords).length > 0) return "password";
  return text(record(inputs.authenticationMode).type) ?? "";
}

function judgeUser(inputs: Properties): void {
  const [userId, userName] = [text(inputs.userId) ?? "", text(inputs.userName) ?? ""];
  if (!ID.test(userId))
    throw invalid(
      `The user id must begin with a letter and have at most 40 lower-case letters, digits and single hyphens: ${userId}`,
    );
  const mode = authenticationOf({ inputs });
  if (mode === "") throw combination("Input Authentication type is required");
  if (mode === "iam" && userId !== userName)
    throw combination("User Id and User name must be same for authentication type: iam");
  if (mode === "no-password-required" && engineOf(inputs) === "valkey")
    throw combination("No password is not a supported authentication type for engine: valkey");
  if (/(^| )(>|#|nopass|resetpass|reset)/.test(text(inputs.accessString) ?? ""))
    throw invalid("Access string must not set passwords, nor reset the user");
}

const user: ResourceModel = {
  type: USER,
  arguments: {
    userId: { required: true, replace: true },
    userName: { required: true, replace: true },
    engine: { required: true },
    accessString: { required: true },
    authenticationMode: {},
    noPasswordRequired: { default: false },
    passwords: { set: true, sensitive: true },
    tags: {},
  },
  computed: ["arn", "authenticationMode", "region"],
  check: engineFailures,
  create(inputs, { world, caller }) {
    const userId = given(text(inputs.userId), "userId");
    if (world.get(USER, userId, caller.account))
      throw new Refusal("UserAlreadyExists", `User ${userId} already exists.`);
    judgeUser(inputs);
    return {
      id: userId,
      computed: {
        arn: arn("elasticache", caller, `user:${userId}`),
        authenticationMode: { passwordCount: texts(inputs.passwords).length, type: authenticationOf({ inputs }) },
        region: caller.region,
      },
    };
  },
  update(_object, inputs) {
    judgeUser(inputs);
    return {};
  },
  // A user that goes leaves its groups, too.
  remove({ id, account }, { world }) {
    for (const group of world.all(USER_GROUP, (one) => one.account === account))
      if (membersOf(group).includes(id))
        setMembers(
          world,
          group,
          membersOf(group).filter((member) => member !== id),
        );
  },
  seconds: { create: 10, delete: 10 },
  calls: {
    arn: "elasticache:user:{userId}",
    create: [["elasticache:CreateUser", "self"]],
    read: [
      ["elasticache:DescribeUsers", "self"],
      ["elasticache:ListTagsForResource", "self"],
    ],
    update: each(
      ["engine", "accessString", "authenticationMode", "noPasswordRequired", "passwords"],
      ["elasticache:ModifyUser", "self"],
    ),
    delete: [
      ["elasticache:DeleteUser", "self"],
      ["elasticache:DescribeUsers", "self"],
    ],
  },
};

// ---- groups

/** Ids of a group's users, however they came into it. */
export const membersOf = ({ computed }: WorldObject): string[] => texts(computed._members);

/** A refresh shows them all as the group's own. */
function setMembers(world: World, group: WorldObject, members: readonly string[]): void {
  group.computed = { ...group.computed, _members: [...members] };
  group.inputs = { ...group.inputs, userIds: [...members] };
  world.changed(group);
}

/** @throws {Refusal} where these users may not be in a group of that engine together */
function judgeMembers(engine: string, ids: readonly string[], { world, caller }: Context): void {
  const users = ids.map((id) => {
    const found = world.get(USER, id, caller.account);
    if (!found) throw new Refusal("UserNotFound", `User ${id} not found.`);
    return found;
  });
  const names = users.map(({ inputs }) => text(inputs.userName) ?? "");
  if (new Set(names).size < names.length)
    throw new Refusal("DuplicateUserName", "User group cannot have users with the same user name.");
  if (engine === "redis") {
    if (!names.includes("default"))
      throw new Refusal("DefaultUserRequired", "User group needs to contain a user with the user name default.");
    if (users.some(({ inputs }) => engineOf(inputs) !== "redis"))
      throw combination("User group with engine redis can only contain users with engine redis.");
  }
  const open = users.find((one) => authenticationOf(one) === "no-password-required");
  if (engine === "valkey" && open)
    throw combination(`User group with engine valkey can only contain users that authenticate: ${open.id} does not.`);
}

function ownedUserGroup(id: string, { world, caller }: Context): WorldObject {
  const group = world.get(USER_GROUP, id, caller.account);
  if (!group) throw new Refusal("UserGroupNotFound", `User Group ${id} not found.`);
  return group;
}

const userGroup: ResourceModel = {
  type: USER_GROUP,
  arguments: {
    userGroupId: { required: true, replace: true },
    engine: { required: true, replace: true },
    userIds: { set: true },
    tags: {},
  },
  computed: ["arn", "region"],
  check: engineFailures,
  create(inputs, context) {
    const { world, caller } = context;
    const id = given(text(inputs.userGroupId), "userGroupId");
    if (!ID.test(id))
      throw invalid(
        `The user group id must begin with a letter and have at most 40 lower-case letters, digits and single hyphens: ${id}`,
      );
    if (world.get(USER_GROUP, id, caller.account))
      throw new Refusal("UserGroupAlreadyExists", `User Group ${id} already exists.`);
    const members = texts(inputs.userIds);
    judgeMembers(engineOf(inputs), members, context);
    return {
      id,
      computed: { arn: arn("elasticache", caller, `usergroup:${id}`), region: caller.region, _members: members },
    };
  },
  update(object, inputs, context) {
    const [before, after] = [texts(object.inputs.userIds), texts(inputs.userIds)];
    const kept = membersOf(object).filter((id) => after.includes(id) || !before.includes(id));
    const members = [...new Set([...kept, ...after])];
    judgeMembers(engineOf(inputs), members, context);
    return { _members: members };
  },
  remove({ id, account }, { world }) {
    const [cache] = world.all(CACHE, (one) => one.account === account && texts(one.inputs.userGroupIds).includes(id));
    if (cache)
      throw new Refusal(
        "InvalidUserGroupState",
        `User group ${id} is associated with the replication group ${cache.id} and cannot be deleted.`,
      );
  },
  seconds: { create: 30, delete: 30 },
  calls: {
    arn: "elasticache:usergroup:{userGroupId}",
    create: [["elasticache:CreateUserGroup", "self", "userIds"]],
    read: [
      ["elasticache:DescribeUserGroups", "self"],
      ["elasticache:ListTagsForResource", "self"],
    ],
    update: { userIds: [["elasticache:ModifyUserGroup", "self", "userIds"]] },
    delete: [
      ["elasticache:DeleteUserGroup", "self"],
      ["elasticache:DescribeUserGroups", "self"],
    ],
  },
};

const association: ResourceModel = {
  type: ASSOCIATION,
  arguments: { userGroupId: { required: true, replace: true }, userId: { required: true, replace: true } },
  computed: ["region"],
  create(inputs, context) {
    const [groupId, userId] = [text(inputs.userGroupId) ?? "", text(inputs.userId) ?? ""];
    const group = ownedUserGroup(groupId, context);
    if (membersOf(group).includes(userId)) throw invalid(`User ${userId} is already a member of ${groupId}.`);
    const members = [...membersOf(group), userId];
    judgeMembers(engineOf(group.inputs), members, context);
    setMembers(context.world, group, members);
    return { id: `${groupId},${userId}`, computed: { region: context.caller.region } };
  },
  remove({ inputs, account }, context) {
    const group = context.world.get(USER_GROUP, text(inputs.userGroupId) ?? "", account);
    if (!group) return;
    const members = membersOf(group).filter((id) => id !== inputs.userId);
    judgeMembers(engineOf(group.inputs), members, context);
    setMembers(context.world, group, members);
  },
  seconds: { create: 30, delete: 30 },
  calls: {
    create: [["elasticache:ModifyUserGroup", "userGroupId", "userId"]],
    read: [["elasticache:DescribeUserGroups", "userGroupId"]],
    delete: [["elasticache:ModifyUserGroup", "userGroupId", "userId"]],
  },
};

/** A cache's users. */
export const usersOf = (world: World, { inputs, account }: WorldObject): WorldObject[] =>
  texts(inputs.userGroupIds)
    .flatMap((id) => world.get(USER_GROUP, id, account) ?? [])
    .flatMap((group) => membersOf(group).flatMap((id) => world.get(USER, id, account) ?? []));

export const cacheUserModels: readonly ResourceModel[] = [user, userGroup, association];
