import type * as pulumi from "@pulumi/pulumi";
import { all } from "@pulumi/pulumi";
import type { AgentcoreHome } from "../model/agentcore-names.ts";
import { zonesFrom } from "../model/agentcore-placement.ts";
import type { AgentcoreNetworkOutputs } from "./agentcore-network/index.ts";
import type { Upstream } from "./reader.ts";

/** The subnets of what has its home in one of them: that one first, and the next AZ's. @param count of subnets; two without it */
export function subnetsOf(
  network: Upstream<AgentcoreNetworkOutputs>,
  home: AgentcoreHome,
  count?: number,
): pulumi.Output<string[]> {
  return all([network.output("homes"), network.output("subnets")]).apply(([homes, subnets]) =>
    zonesFrom(homes, home, count).flatMap((azId) => subnets[azId]?.id ?? []),
  );
}
