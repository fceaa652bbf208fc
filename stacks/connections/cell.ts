import type * as pulumi from "@pulumi/pulumi";
import type { PlacedSubnet } from "../../components/network/network.ts";
import { show } from "../../model/problem.ts";
import { refuseAll } from "../context.ts";
import type { Last } from "../itself.ts";
import type { NetworkOutputs } from "../network/index.ts";
import type { Upstream } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";

/** The subnets for endpoints: those of the stack's cell, or the common ones. */
export function endpointSubnetsOf(
  cell: string | undefined,
  network: Upstream<NetworkOutputs>,
  networkStack: string,
): pulumi.Output<readonly PlacedSubnet[]> {
  if (cell === undefined) return network.output("endpointSubnets");
  return network
    .output("endpointCells")
    .apply((cells) => required(cells[cell], `${networkStack} has no cell ${cell} yet. ${bringUpFirst(networkStack)}`));
}

/** An endpoint cannot leave a subnet for another one of the same AZ: AWS refuses to have it in both. */
export async function cellStays(stack: string, cell: string | undefined, last: Last<"connections">): Promise<void> {
  const [standing, before] = [await last("connections"), await last("cell")];
  if (before === cell || Object.keys(standing ?? {}).length === 0) return;
  refuseAll([
    {
      stack,
      property: "corpai:cell",
      given: show(cell),
      allowed: `${show(before)}, where the endpoints of this stack stand`,
      wayOut:
        "Move registrations into a stack of the other cell, one by one: each is then an endpoint of its own that has to be accepted.",
    },
  ]);
}
