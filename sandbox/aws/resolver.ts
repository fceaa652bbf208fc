/** What a VPC's resolver answers: Route 53 Resolver's DNS Firewall, and its log of queries. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { integer, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { LOG_GROUP } from "./logs.ts";
import { arn, inPlace, newId, owned, ownedVpc } from "./network.ts";

const DOMAIN_LIST = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList";
const RULE_GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup";
const RULE = "aws:route53/resolverFirewallRule:ResolverFirewallRule";
const ASSOCIATION = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation";
const CONFIG = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig";
const QUERY_LOG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig";
const QUERY_LOG_ASSOCIATION = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation";

/** AWS takes priorities of associations between these, of which none may be reached. */
const ASSOCIATION_PRIORITIES = [100, 9900] as const;
const DOMAINS_PER_LIST = 100_000;

const resolver = (context: Context, resource: string): string => arn("route53resolver", context.caller, resource);

const missing = (what: string, id: string): Refusal =>
  new Refusal("ResourceNotFoundException", `[RSLVR-02025] Can't find the resource with ID "${id}". ${what}`);

function existing(context: Context, type: string, what: string, id: string): WorldObject {
  const { code, message } = missing(what, id);
  return owned(context, type, id, code, message.slice(code.length + 2));
}

const conflict = (message: string): Refusal => new Refusal("ConflictException", message);

const NAME = { property: "name", limit: 64 } as const;

function nameFailures(name: unknown): CheckFailure[] {
  return typeof name !== "string" || name === UNKNOWN || /^(?!^[0-9]+$)[A-Za-z0-9_\s'-]{1,64}$/.test(name)
    ? []
    : [
        [
          "name",
          `invalid value for name (must be up to 64 letters, numbers, - and _, and not only numbers): "${name}"`,
        ],
      ];
}

/** A star is a first label of its own, or all there is. */
const DOMAIN = /^(\*|(\*\.)?[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?)$/;

const domainList: ResourceModel = {
  type: DOMAIN_LIST,
  arguments: { name: { replace: true }, domains: { set: true }, tags: {} },
  autoname: NAME,
  computed: ["arn", "region"],
  check: ({ name }) => nameFailures(name),
  create(inputs, context) {
    judgeDomains(inputs);
    const id = newId(context, "rslvr-fdl");
    return { id, computed: { arn: resolver(context, `firewall-domain-list/${id}`), region: context.caller.region } };
  },
  update(_object, inputs) {
    judgeDomains(inputs);
    return {};
  },
  remove({ id }, { world }) {
    const users = world.all(RULE, ({ inputs }) => inputs.firewallDomainListId === id);
    if (users.length > 0)
      throw conflict(`The domain list ${id} is in use by ${users.length} rules and cannot be deleted.`);
  },
  seconds: { create: 5 },
  calls: {
    arn: "route53resolver:firewall-domain-list/*",
    create: [["route53resolver:CreateFirewallDomainList", "self"]],
    given: { domains: [["route53resolver:UpdateFirewallDomains", "self"]] },
    read: [
      ["route53resolver:GetFirewallDomainList", "self"],
      ["route53resolver:ListFirewallDomains", "self"],
    ],
    update: { domains: [["route53resolver:UpdateFirewallDomains", "self"]] },
    delete: [["route53resolver:DeleteFirewallDomainList", "self"]],
  },
};

function judgeDomains({ domains }: Properties): void {
  const names = texts(domains);
  const wrong = names.find((name) => !DOMAIN.test(name));
  if (wrong !== undefined)
    throw new Refusal("ValidationException", `[RSLVR-02001] The domain name "${wrong}" is not valid.`);
  if (names.length > DOMAINS_PER_LIST)
    throw new Refusal("LimitExceededException", `A domain list holds at most ${DOMAINS_PER_LIST} domains.`);
}

const ruleGroup: ResourceModel = {
  type: RULE_GROUP,
  arguments: { name: { replace: true }, tags: {} },
  autoname: NAME,
  computed: ["arn", "ownerId", "region", "shareStatus"],
  check: ({ name }) => nameFailures(name),
  create(_inputs, context) {
    const id = newId(context, "rslvr-frg");
    const { account: ownerId, region } = context.caller;
    return {
      id,
      computed: { arn: resolver(context, `firewall-rule-group/${id}`), ownerId, region, shareStatus: "NOT_SHARED" },
    };
  },
  remove({ id }, { world }) {
    if (world.all(ASSOCIATION, ({ inputs }) => inputs.firewallRuleGroupId === id).length > 0)
      throw conflict(`The rule group ${id} is associated with a VPC and cannot be deleted.`);
  },
  seconds: { create: 2 },
  calls: {
    arn: "route53resolver:firewall-rule-group/*",
    create: [["route53resolver:CreateFirewallRuleGroup", "self"]],
    read: [["route53resolver:GetFirewallRuleGroup", "self"]],
    delete: [["route53resolver:DeleteFirewallRuleGroup", "self"]],
  },
};

const RESPONSES = ["NODATA", "NXDOMAIN", "OVERRIDE"];
const ACTIONS = ["ALLOW", "BLOCK", "ALERT"];

const rule: ResourceModel = {
  type: RULE,
  arguments: {
    name: {},
    action: { required: true },
    blockResponse: {},
    firewallDomainListId: { required: true, replace: true },
    firewallRuleGroupId: { required: true, replace: true },
    firewallDomainRedirectionAction: { default: "INSPECT_REDIRECTION_DOMAIN" },
    priority: { required: true },
  },
  autoname: NAME,
  computed: ["firewallThreatProtectionId", "region"],
  check({ name, action, blockResponse }) {
    const failures = nameFailures(name);
    const of = (property: string, value: string | undefined, allowed: readonly string[]): void => {
      if (value !== undefined && !allowed.includes(value))
        failures.push([property, `expected ${property} to be one of [${allowed.join(" ")}], got ${value}`]);
    };
    of("action", text(action), ACTIONS);
    of("blockResponse", text(blockResponse), RESPONSES);
    return failures;
  },
  create(inputs, context) {
    const groupId = text(inputs.firewallRuleGroupId) ?? "";
    const listId = text(inputs.firewallDomainListId) ?? "";
    existing(context, RULE_GROUP, "Firewall rule group", groupId);
    existing(context, DOMAIN_LIST, "Firewall domain list", listId);
    judgeRule(inputs, undefined, context.world);
    return {
      id: `${groupId}:${listId}`,
      computed: { firewallThreatProtectionId: "", region: context.caller.region },
    };
  },
  update(object, inputs, { world }) {
    judgeRule(inputs, object, world);
    return {};
  },
  seconds: { create: 1 },
  calls: {
    create: [["route53resolver:CreateFirewallRule", "firewallRuleGroupId", "firewallDomainListId"]],
    read: [["route53resolver:ListFirewallRules", "firewallRuleGroupId"]],
    update: each(
      ["name", "action", "blockResponse", "firewallDomainRedirectionAction", "priority"],
      ["route53resolver:UpdateFirewallRule", "firewallRuleGroupId", "firewallDomainListId"],
    ),
    delete: [["route53resolver:DeleteFirewallRule", "firewallRuleGroupId", "firewallDomainListId"]],
  },
};

function judgeRule(inputs: Properties, self: WorldObject | undefined, world: World): void {
  if (inputs.action === "BLOCK" && inputs.blockResponse === undefined)
    throw new Refusal("ValidationException", "[RSLVR-02003] BlockResponse is required when the action is BLOCK.");
  if (inputs.action !== "BLOCK" && inputs.blockResponse !== undefined)
    throw new Refusal("ValidationException", "[RSLVR-02004] BlockResponse is allowed only when the action is BLOCK.");
  const others = rulesOf(world, text(inputs.firewallRuleGroupId) ?? "").filter((other) => other !== self);
  if (others.some((other) => other.inputs.priority === inputs.priority))
    throw conflict(`[RSLVR-02014] Another rule of the group has the priority ${String(inputs.priority)}.`);
}

const association: ResourceModel = {
  type: ASSOCIATION,
  arguments: {
    name: {},
    firewallRuleGroupId: { required: true, replace: true },
    vpcId: { required: true, replace: true },
    priority: { required: true },
    mutationProtection: {},
    tags: {},
  },
  autoname: NAME,
  computed: ["arn", "mutationProtection", "region"],
  check: ({ name }) => nameFailures(name),
  create(inputs, context) {
    const groupId = text(inputs.firewallRuleGroupId) ?? "";
    existing(context, RULE_GROUP, "Firewall rule group", groupId);
    ownedVpc(context, text(inputs.vpcId) ?? "");
    judgeAssociation(inputs, undefined, context.world);
    const id = newId(context, "rslvr-frgassoc");
    return {
      id,
      computed: {
        arn: resolver(context, `firewall-rule-group-association/${id}`),
        mutationProtection: inputs.mutationProtection ?? "DISABLED",
        region: context.caller.region,
      },
    };
  },
  update(object, inputs, { world }) {
    judgeAssociation(inputs, object, world);
    return { mutationProtection: inputs.mutationProtection ?? object.computed.mutationProtection ?? "DISABLED" };
  },
  remove({ id, computed }) {
    if (computed.mutationProtection === "ENABLED")
      throw new Refusal("ValidationException", `The association ${id} is protected against mutation.`);
  },
  seconds: { create: 30, delete: 30 },
  calls: {
    arn: "route53resolver:firewall-rule-group-association/*",
    create: [["route53resolver:AssociateFirewallRuleGroup", "self", "firewallRuleGroupId"]],
    read: [["route53resolver:GetFirewallRuleGroupAssociation", "self"]],
    update: each(
      ["name", "priority", "mutationProtection"],
      ["route53resolver:UpdateFirewallRuleGroupAssociation", "self"],
    ),
    delete: [["route53resolver:DisassociateFirewallRuleGroup", "self"]],
  },
};

function judgeAssociation(inputs: Properties, self: WorldObject | undefined, world: World): void {
  const [least, most] = ASSOCIATION_PRIORITIES;
  const priority = integer(inputs.priority) ?? 0;
  if (priority <= least || priority >= most)
    throw new Refusal(
      "ValidationException",
      `[RSLVR-02013] The priority must be greater than ${least} and less than ${most}, got ${priority}.`,
    );
  const others = world.all(ASSOCIATION, (other) => other !== self && other.inputs.vpcId === inputs.vpcId);
  if (others.some((other) => other.inputs.priority === priority))
    throw conflict(`[RSLVR-02015] Another rule group of ${text(inputs.vpcId) ?? ""} has the priority ${priority}.`);
  if (others.some((other) => other.inputs.firewallRuleGroupId === inputs.firewallRuleGroupId))
    throw conflict(`The rule group is associated with ${text(inputs.vpcId) ?? ""} already.`);
}

const config: ResourceModel = {
  type: CONFIG,
  arguments: { resourceId: { required: true, replace: true }, firewallFailOpen: {} },
  computed: ["firewallFailOpen", "ownerId", "region"],
  check({ firewallFailOpen }) {
    const given = text(firewallFailOpen);
    return given === undefined || given === "ENABLED" || given === "DISABLED"
      ? []
      : [["firewallFailOpen", `expected firewall_fail_open to be one of [ENABLED DISABLED], got ${given}`]];
  },
  create(inputs, context) {
    ownedVpc(context, text(inputs.resourceId) ?? "");
    const { account: ownerId, region } = context.caller;
    return {
      id: newId(context, "rslvr-fc"),
      computed: { firewallFailOpen: inputs.firewallFailOpen ?? "DISABLED", ownerId, region },
    };
  },
  update: (_object, inputs) => ({ firewallFailOpen: inputs.firewallFailOpen ?? "DISABLED" }),
  seconds: { create: 1 },
  calls: {
    create: [["route53resolver:UpdateFirewallConfig"]],
    read: [["route53resolver:GetFirewallConfig"]],
    update: { firewallFailOpen: [["route53resolver:UpdateFirewallConfig"]] },
    delete: [["route53resolver:UpdateFirewallConfig"]],
  },
};

const queryLog: ResourceModel = {
  type: QUERY_LOG,
  arguments: { name: { replace: true }, destinationArn: { required: true, replace: true }, tags: {} },
  autoname: NAME,
  computed: ["arn", "ownerId", "region", "shareStatus"],
  check: ({ name }) => nameFailures(name),
  create(inputs, context) {
    const destination = text(inputs.destinationArn) ?? "";
    const groups = context.world.all(LOG_GROUP, inPlace(context));
    if (!groups.some(({ computed }) => computed.arn === destination))
      throw new Refusal(
        "InvalidRequestException",
        `[RSLVR-01009] The destination ${destination} does not exist, or Resolver may not write to it.`,
      );
    const id = newId(context, "rqlc");
    const { account: ownerId, region } = context.caller;
    return {
      id,
      computed: {
        arn: resolver(context, `resolver-query-log-config/${id}`),
        ownerId,
        region,
        shareStatus: "NOT_SHARED",
      },
    };
  },
  remove({ id }, { world }) {
    if (world.all(QUERY_LOG_ASSOCIATION, ({ inputs }) => inputs.resolverQueryLogConfigId === id).length > 0)
      throw new Refusal("InvalidRequestException", `[RSLVR-01014] ${id} is associated with a VPC.`);
  },
  seconds: { create: 5 },
  calls: {
    arn: "route53resolver:resolver-query-log-config/*",
    create: [["route53resolver:CreateResolverQueryLogConfig", "self"]],
    read: [["route53resolver:GetResolverQueryLogConfig", "self"]],
    delete: [["route53resolver:DeleteResolverQueryLogConfig", "self"]],
  },
};

const queryLogAssociation: ResourceModel = {
  type: QUERY_LOG_ASSOCIATION,
  arguments: {
    resolverQueryLogConfigId: { required: true, replace: true },
    resourceId: { required: true, replace: true },
  },
  computed: ["region"],
  create(inputs, context) {
    const configId = text(inputs.resolverQueryLogConfigId) ?? "";
    existing(context, QUERY_LOG, "Query logging configuration", configId);
    ownedVpc(context, text(inputs.resourceId) ?? "");
    const same = context.world.all(
      QUERY_LOG_ASSOCIATION,
      (other) => other.inputs.resourceId === inputs.resourceId && other.inputs.resolverQueryLogConfigId === configId,
    );
    if (same.length > 0)
      throw new Refusal("ResourceExistsException", `[RSLVR-01011] ${text(inputs.resourceId) ?? ""} has it already.`);
    return { id: newId(context, "rqlca"), computed: { region: context.caller.region } };
  },
  seconds: { create: 20, delete: 20 },
  calls: {
    create: [["route53resolver:AssociateResolverQueryLogConfig", "resolverQueryLogConfigId"]],
    read: [["route53resolver:GetResolverQueryLogConfigAssociation"]],
    delete: [["route53resolver:DisassociateResolverQueryLogConfig", "resolverQueryLogConfigId"]],
  },
};

// ---- what it says to a name

const byPriority = (a: WorldObject, b: WorldObject): number =>
  (integer(a.inputs.priority) ?? 0) - (integer(b.inputs.priority) ?? 0);

const rulesOf = (world: World, groupId: string): WorldObject[] =>
  world.all(RULE, ({ inputs }) => inputs.firewallRuleGroupId === groupId).sort(byPriority);

/** A star stands for one label or more. */
function covers(domain: string, host: string): boolean {
  const plain = domain.replace(/\.$/, "").toLowerCase();
  if (plain === "*") return true;
  return plain.startsWith("*.") ? host.endsWith(plain.slice(1)) : host === plain;
}

/** What the VPC's firewall says of a name: the first rule that covers it, by the priorities of groups and rules. Names that none covers pass. */
export function firewallVerdict(
  world: World,
  vpcId: string,
  host: string,
): { readonly open: boolean; readonly because: string } {
  const rules = world
    .all(ASSOCIATION, ({ inputs }) => inputs.vpcId === vpcId)
    .sort(byPriority)
    .flatMap(({ inputs }) => rulesOf(world, text(inputs.firewallRuleGroupId) ?? ""));
  if (rules.length === 0) return { open: true, because: `${vpcId} has no DNS firewall` };
  for (const { inputs } of rules) {
    const listId = text(inputs.firewallDomainListId) ?? "";
    const match = texts(world.get(DOMAIN_LIST, listId)?.inputs.domains).find((domain) =>
      covers(domain, host.toLowerCase()),
    );
    if (match === undefined) continue;
    const name = text(inputs.name) ?? listId;
    return inputs.action === "BLOCK"
      ? { open: false, because: `rule ${name} answers ${text(inputs.blockResponse) ?? ""} for ${match}` }
      : { open: true, because: `rule ${name} lets ${match} pass` };
  }
  return { open: true, because: "no rule of the DNS firewall speaks of it" };
}

export const resolverModels: readonly ResourceModel[] = [
  domainList,
  ruleGroup,
  rule,
  association,
  config,
  queryLog,
  queryLogAssociation,
];
