/** Stacks whose resources are spread over AZs, and what the rule says of them. */
import { twoAvailabilityZones } from "../../../policy/rules/two-availability-zones.ts";
import { type Declared, FakeStack, type Report, type Values } from "./stack.ts";
import { UNKNOWN } from "./unknown.ts";

export const TODAY = "2026-11-20";
export const SUBNET_TYPE = "aws:ec2/subnet:Subnet";
export const WIDEN = "Name one subnet in each of 2 or more AZs.";
export const OURS = "at least 2 AZs are required (CorpAI's rule, not AWS's)";
export const OR_ACCEPT = "Or accept one AZ for a while: singleAz: { reason, until } in the registration.";

export type Inputs = Readonly<Record<string, string>>;

/** A subnet before it exists: its AZ is an input, by name or by id; the other one is the update's, and so is the subnet's id. */
export function planned(name: string, az: Inputs): Declared {
  return {
    type: SUBNET_TYPE,
    name,
    inputs: { ...az },
    outputs: { availabilityZone: UNKNOWN, availabilityZoneId: UNKNOWN, ...az, id: UNKNOWN },
  };
}

export const created = (name: string, az: Inputs): Declared => ({
  type: SUBNET_TYPE,
  name,
  inputs: { ...az },
  outputs: { ...az, id: `id-of-${name}` },
});
export const zone = (letter: string): Inputs => ({ availabilityZone: `us-east-1${letter}` });

export function balancer(subnets: Values[string], rest: Partial<Declared> = {}): Declared {
  return {
    type: "aws:lb/loadBalancer:LoadBalancer",
    name: "nlb",
    inputs: { loadBalancerType: "network", internal: true, subnets },
    ...rest,
  };
}

export function endpoint(subnetIds: Values[string], rest: Partial<Declared> = {}): Declared {
  return {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    name: "clickhouse",
    inputs: { vpcEndpointType: "Interface", subnetIds },
    parent: "connection",
    ...rest,
  };
}

/** What our components are: they pass plain values to `super()`. */
export const connection = (inputs: Values, rest: Partial<Declared> = {}): Declared => ({
  type: "corpai:privatelink:Connection",
  name: "connection",
  inputs,
  ...rest,
});

export function judge(...resources: readonly Declared[]): Promise<readonly Report[]> {
  return new FakeStack("network.demo", resources).judgedBy(twoAvailabilityZones, { today: TODAY });
}

export const mandatory = (name: string, what: string, fix = WIDEN, rule = OURS): Report => ({
  name,
  level: "mandatory",
  message: `${name}: ${what}; ${rule}. ${fix}`,
});
export const advisory = (name: string, message: string): Report => ({
  name,
  level: "advisory",
  message: `${name}: ${message}`,
});
export const undecided = (name: string, path: string): Report =>
  advisory(
    name,
    `undecided, checked at update: which AZs the subnets in "${path}" are in is not known yet. Name subnets whose AZs are plain values.`,
  );
