import { undecided, violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { offerOf } from "../reading/endpoints.ts";
import { ENDPOINT_TYPE } from "../reading/subnet-lists.ts";

export const endpointPolicySupported = rule({
  name: "endpoint-policy-supported",
  title: "No endpoint policy where AWS knows none",
  says: "An endpoint to a customer's endpoint service has no policy.",
  why: "AWS allows only full access there: a policy fails the update, or makes a reader believe in a limit that is none.",
  severity: "medium",
  set: "baseline",
  topics: ["privatelink"],
  references: [...corpai("endpoint policy"), ...nist("AC-4")],
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
  fix: "Leave policy out; the security group and the service's principals are what limits it.",
  types: new Set([ENDPOINT_TYPE]),

  *resource(endpoint) {
    if (endpoint.read("policy").is === "absent") return;
    const offer = offerOf(endpoint);
    if (offer.is === "unknown") yield undecided('"policy" is set, and whose service it leads to is not known yet');
    else if (offer.is === "known" && offer.value === "customer")
      yield violation('"policy" is set, on an endpoint to a customer\'s service');
  },
});
