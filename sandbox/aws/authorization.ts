/** IAM's answer to the calls of a provider that assumes a role. A provider that assumes none acts as its account's administrator: nothing is denied. */
import type { ApiCall, ApiCalls, Context, FunctionModel, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, text, texts } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { ROLE } from "./iam.ts";
import type { Keys, Request } from "./policies.ts";
import { whyDenied } from "./policies.ts";

// ---- policies

function judge(request: Request, context: Context): void {
  const { account, role = "" } = context.caller;
  const why = whyDenied(context.world, { account, role }, request);
  if (why !== undefined) throw denied(request, context, why);
}

function denied({ action, arn }: Request, { caller }: Context, why: string): Refusal {
  const user = `arn:aws:sts::${caller.account}:assumed-role/${caller.role ?? ""}/sandbox`;
  const what = `User: ${user} is not authorized to perform: ${action}${arn === undefined ? "" : ` on resource: ${arn}`} ${why}`;
  const service = action.split(":")[0] ?? "";
  if (service === "ec2" || service === "vpce")
    return new Refusal("UnauthorizedOperation", `You are not authorized to perform this operation. ${what}`);
  return new Refusal(
    ["iam", "elasticloadbalancing", "route53", "rds", "elasticache"].includes(service)
      ? "AccessDenied"
      : "AccessDeniedException",
    what,
  );
}

// ---- calls

type Tags = Readonly<Record<string, string>>;

const tagsOf = (inputs: Properties): Tags => record(inputs.tagsAll ?? inputs.tags) as Tags;

const prefixed = (prefix: string, tags: Tags): Keys =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));

/** What a call of one operation may be judged on. */
interface Subject {
  /** The object itself, by the ARN under which it is or will be. */
  readonly arn: string | undefined;
  /** Condition keys that hold for the object itself. */
  readonly keys: (action: string) => Keys;
  /** Condition keys of a request about what is no object of AWS's own: they hold for what it names. */
  readonly ofRequest?: Keys;
  /** What a request that makes something brings: all that AWS knows where a call is about no resource. */
  readonly requested?: Keys;
  /** What an argument names, of this call's concern. */
  readonly named: (argument: string) => readonly string[];
}

const serviceOf = (name: string): string => name.split(":")[0] ?? "";

function arnFor(path: string, id: string, inputs: Properties, { account, region }: Context["caller"]): string {
  const [service = "", ...rest] = path.split(":");
  const filled = rest
    .join(":")
    // What stands below something else begins as that does: the part of an ARN after its type.
    .replace(/\{(\w+)\}/g, (_all, argument: string) => (text(inputs[argument]) ?? "").replace(/^arn:[^/]*\//, ""))
    .replace("*", id);
  return `arn:aws:${service}:${service === "iam" ? "" : region}:${account}:${filled}`;
}

/** Of an object that stands: by the name that AWS gave it. */
const arnOf = (
  { arn: path }: ApiCalls,
  { id, inputs, computed }: WorldObject,
  { caller }: Context,
): string | undefined =>
  path === undefined
    ? undefined
    : (text(computed.arn ?? computed.accessEntryArn ?? computed.associationArn) ?? arnFor(path, id, inputs, caller));

/** The caller's objects of that service with that id or ARN. In IAM, whose kinds share names, a bare name is a role's wherever it is judged. */
function namedObjects(service: string, named: readonly string[], { world, caller }: Context): WorldObject[] {
  return world.objects.filter(({ type, id, account, computed }) => {
    if (account !== caller.account || serviceOfType(type) !== service) return false;
    // A policy beside an object has that object's ARN for its id, and none of its own.
    if (id.startsWith("arn:") && computed.arn === undefined) return false;
    return named.some((one) => one === computed.arn) || (named.includes(id) && (service !== "iam" || type === ROLE));
  });
}
const serviceOfType = (type: string): string => {
  const module = /^aws:([a-z0-9]+)\//.exec(type)?.[1] ?? "";
  const others: Readonly<Record<string, string>> = {
    vpc: "ec2",
    lb: "elasticloadbalancing",
    cloudwatch: "logs",
    route53: "route53resolver",
    vpclattice: "vpc-lattice",
  };
  return others[module] ?? module;
};

function ask(call: ApiCall, subject: Subject, context: Context): void {
  const [action, ...on] = call;
  const service = serviceOf(action);
  const always = { "aws:RequestedRegion": context.caller.region, "aws:PrincipalAccount": context.caller.account };
  const requests = on.flatMap((what): Request[] => {
    if (what === "self") return [{ action, arn: subject.arn, keys: { ...always, ...subject.keys(action) } }];
    return namedObjects(service, subject.named(what), context).map(({ inputs, computed }) => {
      const tags = tagsOf(inputs);
      return {
        action,
        arn: text(computed.arn),
        keys: {
          ...always,
          ...subject.ofRequest,
          ...prefixed(`${service}:ResourceTag`, tags),
          ...prefixed("aws:ResourceTag", tags),
        },
      };
    });
  });
  // Where nothing of what it names exists, AWS has the last word; until then only a policy for `*` covers it.
  const ofNone = { action, arn: undefined, keys: { ...always, ...(on.length === 0 && subject.requested) } };
  for (const request of requests.length > 0 ? requests : [ofNone]) judge(request, context);
}

const askAll = (calls: readonly ApiCall[], subject: Subject, context: Context): void =>
  calls.forEach((call) => ask(call, subject, context));

function callsOf({ type, calls }: ResourceModel, context: Context): ApiCalls | undefined {
  if (context.caller.role === undefined) return undefined;
  if (calls) return calls;
  throw unknownCalls(type, context);
}

const unknownCalls = (what: string, { caller }: Context): Refusal =>
  new Refusal(
    "SandboxUnsupported",
    `the sandbox does not know which calls ${what} makes, so it cannot tell whether role ${caller.role ?? ""} may make them`,
  );

/** The calls that add and remove tags, by service. */
function tagging(path: string): readonly [add: string, remove: string] {
  const service = serviceOf(path);
  if (service === "ec2") return ["ec2:CreateTags", "ec2:DeleteTags"];
  if (service === "elasticloadbalancing") return ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"];
  if (service === "rds" || service === "elasticache")
    return [`${service}:AddTagsToResource`, `${service}:RemoveTagsFromResource`];
  const kind =
    service === "iam"
      ? ({ role: "Role", policy: "Policy", oidc: "OpenIDConnectProvider" }[/:(\w+)/.exec(path)?.[1] ?? ""] ??
        "InstanceProfile")
      : "Resource";
  return [`${service}:Tag${kind}`, `${service}:Untag${kind}`];
}

const isGiven = (value: Value | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== 0 &&
  value !== "" &&
  !(Array.isArray(value) && value.length === 0);

const forGiven = (calls: Readonly<Record<string, readonly ApiCall[]>> = {}, inputs: Properties): ApiCall[] =>
  Object.entries(calls).flatMap(([argument, own]) => (isGiven(inputs[argument]) ? own : []));

const values = (value: Value | undefined): string[] => texts(Array.isArray(value) ? value : [value ?? null]);

/** Condition keys that arguments bring. */
const keysOf = ({ keys = {} }: ApiCalls, inputs: Properties): Keys =>
  Object.fromEntries(
    Object.entries(keys).flatMap(([key, argument]) => {
      const value = text(inputs[argument]);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );

/** An object that does not exist yet has no tags of its own, but those that the request brings. */
function subjectToBe(calls: ApiCalls, inputs: Properties, context: Context): Subject {
  const { arn: path } = calls;
  const given = keysOf(calls, inputs);
  const requested = { ...prefixed("aws:RequestTag", tagsOf(inputs)), ...given };
  return {
    arn: path === undefined ? undefined : arnFor(path, "*", inputs, context.caller),
    keys: () => requested,
    requested,
    ...(path === undefined && { ofRequest: given }),
    named: (argument) => values(inputs[argument]),
  };
}

function subject(calls: ApiCalls, object: WorldObject, context: Context, requested: Tags = {}): Subject {
  const tags = tagsOf(object.inputs);
  return {
    arn: arnOf(calls, object, context),
    keys: (action) => ({
      ...prefixed(`${serviceOf(action)}:ResourceTag`, tags),
      ...prefixed("aws:ResourceTag", tags),
      ...prefixed("aws:RequestTag", requested),
    }),
    ...(calls.arn === undefined && { ofRequest: keysOf(calls, object.inputs) }),
    named: (argument) => values(object.inputs[argument]),
  };
}

/** The call that makes the object, with its tags where they are part of it. */
export function permitMake(model: ResourceModel, inputs: Properties, context: Context): void {
  const calls = callsOf(model, context);
  if (!calls) return;
  const to = subjectToBe(calls, inputs, context);
  const [making] = calls.create;
  askAll([making, ...forGiven(calls.within, inputs)], to, context);
  if (calls.arn === undefined || calls.tagsAfterwards || Object.keys(tagsOf(inputs)).length === 0) return;
  const createAction = making[0].slice(making[0].indexOf(":") + 1);
  const keys = (action: string): Keys => ({ ...to.keys(action), [`${serviceOf(action)}:CreateAction`]: createAction });
  ask([tagging(calls.arn)[0], "self"], { ...to, keys }, context);
}

/** All that follows once the object exists. */
export function permitFinish(model: ResourceModel, object: WorldObject, context: Context): void {
  const calls = callsOf(model, context);
  if (!calls) return;
  const [, ...later] = calls.create;
  askAll([...later, ...forGiven(calls.given, object.inputs)], subject(calls, object, context), context);
  if (!calls.tagsAfterwards) return permitRead(model, object, context);
  const tags = tagsOf(object.inputs);
  const untagged = { ...object, inputs: {} };
  if (Object.keys(tags).length > 0)
    ask([tagging(calls.arn ?? "")[0], "self"], subject(calls, untagged, context, tags), context);
}

export function permitRead(model: ResourceModel, object: WorldObject, context: Context): void {
  const calls = callsOf(model, context);
  if (calls) askAll(calls.read, subject(calls, object, context), context);
}

export function permitChange(
  model: ResourceModel,
  object: WorldObject,
  news: Properties,
  changed: readonly string[],
  context: Context,
): void {
  const calls = callsOf(model, context);
  if (!calls) return;
  const { update = {} } = calls;
  const own = changed.filter((argument) => argument !== "tags" && argument !== "tagsAll");
  const unknown = own.filter((argument) => update[argument] === undefined);
  if (unknown.length > 0)
    throw new Refusal(
      "SandboxUnsupported",
      `the sandbox does not know which call changes ${unknown.join(", ")} of ${model.type}, so it cannot tell whether role ${context.caller.role ?? ""} may make it`,
    );
  const differing = (argument: string): string[] => {
    const [before, after] = [object.inputs[argument], news[argument]];
    if (!Array.isArray(before) && !Array.isArray(after)) return values(after);
    const [old, now] = [texts(before), texts(after)];
    return [...old.filter((one) => !now.includes(one)), ...now.filter((one) => !old.includes(one))];
  };
  const standing = subject(calls, object, context);
  const wanted = new Map(own.flatMap((argument) => update[argument] ?? []).map((call) => [call[0], call]));
  askAll([...wanted.values()], { ...standing, named: differing }, context);
  if (own.length === changed.length || calls.arn === undefined) return;
  const [before, after] = [tagsOf(object.inputs), tagsOf(news)];
  const added = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
  const [add, remove] = tagging(calls.arn);
  if (Object.keys(before).some((key) => after[key] === undefined)) ask([remove, "self"], standing, context);
  if (Object.keys(added).length > 0) ask([add, "self"], subject(calls, object, context, added), context);
}

/** The describe calls by which the provider waits are judged beforehand too, although AWS would have deleted by then. */
export function permitDelete(model: ResourceModel, object: WorldObject, context: Context): void {
  const calls = callsOf(model, context);
  if (calls) askAll(calls.delete, subject(calls, object, context), context);
}

export function permitCall({ token, calls }: FunctionModel, args: Properties, context: Context): void {
  if (context.caller.role === undefined) return;
  if (!calls) throw unknownCalls(token, context);
  askAll(calls, { arn: undefined, keys: () => ({}), named: (argument) => values(args[argument]) }, context);
}
