import { undecided, violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { ENDPOINT_SERVICE_TYPE } from "../reading/endpoint-services.ts";

export const endpointServiceAcceptance = rule({
  name: "endpoint-service-acceptance",
  title: "Somebody says yes to each connection",
  says: "An endpoint service demands acceptance, or names who may connect without.",
  why: "Without either, whoever learns the service's name is connected at once.",
  severity: "critical",
  set: "baseline",
  topics: ["privatelink", "identity"],
  references: [...corpai("step 6"), ...nist("AC-3", "CA-3")],
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html",
  fix: "Set acceptanceRequired: true, or list allowedPrincipals.",
  types: new Set([ENDPOINT_SERVICE_TYPE]),

  *resource(service) {
    const required = service.flag("acceptanceRequired");
    if (required.is === "known" && required.value) return;
    const principals = service.list("allowedPrincipals");
    if (principals.is === "known" && principals.value.length > 0) return;
    if (required.is === "unknown") yield undecided('"acceptanceRequired" is not known yet, and nobody is listed');
    else if (principals.is === "unknown")
      yield undecided('"acceptanceRequired" is not true, and "allowedPrincipals" is not known yet');
    else yield violation('"acceptanceRequired" is not true, and "allowedPrincipals" lists nobody');
  },
});
