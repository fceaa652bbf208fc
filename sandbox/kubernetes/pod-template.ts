/** What the API server refuses of a pod template, whosever it is. */
import type { CheckFailure } from "../model.ts";
import { record, records, text } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import { isLabel, judgeLabels, undeclared } from "./objects.ts";

const POD_SPEC = [
  "activeDeadlineSeconds",
  "affinity",
  "automountServiceAccountToken",
  "containers",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostname",
  "imagePullSecrets",
  "initContainers",
  "nodeSelector",
  "os",
  "preemptionPolicy",
  "priorityClassName",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccountName",
  "setHostnameAsFQDN",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "tolerations",
  "topologySpreadConstraints",
  "volumes",
];
const CONTAINER = [
  "name",
  "image",
  "imagePullPolicy",
  "command",
  "args",
  "env",
  "envFrom",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resizePolicy",
  "resources",
  "restartPolicy",
  "securityContext",
  "startupProbe",
  "stdin",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];
const PROBE = [
  "httpGet",
  "tcpSocket",
  "exec",
  "grpc",
  "initialDelaySeconds",
  "periodSeconds",
  "timeoutSeconds",
  "successThreshold",
  "failureThreshold",
  "terminationGracePeriodSeconds",
];

function judgeContainer(container: Properties, path: string): CheckFailure[] {
  const failures = [
    ...undeclared(container, path, CONTAINER),
    ...undeclared(container.readinessProbe, `${path}.readinessProbe`, PROBE),
  ];
  const refuse = (why: string): number => failures.push(["spec", `${path}${why}`]);
  const name = text(container.name);
  if (container.name !== UNKNOWN && (name === undefined || !isLabel(name)))
    refuse(
      `.name: Invalid value: "${name ?? ""}": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'`,
    );
  if (container.image === undefined || container.image === "") refuse(".image: Required value");
  const seen = new Set<string>();
  for (const { name: variable, value, valueFrom } of records(container.env)) {
    const called = text(variable) ?? "";
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(called))
      refuse(
        `.env: Invalid value: "${called}": a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.'`,
      );
    if (value !== undefined && value !== UNKNOWN && typeof value !== "string")
      refuse(`.env[name="${called}"].value: expected string, got ${JSON.stringify(value)}`);
    if (value !== undefined && value !== "" && valueFrom !== undefined)
      refuse(`.env[name="${called}"].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`);
    if (seen.has(called)) refuse(`.env: duplicate entries for key [name="${called}"]`);
    seen.add(called);
  }
  return failures;
}

export function judgeTemplate(template: Value | undefined, path: string): CheckFailure[] {
  if (template === UNKNOWN) return [];
  const { metadata, spec } = record(template);
  const pod = record(spec);
  const failures: CheckFailure[] = [
    ...undeclared(template, path, ["metadata", "spec"]),
    ...undeclared(spec, `${path}.spec`, POD_SPEC),
    ...judgeLabels(record(metadata).labels, `${path}.metadata.labels`),
    ...records(pod.containers).flatMap((container, index) =>
      judgeContainer(container, `${path}.spec.containers[${index}]`),
    ),
  ];
  if (records(pod.containers).length === 0 && pod.containers !== UNKNOWN && spec !== UNKNOWN)
    failures.push(["spec", `${path}.spec.containers: Required value`]);
  if (record(pod.affinity).nodeAffinity !== undefined)
    failures.push(["spec", "the sandbox does not interpret nodeAffinity; use nodeSelector"]);
  return failures;
}
