/** EKS Pod Identity: whose permissions the processes of a pod have, or why they have none. */
import { POD_IDENTITY } from "../aws/eks.ts";
import { list, parsed, roleByArn, statements } from "../aws/iam.ts";
import type { Actor } from "../aws/policies.ts";
import { applies } from "../aws/policies.ts";
import { record, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { whyNoPodIdentity } from "./images.ts";
import type { Running } from "./pod-start.ts";

/** Where the agent on every node answers. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
const AGENT = { ip: "169.254.170.23", port: 80, protocol: "TCP" } as const;
const SERVICE = "pods.eks.amazonaws.com";
/** EKS tags every session, so the right to assume the role is not enough. */
const ACTIONS = ["sts:AssumeRole", "sts:TagSession"];

/** The role that a pod's processes act as, or why they act as none. */
export function identityOf(world: World, cluster: WorldObject, pod: Running): Actor | string {
  const { selected, serviceAccount, source, standing } = pod;
  const { namespace } = selected;
  const called = `${namespace}/${serviceAccount}`;
  const association = world.all(
    POD_IDENTITY,
    ({ account, inputs }) =>
      account === cluster.account &&
      inputs.clusterName === cluster.id &&
      inputs.namespace === namespace &&
      inputs.serviceAccount === serviceAccount,
  )[0];
  if (!association) return `service account ${called} has no Pod Identity association in ${cluster.id}`;
  const role = roleByArn(world, text(association.inputs.roleArn) ?? "");
  if (!role) return `role ${text(association.inputs.roleArn)} of service account ${called} does not exist`;
  const keys = {
    "aws:RequestTag/eks-cluster-name": cluster.id,
    "aws:RequestTag/eks-cluster-arn": text(cluster.computed.arn) ?? "",
    "aws:RequestTag/kubernetes-namespace": namespace,
    "aws:RequestTag/kubernetes-service-account": serviceAccount,
    "aws:SourceAccount": cluster.account,
    "aws:SourceArn": text(cluster.computed.arn) ?? "",
  };
  const trust = statements(parsed(role.inputs.assumeRolePolicy)).filter((statement) =>
    list(record(statement.Principal).Service).includes(SERVICE),
  );
  for (const action of ACTIONS) {
    const matching = trust.filter((statement) => applies(statement, { action, arn: undefined, keys }));
    if (matching.length === 0 || matching.some(({ Effect }) => Effect === "Deny"))
      return `role ${role.id} does not let ${SERVICE} ${action} for service account ${called}`;
  }
  const agent = source.policy?.(AGENT);
  if (agent?.open === false) return `the Pod Identity agent cannot be reached: ${agent.because}`;
  const unanswered = whyNoPodIdentity(world, standing.node, text(cluster.computed.arn) ?? "");
  if (unanswered !== undefined) return `the Pod Identity agent gets no credentials: ${unanswered}`;
  return { account: role.account, role: role.id };
}
