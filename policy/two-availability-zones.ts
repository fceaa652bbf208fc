import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { AZ_ID, MINIMUM_AZS } from "../model/zones.ts";
import { readTexts } from "./reading/guarded.ts";
import { ancestorsOf, Inputs, type Registered, type Registry } from "./reading/registered.ts";
import { type Permission, permissionOf } from "./reading/single-az.ts";
import { type Spread, spreadOf } from "./reading/subnet-lists.ts";
import { judge, type Verdict, verdictOf } from "./reading/verdict.ts";
import { subnetsBehind, type Zones, zonesOf } from "./reading/zones-of-subnets.ts";

/** One resource that has to stand in two AZs, and what there is to judge it by. */
interface Subject {
  readonly resource: Registered;
  readonly spread: Spread;
  /** Our components around it, nearest first. */
  readonly components: readonly Registered[];
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

const AZ_NAME = /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/;

/** Only what looks like an AZ is printed: policies see secrets in clear. */
const inWords = (zones: readonly string[]): string =>
  zones.length === 0
    ? "no AZ"
    : zones.map((zone) => (AZ_ID.test(zone) || AZ_NAME.test(zone) ? zone : "(something that is no AZ)")).join(", ");

function subjectOf(resource: Registered, registry: Registry, today: string): Subject | undefined {
  const spread = spreadOf(resource.type, resource.views[0] ?? {});
  if (spread === undefined) return undefined;
  const components = ancestorsOf(resource, registry).filter(({ type }) => type.startsWith("corpai:"));
  return { resource, spread, components, permission: permissionOf(components[0], today) };
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

/** By the AZs that the nearest component of ours that does so states; undefined if none does. */
function shortByStatement({ components }: Subject): Shortfall | "enough" | undefined {
  for (const { type, name, views } of components) {
    const azIds = views.map((view) => readTexts(view, "azIds")).find((texts) => texts !== undefined);
    if (azIds === undefined) continue;
    const distinct = [...new Set(azIds)];
    if (distinct.length >= MINIMUM_AZS) return "enough";
    return { what: `"azIds" of ${type} ${name} states ${inWords(distinct)} only`, one: distinct.length > 0 };
  }
  return undefined;
}

/** What to do about it, and what `singleAz` has to do with it. */
function wayOut(widen: string, permission: Permission): string {
  switch (permission.is) {
    case "none":
      return `${widen} Or accept one AZ for a while: singleAz: { reason, until } in the registration.`;
    case "unreadable":
      return `Its "singleAz" allows nothing: it needs a plain reason and a plain ISO date as "until".`;
    case "given":
      return `Its "singleAz" ended on ${permission.until}. ${widen} Or renew "until" with a reason.`;
  }
}

function report(subject: Subject, { what, one }: Shortfall, verdict: Verdict): void {
  const { resource, spread, permission } = subject;
  const { name, urn } = resource;
  const rule = `at least ${MINIMUM_AZS} AZs are required (${OWNER[spread.kind]})`;
  const widen = `Name one subnet in each of ${MINIMUM_AZS} or more AZs.`;
  const permissible = spread.kind === "interface endpoint" && one;

  if (spread.uncertain) {
    const condition = `whether it is one of the ${spread.kind}s is not known yet; if so, ${what}, and ${rule}`;
    verdict.warning(`${name}: undecided, checked at update: ${condition}. ${widen}`, urn);
  } else if (permissible && permission.is === "given" && !permission.lapsed) {
    verdict.warning(`${name}: ${what}; "singleAz" allows that until ${permission.until}. Widen it before.`, urn);
  } else {
    verdict.violation(`${name}: ${what}; ${rule}. ${permissible ? wayOut(widen, permission) : widen}`, urn);
  }
}

/** By the AZs of the subnets; where they do not decide, by those that our component states; else not at all. */
function judgeZones(subject: Subject, zones: Zones, verdict: Verdict): void {
  const { name, urn } = subject.resource;
  const { path } = subject.spread;
  if (zones.are === "enough") return;
  if (zones.are === "too few") {
    report(subject, { what: `the subnets in "${path}" are all in ${inWords(zones.zones)}`, one: true }, verdict);
    return;
  }
  const stated = shortByStatement(subject);
  if (stated === "enough") return;
  if (stated !== undefined) {
    report(subject, stated, verdict);
    return;
  }
  const which = `which AZs the subnets in "${path}" are in`;
  verdict.warning(
    zones.untilUpdate
      ? `${name}: undecided, checked at update: ${which} is not known yet.`
      : `${name}: undecided: nothing in this stack says ${which}. Let its component pass "azIds" to super().`,
    urn,
  );
}

/** The engine shows a stack in an order of its own, another one each time. */
const byUrn = (a: PolicyResource, b: PolicyResource): number => (a.urn < b.urn ? -1 : 1);

/**
 * Clusters, network load balancers and interface endpoints stand in two AZs.
 *
 * Two halves. How many subnets there are stands in a resource's inputs, and is judged before it is created; in which AZs they are
 * takes the graph, which only a stack rule is shown, and in an update that is after everything has been created.
 *
 * @param today the day to hold `singleAz` against, as an ISO date.
 */
export function twoAvailabilityZones(
  today: () => string = () => new Date().toISOString().slice(0, 10),
): ResourceValidationPolicy & StackValidationPolicy {
  const inputs = new Inputs();
  return {
    name: "two-availability-zones",
    displayName: "Two availability zones",
    description: "A cluster, a network load balancer or an interface endpoint stands in at least two AZs.",
    enforcementLevel: "mandatory",
    severity: "high",
    tags: ["privatelink", "availability"],
    remediationSteps:
      "Name one subnet in each of at least two AZs. For an endpoint, singleAz: { reason, until } in its registration accepts one AZ until that day.",

    validateResource: (args, reportViolation) => {
      const verdict = verdictOf(reportViolation);
      judge(args.name, verdict, undefined, () => {
        const subject = subjectOf(inputs.add(args), inputs.registry, today());
        const shortfall = subject && shortOfSubnets(subject.spread);
        if (subject && shortfall) report(subject, shortfall, verdict);
      });
    },

    validateStack: ({ resources }, reportViolation) => {
      const verdict = verdictOf(reportViolation);
      const registry = inputs.with(resources);
      for (const resource of resources.toSorted(byUrn)) {
        judge(resource.name, verdict, resource.urn, () => {
          const registered = registry.get(resource.urn);
          const subject = registered && subjectOf(registered, registry, today());
          if (subject === undefined) return;
          const { subnetIds, properties } = subject.spread;
          const shortfall = shortOfSubnets(subject.spread);
          if (shortfall === undefined) {
            judgeZones(subject, zonesOf(subnetIds, subnetsBehind(resource, properties, registry), registry), verdict);
          } else if (!inputs.registry.has(resource.urn)) {
            report(subject, shortfall, verdict);
          }
        });
      }
    },
  };
}
