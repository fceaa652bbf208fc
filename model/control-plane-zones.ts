import { MINIMUM_AZS } from "./zones.ts";

/** AZs in which EKS builds no control plane. Nodes can stand there. https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
const WITHOUT_CONTROL_PLANE: readonly string[] = ["use1-az3", "usw1-az2", "cac1-az3"];

/**
 * The AZs of a cluster's own subnets: the first two of the network's that EKS takes. Only these, since a cluster can never leave the AZs that it was
 * created in, nor get others (https://docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html), while the network's list may grow at its end.
 */
export function controlPlaneZones(azIds: readonly string[]): readonly string[] {
  return azIds.filter((azId) => !WITHOUT_CONTROL_PLANE.includes(azId)).slice(0, MINIMUM_AZS);
}
