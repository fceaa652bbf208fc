import { AGENTCORE_HOMES, AGENTCORE_SERVICES, type AgentcoreHome } from "./agentcore-names.ts";
import { AGENTCORE_AZ_IDS, AGENTCORE_AZ_IDS_READ } from "./agentcore-regions.ts";
import { VPC_PREFIXES, cidrContains, cidrsOverlap, parseCidr } from "./cidr-plan.ts";
import type { StackFacts } from "./environment-facts.ts";
import { type StackProblem, show } from "./problem.ts";

interface IsolatedSubnet {
  readonly azId: string;
  readonly cidr: string;
}

export interface AgentcoreNetworkFacts extends StackFacts {
  readonly vpcCidr: string;
  readonly subnets: Readonly<{ [Home in AgentcoreHome]?: IsolatedSubnet | undefined }>;
  readonly modelRegions: readonly string[];
}

/**
 * Longest prefix of an isolated subnet: AWS keeps 5 addresses, the endpoints take 12, and runtimes, functions and Aurora have to fit beside them: 47 are left
 * in a /26, 15 in a /27.
 */
export const NARROWEST_SUBNET = 26;

/** What is wrong with the isolated network, as far as its file tells. */
export function agentcoreNetworkProblems(facts: AgentcoreNetworkFacts | undefined): StackProblem[] {
  if (!facts) return [];
  const supported = AGENTCORE_AZ_IDS[facts.region];
  if (!supported) return [withoutAgentcore(facts)];
  const tooSmall = vpcProblems(facts);
  // Whatever is said of its subnets then would be beside the point.
  if (tooSmall.length > 0) return tooSmall;
  const subnets = AGENTCORE_HOMES.flatMap((home) => {
    const subnet = facts.subnets[home];
    return subnet ? [{ ...subnet, property: `corpai:subnets.${home}` }] : [];
  });
  return subnets.flatMap((subnet, index) => subnetProblems(facts, subnet, subnets.slice(0, index), supported));
}

const withoutAgentcore = ({ stack, region }: AgentcoreNetworkFacts): StackProblem => ({
  stack,
  property: "aws:region",
  given: `${region}, in which AgentCore takes no subnets (AWS's table of ${AGENTCORE_AZ_IDS_READ})`,
  allowed: Object.keys(AGENTCORE_AZ_IDS).join(", "),
  wayOut: "Choose one of these, or add the region to model/agentcore-regions.ts once AWS lists it.",
});

function vpcProblems({ stack, vpcCidr }: AgentcoreNetworkFacts): StackProblem[] {
  const prefix = parseCidr(vpcCidr)?.prefix ?? 0;
  // Two subnets of the narrowest kind fill a VPC of one bit less.
  if (prefix >= VPC_PREFIXES.widest && prefix < NARROWEST_SUBNET) return [];
  return [
    {
      stack,
      property: "corpai:vpcCidr",
      given: vpcCidr,
      allowed: `a VPC from /${VPC_PREFIXES.widest} to /${NARROWEST_SUBNET - 1}, which holds two subnets of /${NARROWEST_SUBNET}`,
      wayOut: `Choose a larger range: each subnet holds ${AGENTCORE_SERVICES.length} endpoints before anything else.`,
    },
  ];
}

type Placed = IsolatedSubnet & { readonly property: string };

function subnetProblems(
  { stack, region, vpcCidr }: AgentcoreNetworkFacts,
  { azId, cidr, property }: Placed,
  earlier: readonly Placed[],
  supported: readonly string[],
): StackProblem[] {
  const problems: StackProblem[] = [];
  const add = (field: string, given: string, allowed: string, wayOut: string): void => {
    problems.push({ stack, property: `${property}.${field}`, given, allowed, wayOut });
  };
  if (!supported.includes(azId))
    add(
      "azId",
      show(azId),
      `AZs that AgentCore supports in ${region}: ${supported.join(", ")}`,
      "Choose one of these.",
    );
  const sameZone = earlier.find((other) => other.azId === azId);
  if (sameZone)
    add(
      "azId",
      `${show(azId)}, as in ${sameZone.property}`,
      "each AZ once",
      "Choose another AZ: one that fails must not take both.",
    );
  if ((parseCidr(cidr)?.prefix ?? 32) > NARROWEST_SUBNET)
    add(
      "cidr",
      cidr,
      `a subnet of /${NARROWEST_SUBNET} or larger`,
      `Choose a larger range: ${AGENTCORE_SERVICES.length} endpoints and AWS's own five addresses come first, runtimes after them.`,
    );
  if (!cidrContains(vpcCidr, cidr))
    add("cidr", cidr, `a range inside corpai:vpcCidr, ${vpcCidr}`, "Correct either of the two.");
  const overlapped = earlier.find((other) => cidrsOverlap(other.cidr, cidr));
  if (overlapped)
    add("cidr", cidr, `a range apart from ${overlapped.property}, ${overlapped.cidr}`, "Choose another range.");
  return problems;
}
