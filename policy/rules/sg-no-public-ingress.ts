import { holdsPublicAddresses } from "../../model/public-addresses.ts";
import { givePlain, notKnown } from "../frame/expectations.ts";
import { at, type Finding, open, undecided, violation } from "../frame/finding.ts";
import { texts } from "../frame/options.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";
import type { StackView } from "../frame/stack-view.ts";
import {
  cidrsOf,
  OPENING_TYPES,
  type Opening,
  openingsOf,
  PREFIX_LIST_PATHS,
  prefixListsOf,
} from "../reading/openings.ts";

const LISTS = new Set(["aws:ec2/managedPrefixList:ManagedPrefixList"]);
const ENTRIES = new Set(["aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"]);

const INGRESS = notKnown('"ingress"');

/** What cannot be told about ingress as a whole is told of what would be refused only. */
const weighed = (finding: Finding, { uncertain }: Opening): Finding =>
  uncertain ? undecided(`whether it is ingress is not known yet; if so, ${finding.what}`) : finding;

function judgeCidr(where: string, cidr: string, allowed: readonly string[]): Finding | undefined {
  if (allowed.includes(cidr)) return undefined;
  const open = holdsPublicAddresses(cidr);
  if (open === undefined) return violation(`${where} is no CIDR`, "Give a CIDR, such as 10.40.0.0/16.");
  return open ? violation(`${where} admits ${cidr}, which holds addresses of the internet`) : undefined;
}

function* openCidrs(subject: Subject, allowed: readonly string[]): Iterable<Finding> {
  const openings = openingsOf(subject);
  if (openings.is === "unknown") yield undecided(INGRESS, givePlain());
  if (openings.is !== "known") return;
  for (const opening of openings.value) {
    if (opening.is !== "known") {
      yield undecided(INGRESS, givePlain());
      continue;
    }
    for (const { where, value } of cidrsOf(opening.value)) {
      if (value.is === "unknown") yield undecided(notKnown(where), givePlain());
      const finding = value.is === "known" ? judgeCidr(where, value.value, allowed) : undefined;
      if (finding) yield weighed(finding, opening.value);
    }
  }
}

/** What prefix lists of the stack hold; those of elsewhere nobody here can look into. */
function* openPrefixLists(
  stack: StackView,
  subject: Subject,
  opening: Opening,
  { allowedCidrs, allowedPrefixLists }: { allowedCidrs: readonly string[]; allowedPrefixLists: readonly string[] },
): Iterable<Finding> {
  for (const { where, value } of prefixListsOf(opening)) {
    if (value.is === "known" && allowedPrefixLists.includes(value.value)) continue;
    const leaf = where.includes("[") ? PREFIX_LIST_PATHS.list : PREFIX_LIST_PATHS.text;
    const path = opening.path === "" ? leaf : `${opening.path}.${leaf}`;
    const referent = stack.referents(subject, path, [...LISTS]);
    if (referent.is === "found") {
      for (const list of referent.subjects) yield* entriesOf(stack, list, where, allowedCidrs);
      continue;
    }
    yield value.is === "unknown"
      ? undecided(`which prefix list ${where} is, is not known yet`)
      : open(
          `nothing in this stack says what the prefix list in ${where} holds`,
          "Admit CIDRs or groups, or name it in allowedPrefixLists of this rule.",
        );
  }
}

function* entriesOf(stack: StackView, list: Subject, where: string, allowed: readonly string[]): Iterable<Finding> {
  const inline = list.parts("entries");
  const standalone = stack
    .of(ENTRIES)
    .map((entry) => ({ entry, referent: stack.referents(entry, "prefixListId", [...LISTS]) }))
    .filter(({ referent }) => referent.is === "open" || (referent.is === "found" && referent.subjects.includes(list)));
  const cidrs = [
    ...(inline.is === "known"
      ? inline.value.map((entry) => (entry.is === "known" ? entry.value.text("cidr") : entry))
      : []),
    ...standalone.map(({ entry, referent }) => (referent.is === "open" ? referent : entry.text("cidr"))),
  ];
  if (inline.is === "unknown" || cidrs.some(({ is }) => is === "unknown" || is === "open"))
    yield undecided(`what prefix list ${list.name} holds is not known yet`, givePlain());
  for (const cidr of cidrs) {
    const finding =
      cidr.is === "known" ? judgeCidr(`${where}, prefix list ${list.name},`, cidr.value, allowed) : undefined;
    if (finding) yield finding;
  }
}

export const sgNoPublicIngress = rule({
  name: "sg-no-public-ingress",
  title: "No ingress from the internet",
  says: "A security group admits nothing from addresses of the internet, however that is spelled.",
  why: "Whatever a private service carries has to come from inside: its VPC, a peer, or a PrivateLink client's private address.",
  severity: "critical",
  set: "baseline",
  topics: ["network", "exposure"],
  references: [
    ...cis("5.2", "5.3"),
    ...securityHub("EC2.18", "EC2.19", "EC2.53", "EC2.54"),
    ...nist("SC-7(5)", "AC-4(21)"),
  ],
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  fix: "Admit private CIDRs or a security group.",
  caution: "A public address that has to be admitted belongs in allowedCidrs, or is an exemption with a day.",
  options: {
    allowedCidrs: texts("CIDRs of the internet that may be admitted all the same, exactly as they are written", []),
    allowedPrefixLists: texts("Ids of prefix lists of elsewhere that hold nothing public", []),
  },
  types: OPENING_TYPES,

  *resource(subject, { options }) {
    yield* openCidrs(subject, options.allowedCidrs);
  },

  *stack(stack, { options }) {
    for (const subject of stack.of(OPENING_TYPES)) {
      const openings = openingsOf(subject);
      if (openings.is !== "known") continue;
      for (const opening of openings.value) {
        if (opening.is !== "known") continue;
        const findings = [...openPrefixLists(stack, subject, opening.value, options)];
        yield* at(
          subject,
          findings.map((finding) => weighed(finding, opening.value)),
        );
      }
    }
  },
});
