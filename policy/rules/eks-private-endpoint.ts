import { mustBe } from "../frame/expectations.ts";
import { cisEks, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { CLUSTER_TYPE } from "../reading/subnet-lists.ts";

export const eksPrivateEndpoint = rule({
  name: "eks-private-endpoint",
  title: "The Kubernetes API is private",
  says: "A cluster's Kubernetes API is reached from inside its VPC only.",
  why: "An API server on the internet is a login form for the whole platform.",
  severity: "critical",
  set: "baseline",
  topics: ["kubernetes", "exposure"],
  references: [...cisEks("5.4.1", "5.4.2"), ...securityHub("EKS.1"), ...nist("SC-7(5)", "AC-17")],
  url: "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
  fix: "Set endpointPublicAccess: false and endpointPrivateAccess: true.",
  caution: "Have a way into the VPC before: a VPN, or a runner inside.",
  types: new Set([CLUSTER_TYPE]),

  *resource(cluster) {
    yield* mustBe(cluster, "vpcConfig.endpointPublicAccess", false, { absent: "and AWS then makes it public" });
    yield* mustBe(cluster, "vpcConfig.endpointPrivateAccess", true, {
      absent: "and AWS then leaves the VPC without a way to the API",
    });
  },
});
