import { isDeepStrictEqual } from "node:util";
import type { Caller, CheckFailure, ResourceModel } from "../model.ts";
import { record, text } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { Kind } from "./objects.ts";
import { kubernetesModel, namespaceOf, undeclared } from "./objects.ts";

/** Unless the provider is told otherwise, it replaces what pods may have read already: Pulumi then rolls the pods, too. */
const unlessMutable =
  (setting: string, fields: readonly string[]) =>
  (olds: Properties, news: Properties, { config }: Caller): readonly string[] =>
    String(config[setting]) === "true" && olds.immutable !== true
      ? []
      : fields.filter((field) => !isDeepStrictEqual(olds[field], news[field]));

function judgeTexts(inputs: Properties, fields: readonly string[], shown: (value: Value) => string): CheckFailure[] {
  return fields.flatMap((field) =>
    Object.entries(record(inputs[field])).flatMap(([key, value]): CheckFailure[] => {
      if (!/^[-._a-zA-Z0-9]+$/.test(key))
        return [
          [
            field,
            `${field}[${key}]: Invalid value: a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
          ],
        ];
      return value === UNKNOWN || typeof value === "string"
        ? []
        : [[field, `.${field}.${key}: expected string, got ${shown(value)}`]];
    }),
  );
}

/** A Secret's values are nobody's to repeat. */
const aType = (value: Value): string => `a value of type ${typeof value}`;

const namespace: Kind = {
  apiVersion: "v1",
  kind: "Namespace",
  scope: "cluster",
  fields: { spec: {} },
  status: () => ({ phase: "Active" }),
  // All that lives in a namespace goes with it.
  remove: ({ id, account }, { world }) =>
    world.objects
      .filter((object) => object.account === account && namespaceOf(object) === id)
      .forEach((object) => world.remove(object)),
};

const serviceAccount: Kind = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  scope: "namespaced",
  fields: { automountServiceAccountToken: {}, imagePullSecrets: {}, secrets: {} },
};

const configMap: Kind = {
  apiVersion: "v1",
  kind: "ConfigMap",
  scope: "namespaced",
  fields: { data: {}, binaryData: {}, immutable: {} },
  judge: (inputs) => judgeTexts(inputs, ["data", "binaryData"], JSON.stringify),
  replaces: unlessMutable("enableConfigMapMutable", ["data", "binaryData"]),
};

const secret: Kind = {
  apiVersion: "v1",
  kind: "Secret",
  scope: "namespaced",
  fields: { data: { sensitive: true }, stringData: { sensitive: true }, type: { replace: true }, immutable: {} },
  judge: (inputs) => judgeTexts(inputs, ["data", "stringData"], aType),
  replaces: unlessMutable("enableSecretMutable", ["data", "stringData"]),
};

const service: Kind = {
  apiVersion: "v1",
  kind: "Service",
  scope: "namespaced",
  fields: { spec: {} },
  judge({ spec }) {
    const type = text(record(spec).type);
    const known = [
      "type",
      "selector",
      "ports",
      "clusterIP",
      "sessionAffinity",
      "internalTrafficPolicy",
      "publishNotReadyAddresses",
    ];
    return [
      ...undeclared(spec, "spec", known),
      ...(type === undefined || type === "ClusterIP"
        ? []
        : [["spec", `the sandbox has Services of type ClusterIP only, not ${type}`] as const]),
    ];
  },
  status: () => ({ loadBalancer: {} }),
};

const podDisruptionBudget: Kind = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  scope: "namespaced",
  fields: { spec: {} },
  judge({ spec }) {
    const both = record(spec).minAvailable !== undefined && record(spec).maxUnavailable !== undefined;
    const failures = undeclared(spec, "spec", [
      "minAvailable",
      "maxUnavailable",
      "selector",
      "unhealthyPodEvictionPolicy",
    ]);
    return both
      ? [...failures, ["spec", "spec: Invalid value: minAvailable and maxUnavailable cannot be both set"]]
      : failures;
  },
};

export const kubernetesCoreModels: readonly ResourceModel[] = [
  namespace,
  serviceAccount,
  configMap,
  secret,
  service,
  podDisruptionBudget,
].map(kubernetesModel);
