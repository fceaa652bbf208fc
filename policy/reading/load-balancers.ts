import type { Fields } from "../frame/fields.ts";

/** AWS's one load balancer goes by two names in today's SDK; the other two are what older SDKs and their states call it. */
export const LOAD_BALANCER_TYPES: ReadonlySet<string> = new Set([
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer",
  "aws:applicationloadbalancing/loadBalancer:LoadBalancer",
]);

const namesOf = (resource: string): ReadonlySet<string> =>
  new Set(
    ["lb", "alb", "elasticloadbalancingv2", "applicationloadbalancing"].map(
      (module) => `aws:${module}/${resource[0]?.toLowerCase() ?? ""}${resource.slice(1)}:${resource}`,
    ),
  );

/** By the same four names. */
export const LISTENER_TYPES = namesOf("Listener");
export const TARGET_GROUP_TYPES = namesOf("TargetGroup");
export const TARGET_GROUP_ATTACHMENT_TYPES = namesOf("TargetGroupAttachment");

/** Whether this is a network load balancer. AWS makes an application load balancer where no type is given. */
export function isNetworkLoadBalancer(balancer: Fields): boolean | "unknown" {
  const type = balancer.text("loadBalancerType");
  if (type.is === "unknown") return "unknown";
  return type.is === "known" && type.value === "network";
}
