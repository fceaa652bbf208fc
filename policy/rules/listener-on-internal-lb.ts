import { at } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { onInternal } from "../reading/internal-load-balancers.ts";
import { LISTENER_TYPES } from "../reading/load-balancers.ts";

export const listenerOnInternalLb = rule({
  name: "listener-on-internal-lb",
  title: "Listeners stand on internal load balancers",
  says: "A listener stands on an internal load balancer.",
  why: "A listener is the door: on a load balancer that faces the internet, everybody can knock.",
  severity: "critical",
  set: "baseline",
  topics: ["privatelink", "exposure"],
  references: [...corpai("step 2"), ...nist("SC-7(5)", "AC-4")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html",
  fix: "Set internal: true on the load balancer.",
  types: LISTENER_TYPES,

  *stack(stack) {
    for (const listener of stack.of(LISTENER_TYPES))
      yield* at(listener, onInternal(stack, listener, "loadBalancerArn"));
  },
});
