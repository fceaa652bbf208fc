/** Pod security admission: what a namespace that enforces the standard `restricted` lets run. */
import { record, records, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World } from "../world.ts";
import { NAMESPACE } from "./objects.ts";

const MODES = ["enforce", "audit", "warn"] as const;
const LEVELS = ["privileged", "baseline", "restricted"];
const VERSION = /^(latest|v1\.\d+)$/;
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** What the API server says of a namespace's own labels. */
export function labelFaults(labels: Properties): string[] {
  return MODES.flatMap((mode) => {
    const level = text(labels[`pod-security.kubernetes.io/${mode}`]);
    const version = text(labels[`pod-security.kubernetes.io/${mode}-version`]);
    return [
      ...(level === undefined || LEVELS.includes(level) ? [] : [`must be one of ${LEVELS.join(", ")}, got "${level}"`]),
      ...(version === undefined || VERSION.test(version) ? [] : [`must be "latest" or "v1.x", got "${version}"`]),
    ];
  });
}

/** Why a pod may not be created in its namespace; undefined where it may. Of `baseline` the sandbox knows no rules, so nothing passes it by mistake. */
export function forbidden(world: World, server: string, namespace: string, podSpec: Properties): string | undefined {
  const labels = record(record(world.get(NAMESPACE, namespace, server)?.inputs.metadata).labels);
  const level = text(labels["pod-security.kubernetes.io/enforce"]) ?? "privileged";
  if (level === "privileged") return undefined;
  const version = text(labels["pod-security.kubernetes.io/enforce-version"]) ?? "latest";
  const against = violations(podSpec);
  return against.length === 0 ? undefined : `violates PodSecurity "${level}:${version}": ${against.join(", ")}`;
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
function violations(podSpec: Properties): string[] {
  const found: string[] = [];
  const pod = record(podSpec.securityContext);
  for (const field of ["hostNetwork", "hostPID", "hostIPC"])
    if (podSpec[field] === true) found.push(`host namespaces (${field}=true)`);
  for (const volume of records(podSpec.volumes)) {
    const kind = Object.keys(volume).find((key) => key !== "name");
    if (kind !== undefined && !VOLUMES.includes(kind))
      found.push(`restricted volume types (volume "${text(volume.name)}" uses ${kind})`);
  }
  for (const container of [...records(podSpec.initContainers), ...records(podSpec.containers)]) {
    const own = record(container.securityContext);
    const name = `container "${text(container.name)}"`;
    const { drop, add } = record(own.capabilities);
    if (own.privileged === true) found.push(`privileged (${name})`);
    if (own.allowPrivilegeEscalation !== false) found.push(`allowPrivilegeEscalation != false (${name})`);
    if (!texts(drop).includes("ALL") || texts(add).some((one) => one !== "NET_BIND_SERVICE"))
      found.push(`unrestricted capabilities (${name} must set securityContext.capabilities.drop=["ALL"])`);
    if ((own.runAsNonRoot ?? pod.runAsNonRoot) !== true) found.push(`runAsNonRoot != true (pod or ${name})`);
    if ((own.runAsUser ?? pod.runAsUser) === 0) found.push(`runAsUser=0 (${name})`);
    const profile = text(record(own.seccompProfile ?? pod.seccompProfile).type);
    if (profile !== "RuntimeDefault" && profile !== "Localhost") found.push(`seccompProfile (pod or ${name})`);
  }
  return found;
}
