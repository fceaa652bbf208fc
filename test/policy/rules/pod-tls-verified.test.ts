import { undecided, violation } from "../../../policy/frame/finding.ts";
import { podTlsVerified } from "../../../policy/rules/pod-tls-verified.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const env = (...variables: Declared["inputs"][]): Declared["inputs"] => ({
  spec: { template: { spec: { containers: [{ env: variables.map((one) => ({ ...one })) }] } } },
});
const AT = "spec.template.spec.containers[0].env[0]";

describeRule(podTlsVerified, {
  type: "kubernetes:apps/v1:Deployment",
  sound: {
    ...env(
      { name: "PGSSLMODE", value: "verify-full" },
      { name: "CLICKHOUSE_SERVER_NAME", value: "clickhouse.example" },
    ),
  },
  absent: [],
  cases: {
    "refuses a switch of the language's own": {
      inputs: { ...env({ name: "NODE_TLS_REJECT_UNAUTHORIZED", value: "0" }) },
      finds: [violation(`"${AT}.value" of NODE_TLS_REJECT_UNAUTHORIZED switches verification off`)],
    },
    "refuses encryption that does not look at the name": {
      inputs: { ...env({ name: "PGSSLMODE", value: "require" }) },
      finds: [violation(`"${AT}.value" of PGSSLMODE switches verification off`)],
    },
    "leaves a switch of a harmless value alone": { inputs: { ...env({ name: "X_SSL_VERIFY", value: "true" }) } },
    "cannot decide a switch whose value comes from elsewhere": {
      inputs: { ...env({ name: "PGSSLMODE", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }) },
      finds: [undecided(`"${AT}.value" of PGSSLMODE may switch verification off, and is not known`)],
    },
    "cannot decide while the name is not known": {
      inputs: { ...env({ name: UNKNOWN, value: "0" }) },
      finds: [undecided(`"${AT}.name" is not known yet: it may be a switch`)],
    },
    "leaves other values alone while they are not known": { inputs: { ...env({ name: "HOST", value: UNKNOWN }) } },
  },
});
