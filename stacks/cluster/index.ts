import { McpCluster } from "../../components/cluster/mcp-cluster.ts";
import { programTags } from "../../model/tags.ts";
import { programContext } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { subnetIn } from "../placement.ts";
import { reader } from "../reader.ts";

/** What `mcp-servers` needs to reach the Kubernetes API and to place nodes. */
export interface ClusterOutputs {
  readonly clusterName: string;
  readonly endpoint: string;
  readonly certificateAuthority: string;
  readonly clusterSecurityGroupId: string;
  readonly nodeRoleName: string;
}

export default async function cluster(): Promise<Outputs<ClusterOutputs>> {
  const { environment, config } = programContext("cluster");
  const network = reader("cluster", environment).program("network");

  const eks = new McpCluster("mcp", {
    vpcId: network.output("vpcId"),
    azIds: environment.facts.network?.azIds ?? [],
    subnetIn: subnetIn(network.output("clientSubnets"), `network.${environment.name}`),
    workloadsSecurityGroupId: network.output("workloadsSecurityGroupId"),
    version: config.version,
    tags: programTags("cluster"),
  });

  return {
    clusterName: eks.clusterName,
    endpoint: eks.endpoint,
    certificateAuthority: eks.certificateAuthority,
    clusterSecurityGroupId: eks.clusterSecurityGroupId,
    nodeRoleName: eks.nodeRoleName,
  };
}
