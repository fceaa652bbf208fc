import { SERVICE_CIDR } from "./service-cidr.ts";

/** Where pods may send to: addresses, and ports of one protocol or of both. */
export interface Egress {
  readonly cidrs: readonly string[];
  readonly port: number;
  readonly protocols: readonly ("TCP" | "UDP")[];
}

/** EKS gives the cluster's DNS the tenth address of the Services' range. https://docs.aws.amazon.com/eks/latest/userguide/coredns.html */
const clusterDns = (): string => {
  const [address = ""] = SERVICE_CIDR.split("/");
  return `${address.replace(/\d+$/, "10")}/32`;
};

/** Names of connections and stores. */
export const DNS_EGRESS: Egress = { cidrs: [clusterDns()], port: 53, protocols: ["UDP", "TCP"] };

/** The agent on each node that hands out credentials. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
export const POD_IDENTITY_EGRESS: Egress = { cidrs: ["169.254.170.23/32"], port: 80, protocols: ["TCP"] };

/** Where AWS's own services answer, in the endpoint tier. */
export const AWS_SERVICE_PORT = 443;
