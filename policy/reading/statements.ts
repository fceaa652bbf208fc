import { Fields } from "../frame/fields.ts";
import { type Finding, undecided, violation } from "../frame/finding.ts";
import type { Properties, Reading } from "../frame/guarded.ts";
import { givePlain, notKnown } from "../frame/expectations.ts";

/**
 * Judges each statement of a policy document, whether it is given as JSON or as an object.
 *
 * What cannot be read breaks the rule: a document that nobody can judge has not been judged. Statements that deny take nothing away from what rules want.
 */
export function* eachStatement(
  fields: Fields,
  path: string,
  judge: (statement: Fields) => Iterable<Finding>,
): Iterable<Finding> {
  const where = fields.at(path);
  const found = fields.read(path);
  if (found.is === "unknown") yield undecided(notKnown(where), givePlain());
  if (found.is !== "known") return;
  const document = documentOf(found.value, where.slice(1, -1));
  const statements = document?.parts("Statement");
  if (statements === undefined || statements.is === "absent") {
    yield violation(`${where} is no policy document that can be read`, "Give it as JSON with a list of statements.");
    return;
  }
  if (statements.is === "unknown") yield undecided(notKnown(`${where}'s statements`), givePlain());
  if (statements.is !== "known") return;
  for (const [index, statement] of statements.value.entries()) {
    if (statement.is === "known") yield* ofStatement(statement.value, judge);
    else yield undecided(notKnown(`${where}'s statement ${index}`), givePlain());
  }
}

function* ofStatement(statement: Fields, judge: (statement: Fields) => Iterable<Finding>): Iterable<Finding> {
  const effect = statement.text("Effect");
  if (effect.is === "known" && effect.value === "Deny") return;
  for (const finding of judge(statement)) {
    const what = `whether ${statementName(statement)} allows anything is not known yet; if so, ${finding.what}`;
    yield effect.is === "unknown" && finding.is === "violation" ? undecided(what) : finding;
  }
}

function documentOf(value: unknown, where: string): Fields | undefined {
  if (typeof value !== "string")
    return typeof value === "object" && value !== null ? new Fields([value as Properties], where) : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? new Fields([parsed as Properties], where) : undefined;
  } catch {
    return undefined;
  }
}

/** What a statement lists under a key, which IAM lets be one text or many. */
export function textsOf(statement: Fields, path: string | readonly string[]): Reading<readonly string[]> {
  const single = statement.text(path);
  if (single.is === "known") return { is: "known", value: [single.value] };
  const list = statement.list(path);
  if (list.is !== "known") return list;
  if (list.value.some(({ is }) => is === "unknown")) return { is: "unknown" };
  return {
    is: "known",
    value: list.value.flatMap((one) => (one.is === "known" && typeof one.value === "string" ? [one.value] : [])),
  };
}

/** How people find a statement: by its Sid, if it has a plain one. */
export function statementName(statement: Fields): string {
  const sid = statement.text("Sid");
  return sid.is === "known" && /^\w{1,64}$/.test(sid.value) ? `statement ${sid.value}` : "a statement without Sid";
}

/** Who a statement is about. */
export interface Principals {
  /** Anybody at all, by any spelling of it. */
  readonly anybody: boolean;
  readonly unknown: boolean;
  readonly aws: readonly string[];
  readonly federated: readonly string[];
}

const ACCOUNT = /^(\d{12}|arn:aws[a-z-]*:[a-z]+:[a-z0-9-]*:\d{12}:)/;

export function principalsOf(statement: Fields): Principals {
  const whole = statement.read("Principal");
  const parts = (["AWS", "Federated"] as const).map((key) => textsOf(statement, ["Principal", key]));
  const [aws = [], federated = []] = parts.map((part) => (part.is === "known" ? part.value : []));
  return {
    anybody:
      (whole.is === "known" && whole.value === "*") ||
      statement.read("NotPrincipal").is !== "absent" ||
      aws.some((principal) => principal === "*" || (principal.includes("*") && !ACCOUNT.test(principal))),
    unknown: whole.is === "unknown" || parts.some(({ is }) => is === "unknown"),
    aws,
    federated,
  };
}

/** Condition keys that narrow who may call, or from where. */
const NARROWING =
  /^(aws:(Principal(OrgID|OrgPaths|Account|Arn|Tag\/.+)|Source(Account|Arn|OrgID|OrgPaths|Vpc|Vpce|VpcArn|Ip)|VpcSourceIp|Vpce(Account|OrgID|OrgPaths)|userid)|kms:(ViaService|CallerAccount)|sts:ExternalId|s3:DataAccessPointAccount)$/i;

/** Whether conditions of a statement narrow who may call: an operator for equality on a key that says so. */
export function isNarrowed(statement: Fields): boolean | "unknown" {
  const operators = statement.keys("Condition");
  if (operators.is === "unknown") return "unknown";
  if (operators.is === "absent") return false;
  for (const operator of operators.value) {
    if (/IfExists$|^Null$|Not/i.test(operator)) continue;
    const keys = statement.keys(["Condition", operator]);
    if (keys.is === "unknown") return "unknown";
    if (keys.is === "known" && keys.value.some((key) => NARROWING.test(key) && narrows(statement, operator, key)))
      return true;
  }
  return false;
}

/** A lone asterisk narrows nothing. */
function narrows(statement: Fields, operator: string, key: string): boolean {
  const values = textsOf(statement, ["Condition", operator, key]);
  return values.is !== "known" || !values.value.includes("*");
}
