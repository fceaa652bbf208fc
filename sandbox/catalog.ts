import { agentcoreGatewayModels } from "./aws/agentcore-gateway.ts";
import { agentcoreIdentityModels } from "./aws/agentcore-identity.ts";
import { agentcoreRuntimeModels } from "./aws/agentcore-runtime.ts";
import { auroraModels } from "./aws/aurora.ts";
import { cloudControlLookups } from "./aws/cloud-control.ts";
import { cognitoModels } from "./aws/cognito.ts";
import { dynamoDbModels } from "./aws/dynamodb.ts";
import { ecrModels } from "./aws/ecr.ts";
import { eksFunctions, eksModels } from "./aws/eks.ts";
import { defaultSecurityGroupModels } from "./aws/default-security-group.ts";
import { devopsAgentModels } from "./aws/devops-agent.ts";
import { flowLogModels } from "./aws/flow-logs.ts";
import { elastiCacheModels } from "./aws/elasticache.ts";
import { cacheUserModels } from "./aws/elasticache-users.ts";
import { hostedZoneLookups, hostedZoneModels } from "./aws/hosted-zones.ts";
import { identityProviderFunctions, identityProviderModels } from "./aws/identity-providers.ts";
import { iamFunctions, iamModels } from "./aws/iam.ts";
import { kmsModels } from "./aws/kms.ts";
import { lambdaModels } from "./aws/lambda.ts";
import { latticeModels } from "./aws/lattice.ts";
import { loadBalancingModels } from "./aws/load-balancing.ts";
import { loadBalancingLookups } from "./aws/load-balancing-lookups.ts";
import { logDeliveryModels } from "./aws/log-delivery.ts";
import { logsModels } from "./aws/logs.ts";
import { networkAclModels } from "./aws/network-acls.ts";
import { networkLookups } from "./aws/lookups.ts";
import { policySimulationLookups } from "./aws/policy-simulation.ts";
import { privateLinkModels } from "./aws/privatelink.ts";
import { privateNameModels } from "./aws/private-names.ts";
import { quotaLookups } from "./aws/quotas.ts";
import { ramModels } from "./aws/ram.ts";
import { rdsModels } from "./aws/rds.ts";
import { resolverModels } from "./aws/resolver.ts";
import { rdsGroupModels } from "./aws/rds-groups.ts";
import { s3Models } from "./aws/s3.ts";
import { secretsManagerModels } from "./aws/secrets-manager.ts";
import { securityGroupModels } from "./aws/security-groups.ts";
import { serviceNetworkModels } from "./aws/service-networks.ts";
import { snsModels } from "./aws/sns.ts";
import { taggedResourceLookups } from "./aws/tagged-resources.ts";
import { vpcModels } from "./aws/vpc.ts";
import { awsxVpc } from "./components/awsx-vpc.ts";
import { eksCluster } from "./components/eks-cluster.ts";
import { kubernetesCoreModels } from "./kubernetes/core.ts";
import { kubernetesJobModels } from "./kubernetes/jobs.ts";
import { kubernetesPolicyModels } from "./kubernetes/network-policies.ts";
import { kubernetesNodeModels } from "./kubernetes/nodes.ts";
import { kubernetesScalingModels } from "./kubernetes/scaling.ts";
import { kubernetesServiceModels } from "./kubernetes/services.ts";
import { kubernetesWorkloadModels } from "./kubernetes/workloads.ts";
import { agentPoolModels } from "./pulumi-cloud/agent-pools.ts";
import { deploymentSettingsModels } from "./pulumi-cloud/deployment-settings.ts";
import { driftScheduleModels } from "./pulumi-cloud/drift-schedules.ts";
import { policyGroupModels } from "./pulumi-cloud/policy-groups.ts";
import type { Catalog } from "./provider.ts";
import type { ComponentModel, FunctionModel, ResourceModel } from "./model.ts";

const resources: readonly ResourceModel[] = [
  ...vpcModels,
  ...networkAclModels,
  ...flowLogModels,
  ...resolverModels,
  ...defaultSecurityGroupModels,
  ...securityGroupModels,
  ...loadBalancingModels,
  ...privateLinkModels,
  ...privateNameModels,
  ...hostedZoneModels,
  ...latticeModels,
  ...serviceNetworkModels,
  ...ramModels,
  ...devopsAgentModels,
  ...snsModels,
  ...iamModels,
  ...identityProviderModels,
  ...logsModels,
  ...kmsModels,
  ...s3Models,
  ...secretsManagerModels,
  ...rdsGroupModels,
  ...rdsModels,
  ...cacheUserModels,
  ...elastiCacheModels,
  ...eksModels,
  ...auroraModels,
  ...cognitoModels,
  ...dynamoDbModels,
  ...ecrModels,
  ...lambdaModels,
  ...agentcoreRuntimeModels,
  ...agentcoreGatewayModels,
  ...agentcoreIdentityModels,
  ...logDeliveryModels,
  ...kubernetesCoreModels,
  ...kubernetesNodeModels,
  ...kubernetesWorkloadModels,
  ...kubernetesServiceModels,
  ...kubernetesPolicyModels,
  ...kubernetesScalingModels,
  ...kubernetesJobModels,
  ...agentPoolModels,
  ...deploymentSettingsModels,
  ...driftScheduleModels,
  ...policyGroupModels,
];
const functions: readonly FunctionModel[] = [
  ...networkLookups,
  ...hostedZoneLookups,
  ...quotaLookups,
  ...loadBalancingLookups,
  ...iamFunctions,
  ...policySimulationLookups,
  ...cloudControlLookups,
  ...taggedResourceLookups,
  ...identityProviderFunctions,
  ...eksFunctions,
];
const components: readonly ComponentModel[] = [awsxVpc, eksCluster];

/** Everything the sandbox knows: one line per service file. */
export const catalog: Catalog = {
  resources: new Map(resources.map((model) => [model.type, model])),
  functions: new Map(functions.map((model) => [model.token, model])),
  components: new Map(components.map((model) => [model.type, model])),
};
