import { type Finding, undecided, violation } from "../frame/finding.ts";
import type { Fields } from "../frame/fields.ts";
import { each } from "../frame/expectations.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachStatement, statementName, textsOf } from "../reading/statements.ts";

const ROLE = "aws:iam/role:Role";
const POLICY_TYPES = ["policy:Policy", "rolePolicy:RolePolicy", "userPolicy:UserPolicy", "groupPolicy:GroupPolicy"].map(
  (name) => `aws:iam/${name}`,
);

/** `*`, or `kms:*`: all that a service can do. */
const isWide = (action: string): boolean => action === "*" || /^[a-z0-9-]+:\*$/i.test(action);

function* judge(statement: Fields): Iterable<Finding> {
  const name = statementName(statement);
  const actions = textsOf(statement, "Action");
  if (actions.is === "unknown") yield undecided(`which actions ${name} allows is not known yet`);
  for (const action of actions.is === "known" ? actions.value.filter(isWide) : [])
    yield violation(`${name} allows ${action}`);
  if (statement.read("NotAction").is !== "absent") yield violation(`${name} allows all but a list ("NotAction")`);
}

export const iamNoWildcard = rule({
  name: "iam-no-wildcard",
  title: "Policies list what they allow",
  says: "An IAM policy lists the actions that it allows.",
  why: "What a service learns to do next year is allowed from that day on.",
  severity: "high",
  set: "baseline",
  topics: ["identity"],
  references: [...cis("1.16"), ...securityHub("IAM.1", "IAM.21"), ...nist("AC-6", "AC-3(7)")],
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
  fix: "List the actions that are used.",
  types: new Set([...POLICY_TYPES, ROLE]),

  *resource(subject) {
    if (subject.type === ROLE)
      yield* each(subject, "inlinePolicies", (inline) => eachStatement(inline, "policy", judge));
    else yield* eachStatement(subject, "policy", judge);
  },
});
