import { expects } from "../frame/expectations.ts";
import { at, type Finding, type Located, undecided, violation } from "../frame/finding.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";

const LOG = "aws:ec2/flowLog:FlowLog";
const VPC = "aws:ec2/vpc:Vpc";

function* complete(log: Subject): Iterable<Finding> {
  yield* expects(log.text("trafficType"), `"trafficType" of ${log.name}`, (type) => type === "ALL", {
    absent: "so accepted or rejected traffic may be missing",
    wrong: "is not ALL, so accepted or rejected traffic is missing",
    fix: "Set trafficType: ALL.",
  });
}

export const flowLogsPresent = rule({
  name: "flow-logs-present",
  title: "VPCs log their traffic",
  says: "A VPC has a flow log of accepted and rejected traffic.",
  why: "After an incident it is the only witness of what went where.",
  severity: "high",
  set: "baseline",
  topics: ["network", "logging"],
  references: [...cis("3.7"), ...securityHub("EC2.6"), ...nist("AU-2", "AU-12", "SI-4")],
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
  fix: "Build a FlowLog for it with trafficType: ALL.",
  types: new Set([VPC]),

  *stack(stack): Iterable<Located> {
    const logs = stack.of([LOG]).map((log) => ({ log, referent: stack.referents(log, "vpcId", [VPC]) }));
    const open = logs.some(({ referent }) => referent.is === "open");
    for (const vpc of stack.of([VPC])) {
      const own = logs.filter(({ referent }) => referent.is === "found" && referent.subjects.includes(vpc));
      const short = own.map(({ log }) => [...complete(log)]);
      if (short.some((findings) => findings.length === 0)) continue;
      const perhaps = short.find((findings) => findings.every(({ is }) => is === "undecided"));
      if (perhaps) yield* at(vpc, perhaps);
      else if (open) yield { ...undecided("whether a flow log is for it is not known yet"), at: vpc };
      else if (own.length === 0) yield { ...violation("no flow log is for it"), at: vpc };
      else yield* at(vpc, short.flat());
    }
  },
});
