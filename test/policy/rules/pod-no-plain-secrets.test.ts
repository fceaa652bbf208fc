import { undecided, violation } from "../../../policy/frame/finding.ts";
import { podNoPlainSecrets } from "../../../policy/rules/pod-no-plain-secrets.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const env = (...variables: Declared["inputs"][]): Declared["inputs"] => ({
  spec: { template: { spec: { containers: [{ env: variables.map((one) => ({ ...one })) }] } } },
});
const AT = "spec.template.spec.containers[0].env[0]";
const fromSecret = { valueFrom: { secretKeyRef: { name: "s", key: "k" } } };

describeRule(podNoPlainSecrets, {
  type: "kubernetes:apps/v1:Deployment",
  sound: { ...env({ name: "CLICKHOUSE_PASSWORD", ...fromSecret }, { name: "CLICKHOUSE_HOST", value: "vpce-1" }) },
  absent: [],
  cases: {
    "refuses a plain secret, and does not print it": {
      inputs: { ...env({ name: "CLICKHOUSE_PASSWORD", value: "hunter2" }) },
      finds: [violation(`"${AT}.value" is plain`)],
    },
    "knows one by the other words for it": {
      inputs: { ...env({ name: "GITHUB_TOKEN", value: UNKNOWN }) },
      finds: [violation(`"${AT}.value" is plain`)],
    },
    "leaves names alone that only begin so": { inputs: { ...env({ name: "TOKEN_LIFETIME", value: "60" }) } },
    "cannot decide while the name is not known": {
      inputs: { ...env({ name: UNKNOWN, value: "hunter2" }) },
      finds: [undecided(`"${AT}.name" is not known yet, and it has a plain value`)],
    },
  },
});
