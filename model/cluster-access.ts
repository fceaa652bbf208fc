/** What a principal may do by the Kubernetes API: our word for it, and EKS's access policy. */
export const ACCESS_POLICIES = {
  "cluster-admin": "AmazonEKSClusterAdminPolicy",
  admin: "AmazonEKSAdminPolicy",
  edit: "AmazonEKSEditPolicy",
  view: "AmazonEKSViewPolicy",
  "admin-view": "AmazonEKSAdminViewPolicy",
} as const;

export type AccessGrant = keyof typeof ACCESS_POLICIES;

/** In the whole cluster, or in namespaces only. */
export type AccessScope = "cluster" | readonly string[];

/** One principal and what it may do. */
export interface ClusterAccess {
  /** ARN of a role or user. */
  readonly principal: string;
  readonly grants: Readonly<Partial<Record<AccessGrant, AccessScope>>>;
}

export const accessPolicyArn = (grant: AccessGrant): string =>
  `arn:aws:eks::aws:cluster-access-policy/${ACCESS_POLICIES[grant]}`;
