import { givePlain, notKnown } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { whole } from "../frame/options.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { cidrsOf, OPENING_TYPES, type Opening, openingsOf, prefixListsOf } from "../reading/openings.ts";

const ALL_PROTOCOLS = ["-1", "all"];

/** How many ports a rule opens; every one of them where it is for all protocols. */
function portsOf({ fields }: Opening): number | "all" | "unknown" {
  const protocols = [fields.text("ipProtocol"), fields.text("protocol")];
  if (protocols.some((one) => one.is === "known" && ALL_PROTOCOLS.includes(one.value.toLowerCase()))) return "all";
  const [from, to] = [fields.number("fromPort"), fields.number("toPort")];
  if (protocols.some(({ is }) => is === "unknown") || from.is === "unknown" || to.is === "unknown") return "unknown";
  return from.is === "known" && to.is === "known" ? to.value - from.value + 1 : 0;
}

export const sgNoWideIngress = rule({
  name: "sg-no-wide-ingress",
  title: "Ingress from addresses names its ports",
  says: "An ingress rule for CIDRs or prefix lists opens few ports.",
  why: "A service has a port; a rule that opens a range of them opens what nobody meant, to everybody in the CIDR.",
  severity: "high",
  set: "baseline",
  topics: ["network", "exposure"],
  references: [...securityHub("EC2.18", "EC2.19"), ...nist("CM-7", "SC-7(5)")],
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  fix: "Name the service's port, or admit a security group in place of a CIDR.",
  options: { maximumPorts: whole("Most ports that one rule may open", 10, 1) },
  types: OPENING_TYPES,

  *resource(subject, { options: { maximumPorts } }) {
    const openings = openingsOf(subject);
    if (openings.is === "unknown") yield undecided(notKnown('"ingress"'), givePlain());
    if (openings.is !== "known") return;
    for (const opening of openings.value) {
      if (opening.is !== "known") {
        yield undecided(notKnown('"ingress"'), givePlain());
        continue;
      }
      if ([...cidrsOf(opening.value), ...prefixListsOf(opening.value)].length === 0) continue;
      const ports = portsOf(opening.value);
      const where = opening.value.path === "" ? "it" : `"${opening.value.path}"`;
      if (ports === "unknown") yield undecided(`which ports ${where} opens is not known yet`, givePlain());
      else if (ports === "all" || ports > maximumPorts) {
        const what = `${where} opens ${ports === "all" ? "every port" : `${ports} ports`} to a range of addresses`;
        yield opening.value.uncertain
          ? undecided(`whether it is ingress is not known yet; if so, ${what}`)
          : violation(`${what}; ${maximumPorts} at most are allowed`);
      }
    }
  },
});
