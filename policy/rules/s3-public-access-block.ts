import { mustBe } from "../frame/expectations.ts";
import { type Located, undecided, violation } from "../frame/finding.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const SETTINGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const s3PublicAccessBlock = rule({
  name: "s3-public-access-block",
  title: "Buckets block public access",
  says: "A bucket has a public access block with all four settings on.",
  why: "One policy or one ACL written in haste is all that it takes otherwise.",
  severity: "high",
  set: "baseline",
  topics: ["data", "exposure"],
  references: [...cis("2.1.4"), ...securityHub("S3.2", "S3.8"), ...nist("AC-3", "SC-7(5)")],
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
  fix: `Set ${SETTINGS.join(", ")} to true in a BucketPublicAccessBlock.`,
  types: new Set([BLOCK, ...BUCKETS]),
  remedies: [{ types: new Set([BLOCK]), set: Object.fromEntries(SETTINGS.map((setting) => [setting, true])) }],

  *resource(subject) {
    if (subject.type !== BLOCK) return;
    for (const setting of SETTINGS) yield* mustBe(subject, setting, true, { absent: "and AWS then leaves it off" });
  },

  *stack(stack): Iterable<Located> {
    const blocks = stack.of([BLOCK]).map((block) => stack.referents(block, "bucket", BUCKETS));
    const open = blocks.some(({ is }) => is === "open");
    for (const at of stack.of(BUCKETS)) {
      if (blocks.some((block) => block.is === "found" && block.subjects.includes(at))) continue;
      // A block may name a bucket whose name is not known yet.
      const nameless = blocks.length > 0 && at.read("bucket").is === "unknown";
      const finding =
        open || nameless
          ? undecided("whether a public access block is for it is not known yet")
          : violation("no public access block is for it");
      yield { ...finding, at };
    }
  },
});
