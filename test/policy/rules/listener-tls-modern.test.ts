import { undecided, violation } from "../../../policy/frame/finding.ts";
import { listenerTlsModern } from "../../../policy/rules/listener-tls-modern.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const old = violation('"sslPolicy" allows TLS before 1.2, or is not known to this rule');

describeRule(listenerTlsModern, {
  type: "aws:lb/listener:Listener",
  sound: { protocol: "TLS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06", certificateArn: UNKNOWN },
  absent: [],
  cases: {
    "refuses a policy that speaks older TLS": { set: { sslPolicy: "ELBSecurityPolicy-2016-08" }, finds: [old] },
    "refuses one of TLS 1.0 by its newer name": {
      set: { sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" },
      finds: [old],
    },
    "refuses AWS's default": {
      unset: ["sslPolicy"],
      finds: [violation('"sslPolicy" is not set, and AWS then takes one of 2016, which speaks TLS 1.0')],
    },
    "refuses TLS without a certificate": {
      unset: ["certificateArn"],
      finds: [violation('"certificateArn" is not set, without which there is no TLS', "Name the certificate.")],
    },
    "asks HTTPS as well": { set: { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-2016-08" }, finds: [old] },
    "leaves TCP alone, whose TLS ends at the target": { inputs: { protocol: "TCP" } },
    "can be told other policies": {
      set: { sslPolicy: "ELBSecurityPolicy-FS-1-2-Res-2020-10" },
      options: { allowedPolicies: ["ELBSecurityPolicy-FS-1-2-"] },
    },
    "cannot decide while the policy is not known": {
      unknown: ["sslPolicy"],
      finds: [undecided('"sslPolicy" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while the protocol is not known": {
      inputs: { protocol: UNKNOWN },
      finds: [undecided('"protocol" is not known yet, and TLS would need a policy and a certificate')],
    },
  },
});
