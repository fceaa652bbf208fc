import type { AccountRegion } from "./account-region.ts";
import type { PolicyStatement } from "./iam-documents.ts";
import { serviceTrust } from "./service-trust.ts";

/** A pod's service account in a cluster. */
export interface PodAccount {
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * Lets EKS give the role's credentials to one service account only.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export const podTrustPolicy = ({ clusterName, namespace, serviceAccount }: PodAccount): string =>
  serviceTrust("pods.eks.amazonaws.com", {
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": clusterName,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
    },
  });

/** To log in to one database as one role. @param resourceId `db-…`, which stays when the instance is renamed */
export const connectToDatabase = (
  { region, account }: AccountRegion,
  resourceId: string,
  user: string,
): PolicyStatement => ({
  Sid: "ConnectToDatabase",
  Effect: "Allow",
  Action: "rds-db:connect",
  Resource: `arn:aws:rds-db:${region}:${account}:dbuser:${resourceId}/${user}`,
});

/** To log in to one cache as one user. AWS judges it on both. */
export const connectToCache = (cacheArn: string, userArn: string): PolicyStatement => ({
  Sid: "ConnectToCache",
  Effect: "Allow",
  Action: "elasticache:Connect",
  Resource: [cacheArn, userArn],
});

/** To read the master's secret, and nothing else that its key protects. */
export const readSecret = (
  { region }: Pick<AccountRegion, "region">,
  secretArn: string,
  keyArn: string,
): PolicyStatement[] => [
  { Sid: "ReadMasterSecret", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
  {
    Sid: "DecryptMasterSecret",
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: keyArn,
    Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
  },
];
