import { undecided, violation } from "../../../policy/frame/finding.ts";
import { imdsV2Required } from "../../../policy/rules/imds-v2-required.ts";
import { describeRule } from "../support/table.ts";

const TOKENS = "metadataOptions.httpTokens";
const HOPS = "metadataOptions.httpPutResponseHopLimit";
const absent = violation(`"${TOKENS}" is not set, and AWS may then answer without a token`);

describeRule(imdsV2Required, {
  type: "aws:ec2/launchTemplate:LaunchTemplate",
  sound: { metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 } },
  absent: [absent],
  beyondRemedy: /HopLimit/,
  cases: {
    "refuses version 1": {
      set: { [TOKENS]: "optional" },
      finds: [violation(`"${TOKENS}" is not required`)],
    },
    "refuses answers that go further than a pod": {
      set: { [HOPS]: 3 },
      finds: [violation(`"${HOPS}" is more than 2`)],
    },
    "passes AWS's own limit": { unset: [HOPS] },
    "asks instances and launch configurations as well": {
      type: "aws:ec2/instance:Instance",
      inputs: {},
      finds: [absent],
    },
    "cannot decide while it is not known": {
      unknown: [TOKENS],
      finds: [undecided(`"${TOKENS}" is not known yet`, "Give it as a plain value.")],
    },
  },
});
