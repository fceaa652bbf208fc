import { undecided, violation } from "../../../policy/frame/finding.ts";
import { serviceNotPublic } from "../../../policy/rules/service-not-public.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const asks = violation("it does not ask for an internal load balancer");

describeRule(serviceNotPublic, {
  type: "kubernetes:core/v1:Service",
  sound: { metadata: { annotations: { [SCHEME]: "internal" } }, spec: { type: "LoadBalancer" } },
  absent: [],
  cases: {
    "refuses a load balancer that does not say": { inputs: { spec: { type: "LoadBalancer" } }, finds: [asks] },
    "refuses one that faces the internet": {
      inputs: { metadata: { annotations: { [SCHEME]: "internet-facing" } }, spec: { type: "LoadBalancer" } },
      finds: [asks],
    },
    "passes the older annotation": {
      inputs: {
        metadata: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" } },
        spec: { type: "LoadBalancer" },
      },
    },
    "leaves services inside of the cluster alone": { inputs: { spec: { type: "ClusterIP" } } },
    "refuses an Ingress that does not say": {
      type: "kubernetes:networking.k8s.io/v1:Ingress",
      inputs: { spec: { rules: [] } },
      finds: [asks],
    },
    "cannot decide while the type is not known": {
      inputs: { spec: { type: UNKNOWN } },
      finds: [undecided("whether it asks for an internal load balancer is not known yet")],
    },
    "cannot decide while the annotations are not known": {
      inputs: { metadata: { annotations: UNKNOWN }, spec: { type: "LoadBalancer" } },
      finds: [undecided("whether it asks for an internal load balancer is not known yet")],
    },
  },
});
