import { each, givePlain, mustBe } from "../frame/expectations.ts";
import { type Finding, undecided, violation } from "../frame/finding.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";
import { declaredKind } from "../reading/subnet-kinds.ts";

const SUBNET = "aws:ec2/subnet:Subnet";
const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const EIP = "aws:ec2/eip:Eip";
const ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation";

const GIVEN = "gives it an address of the internet";

/** Subnets that say themselves that they are public hold NAT gateways; what else is put there, other rules refuse. */
function* subnet(subject: Subject): Iterable<Finding> {
  const kind = declaredKind(subject);
  if (kind.is === "known" && kind.value === "public") return;
  const mapped = subject.flag("mapPublicIpOnLaunch");
  if (kind.is === "unknown" && mapped.is === "known" && mapped.value)
    yield undecided('"mapPublicIpOnLaunch" is true, and whether it is a public subnet is not known yet', givePlain());
  else yield* mustBe(subject, "mapPublicIpOnLaunch", false);
}

function* elastic(subject: Subject): Iterable<Finding> {
  for (const path of ["instance", "instanceId", "networkInterface", "networkInterfaceId"]) {
    const found = subject.read(path);
    // An id that is not known yet is one all the same.
    if (found.is !== "absent") yield violation(`"${path}" ${GIVEN}`, "Take the association away.");
  }
}

export const noPublicIp = rule({
  name: "no-public-ip",
  title: "No public addresses",
  says: "Nothing but a NAT gateway has an address of the internet.",
  why: "What has a public address is one route and one group rule away from everybody.",
  severity: "critical",
  set: "baseline",
  topics: ["network", "exposure"],
  references: [...securityHub("EC2.9", "EC2.15", "EC2.25"), ...nist("SC-7(5)", "AC-4")],
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",
  fix: "Set it to false.",
  types: new Set([SUBNET, INSTANCE, TEMPLATE, EIP, ASSOCIATION]),
  remedies: [{ types: new Set([INSTANCE]), set: { associatePublicIpAddress: false } }],

  *resource(subject) {
    if (subject.type === SUBNET) yield* subnet(subject);
    else if (subject.type === INSTANCE) yield* mustBe(subject, "associatePublicIpAddress", false);
    else if (subject.type === TEMPLATE)
      yield* each(subject, "networkInterfaces", (one) => mustBe(one, "associatePublicIpAddress", false));
    else yield* elastic(subject);
  },
});
