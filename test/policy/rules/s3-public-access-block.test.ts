import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { s3PublicAccessBlock } from "../../../policy/rules/s3-public-access-block.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const BUCKET: Declared = { type: "aws:s3/bucket:Bucket", name: "state", inputs: { bucket: "corpai-state" } };
const ON = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const nothing = violation("no public access block is for it");
const off = (setting: string): Finding => violation(`"${setting}" is not set, and AWS then leaves it off`);

describeRule(s3PublicAccessBlock, {
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  sound: { bucket: UNKNOWN, ...ON },
  from: { bucket: ["state"] },
  beside: [BUCKET],
  absent: Object.keys(ON).map(off),
  absentBeside: { state: [nothing] },
  cases: {
    "refuses a setting that is off": {
      set: { ignorePublicAcls: false },
      finds: [violation('"ignorePublicAcls" is false')],
    },
    "refuses a bucket without, of any of the SDK's names": {
      inputs: { bucket: "another", ...ON },
      from: {},
      beside: [BUCKET, { type: "aws:s3/bucketV2:BucketV2", name: "logs", inputs: {} }],
      elsewhere: { state: [nothing], logs: [nothing] },
    },
    "finds the bucket by its plain name": { inputs: { bucket: "corpai-state", ...ON }, from: {} },
    "cannot decide while a setting is not known": {
      unknown: ["blockPublicAcls"],
      finds: [undecided('"blockPublicAcls" is not known yet', "Give it as a plain value: blockPublicAcls: true.")],
    },
    "cannot decide while it is not known which bucket it is for": {
      from: {},
      elsewhere: { state: [undecided("whether a public access block is for it is not known yet")] },
    },
  },
});
