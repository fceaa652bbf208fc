import { mustBe } from "../frame/expectations.ts";
import { type Finding, type Located, undecided } from "../frame/finding.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";
import { ENDPOINT_TYPE } from "../reading/subnet-lists.ts";

const VPC_TYPE = "aws:ec2/vpc:Vpc";

function* dns(vpc: Subject): Iterable<Finding> {
  const fix = `Set enableDnsSupport and enableDnsHostnames of ${vpc.name} to true.`;
  yield* mustBe(vpc, "enableDnsSupport", true, { wrong: `of its VPC ${vpc.name} is false`, fix });
  yield* mustBe(vpc.judgedAlone ? vpc.given : vpc, "enableDnsHostnames", true, {
    absent: `in its VPC ${vpc.name}, and AWS then leaves it off`,
    wrong: `of its VPC ${vpc.name} is false`,
    fix,
  });
}

export const endpointVpcDns = rule({
  name: "endpoint-vpc-dns",
  title: "A VPC with private DNS names resolves them",
  says: "The VPC of an endpoint with private DNS has DNS support and DNS hostnames.",
  why: "AWS refuses private DNS without both, after half of the stack has been built.",
  severity: "high",
  set: "baseline",
  topics: ["privatelink", "network"],
  references: nist("SC-20", "SC-7"),
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
  fix: "Set enableDnsSupport and enableDnsHostnames of the VPC to true.",
  types: new Set([ENDPOINT_TYPE]),

  *stack(stack): Iterable<Located> {
    for (const at of stack.of([ENDPOINT_TYPE])) {
      const wanted = at.flag("privateDnsEnabled");
      if (wanted.is === "absent" || (wanted.is === "known" && !wanted.value)) continue;
      const referent = stack.referents(at, "vpcId", [VPC_TYPE]);
      // AWS itself refuses what is wrong with a VPC of elsewhere.
      for (const finding of referent.is === "found" ? referent.subjects.flatMap((vpc) => [...dns(vpc)]) : [])
        yield {
          ...(wanted.is === "unknown"
            ? undecided(`whether it has private DNS is not known yet; if so, ${finding.what}`)
            : finding),
          at,
        };
      if (referent.is === "open") yield { ...undecided("which VPC it is in, is not known yet"), at };
    }
  },
});
