/** Which subnets a load balancer may stand in: private ones, by AWS's word for those without a route to an internet gateway. */
import * as aws from "@pulumi/aws";
import { type StackProblem, show } from "../../model/problem.ts";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { found } from "../lookup.ts";
import type { Config } from "./config.ts";

type Place = Pick<StackProblem, "stack" | "property">;

/** The route to the internet of a subnet, if it has one. https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types */
async function internetRoute(subnetId: string, vpcId: string): Promise<string | undefined> {
  // AWS knows a table by its subnet only where somebody has associated the two; all others have the VPC's main one.
  const own = await found(aws.ec2.getRouteTable({ subnetId }));
  const main = { vpcId, filters: [{ name: "association.main", values: ["true"] }] };
  const table = own ?? (await found(aws.ec2.getRouteTable(main)));
  const route = table?.routes.find(({ gatewayId }) => gatewayId.startsWith("igw-"));
  return (
    route && table && `${table.routeTableId} routes ${route.cidrBlock || route.ipv6CidrBlock} to ${route.gatewayId}`
  );
}

/** Why a load balancer may not stand in a subnet of the VPC. */
export async function publicProblems(at: Place, id: string, vpcId: string): Promise<StackProblem[]> {
  const route = await internetRoute(id, vpcId);
  if (route === undefined) return [];
  return [
    {
      ...at,
      given: `${id}, a public subnet: ${route}`,
      allowed: "private subnets: without a route to an internet gateway",
      wayOut: "Name a private subnet of its AZ.",
    },
  ];
}

interface Candidate {
  readonly id: string;
  readonly azId: string;
  readonly route: string | undefined;
}

/**
 * Where the file only says how its subnets are found: the list that it is to have. AZ ids decide, before anything is created, whether both sides can meet at
 * all, so they stand in files; and a subnet that somebody tags later must not move a load balancer.
 */
export async function soughtSubnetsProblem(stack: string, { subnets, vpcId }: Config): Promise<StackProblem[]> {
  if (!("tags" in subnets)) return [];
  const filters = [{ name: "vpc-id", values: [vpcId] }];
  const listed = (await found(aws.ec2.getSubnets({ filters, tags: subnets.tags })))?.ids ?? [];
  const candidates = await Promise.all(
    listed.map(async (id): Promise<Candidate> => {
      const azId = (await found(aws.ec2.getSubnet({ id })))?.availabilityZoneId ?? "";
      return { id, azId, route: await internetRoute(id, vpcId) };
    }),
  );
  return [
    {
      stack,
      property: "corpai:subnets",
      given: `tags ${show(subnets.tags)}, ${foundWith(candidates)}`,
      allowed: "the list itself, so that AZs can be compared before anything is created",
      wayOut: wayOut(candidates),
    },
  ];
}

function foundWith(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return "which no subnet of the VPC carries";
  const shown = candidates
    .toSorted(byAz)
    .map(({ id, azId, route }) => `${id} in ${azId}${route === undefined ? "" : ` (public: ${route})`}`);
  return `which ${shown.join(", ")} ${shown.length === 1 ? "carries" : "carry"}`;
}

function wayOut(candidates: readonly Candidate[]): string {
  const byZone = new Map<string, Candidate>();
  for (const one of candidates.filter(({ route }) => route === undefined).toSorted(byAz))
    if (!byZone.has(one.azId)) byZone.set(one.azId, one);
  if (byZone.size < MINIMUM_AZS) return `Tag private subnets in at least ${MINIMUM_AZS} AZs, or list them by hand.`;
  const lines = [...byZone.values()].map(({ id, azId }) => `{id: ${id}, azId: ${azId}}`);
  return `Put this into the file: subnets: [${lines.join(", ")}].`;
}

const byAz = (a: Candidate, b: Candidate): number => a.azId.localeCompare(b.azId) || a.id.localeCompare(b.id);
