import { mustBe } from "../frame/expectations.ts";
import { undecided } from "../frame/finding.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { endpointTypeOf, offerOf } from "../reading/endpoints.ts";
import { ENDPOINT_TYPE } from "../reading/subnet-lists.ts";

export const interfaceEndpointPrivateDns = rule({
  name: "interface-endpoint-private-dns",
  title: "Endpoints to AWS services answer to the services' own names",
  says: "An interface endpoint to an AWS service has private DNS.",
  why: "Without it, SDKs resolve the public name and leave by the internet, or fail where there is no way out.",
  severity: "medium",
  set: "baseline",
  topics: ["privatelink", "network"],
  references: nist("SC-7", "SC-20"),
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html",
  fix: "Set privateDnsEnabled: true.",
  types: new Set([ENDPOINT_TYPE]),

  *resource(endpoint) {
    const [type, offer] = [endpointTypeOf(endpoint), offerOf(endpoint)];
    if (type.is === "known" && type.value !== "Interface") return;
    if (offer.is === "absent" || (offer.is === "known" && offer.value === "customer")) return;
    const findings = [
      ...mustBe(endpoint, "privateDnsEnabled", true, { absent: "and the service's own name then leads past it" }),
    ];
    if (type.is === "known" && offer.is === "known") yield* findings;
    else if (findings.length > 0)
      yield undecided('"privateDnsEnabled" is not true, and whether it leads to an AWS service is not known yet');
  },
});
