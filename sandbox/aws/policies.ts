/** What policies say of one request: a statement by itself, and all that a role carries together. */
import { Refusal } from "../model.ts";
import { like, record, text } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { ATTACHMENT, POLICY, ROLE, ROLE_POLICY, list, parsed, statements } from "./iam.ts";

/** Condition keys of one request. */
export type Keys = Readonly<Record<string, string>>;

export interface Request {
  readonly action: string;
  /** Undefined for a call that is judged on no resource. */
  readonly arn: string | undefined;
  readonly keys: Keys;
}

const KNOWN_KEY =
  /^(aws:RequestedRegion|aws:PrincipalAccount|aws:ResourceAccount|aws:SecureTransport|s3:TlsVersion|bedrock:InferenceProfileArn|cloudwatch:namespace|aws:Source(Account|Arn)|aws:RequestTag\/.+|[a-z0-9]+:ResourceTag\/.+|[a-z0-9]+:CreateAction|ec2:VpceService(Name|Region)|iam:PolicyARN|[\w.-]+(\/[\w.-]+)*:(aud|sub)|kms:(ViaService|CallerAccount|GrantIsForAWSResource|EncryptionContext:.+))$/;

function holds(condition: Value | undefined, keys: Keys): boolean {
  return Object.entries(record(condition)).every(([operator, tests]) => {
    const [, kind, negated, how, optional] =
      /^(String|Arn|Bool|Numeric)(Not)?(Equals|Like|GreaterThanEquals)?(IfExists)?$/.exec(operator) ?? [];
    const numeric = kind === "Numeric";
    if (kind === undefined || (kind === "Bool") !== (how === undefined) || numeric !== (how === "GreaterThanEquals"))
      throw new Refusal("SandboxUnsupported", `the sandbox does not evaluate the condition operator ${operator}`);
    return Object.entries(record(tests)).every(([key, wanted]) => {
      if (!KNOWN_KEY.test(key))
        throw new Refusal("SandboxUnsupported", `the sandbox does not evaluate the condition key ${key}`);
      const value = keys[key];
      if (value === undefined) return negated !== undefined || optional !== undefined;
      // `ArnEquals` and `ArnLike` are the same.
      const wild = how === "Like" || kind === "Arn";
      const matches = list(wanted).some((one) =>
        numeric ? Number(value) >= Number(one) : wild ? like(String(one), value) : String(one) === value,
      );
      return matches === (negated === undefined);
    });
  });
}

/** A statement has either `Action` or `NotAction`, either `Resource` or `NotResource`. */
function names(statement: Properties, element: "Action" | "Resource", value: string, flags = ""): boolean {
  const matches = (patterns: Value | undefined): boolean =>
    list(patterns).some((one) => like(String(one), value, flags));
  return statement[element] === undefined ? !matches(statement[`Not${element}`]) : matches(statement[element]);
}

export const applies = (statement: Properties, { action, arn, keys }: Request): boolean =>
  names(statement, "Action", action, "i") &&
  names(statement, "Resource", arn ?? "*") &&
  holds(statement.Condition, keys);

/** Of AWS's own policies, the ones that the sandbox has the text of. */
const MANAGED: Readonly<Record<string, Properties>> = {
  AdministratorAccess: { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};

const AWS_OWNED = "arn:aws:iam::aws:policy/";
export const ADMINISTRATOR_ACCESS = `${AWS_OWNED}AdministratorAccess`;

/** An IAM role, by account and name. */
export interface Actor {
  readonly account: string;
  readonly role: string;
}

function documentOf(world: World, { account }: Actor, arn: string): Properties | undefined {
  return arn.startsWith(AWS_OWNED)
    ? MANAGED[arn.slice(AWS_OWNED.length)]
    : parsed(world.get(POLICY, arn, account)?.inputs.policy);
}

/**
 * Why the policies of a role refuse a request, in the words of AWS's own errors; undefined where they allow it.
 *
 * @throws {Refusal} where the sandbox lacks the text of a policy of AWS's that may decide
 */
export function whyDenied(world: World, actor: Actor, request: Request): string | undefined {
  const ofRole = (type: string): WorldObject[] =>
    world.all(type, ({ account, inputs }) => account === actor.account && inputs.role === actor.role);
  const attached = ofRole(ATTACHMENT).map(({ inputs }) => text(inputs.policyArn) ?? "");
  const documents = [
    ...attached.map((arn) => documentOf(world, actor, arn)),
    ...ofRole(ROLE_POLICY).map(({ inputs }) => parsed(inputs.policy)),
  ];
  const matching = documents.flatMap(statements).filter((statement) => applies(statement, request));
  if (matching.some(({ Effect }) => Effect === "Deny")) return "with an explicit deny in an identity-based policy";
  if (matching.length === 0) {
    const unread = attached.filter((arn) => documentOf(world, actor, arn) === undefined);
    if (unread.length > 0)
      throw new Refusal(
        "SandboxUnsupported",
        `the sandbox does not have the text of ${unread.join(", ")}, so it cannot tell whether role ${actor.role} may ${request.action}`,
      );
    return `because no identity-based policy allows the ${request.action} action`;
  }
  const boundary = text(world.get(ROLE, actor.role, actor.account)?.inputs.permissionsBoundary);
  if (boundary === undefined) return undefined;
  const within = statements(documentOf(world, actor, boundary)).filter((statement) => applies(statement, request));
  if (within.some(({ Effect }) => Effect === "Deny")) return "with an explicit deny in a permissions boundary";
  if (within.length === 0) return `because no permissions boundary allows the ${request.action} action`;
  return undefined;
}
