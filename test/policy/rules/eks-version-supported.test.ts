import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { eksVersionSupported } from "../../../policy/rules/eks-version-supported.ts";
import { describeRule } from "../support/table.ts";

const ended = (when: string): Finding => violation(`"version" is one whose standard support ended ${when}`);

describeRule(eksVersionSupported, {
  type: "aws:eks/cluster:Cluster",
  sound: { version: "1.35" },
  absent: [],
  cases: {
    "refuses a version whose day has passed": { set: { version: "1.33" }, finds: [ended("on 2026-07-29")] },
    "passes one whose day comes in two weeks": { set: { version: "1.34" } },
    "refuses one that is older than the table": { set: { version: "1.27" }, finds: [ended("long ago")] },
    "passes one that is younger": { set: { version: "1.99" } },
    "reads a version that YAML has made a number": { set: { version: 1.33 }, finds: [ended("on 2026-07-29")] },
    "cannot decide while it is not known": {
      unknown: ["version"],
      finds: [undecided('"version" is not known yet', "Give it as a plain value.")],
    },
  },
});
