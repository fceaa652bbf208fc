import { isDeepStrictEqual } from "node:util";
import type { Caller, CheckFailure, ResourceModel } from "../model.ts";
import { record } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { Kind } from "./objects.ts";
import { kubernetesModel, namespaceOf } from "./objects.ts";
import { labelFaults } from "./pod-security.ts";
import { release } from "./services.ts";

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
  judge: ({ metadata }) =>
    labelFaults(record(record(metadata).labels)).map((fault) => [
      "metadata",
      `metadata.labels: Invalid value: ${fault}`,
    ]),
  status: () => ({ phase: "Active" }),
  // All that lives in a namespace goes with it.
  remove: ({ id, account }, context) =>
    context.world.objects
      .filter((object) => object.account === account && namespaceOf(object) === id)
      .forEach((object) => {
        release(object, context);
        context.world.remove(object);
      }),
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

export const kubernetesCoreModels: readonly ResourceModel[] = [namespace, serviceAccount, configMap, secret].map(
  kubernetesModel,
);
