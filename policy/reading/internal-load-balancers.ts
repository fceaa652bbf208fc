import { type Finding, open, undecided, violation } from "../frame/finding.ts";
import type { Subject } from "../frame/shown.ts";
import type { StackView } from "../frame/stack-view.ts";
import { LOAD_BALANCER_TYPES } from "./load-balancers.ts";

/** Whether the load balancers that a property names are internal. */
export function* onInternal(stack: StackView, subject: Subject, property: string): Iterable<Finding> {
  const referent = stack.referents(subject, property, [...LOAD_BALANCER_TYPES]);
  if (referent.is === "open") yield undecided(`which load balancer "${property}" is, is not known yet`);
  if (referent.is === "elsewhere")
    yield open(
      `nothing in this stack says whether the load balancer in "${property}" is internal`,
      "Build it beside this one, or look at it by hand.",
    );
  if (referent.is !== "found") return;
  for (const balancer of referent.subjects) {
    const internal = balancer.flag("internal");
    if (internal.is === "unknown") yield undecided(`whether ${balancer.name} is internal is not known yet`);
    else if (internal.is === "absent" || !internal.value)
      yield violation(`"${property}" is ${balancer.name}, which is internet-facing`);
  }
}
