import { type Finding, type Located, undecided, violation } from "../frame/finding.ts";
import type { Fields } from "../frame/fields.ts";
import { texts } from "../frame/options.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";
import type { StackView } from "../frame/stack-view.ts";
import { endpointTypeOf, offerOf } from "../reading/endpoints.ts";
import { eachStatement, isNarrowed, principalsOf, statementName, textsOf } from "../reading/statements.ts";
import { ENDPOINT_TYPE } from "../reading/subnet-lists.ts";

const POLICY_TYPE = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy";

function isEverything(statement: Fields, path: string): boolean | "unknown" {
  const listed = textsOf(statement, path);
  return listed.is === "unknown" ? "unknown" : listed.is === "known" && listed.value.includes("*");
}

function* fullAccess(statement: Fields): Iterable<Finding> {
  const { anybody, unknown } = principalsOf(statement);
  const narrowed = isNarrowed(statement);
  const wide = [
    unknown && !anybody ? "unknown" : anybody,
    isEverything(statement, "Action"),
    isEverything(statement, "Resource"),
  ];
  if (narrowed === true || wide.includes(false)) return;
  const name = statementName(statement);
  if (narrowed === "unknown" || wide.includes("unknown"))
    yield undecided(`what ${name} of its policy lets through is not known yet`);
  else yield violation(`${name} of its policy lets everybody do everything`);
}

/** Whether a policy that stands alone belongs to an endpoint. */
function policyBeside(stack: StackView, endpoint: Subject): boolean {
  return stack.of([POLICY_TYPE]).some((policy) => {
    const referent = stack.referents(policy, "vpcEndpointId", [ENDPOINT_TYPE]);
    return referent.is === "open" || (referent.is === "found" && referent.subjects.includes(endpoint));
  });
}

export const endpointPolicyScoped = rule({
  name: "endpoint-policy-scoped",
  title: "Endpoints to AWS services let through what is used",
  says: "An endpoint to an AWS service has a policy, and that is not full access.",
  why: "Without one, the endpoint carries data to anybody's bucket or queue: the way out of an isolated VPC.",
  severity: "high",
  set: "baseline",
  topics: ["privatelink", "identity"],
  references: nist("AC-4", "AC-6", "SC-7(10)"),
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
  fix: "Give it a policy that names the actions and resources that are used, or the organization by a condition.",
  options: {
    withoutPolicySupport: texts("AWS services, by the end of their names, whose endpoints take no policy", [
      "autoscaling-plans",
      "eks",
      "eks-auth",
      "notebook",
      "rds-data",
      "wafv2",
    ]),
  },
  types: new Set([ENDPOINT_TYPE, POLICY_TYPE]),

  *resource(subject) {
    if (subject.type === POLICY_TYPE || subject.read("policy").is !== "absent")
      yield* eachStatement(subject, "policy", fullAccess);
  },

  *stack(stack, { options: { withoutPolicySupport } }): Iterable<Located> {
    for (const at of stack.of([ENDPOINT_TYPE])) {
      if (at.given.read("policy").is !== "absent" || policyBeside(stack, at)) continue;
      const [type, offer, name] = [endpointTypeOf(at), offerOf(at), at.text("serviceName")];
      if (type.is === "known" && type.value !== "Interface" && type.value !== "Gateway") continue;
      if (offer.is === "absent" || (offer.is === "known" && offer.value === "customer")) continue;
      if (name.is === "known" && withoutPolicySupport.some((end) => name.value.endsWith(`.${end}`))) continue;
      if (type.is === "unknown" || offer.is === "unknown")
        yield { ...undecided('"policy" is not set, and whether it leads to an AWS service is not known yet'), at };
      else yield { ...violation('"policy" is not set, and AWS then lets everything through'), at };
    }
  },
});
