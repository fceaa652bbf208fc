import { type Properties, readText } from "./guarded.ts";

/** AWS's one load balancer goes by two names in today's SDK; the other two are what older SDKs and their states call it. */
export const LOAD_BALANCER_TYPES: ReadonlySet<string> = new Set([
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer",
  "aws:applicationloadbalancing/loadBalancer:LoadBalancer",
]);

/** Whether these are the properties of a network load balancer. AWS makes an application load balancer where no type is given. */
export function isNetworkLoadBalancer(properties: Properties): boolean | "unknown" {
  const type = readText(properties, "loadBalancerType");
  if (type.is === "unknown") return "unknown";
  return type.is === "known" && type.value === "network";
}
