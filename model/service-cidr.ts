/** Addresses of Kubernetes Services inside the cluster; one of the two that EKS itself would choose from. Final: EKS cannot change it. */
export const SERVICE_CIDR = "172.20.0.0/16";
