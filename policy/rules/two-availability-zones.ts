import { AZ_ID, MINIMUM_AZS } from "../../model/zones.ts";
import { at, type Finding, open, undecided, violation } from "../frame/finding.ts";
import { corpai, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";
import { type Permission, permissionOf } from "../reading/single-az.ts";
import { SPREAD_TYPES, type Spread, spreadOf } from "../reading/subnet-lists.ts";
import { SUBNET_TYPES, type Zones, zonesOf } from "../reading/zones-of-subnets.ts";

/** One resource that has to stand in two AZs, and what there is to judge it by. */
interface Standing {
  readonly spread: Spread;
  /** Our components around it, nearest first. */
  readonly components: readonly Subject[];
  /** What the nearest of them was allowed. */
  readonly permission: Permission;
}

/** Why a resource is short of AZs. */
interface Shortfall {
  readonly what: string;
  /** It has one AZ, which `singleAz` can allow; to have none nothing can. */
  readonly one: boolean;
}

const OWNER = {
  "network load balancer": "CorpAI's rule, not AWS's",
  cluster: "AWS's rule too",
  "interface endpoint": "CorpAI's rule, not AWS's",
} as const satisfies Record<Spread["kind"], string>;

const WIDEN = `Name one subnet in each of ${MINIMUM_AZS} or more AZs.`;
const AZ_NAME = /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/;

/** Only what looks like an AZ is printed: policies see secrets in clear. */
const inWords = (zones: readonly string[]): string =>
  zones.length === 0
    ? "no AZ"
    : zones.map((zone) => (AZ_ID.test(zone) || AZ_NAME.test(zone) ? zone : "(something that is no AZ)")).join(", ");

function standingOf(subject: Subject, today: string): Standing | undefined {
  const spread = spreadOf(subject);
  if (spread === undefined) return undefined;
  const components = subject.ancestors.filter(({ type }) => type.startsWith("corpai:"));
  return { spread, components, permission: permissionOf(components[0], today) };
}

/** By the number of subnets alone, which no statement about AZs can mend. */
function shortOfSubnets({ path, subnetIds }: Spread): Shortfall | undefined {
  if (subnetIds.is === "unknown") return undefined;
  const ids = subnetIds.is === "known" ? subnetIds.value : [];
  const distinct = new Set(ids.map((id, index) => (id.is === "known" ? id.value : index)));
  if (distinct.size >= MINIMUM_AZS) return undefined;
  return distinct.size === 0
    ? { what: `"${path}" names no subnet`, one: false }
    : { what: `"${path}" names one subnet only`, one: true };
}

/** A list of texts, all of them known; anything else is no such list. */
function statedIn(component: Subject): readonly string[] | undefined {
  const list = component.list("azIds");
  if (list.is !== "known") return undefined;
  const texts = list.value.flatMap(({ is, ...rest }) =>
    is === "known" && "value" in rest && typeof rest.value === "string" ? [rest.value] : [],
  );
  return texts.length === list.value.length ? texts : undefined;
}

/** By the AZs that the nearest component of ours that does so states; undefined if none does. */
function shortByStatement({ components }: Standing): Shortfall | "enough" | undefined {
  for (const component of components) {
    const azIds = statedIn(component);
    if (azIds === undefined) continue;
    const distinct = [...new Set(azIds)];
    if (distinct.length >= MINIMUM_AZS) return "enough";
    const what = `"azIds" of ${component.type} ${component.name} states ${inWords(distinct)} only`;
    return { what, one: distinct.length > 0 };
  }
  return undefined;
}

/** What to do about it, and what `singleAz` has to do with it. */
function wayOut(permission: Permission): string {
  switch (permission.is) {
    case "none":
      return `${WIDEN} Or accept one AZ for a while: singleAz: { reason, until } in the registration.`;
    case "unreadable":
      return `Its "singleAz" allows nothing: it needs a plain reason and a plain ISO date as "until".`;
    case "given":
      return `Its "singleAz" ended on ${permission.until}. ${WIDEN} Or renew "until" with a reason.`;
  }
}

function tooFew({ spread, permission }: Standing, { what, one }: Shortfall): Finding {
  const required = `at least ${MINIMUM_AZS} AZs are required (${OWNER[spread.kind]})`;
  const permissible = spread.kind === "interface endpoint" && one;
  if (spread.uncertain)
    return undecided(
      `whether it is one of the ${spread.kind}s is not known yet; if so, ${what}, and ${required}`,
      WIDEN,
    );
  if (permissible && permission.is === "given" && !permission.lapsed)
    return {
      is: "allowed",
      what: `${what}; "singleAz" allows that until ${permission.until}`,
      fix: "Widen it before.",
    };
  return violation(`${what}; ${required}`, permissible ? wayOut(permission) : WIDEN);
}

/** By the AZs of the subnets; where they do not decide, by those that our component states; else not at all. */
function* byZones(standing: Standing, zones: Zones): Iterable<Finding> {
  const { path } = standing.spread;
  if (zones.are === "enough") return;
  if (zones.are === "too few") {
    yield tooFew(standing, { what: `the subnets in "${path}" are all in ${inWords(zones.zones)}`, one: true });
    return;
  }
  const stated = shortByStatement(standing);
  if (stated === "enough") return;
  const which = `which AZs the subnets in "${path}" are in`;
  if (stated !== undefined) yield tooFew(standing, stated);
  else if (zones.untilUpdate) yield undecided(`${which} is not known yet`, "Name subnets whose AZs are plain values.");
  else yield open(`nothing in this stack says ${which}`, 'Let its component pass "azIds" to super().');
}

export const twoAvailabilityZones = rule({
  name: "two-availability-zones",
  title: "Two availability zones",
  says: "A cluster, a network load balancer or an interface endpoint stands in at least two AZs.",
  why: "One AZ less is a path less: an endpoint reaches a service only in AZs that both have.",
  severity: "high",
  set: "baseline",
  topics: ["privatelink", "availability"],
  references: [...corpai("prerequisites"), ...securityHub("ELB.13"), ...nist("CP-10", "SC-36")],
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html",
  fix: WIDEN,
  caution: "For an endpoint, singleAz: { reason, until } in its registration accepts one AZ until that day.",
  types: SPREAD_TYPES,

  // How many subnets there are stands in a resource's inputs, and is judged before it is created; in which AZs they are stands in the subnets, and is
  // judged when the whole stack has been shown.
  *resource(subject, { today }) {
    const standing = standingOf(subject, today);
    const shortfall = standing && shortOfSubnets(standing.spread);
    if (standing && shortfall) yield tooFew(standing, shortfall);
  },

  *stack(stack, { today }) {
    for (const subject of stack.of(SPREAD_TYPES)) {
      const standing = standingOf(subject, today);
      if (standing === undefined) continue;
      const { subnetIds, properties } = standing.spread;
      const shortfall = shortOfSubnets(standing.spread);
      if (shortfall === undefined)
        yield* at(
          subject,
          byZones(standing, zonesOf(subnetIds, stack.behind(subject, properties, SUBNET_TYPES), stack)),
        );
      else if (!subject.judgedAlone) yield* at(subject, [tooFew(standing, shortfall)]);
    }
  },
});
