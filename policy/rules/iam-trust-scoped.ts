import { type Finding, undecided, violation } from "../frame/finding.ts";
import type { Fields } from "../frame/fields.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachStatement, isNarrowed, principalsOf, statementName, textsOf } from "../reading/statements.ts";

const ROLE = "aws:iam/role:Role";

/** Tokens of an OIDC provider are anybody's who can sign in there, unless the subject is named. */
function namesSubject(statement: Fields): boolean | "unknown" {
  const operators = statement.keys("Condition");
  if (operators.is !== "known") return operators.is === "unknown" ? "unknown" : false;
  let open = false;
  for (const operator of operators.value.filter((one) => !/IfExists$|Not/i.test(one))) {
    const keys = statement.keys(["Condition", operator]);
    if (keys.is === "unknown") open = true;
    for (const key of keys.is === "known" ? keys.value : []) {
      if (!/:(sub|amr)$|^SAML:(sub|aud)$/i.test(key)) continue;
      const subjects = textsOf(statement, ["Condition", operator, key]);
      if (subjects.is === "unknown") open = true;
      else if (subjects.is === "known" && !subjects.value.includes("*")) return true;
    }
  }
  return open ? "unknown" : false;
}

function* trusts(statement: Fields): Iterable<Finding> {
  const { anybody, unknown, federated } = principalsOf(statement);
  const name = statementName(statement);
  if (anybody) {
    const narrowed = isNarrowed(statement);
    if (narrowed === "unknown") yield undecided(`the conditions of ${name}, which trusts everybody, are not known yet`);
    else if (!narrowed) yield violation(`${name} of its trust policy trusts everybody`);
  } else if (unknown) yield undecided(`whom ${name} of its trust policy trusts is not known yet`);
  if (federated.length === 0) return;
  const named = namesSubject(statement);
  if (named === "unknown")
    yield undecided(`the conditions of ${name}, which trusts an identity provider, are not known yet`);
  else if (!named) yield violation(`${name} of its trust policy trusts everybody whom an identity provider knows`);
}

export const iamTrustScoped = rule({
  name: "iam-trust-scoped",
  title: "Roles name whom they trust",
  says: "A role's trust policy names who may assume it.",
  why: "Whoever can assume a role is inside, whatever the network looks like.",
  severity: "critical",
  set: "baseline",
  topics: ["identity"],
  references: [...nist("AC-3", "AC-6", "IA-2"), ...corpai("cross-account role")],
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
  fix: "Name the account, role or service; of an identity provider, the subject (<issuer>:sub).",
  types: new Set([ROLE]),

  *resource(role) {
    yield* eachStatement(role, "assumeRolePolicy", trusts);
  },
});
