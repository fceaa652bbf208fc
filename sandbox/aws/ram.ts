/** Resource Access Manager: what one account shares with others, by invitation or within an organization. */
import type { ApiCalls, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { arn, inPlace } from "./network.ts";

export const SHARE = "aws:ram/resourceShare:ResourceShare";
const SHARED = "aws:ram/resourceAssociation:ResourceAssociation";
const PRINCIPAL = "aws:ram/principalAssociation:PrincipalAssociation";
const ACCEPTER = "aws:ram/resourceShareAccepter:ResourceShareAccepter";

const malformed = (message: string): Refusal => new Refusal("MalformedArnException", message);
const unknownShare = (id: string): Refusal =>
  new Refusal("UnknownResourceException", `ResourceShare ${id} could not be found.`);

const ownedShare = (value: unknown, context: Context): WorldObject => {
  const share = context.world.all(SHARE, (one) => inPlace(context)(one) && one.id === value)[0];
  if (!share) throw unknownShare(String(value));
  return share;
};

const sameOrganization = (world: World, one: string, other: string): boolean =>
  (world.facts.organizations ?? []).some((accounts) => accounts.includes(one) && accounts.includes(other));

const principalsOf = (world: World, share: WorldObject): string[] =>
  world
    .all(PRINCIPAL, ({ inputs }) => inputs.resourceShareArn === share.id)
    .flatMap(({ inputs }) => text(inputs.principal) ?? []);

/** Whether an account may use what another one shares with it: at once within an organization, else once it has accepted. */
export function isShared(world: World, resourceArn: string, account: string): boolean {
  return world
    .all(SHARED, ({ inputs }) => inputs.resourceArn === resourceArn)
    .some(({ inputs }) => {
      const share = world.get(SHARE, text(inputs.resourceShareArn) ?? "");
      if (!share || !principalsOf(world, share).some((principal) => covers(principal, account))) return false;
      return sameOrganization(world, share.account, account) || accepted(world, share, account);
    });
}

const covers = (principal: string, account: string): boolean =>
  principal === account || principal.startsWith("arn:aws:organizations:");
const accepted = (world: World, share: WorldObject, account: string): boolean =>
  world.all(ACCEPTER, (one) => one.account === account && one.inputs.shareArn === share.id).length > 0;

const resourceShare: ResourceModel = {
  type: SHARE,
  arguments: {
    name: {},
    allowExternalPrincipals: { default: false },
    permissionArns: { replace: true, set: true },
    tags: {},
  },
  autoname: { property: "name", limit: 255 },
  computed: ["arn", "permissionArns", "region"],
  create(_inputs, { world, caller }) {
    const id = arn("ram", caller, `resource-share/${[8, 4, 4, 4, 12].map((digits) => world.hex(digits)).join("-")}`);
    return { id, computed: { arn: id, permissionArns: [], region: caller.region } };
  },
  remove({ id }, { world }) {
    for (const type of [SHARED, PRINCIPAL])
      world.all(type, ({ inputs }) => inputs.resourceShareArn === id).forEach((one) => world.remove(one));
  },
  seconds: { create: 5, delete: 5 },
  calls: {
    arn: "ram:resource-share/*",
    create: [["ram:CreateResourceShare"]],
    read: [["ram:GetResourceShares"], ["ram:ListResourceSharePermissions", "self"]],
    update: each(["name", "allowExternalPrincipals"], ["ram:UpdateResourceShare", "self"]),
    delete: [["ram:DeleteResourceShare", "self"], ["ram:GetResourceShares"]],
  },
};

/** Of what is put into a share. The provider looks first whether it is there already. */
const association: ApiCalls = {
  create: [["ram:AssociateResourceShare", "resourceShareArn"]],
  within: { resourceShareArn: [["ram:GetResourceShareAssociations"]] },
  read: [["ram:GetResourceShareAssociations"]],
  delete: [["ram:DisassociateResourceShare", "resourceShareArn"], ["ram:GetResourceShareAssociations"]],
};

const resourceAssociation: ResourceModel = {
  type: SHARED,
  arguments: { resourceArn: { required: true, replace: true }, resourceShareArn: { required: true, replace: true } },
  computed: ["region"],
  create(inputs, context) {
    const { world, caller } = context;
    const share = ownedShare(inputs.resourceShareArn, context);
    const resourceArn = text(inputs.resourceArn) ?? "";
    if (!resourceArn.startsWith("arn:")) throw malformed(`${resourceArn} is no ARN`);
    if (!world.objects.some((one) => one.account === caller.account && one.computed.arn === resourceArn))
      throw new Refusal("UnknownResourceException", `Resource ${resourceArn} could not be found.`);
    return { id: `${share.id},${resourceArn}`, computed: { region: caller.region } };
  },
  seconds: { create: 5, delete: 5 },
  calls: association,
};

const principalAssociation: ResourceModel = {
  type: PRINCIPAL,
  arguments: { principal: { required: true, replace: true }, resourceShareArn: { required: true, replace: true } },
  computed: ["region"],
  create(inputs, context) {
    const { world, caller } = context;
    const share = ownedShare(inputs.resourceShareArn, context);
    const principal = text(inputs.principal) ?? "";
    const isOrganization = principal.startsWith("arn:aws:organizations:");
    if (!isOrganization && !/^\d{12}$/.test(principal))
      throw malformed(`${principal} is no account and no organization`);
    if (
      !isOrganization &&
      !sameOrganization(world, caller.account, principal) &&
      !flag(share.inputs.allowExternalPrincipals)
    )
      throw new Refusal(
        "OperationNotPermittedException",
        `The resource share ${share.id} does not allow external principals, and ${principal} is not in your organization`,
      );
    return { id: `${share.id},${principal}`, computed: { region: caller.region } };
  },
  seconds: { create: 5, delete: 5 },
  calls: association,
};

const accepter: ResourceModel = {
  type: ACCEPTER,
  arguments: { shareArn: { required: true, replace: true } },
  computed: [
    "invitationArn",
    "receiverAccountId",
    "region",
    "resources",
    "senderAccountId",
    "shareId",
    "shareName",
    "status",
  ],
  create(inputs, { world, caller }) {
    const share = world.get(SHARE, text(inputs.shareArn) ?? "");
    const invited = share && share.region === caller.region && principalsOf(world, share).includes(caller.account);
    if (!share || !invited || sameOrganization(world, share.account, caller.account))
      throw new Refusal(
        "ResourceShareInvitationArnNotFoundException",
        `No invitation to ${text(inputs.shareArn)} is pending for ${caller.account}`,
      );
    return {
      id: share.id,
      computed: {
        invitationArn: share.id.replace("resource-share/", "resource-share-invitation/"),
        receiverAccountId: caller.account,
        region: caller.region,
        resources: world
          .all(SHARED, (one) => one.inputs.resourceShareArn === share.id)
          .flatMap((one) => one.inputs.resourceArn ?? []),
        senderAccountId: share.account,
        shareId: share.id.split("/").at(-1) ?? "",
        shareName: share.inputs.name ?? "",
        status: "ACTIVE",
      },
    };
  },
  seconds: { create: 5, delete: 5 },
  // Invitation and share are another account's, so only a policy for `*` covers them here.
  calls: {
    create: [["ram:AcceptResourceShareInvitation"]],
    within: { shareArn: [["ram:GetResourceShareInvitations"]] },
    read: [["ram:GetResourceShareInvitations"], ["ram:GetResourceShares"], ["ram:ListResources"]],
    delete: [["ram:DisassociateResourceShare"], ["ram:GetResourceShares"]],
  },
};

export const ramModels: readonly ResourceModel[] = [resourceShare, resourceAssociation, principalAssociation, accepter];
