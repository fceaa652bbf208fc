import * as pulumi from "@pulumi/pulumi";
import type { PlacedSubnet } from "../components/network/network.ts";

/**
 * Finds an AZ's subnet among those that `network` has built.
 *
 * A preview may plan an AZ that `network` has yet to add: its subnet is unknown then; an update that finds it missing says what to do.
 */
export function subnetIn(subnets: pulumi.Output<readonly PlacedSubnet[]>, networkStack: string): (azId: string) => pulumi.Output<string> {
  return (azId) =>
    subnets.apply((list) => {
      const found = list.find((subnet) => subnet.azId === azId);
      if (found) return pulumi.output(found.id);
      if (pulumi.runtime.isDryRun()) return pulumi.output(pulumi.unknown as string);
      throw new pulumi.RunError(`${pulumi.getStack()}: ${networkStack} has no subnet in ${azId} yet. Bring it up first: pulumi up -s ${networkStack}.`);
    });
}
