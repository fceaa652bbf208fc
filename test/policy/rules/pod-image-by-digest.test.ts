import { undecided, violation } from "../../../policy/frame/finding.ts";
import { podImageByDigest } from "../../../policy/rules/pod-image-by-digest.ts";
import { describeRule } from "../support/table.ts";

const DIGEST = `corpai/mcp@sha256:${"0".repeat(64)}`;
const AT = '"spec.template.spec.containers[0].image"';

describeRule(podImageByDigest, {
  type: "kubernetes:apps/v1:Deployment",
  sound: { spec: { template: { spec: { containers: [{ image: DIGEST }] } } } },
  absent: [],
  cases: {
    "refuses a tag, which can be moved": {
      set: { "spec.template.spec.containers.0.image": "corpai/mcp:1.2.3" },
      finds: [violation(`${AT} names no digest`)],
    },
    "refuses a digest that is cut short": {
      set: { "spec.template.spec.containers.0.image": "corpai/mcp@sha256:00" },
      finds: [violation(`${AT} names no digest`)],
    },
    "cannot decide while it is not known": {
      unknown: ["spec.template.spec.containers.0.image"],
      finds: [undecided(`${AT} is not known yet`, "Give it as a plain value.")],
    },
  },
});
