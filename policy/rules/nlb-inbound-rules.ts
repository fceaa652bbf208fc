import { expects, mustHaveSome } from "../frame/expectations.ts";
import { type Finding, undecided } from "../frame/finding.ts";
import type { Fields } from "../frame/fields.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { isNetworkLoadBalancer, LOAD_BALANCER_TYPES } from "../reading/load-balancers.ts";

const ENFORCEMENT = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic";

function* judge(balancer: Fields): Iterable<Finding> {
  yield* mustHaveSome(
    balancer,
    "securityGroups",
    "and AWS never lets it have one later",
    "Give it a group when it is created.",
  );
  yield* expects(balancer.text(ENFORCEMENT), `"${ENFORCEMENT}"`, (value) => value === "on" || value === "off", {
    absent: "so whether its group judges PrivateLink clients is AWS's default and nobody's decision",
    wrong: "is neither on nor off",
  });
}

export const nlbInboundRules = rule({
  name: "nlb-inbound-rules",
  title: "Network load balancers decide about PrivateLink clients",
  says: "A network load balancer has a security group, and says whether that judges PrivateLink traffic.",
  why: "Its group sees the client's own address: a rule for the VPC's CIDR drops all that PrivateLink brings, silently.",
  severity: "high",
  set: "baseline",
  topics: ["privatelink", "network"],
  references: [...corpai("step 1"), ...nist("SC-7(5)", "AC-4")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html",
  fix: `Set ${ENFORCEMENT} to "on", with the clients' CIDR in the group, or to "off", with principals on the endpoint service.`,
  types: LOAD_BALANCER_TYPES,

  *resource(balancer) {
    const network = isNetworkLoadBalancer(balancer);
    if (network === false) return;
    const findings = [...judge(balancer)];
    if (network === true) yield* findings;
    else if (findings.length > 0)
      yield undecided(
        "whether it is a network load balancer, which has to decide about PrivateLink clients, is not known yet",
      );
  },
});
