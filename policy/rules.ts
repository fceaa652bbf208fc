import type { Rule } from "./frame/rule.ts";
import { agentcoreAuthorized } from "./rules/agentcore-authorized.ts";
import { agentcoreInVpc } from "./rules/agentcore-in-vpc.ts";
import { corpaiTags } from "./rules/corpai-tags.ts";
import { deletionProtection } from "./rules/deletion-protection.ts";
import { dynamodbRecoverable } from "./rules/dynamodb-recoverable.ts";
import { ebsEncrypted } from "./rules/ebs-encrypted.ts";
import { eksAccessByApi } from "./rules/eks-access-by-api.ts";
import { eksControlPlaneLogs } from "./rules/eks-control-plane-logs.ts";
import { eksPrivateEndpoint } from "./rules/eks-private-endpoint.ts";
import { eksSecretsEncryption } from "./rules/eks-secrets-encryption.ts";
import { eksVersionSupported } from "./rules/eks-version-supported.ts";
import { elasticacheEncrypted } from "./rules/elasticache-encrypted.ts";
import { elasticacheFailover } from "./rules/elasticache-failover.ts";
import { endpointPolicyScoped } from "./rules/endpoint-policy-scoped.ts";
import { endpointPolicySupported } from "./rules/endpoint-policy-supported.ts";
import { endpointServiceAcceptance } from "./rules/endpoint-service-acceptance.ts";
import { endpointServiceBehindInternalLb } from "./rules/endpoint-service-behind-internal-lb.ts";
import { endpointServicePrincipalsScoped } from "./rules/endpoint-service-principals-scoped.ts";
import { endpointServiceRegions } from "./rules/endpoint-service-regions.ts";
import { endpointVpcDns } from "./rules/endpoint-vpc-dns.ts";
import { flowLogsPresent } from "./rules/flow-logs-present.ts";
import { iamNoUsers } from "./rules/iam-no-users.ts";
import { iamNoWildcard } from "./rules/iam-no-wildcard.ts";
import { iamTrustScoped } from "./rules/iam-trust-scoped.ts";
import { imdsV2Required } from "./rules/imds-v2-required.ts";
import { interfaceEndpointGroups } from "./rules/interface-endpoint-groups.ts";
import { interfaceEndpointPrivateDns } from "./rules/interface-endpoint-private-dns.ts";
import { internetReachability } from "./rules/internet-reachability.ts";
import { kmsKeyRotation } from "./rules/kms-key-rotation.ts";
import { lambdaUrlAuthorized } from "./rules/lambda-url-authorized.ts";
import { listenerOnInternalLb } from "./rules/listener-on-internal-lb.ts";
import { listenerProtocol } from "./rules/listener-protocol.ts";
import { listenerTlsModern } from "./rules/listener-tls-modern.ts";
import { logGroupEncrypted } from "./rules/log-group-encrypted.ts";
import { logGroupRetention } from "./rules/log-group-retention.ts";
import { namespaceRestricted } from "./rules/namespace-restricted.ts";
import { nlbCrossZone } from "./rules/nlb-cross-zone.ts";
import { nlbInboundRules } from "./rules/nlb-inbound-rules.ts";
import { nlbInternal } from "./rules/nlb-internal.ts";
import { noPublicIp } from "./rules/no-public-ip.ts";
import { podImageByDigest } from "./rules/pod-image-by-digest.ts";
import { podLimits } from "./rules/pod-limits.ts";
import { podNetworkPolicy } from "./rules/pod-network-policy.ts";
import { podNoApiToken } from "./rules/pod-no-api-token.ts";
import { podNoPlainSecrets } from "./rules/pod-no-plain-secrets.ts";
import { podReadOnlyRoot } from "./rules/pod-read-only-root.ts";
import { podRestricted } from "./rules/pod-restricted.ts";
import { podTlsVerified } from "./rules/pod-tls-verified.ts";
import { providerPinned } from "./rules/provider-pinned.ts";
import { rdsBackups } from "./rules/rds-backups.ts";
import { rdsEncrypted } from "./rules/rds-encrypted.ts";
import { rdsIamAuthentication } from "./rules/rds-iam-authentication.ts";
import { rdsNotPublic } from "./rules/rds-not-public.ts";
import { rdsPasswordManaged } from "./rules/rds-password-managed.ts";
import { resourcePoliciesScoped } from "./rules/resource-policies-scoped.ts";
import { s3PublicAccessBlock } from "./rules/s3-public-access-block.ts";
import { serviceNotPublic } from "./rules/service-not-public.ts";
import { sgDefaultClosed } from "./rules/sg-default-closed.ts";
import { sgNoPublicIngress } from "./rules/sg-no-public-ingress.ts";
import { sgNoWideIngress } from "./rules/sg-no-wide-ingress.ts";
import { sgOneSpelling } from "./rules/sg-one-spelling.ts";
import { sgRulesDescribed } from "./rules/sg-rules-described.ts";
import { targetGroupHealthCheck } from "./rules/target-group-health-check.ts";
import { twoAvailabilityZones } from "./rules/two-availability-zones.ts";

/** Every rule of the pack. */
export const RULES: readonly Rule[] = [
  agentcoreAuthorized,
  agentcoreInVpc,
  corpaiTags,
  deletionProtection,
  dynamodbRecoverable,
  ebsEncrypted,
  eksAccessByApi,
  eksControlPlaneLogs,
  eksPrivateEndpoint,
  eksSecretsEncryption,
  eksVersionSupported,
  elasticacheEncrypted,
  elasticacheFailover,
  endpointPolicyScoped,
  endpointPolicySupported,
  endpointServiceAcceptance,
  endpointServiceBehindInternalLb,
  endpointServicePrincipalsScoped,
  endpointServiceRegions,
  endpointVpcDns,
  flowLogsPresent,
  iamNoUsers,
  iamNoWildcard,
  iamTrustScoped,
  imdsV2Required,
  interfaceEndpointGroups,
  interfaceEndpointPrivateDns,
  internetReachability,
  kmsKeyRotation,
  lambdaUrlAuthorized,
  listenerOnInternalLb,
  listenerProtocol,
  listenerTlsModern,
  logGroupEncrypted,
  logGroupRetention,
  namespaceRestricted,
  nlbCrossZone,
  nlbInboundRules,
  nlbInternal,
  noPublicIp,
  podImageByDigest,
  podLimits,
  podNetworkPolicy,
  podNoApiToken,
  podNoPlainSecrets,
  podReadOnlyRoot,
  podRestricted,
  podTlsVerified,
  providerPinned,
  rdsBackups,
  rdsEncrypted,
  rdsIamAuthentication,
  rdsNotPublic,
  rdsPasswordManaged,
  resourcePoliciesScoped,
  s3PublicAccessBlock,
  serviceNotPublic,
  sgDefaultClosed,
  sgNoPublicIngress,
  sgNoWideIngress,
  sgOneSpelling,
  sgRulesDescribed,
  targetGroupHealthCheck,
  twoAvailabilityZones,
];
