import { eachText, expects } from "../frame/expectations.ts";
import { violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { ALLOWED_PRINCIPAL_TYPE, ENDPOINT_SERVICE_TYPE, namesOne } from "../reading/endpoint-services.ts";

const WIDER = "names more than one account, role or user";

export const endpointServicePrincipalsScoped = rule({
  name: "endpoint-service-principals-scoped",
  title: "Endpoint services name who may connect",
  says: "Whoever may connect to an endpoint service is named: an account, a role or a user.",
  why: 'With "*" among the principals every AWS account can ask for a connection, and get one where acceptance is automatic.',
  severity: "critical",
  set: "baseline",
  topics: ["privatelink", "identity"],
  references: [...corpai("who may connect"), ...nist("AC-3", "AC-6")],
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html",
  fix: "Name the account (arn:aws:iam::<account>:root) or the role that connects; ARNs with wildcards are not supported by AWS.",
  types: new Set([ENDPOINT_SERVICE_TYPE, ALLOWED_PRINCIPAL_TYPE]),

  *resource(subject) {
    if (subject.type === ALLOWED_PRINCIPAL_TYPE) {
      yield* expects(subject.text("principalArn"), '"principalArn"', namesOne, { wrong: WIDER });
      return;
    }
    yield* eachText(subject, "allowedPrincipals", function* (principal, where) {
      if (!namesOne(principal)) yield violation(`${where} ${WIDER}`);
    });
  },
});
