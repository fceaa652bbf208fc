import { McpCluster } from "../../components/cluster/mcp-cluster.ts";
import { cidrContains } from "../../model/cidr-plan.ts";
import { controlPlaneZones } from "../../model/control-plane-zones.ts";
import { isReleased, protectionOf } from "../../model/environment-class.ts";
import { kubernetesStepFault } from "../../model/kubernetes-versions.ts";
import { show } from "../../model/problem.ts";
import { programTags } from "../../model/tags.ts";
import { programContext, refuse, refuseAll } from "../context.ts";
import { lastOutput } from "../itself.ts";
import type { NetworkOutputs } from "../network/index.ts";
import type { Outputs } from "../outputs.ts";
import { subnetIn } from "../placement.ts";
import { accountOf } from "../provider-settings.ts";
import { type Upstream, reader } from "../reader.ts";

/** What `mcp-servers` needs to reach the Kubernetes API and to place nodes. */
export interface ClusterOutputs {
  readonly clusterName: string;
  readonly endpoint: string;
  readonly certificateAuthority: string;
  readonly clusterSecurityGroupId: string;
  readonly nodeRoleName: string;
  /** Minor version of the control plane. */
  readonly kubernetesVersion: string;
}

export default async function cluster(): Promise<Outputs<ClusterOutputs>> {
  const { name, environment, config, aws: settings } = programContext("cluster");
  const network = reader("cluster", environment).program("network");
  await oneVersionUp(name, config.version);
  await onlyPublishedClients(name, network);

  const eks = new McpCluster("mcp", {
    clusterName: `corpai-${environment.name}`,
    vpcId: network.output("vpcId"),
    azIds: controlPlaneZones(environment.facts.network?.azIds ?? []),
    subnetIn: subnetIn(network.output("clientSubnets"), `network.${environment.name}`),
    workloadsSecurityGroupId: network.output("workloadsSecurityGroupId"),
    awsEndpointsSecurityGroupId: network.output("awsEndpointsSecurityGroupId"),
    version: config.version,
    publicAccessCidrs: config.publicAccessCidrs,
    access: config.access,
    protection: protectionOf(environment.class, isReleased(config, environment.facts.today)),
    place: { account: accountOf(settings), region: settings.region },
    tags: programTags("cluster"),
  });

  return {
    clusterName: eks.clusterName,
    endpoint: eks.endpoint,
    certificateAuthority: eks.certificateAuthority,
    clusterSecurityGroupId: eks.clusterSecurityGroupId,
    nodeRoleName: eks.nodeRoleName,
    kubernetesVersion: config.version,
  };
}

/** EKS goes up by one minor version at a time, and refuses anything else only in the update. */
async function oneVersionUp(stack: string, version: string): Promise<void> {
  const standing = await lastOutput("cluster", "kubernetesVersion");
  const fault = standing === undefined ? undefined : kubernetesStepFault(standing, version);
  if (fault) refuse([{ stack, property: "corpai:version", given: show(version), ...fault }]);
}

/** Customers open their load balancers for the published client CIDR only: a node or pod outside would be dropped without a word. */
async function onlyPublishedClients(stack: string, network: Upstream<NetworkOutputs>): Promise<void> {
  const [clientCidr, subnets] = await Promise.all([network.peek("clientCidr"), network.peek("clientSubnets")]);
  if (clientCidr === undefined || subnets === undefined) return;
  refuseAll(
    subnets
      .filter(({ cidr }) => !cidrContains(clientCidr, cidr))
      .map(({ id, azId, cidr }) => ({
        stack,
        property: "clientSubnets of network",
        given: show({ id, azId, cidr }),
        allowed: `subnets inside ${clientCidr}, the client CIDR that customers admit`,
        wayOut: "Bring network up again: its plan places every client inside.",
      })),
  );
}
