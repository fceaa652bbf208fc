import { at } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { ENDPOINT_SERVICE_TYPE } from "../reading/endpoint-services.ts";
import { onInternal } from "../reading/internal-load-balancers.ts";

export const endpointServiceBehindInternalLb = rule({
  name: "endpoint-service-behind-internal-lb",
  title: "Endpoint services stand in front of internal load balancers",
  says: "The load balancers of an endpoint service are internal.",
  why: "PrivateLink in front of an internet-facing load balancer is a second door beside one that is open.",
  severity: "critical",
  set: "baseline",
  topics: ["privatelink", "exposure"],
  references: [...corpai("step 3"), ...nist("SC-7(5)", "AC-4")],
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html",
  fix: "Set internal: true on the load balancer.",
  types: new Set([ENDPOINT_SERVICE_TYPE]),

  *stack(stack) {
    for (const service of stack.of([ENDPOINT_SERVICE_TYPE]))
      yield* at(service, onInternal(stack, service, "networkLoadBalancerArns"));
  },
});
