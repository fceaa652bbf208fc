import { endpointsMissingIn } from "./aws-endpoints.ts";
import { cidrsOverlap } from "./cidr-plan.ts";
import { controlPlaneZones } from "./control-plane-zones.ts";
import type { EnvironmentFacts } from "./environment-facts.ts";
import { kubernetesVersionFault } from "./kubernetes-versions.ts";
import { type StackProblem, show } from "./problem.ts";
import { SERVICE_CIDR } from "./service-cidr.ts";
import { MINIMUM_AZS, azIdPrefix } from "./zones.ts";

/** What is wrong with CorpAI's own VPC, as far as the files tell. */
export function networkProblems({ network, cluster }: EnvironmentFacts): StackProblem[] {
  if (!network) return [];
  const { stack, vpcCidr, azIds, region } = network;
  const problems: StackProblem[] = [];
  if (cluster && cidrsOverlap(vpcCidr, SERVICE_CIDR)) {
    problems.push({
      stack,
      property: "corpai:vpcCidr",
      given: vpcCidr,
      allowed: `a CIDR that does not overlap ${SERVICE_CIDR}, the addresses of Services inside the cluster`,
      wayOut: "Choose another range: pods would reach a Service where they mean a node, or the other way round.",
    });
  }
  if (cluster && controlPlaneZones(azIds).length < MINIMUM_AZS) {
    problems.push({
      stack,
      property: "corpai:azIds",
      given: show(azIds),
      allowed: `AZs of which at least ${MINIMUM_AZS} can hold EKS's control plane`,
      wayOut: "Append an AZ that can; the others may stay for nodes.",
    });
  }
  const prefix = azIdPrefix(region);
  if (prefix !== undefined && !azIds.every((azId) => azId.startsWith(`${prefix}-`))) {
    problems.push({
      stack,
      property: "corpai:azIds",
      given: show(azIds),
      allowed: `AZ ids of ${region}, which begin with ${prefix}-`,
      wayOut: "Correct them, or aws:region: an AZ stands in one region.",
    });
  }
  const missing = endpointsMissingIn(region, network);
  if (missing.length > 0) {
    problems.push({
      stack,
      property: "aws:region",
      given: `${region}, which offers no interface endpoint for ${missing.join(", ")}`,
      allowed: `regions with all endpoints that natGateways: ${network.natGateways} and awsEndpoints: ${network.awsEndpoints} lead to`,
      wayOut: "Use NAT gateways with awsEndpoints: needed, or another region.",
    });
  }
  return problems;
}

/** What is wrong with the cluster, as far as the files tell. */
export function clusterProblems({ cluster, today, class: environmentClass }: EnvironmentFacts): StackProblem[] {
  if (!cluster) return [];
  const { stack, version, publicAccessCidrs } = cluster;
  const problems: StackProblem[] = [];
  const fault = kubernetesVersionFault(version, today);
  if (fault) problems.push({ stack, property: "corpai:version", given: show(version), ...fault });
  if (publicAccessCidrs !== undefined && environmentClass !== "dev") {
    problems.push({
      stack,
      property: "corpai:publicAccessCidrs",
      given: show(publicAccessCidrs),
      allowed: `none in an environment of class ${environmentClass}: only dev may open the Kubernetes API to networks outside the VPC`,
      wayOut: "Remove the key, and reach the API from inside the VPC: by a VPN, or from a runner there.",
    });
  }
  return problems;
}
