import { eachText } from "../frame/expectations.ts";
import { violation } from "../frame/finding.ts";
import { texts } from "../frame/options.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { ENDPOINT_SERVICE_TYPE } from "../reading/endpoint-services.ts";

export const endpointServiceRegions = rule({
  name: "endpoint-service-regions",
  title: "Endpoint services stay in their region",
  says: "An endpoint service is offered in other regions only where that is wanted.",
  why: "Cross-region access carries a customer's data over a border that the contract may not know of.",
  severity: "medium",
  set: "baseline",
  topics: ["privatelink", "exposure"],
  references: [...corpai("step 3"), ...nist("AC-4", "SC-7")],
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html",
  fix: "Leave supportedRegions out, or name the region in allowedRegions of this rule.",
  options: { allowedRegions: texts("Regions from which endpoint services may be reached", []) },
  types: new Set([ENDPOINT_SERVICE_TYPE]),

  *resource(service, { options: { allowedRegions } }) {
    yield* eachText(service, "supportedRegions", function* (region, where) {
      if (!allowedRegions.includes(region)) yield violation(`${where} is a region that nobody has allowed`);
    });
  },
});
