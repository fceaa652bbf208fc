import { undecided, violation } from "../frame/finding.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const SERVICE = "kubernetes:core/v1:Service";
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const SCHEMES = ["service.beta.kubernetes.io/aws-load-balancer-scheme", "alb.ingress.kubernetes.io/scheme"];
const LEGACY = "service.beta.kubernetes.io/aws-load-balancer-internal";

export const serviceNotPublic = rule({
  name: "service-not-public",
  title: "Kubernetes builds no public load balancers",
  says: "A Service of type LoadBalancer, and an Ingress, ask for an internal load balancer.",
  why: "What a controller in the cluster builds, no rule about load balancers ever sees.",
  severity: "critical",
  set: "baseline",
  topics: ["kubernetes", "exposure"],
  references: nist("SC-7(5)", "AC-4"),
  url: "https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html",
  fix: "Use type ClusterIP, or annotate it with aws-load-balancer-scheme: internal.",
  types: new Set([SERVICE, INGRESS]),

  *resource(subject) {
    const type = subject.text("spec.type");
    if (subject.type === SERVICE && (type.is === "absent" || (type.is === "known" && type.value !== "LoadBalancer")))
      return;
    const schemes = SCHEMES.map((key) => subject.text(["metadata", "annotations", key]));
    const legacy = subject.flag(["metadata", "annotations", LEGACY]);
    if (schemes.some((one) => one.is === "known" && one.value === "internal")) return;
    if (legacy.is === "known" && legacy.value) return;
    const open = [...schemes, legacy, ...(subject.type === SERVICE ? [type] : [])].some(({ is }) => is === "unknown");
    if (open) yield undecided("whether it asks for an internal load balancer is not known yet");
    else yield violation("it does not ask for an internal load balancer");
  },
});
