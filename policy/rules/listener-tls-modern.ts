import { expects, mustBeGiven } from "../frame/expectations.ts";
import { type Finding, undecided } from "../frame/finding.ts";
import type { Fields } from "../frame/fields.ts";
import { texts } from "../frame/options.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { LISTENER_TYPES } from "../reading/load-balancers.ts";

function* judge(listener: Fields, allowed: readonly string[]): Iterable<Finding> {
  yield* expects(
    listener.text("sslPolicy"),
    '"sslPolicy"',
    (policy) => allowed.some((start) => policy.startsWith(start)),
    {
      absent: "and AWS then takes one of 2016, which speaks TLS 1.0",
      wrong: "allows TLS before 1.2, or is not known to this rule",
    },
  );
  yield* mustBeGiven(listener, "certificateArn", "without which there is no TLS", "Name the certificate.");
}

export const listenerTlsModern = rule({
  name: "listener-tls-modern",
  title: "TLS listeners speak TLS 1.2 or later",
  says: "A TLS listener has a certificate and a policy without TLS 1.0 and 1.1.",
  why: "What the customer's own policy forbids must not be what PrivateLink offers.",
  severity: "high",
  set: "baseline",
  topics: ["privatelink", "encryption"],
  references: [...securityHub("ELB.17"), ...nist("SC-8(1)", "SC-13")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html",
  fix: "Set sslPolicy: ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 or ELBSecurityPolicy-TLS13-1-2-2021-06.",
  options: {
    allowedPolicies: texts("How the names of the policies that may be used begin", [
      "ELBSecurityPolicy-TLS13-1-2-",
      "ELBSecurityPolicy-TLS13-1-3-",
    ]),
  },
  types: LISTENER_TYPES,

  *resource(listener, { options: { allowedPolicies } }) {
    const protocol = listener.text("protocol");
    if (protocol.is === "absent" || (protocol.is === "known" && !["TLS", "HTTPS"].includes(protocol.value))) return;
    const findings = [...judge(listener, allowedPolicies)];
    if (protocol.is === "known") yield* findings;
    else if (findings.length > 0)
      yield undecided('"protocol" is not known yet, and TLS would need a policy and a certificate');
  },
});
