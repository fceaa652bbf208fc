/** From a pod template to a running container: admitted, scheduled, its image and variables there. The same for Deployments and Jobs. */
import { vpcIdOf } from "../aws/eks.ts";
import { rangeOf, toIp } from "../aws/network.ts";
import type { Source } from "../path.ts";
import { record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { ImageFacts, World, WorldObject } from "../world.ts";
import { whyNoPull } from "./images.ts";
import { policiesAdmit } from "./network-policies.ts";
import type { Selected } from "./network-policies.ts";
import { found, namespaceOf } from "./objects.ts";
import { forbidden } from "./pod-security.ts";
import { schedule } from "./scheduling.ts";
import type { Standing } from "./scheduling.ts";
import { environment } from "./variables.ts";
import { fileAt, unmounted } from "./volumes.ts";

export interface Container {
  readonly spec: Properties;
  /** What its image does, as far as the estate knows. */
  readonly image: ImageFacts;
  readonly env: Readonly<Record<string, string>>;
  /** What it reads at a path; undefined where there is no file. */
  readonly read: (path: string) => string | undefined;
}

/** A pod whose containers run. */
export interface Running {
  readonly standing: Standing;
  readonly env: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly serviceAccount: string;
  /** Where its packets start. */
  readonly source: Source;
  readonly selected: Selected;
}

/** Why a pod's containers do not run, with as much of it as there is. */
export interface Waiting {
  readonly waiting: string;
  readonly standing?: Standing;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PodRequest {
  readonly world: World;
  readonly cluster: WorldObject;
  /** The Deployment or Job. */
  readonly owner: WorldObject;
  readonly index: number;
  /** Addresses that are in use, as `<subnet>/<ip>`; the pod's own is added. */
  readonly taken: Set<string>;
}

export function startPod({ world, cluster, owner, index, taken }: PodRequest): Running | Waiting {
  const namespace = namespaceOf(owner);
  const template = record(record(owner.inputs.spec).template);
  const spec = record(template.spec);
  const serviceAccount = text(spec.serviceAccountName) ?? "default";
  if (
    serviceAccount !== "default" &&
    !found(world, "kubernetes:core/v1:ServiceAccount", owner.account, namespace, serviceAccount)
  )
    return { waiting: `FailedCreate: serviceaccount "${serviceAccount}" not found` };
  const insecure = forbidden(world, owner.account, namespace, spec);
  if (insecure !== undefined) return { waiting: `FailedCreate: pods are forbidden: ${insecure}` };
  const standing = schedule(world, cluster, spec, index, taken);
  if (typeof standing === "string") return { waiting: `Unschedulable: ${standing}` };

  const all = records(spec.containers).map((container) => ({ container, ...environment(world, owner, container) }));
  const env = Object.assign({}, ...all.map(({ values }) => values)) as Record<string, string>;
  const images = [...records(spec.initContainers), ...records(spec.containers)].map(({ image }) => text(image) ?? "");
  const unpulled = images
    .map((image) =>
      world.facts.images[image] === undefined ? `no image ${image}` : whyNoPull(world, standing.node, image),
    )
    .find((why) => why !== undefined);
  if (unpulled !== undefined) return { waiting: `ImagePullBackOff: ${unpulled}`, standing, env };
  const missing = [...all.flatMap((each) => each.missing), ...unmounted(world, owner, spec)][0];
  if (missing !== undefined) return { waiting: `CreateContainerConfigError: ${missing}`, standing, env };

  const labels = record(record(template.metadata).labels);
  const selected: Selected = { server: owner.account, namespace, labels, enforcement: standing.enforcement };
  const source: Source = {
    vpcId: vpcIdOf(cluster),
    subnetId: standing.subnetId,
    ip: standing.ip,
    securityGroupIds: standing.securityGroupIds,
    resolver: dnsAddress(cluster),
    policy: (packet) => policiesAdmit(world, selected, { direction: "egress", ...packet }),
  };
  const containers = all.map(({ container, values }) => ({
    spec: container,
    image: world.facts.images[text(container.image) ?? ""] ?? { readyWhenReaches: [] },
    env: values,
    read: (path: string) => fileAt(world, owner, spec, container, path),
  }));
  return { standing, env, containers, serviceAccount, source, selected };
}

/** EKS gives the cluster's DNS the tenth address of the services' range. */
function dnsAddress({ computed }: WorldObject): string {
  const range = rangeOf(text(computed["kubernetesNetworkConfig.serviceIpv4Cidr"]) ?? "");
  return toIp((range?.first ?? 0) + 10);
}
