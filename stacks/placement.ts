import type * as pulumi from "@pulumi/pulumi";
import type { PlacedSubnet } from "../components/network/network.ts";
import { bringUpFirst, required } from "./required.ts";

/** Finds an AZ's subnet among those that `network` has built; a preview may plan an AZ that `network` has yet to add. */
export function subnetIn(
  subnets: pulumi.Output<readonly PlacedSubnet[]>,
  networkStack: string,
): (azId: string) => pulumi.Output<string> {
  return (azId) =>
    subnets.apply((list) =>
      required(
        list.find((subnet) => subnet.azId === azId)?.id,
        `${networkStack} has no subnet in ${azId} yet. ${bringUpFirst(networkStack)}`,
      ),
    );
}
