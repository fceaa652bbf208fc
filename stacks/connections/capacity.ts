/** Whether CorpAI's VPC has room for the connections that do not stand yet: endpoints by AWS's quota, addresses by what its subnets have left. */
import * as aws from "@pulumi/aws";
import type { PlacedSubnet } from "../../components/network/network.ts";
import type { StackProblem } from "../../model/problem.ts";
import { beyondQuota, quotaInWords } from "../../model/quotas.ts";
import { found } from "../lookup.ts";

/** A connection as far as it is known before anything is created. */
interface Wanted {
  readonly displayName: string;
  /** Whether the last update built it. */
  readonly isBuilt: boolean;
  readonly serviceName: string | undefined;
  readonly azIds: readonly string[];
}

/** CorpAI's network as it stands. */
export interface Room {
  /** That holds it, and in which AWS counts. */
  readonly account: string;
  readonly vpcId: string;
  readonly endpointSubnets: readonly PlacedSubnet[];
  /** Interface endpoints that AWS lets the VPC have. */
  readonly quota: number;
}

export async function capacityProblems(
  stack: string,
  wanted: readonly Wanted[],
  { account, vpcId, endpointSubnets, quota }: Room,
): Promise<StackProblem[]> {
  const places = await Promise.all(
    endpointSubnets.map(async (subnet) => ({ ...subnet, ...(await taken(vpcId, subnet)) })),
  );
  // An endpoint has at most one interface in a subnet, so so many stand at least.
  const standing = Math.max(0, ...places.map(({ endpoints }) => endpoints));
  const inPlace = ({ azId }: PlacedSubnet, list: readonly Wanted[]): number =>
    list.filter(({ azIds }) => azIds.includes(azId)).length;
  // Which of them stand already costs a look-up each, and matters only where there is no room for all.
  const roomForAll = standing + wanted.length <= quota && places.every((place) => place.free >= inPlace(place, wanted));
  if (roomForAll) return [];

  const stands = await Promise.all(wanted.map((one) => isStanding(vpcId, one)));
  const coming = wanted.filter((_one, index) => !stands[index]);
  const problems: StackProblem[] = [];
  if (standing + coming.length > quota && coming.length > 0) {
    problems.push({
      stack,
      property: "corpai:registrations",
      given: `${coming.length} new connections, while at least ${standing} interface endpoints stand in ${vpcId}`,
      allowed: `at most ${quota}, ${quotaInWords("interfaceEndpointsPerVpc")}`,
      wayOut: beyondQuota(
        "interfaceEndpointsPerVpc",
        account,
        "move some connections to an environment with a VPC of its own",
      ),
    });
  }
  for (const place of places) {
    const count = inPlace(place, coming);
    if (count <= place.free) continue;
    problems.push({
      stack,
      property: "corpai:registrations",
      given: `${count} new connections in ${place.azId}, where ${place.id} has ${place.free} free addresses`,
      allowed: "one free address in each endpoint subnet for each new connection",
      wayOut:
        "Remove connections that nobody uses, or move these into a stack of a cell with subnets of its own: corpai:endpointCells of network.",
    });
  }
  return problems;
}

/** What of a subnet is taken by endpoints, and what is free. */
async function taken(
  vpcId: string,
  { id }: PlacedSubnet,
): Promise<{ readonly endpoints: number; readonly free: number }> {
  const filters = Object.entries({ "vpc-id": vpcId, "subnet-id": id, "interface-type": "vpc_endpoint" });
  const [interfaces, subnet] = await Promise.all([
    found(aws.ec2.getNetworkInterfaces({ filters: filters.map(([name, value]) => ({ name, values: [value] })) })),
    found(aws.ec2.getSubnet({ id })),
  ]);
  return { endpoints: interfaces?.ids.length ?? 0, free: subnet?.availableIpAddressCount ?? Number.POSITIVE_INFINITY };
}

/** Also one that was built by an update that failed later. */
async function isStanding(vpcId: string, { displayName, isBuilt, serviceName }: Wanted): Promise<boolean> {
  if (isBuilt || serviceName === undefined) return isBuilt;
  // By its name too, since two connections may lead to one service.
  return (await found(aws.ec2.getVpcEndpoint({ vpcId, serviceName, tags: { Name: displayName } }))) !== undefined;
}
