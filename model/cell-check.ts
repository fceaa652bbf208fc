/**
 * Cells: blocks of endpoint subnets of their own inside CorpAI's one VPC, each for the connections of some stacks. They are no VPCs of their own: pods reach
 * a connection by its address and by their security groups, which no second VPC shares, while AWS raises how many endpoints one VPC may have. What it cannot
 * raise is how many addresses a subnet has, and what an engine should not have to do is to carry all connections in one stack: a cell bounds both.
 */
import { awsEndpointsFor } from "./aws-endpoints.ts";
import { NARROWEST_WITH_CELLS, parseCidr, planCell, planCidrs, usableAddresses } from "./cidr-plan.ts";
import { endpointZones, plannedZones } from "./connection-check.ts";
import type { ConnectionsFacts, EnvironmentFacts, NetworkFacts } from "./environment-facts.ts";
import { type StackProblem, show } from "./problem.ts";

export function cellProblems(facts: EnvironmentFacts): StackProblem[] {
  const { network, connections } = facts;
  if (!network) return [];
  return [
    ...blockProblems(network),
    ...connections.flatMap((one) => unknownCell(one, network)),
    ...[undefined, ...Object.keys(network.cells)].flatMap((cell) => tooManyAddresses(cell, network, facts)),
  ];
}

/** Endpoint subnets by AZ id: of a cell, or the common ones. */
export function endpointCidrs(
  { vpcCidr, azIds, cells }: Pick<NetworkFacts, "vpcCidr" | "azIds" | "cells">,
  cell: string | undefined,
): Readonly<Record<string, string>> {
  if (cell !== undefined) {
    const { block, azIds: own } = cells[cell] ?? { block: 1, azIds: [] };
    return planCell(vpcCidr, block, own);
  }
  return Object.fromEntries(
    Object.entries(planCidrs(vpcCidr, azIds).subnets).map(([azId, { endpoint }]) => [azId, endpoint]),
  );
}

function blockProblems({ stack, vpcCidr, azIds, cells }: NetworkFacts): StackProblem[] {
  const all = Object.entries(cells);
  const problems: StackProblem[] = [];
  if (all.length > 0 && (parseCidr(vpcCidr)?.prefix ?? 0) > NARROWEST_WITH_CELLS) {
    problems.push({
      stack,
      property: "corpai:endpointCells",
      given: `${all.length} cells in ${vpcCidr}`,
      allowed: `cells in a VPC of /${NARROWEST_WITH_CELLS} or larger, so that their subnets have the 16 addresses that AWS demands`,
      wayOut: "Do without cells: the common endpoint subnets carry what so small a VPC can use.",
    });
  }
  all.forEach(([cell, { block, azIds: own }], index) => {
    const at = { stack, property: `corpai:endpointCells.${cell}` };
    const twin = all.slice(0, index).find(([, other]) => other.block === block);
    if (twin)
      problems.push({
        ...at,
        given: `block ${block}, which ${twin[0]} has as well`,
        allowed: "a block of its own for each cell",
        wayOut: "Choose a number that no other cell has.",
      });
    const foreign = own.filter((azId) => !azIds.includes(azId));
    if (foreign.length > 0)
      problems.push({
        ...at,
        given: show(foreign),
        allowed: `AZs of the network: ${azIds.join(", ")}`,
        wayOut: "Append them to corpai:azIds first, or leave them out.",
      });
  });
  return problems;
}

function unknownCell({ stack, cell }: ConnectionsFacts, { stack: network, cells }: NetworkFacts): StackProblem[] {
  if (cell === undefined || Object.hasOwn(cells, cell)) return [];
  const known = Object.keys(cells);
  return [
    {
      stack,
      property: "corpai:cell",
      given: show(cell),
      allowed: known.length > 0 ? `cells of ${network}: ${known.join(", ")}` : `none: ${network} has no cells`,
      wayOut: `Correct it, or add the cell to corpai:endpointCells of ${network}.`,
    },
  ];
}

/** Each endpoint takes an address in each of its AZs. What else stands in the common subnets is looked up before anything is created. */
function tooManyAddresses(cell: string | undefined, network: NetworkFacts, facts: EnvironmentFacts): StackProblem[] {
  const stacks = facts.connections.filter((one) => one.cell === cell);
  const own = cell === undefined ? awsEndpointsFor(network).length : 0;
  return Object.entries(endpointCidrs(network, cell)).flatMap(([azId, cidr]): StackProblem[] => {
    const inAz = stacks.map((one) => ({ stack: one.stack, count: countIn(azId, one, facts) }));
    const [total, usable] = [inAz.reduce((sum, { count }) => sum + count, own), usableAddresses(cidr)];
    if (total <= usable) return [];
    return inAz
      .filter(({ count }) => count > 0)
      .map(({ stack, count }) => ({
        stack,
        property: "corpai:registrations",
        given: `${count} connections in ${azId}, of ${total} endpoints that its subnet ${cidr} would hold`,
        allowed: `at most ${usable} endpoints there, since AWS keeps five addresses of each subnet`,
        wayOut: `Move some of them into a stack of a cell with subnets of its own: add one to corpai:endpointCells of ${network.stack}.`,
      }));
  });
}

/** Of those whose AZs only AWS knows, all that could be there. */
const countIn = (azId: string, connections: ConnectionsFacts, facts: EnvironmentFacts): number =>
  Object.values(connections.registrations).filter((registration) =>
    (plannedZones(registration, connections, facts)?.shared ?? endpointZones(connections, facts) ?? []).includes(azId),
  ).length;
