/** The pods of all Deployments, computed from the world as it is right now: where each stands, what it sees, whom it reaches. */
import { createHash } from "node:crypto";
import { clusterAt, vpcIdOf } from "../aws/eks.ts";
import type { Origin } from "../aws/reach.ts";
import { interfaces, rangeOf, toIp } from "../aws/network.ts";
import { walk } from "../path.ts";
import type { Walk } from "../path.ts";
import { integer, record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { whyNoPull } from "./images.ts";
import { mayStandIn, misfit, poolsOf, resolveClass } from "./nodes.ts";
import { found, nameOf, namespaceOf } from "./objects.ts";

export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

export interface Pod {
  readonly cluster: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly name: string;
  readonly phase: "Pending" | "Running";
  readonly ready: boolean;
  /** Why it is not ready, or what it is ready by. */
  readonly reason: string;
  /** Undefined until it is scheduled. */
  readonly ip: string | undefined;
  readonly azId: string | undefined;
  readonly subnetId: string | undefined;
  readonly securityGroupIds: readonly string[];
  /** Values from Secrets read as `[secret]`: the world knows only their digests. */
  readonly env: Readonly<Record<string, string>>;
  /** One for each host and port that the image's `/ready` needs. */
  readonly walks: readonly Walk[];
}

const SECRET_VALUE = "[secret]";

/** @param candidate a Deployment as it would be, whether it is in the world yet or not */
export function podsOf(world: World, candidate?: WorldObject): readonly Pod[] {
  const isSame = ({ id, account }: WorldObject): boolean => id === candidate?.id && account === candidate.account;
  const standing = world.all(DEPLOYMENT);
  const deployments =
    candidate && !standing.some(isSame)
      ? [...standing, candidate]
      : standing.map((object) => (candidate && isSame(object) ? candidate : object));
  const taken = new Set(interfaces(world).map(({ subnetId, ip }) => `${subnetId}/${ip}`));
  return deployments.flatMap((deployment) => {
    const cluster = clusterAt(world, deployment.account);
    if (!cluster) return [];
    const replicas = integer(record(deployment.inputs.spec).replicas) ?? 1;
    return Array.from({ length: replicas }, (_none, index) => podOf(world, cluster, deployment, index, taken));
  });
}

export const podsOfDeployment = (world: World, object: WorldObject): readonly Pod[] =>
  podsOf(world, object).filter(
    ({ namespace, deployment, cluster }) =>
      namespace === namespaceOf(object) &&
      deployment === nameOf(object) &&
      cluster === clusterAt(world, object.account)?.id,
  );

const letters = (text: string, count: number): string =>
  [...createHash("sha256").update(text).digest()]
    .slice(0, count)
    .map((byte) => "bcdfghjklmnpqrstvwxz2456789"[byte % 27])
    .join("");

function podOf(world: World, cluster: WorldObject, deployment: WorldObject, index: number, taken: Set<string>): Pod {
  const [namespace, name] = [namespaceOf(deployment), nameOf(deployment)];
  const template = record(record(deployment.inputs.spec).template);
  const spec = record(template.spec);
  const replicaSet = `${name}-${letters(JSON.stringify(template), 10)}`;
  const base = {
    cluster: cluster.id,
    namespace,
    deployment: name,
    name: `${replicaSet}-${letters(`${replicaSet}/${index}`, 5)}`,
    ip: undefined,
    azId: undefined,
    subnetId: undefined,
    securityGroupIds: [],
    env: {},
    walks: [],
  };
  const pending = (reason: string, more: Partial<Pod> = {}): Pod => ({
    ...base,
    phase: "Pending",
    ready: false,
    reason,
    ...more,
  });

  const account = text(spec.serviceAccountName);
  if (
    account !== undefined &&
    account !== "default" &&
    !found(world, "kubernetes:core/v1:ServiceAccount", deployment.account, namespace, account)
  )
    return pending(`FailedCreate: serviceaccount "${account}" not found`);
  const place = schedule(world, cluster, spec, index, taken);
  if (typeof place === "string") return pending(`Unschedulable: ${place}`);
  const { node, ...scheduled } = place;

  const containers = records(spec.containers).map((container) => ({
    container,
    env: environment(world, deployment, container),
  }));
  const env = Object.assign({}, ...containers.map((each) => each.env.values)) as Record<string, string>;
  const stands = { ...scheduled, env };
  for (const { container } of [...records(spec.initContainers).map((one) => ({ container: one })), ...containers]) {
    const image = text(container.image) ?? "";
    const unpulled = world.facts.images[image] === undefined ? `no image ${image}` : whyNoPull(world, node, image);
    if (unpulled !== undefined) return pending(`ImagePullBackOff: ${unpulled}`, stands);
  }
  const missing = containers.flatMap((each) => each.env.missing)[0];
  if (missing !== undefined) return pending(`CreateContainerConfigError: ${missing}`, stands);

  const source = {
    vpcId: vpcIdOf(cluster),
    subnetId: scheduled.subnetId,
    ip: scheduled.ip,
    securityGroupIds: scheduled.securityGroupIds,
  };
  const probes = containers.flatMap(({ container, env: { values } }) =>
    (world.facts.images[text(container.image) ?? ""]?.readyWhenReaches ?? []).map(({ host, port, certificateFor }) => {
      const asked = record(record(container.readinessProbe).httpGet).path === "/ready";
      const unresolved = [host, port, certificateFor ?? host].find(
        (variable) => values[variable] === undefined || values[variable] === "" || values[variable] === SECRET_VALUE,
      );
      if (unresolved !== undefined) {
        const why =
          values[unresolved] === SECRET_VALUE
            ? `${unresolved} comes from a Secret, so the sandbox cannot tell where it leads`
            : `${unresolved} is not set`;
        return { asked, why };
      }
      const name = certificateFor === undefined ? undefined : values[certificateFor];
      const went = walk(world, source, values[host] ?? "", Number(values[port]), name);
      const last = went.hops.at(-1);
      return {
        asked,
        went,
        why:
          went.verdict === "open"
            ? undefined
            : `${values[host]}:${values[port]} is blocked at ${went.blockedAt}: ${last?.because}`,
      };
    }),
  );
  const failed = probes.find(({ asked, why }) => asked && why !== undefined);
  const unasked = probes.find(({ asked, why }) => !asked && why !== undefined);
  const reason = failed
    ? `readiness probe failed: ${failed.why}`
    : unasked
      ? `no readiness probe asks /ready, so it counts as ready, although ${unasked.why}`
      : probes.length > 0
        ? "it reaches all that it needs"
        : "it needs nothing";
  return {
    ...base,
    ...stands,
    phase: "Running",
    ready: failed === undefined,
    reason,
    walks: probes.flatMap(({ went }) => went ?? []),
  };
}

interface Standing {
  /** The node that it stands on, as the network sees it. */
  readonly node: Origin;
  readonly ip: string;
  readonly azId: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
}

/** Spread over the AZs by turns; a pod stands in its node's AZ, and its address comes from the end of the subnet. */
function schedule(
  world: World,
  cluster: WorldObject,
  spec: Properties,
  index: number,
  taken: Set<string>,
): Standing | string {
  const reasons: string[] = [];
  for (const pool of poolsOf(world, cluster)) {
    const against = misfit(pool, spec);
    const resolved = against ?? resolveClass(world, cluster, pool.className);
    if (typeof resolved === "string") {
      reasons.push(resolved);
      continue;
    }
    const zoneOf = ({ computed }: WorldObject): string => text(computed.availabilityZoneId) ?? "";
    const nodeZones = new Set(resolved.nodeSubnets.filter((subnet) => mayStandIn(pool, spec, subnet)).map(zoneOf));
    const places = resolved.podSubnets.filter((subnet) => nodeZones.has(zoneOf(subnet)));
    const zones = [...new Set(places.map(zoneOf))].sort();
    const azId = zones[index % zones.length];
    const subnet = places.filter((place) => zoneOf(place) === azId)[0];
    if (azId === undefined || !subnet) {
      reasons.push(
        `NodeClass ${pool.className}: no AZ that NodePool ${pool.name} allows has both a node and a pod subnet`,
      );
      continue;
    }
    const range = rangeOf(text(subnet.inputs.cidrBlock) ?? "");
    for (let number = (range?.last ?? 0) - 1; range && number > range.first + 3; number -= 1) {
      const ip = toIp(number);
      if (taken.has(`${subnet.id}/${ip}`)) continue;
      taken.add(`${subnet.id}/${ip}`);
      const home = resolved.nodeSubnets.find((place) => zoneOf(place) === azId) ?? subnet;
      const node = {
        account: cluster.account,
        region: cluster.region,
        vpcId: vpcIdOf(cluster),
        subnetId: home.id,
        ip: firstAddress(home),
        securityGroupIds: resolved.nodeGroupIds,
      };
      return { node, ip, azId, subnetId: subnet.id, securityGroupIds: resolved.podGroupIds };
    }
    reasons.push(`subnet ${subnet.id} has no free address`);
  }
  return reasons.length > 0 ? reasons.join("; ") : "the cluster has no NodePool";
}

/** Nodes are no objects of this world; any address of their subnet stands for theirs. */
const firstAddress = (subnet: WorldObject): string =>
  toIp((rangeOf(text(subnet.inputs.cidrBlock) ?? "")?.first ?? 0) + 4);

/** A container's variables as its process sees them, and what keeps the container from starting. */
function environment(
  world: World,
  deployment: WorldObject,
  container: Properties,
): { readonly values: Record<string, string>; readonly missing: readonly string[] } {
  const namespace = namespaceOf(deployment);
  const values: Record<string, string> = {};
  const missing: string[] = [];
  const from = (kind: "Secret" | "ConfigMap", { name, optional }: Properties): Record<string, string> | undefined => {
    const object = found(world, `kubernetes:core/v1:${kind}`, deployment.account, namespace, text(name) ?? "");
    if (!object && optional !== true) missing.push(`${kind.toLowerCase()} "${text(name)}" not found`);
    const data = object && { ...record(object.inputs.data), ...record(object.inputs.stringData) };
    return (
      data &&
      Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, kind === "Secret" ? SECRET_VALUE : String(value)]),
      )
    );
  };
  for (const { prefix, secretRef, configMapRef } of records(container.envFrom)) {
    const data = secretRef === undefined ? from("ConfigMap", record(configMapRef)) : from("Secret", record(secretRef));
    for (const [key, value] of Object.entries(data ?? {})) values[`${text(prefix) ?? ""}${key}`] = value;
  }
  for (const { name, value, valueFrom } of records(container.env)) {
    const variable = text(name) ?? "";
    const source = record(valueFrom);
    if (valueFrom === undefined) {
      values[variable] = text(value) ?? "";
      continue;
    }
    const [kind, reference] =
      source.secretKeyRef === undefined
        ? (["ConfigMap", source.configMapKeyRef] as const)
        : (["Secret", source.secretKeyRef] as const);
    if (reference === undefined) {
      values[variable] = `[${Object.keys(source)[0]}]`;
      continue;
    }
    const data = from(kind, record(reference));
    const key = text(record(reference).key) ?? "";
    if (data?.[key] !== undefined) values[variable] = data[key];
    else if (data && record(reference).optional !== true)
      missing.push(`couldn't find key ${key} in ${kind} ${namespace}/${text(record(reference).name)}`);
  }
  return { values, missing };
}
