/** What all Kubernetes objects have in common: where they live, what they may be called, when they are replaced. */
import { autoMode, clusterAt, publicEndpoint } from "../aws/eks.ts";
import { parse } from "yaml";
import type { Argument, Caller, CheckFailure, Context, Given, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, records, text } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN, isObject } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly scope: "namespaced" | "cluster";
  /** Top-level fields besides apiVersion, kind and metadata. */
  readonly fields: Readonly<Record<string, Argument>>;
  /** What the API server's schema and validation refuse; unknowns in place. */
  readonly judge?: (inputs: Properties) => readonly CheckFailure[];
  /** Fields whose change replaces. */
  readonly replaces?: (olds: Properties, news: Properties, caller: Caller) => readonly string[];
  /** What must hold in the cluster before it is created or changed. */
  readonly admit?: (object: Pick<WorldObject, "id" | "inputs" | "account">, context: Context) => void;
  /** What the cluster's controllers do about it as soon as it is there, and whenever it changes. @returns notes of the sandbox's own */
  readonly reconcile?: (object: Reconciled, context: Context) => Properties;
  /** What the provider waits for; a Refusal where that would never come. */
  readonly awaits?: (object: WorldObject, context: Context) => void;
  /** Whether the provider replaces it although nothing changed. */
  readonly unready?: (object: WorldObject, news: Properties) => boolean;
  readonly status?: (object: WorldObject, context: Context) => Properties;
  readonly remove?: (object: WorldObject, context: Context) => void;
  readonly custom?: true;
}

/** An object that is being created or changed. */
export type Reconciled = Pick<WorldObject, "id" | "inputs" | "account"> & { readonly computed: Properties };

const token = ({ apiVersion, kind }: Pick<Kind, "apiVersion" | "kind">): string =>
  `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`;

export const NAMESPACE = "kubernetes:core/v1:Namespace";
const BORN_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

export const nameOf = ({ inputs }: Pick<WorldObject, "inputs">): string => text(record(inputs.metadata).name) ?? "";
export const namespaceOf = ({ inputs }: Pick<WorldObject, "inputs">): string =>
  text(record(inputs.metadata).namespace) ?? "";

/** An object of the same cluster, by namespace and name. */
export const found = (
  world: World,
  type: string,
  server: string,
  namespace: string | undefined,
  name: string,
): WorldObject | undefined => world.get(type, namespace === undefined ? name : `${namespace}/${name}`, server);

/** Why the API server behind the provider's kubeconfig cannot be talked to. */
function outOfReach({ world, caller }: Context): string | undefined {
  const server = caller.account;
  const says = (why: string): string =>
    `configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "${server}/openapi/v2?timeout=32s": ${why}`;
  const cluster = clusterAt(world, server);
  if (!cluster) return says(`dial tcp: lookup ${server.replace("https://", "")}: no such host`);
  // A private endpoint is reached from inside the VPC only, or through a proxy that the kubeconfig names.
  if (!publicEndpoint(cluster) && !hasProxy(caller) && !world.facts.reachesPrivateApis)
    return says("dial tcp: i/o timeout");
  return undefined;
}

function hasProxy({ config }: Caller): boolean {
  const document: unknown = typeof config.kubeconfig === "string" ? parse(config.kubeconfig) : config.kubeconfig;
  const [cluster] = records(isObject(document) ? document.clusters : undefined);
  return text(record(cluster?.cluster)["proxy-url"]) !== undefined;
}

/** Fields that no schema has, as server-side apply reports them. */
export const undeclared = (value: Value | undefined, path: string, known: readonly string[]): CheckFailure[] =>
  isObject(value)
    ? Object.keys(value).flatMap((key): CheckFailure[] =>
        known.includes(key) ? [] : [[path.split(".")[0] ?? path, `.${path}.${key}: field not declared in schema`]],
      )
    : [];

const METADATA = ["name", "generateName", "namespace", "labels", "annotations", "finalizers", "ownerReferences"];
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

export const isLabel = (name: string): boolean => LABEL.test(name);

export function judgeLabels(labels: Value | undefined, path: string): CheckFailure[] {
  return Object.entries(record(labels)).flatMap(([key, value]): CheckFailure[] => {
    if (value === UNKNOWN || (typeof value === "string" && value.length <= 63 && LABEL_VALUE.test(value))) return [];
    const why =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character, at most 63";
    return [[path.split(".")[0] ?? path, `${path}.${key}: Invalid value: ${JSON.stringify(value)}: ${why}`]];
  });
}

function judgeMetadata({ kind, scope }: Kind, inputs: Properties): CheckFailure[] {
  const metadata = record(inputs.metadata);
  const failures = [...undeclared(metadata, "metadata", METADATA), ...judgeLabels(metadata.labels, "metadata.labels")];
  const name = text(metadata.name);
  const strict = kind === "Namespace" || kind === "Service";
  if (name !== undefined && !(strict ? LABEL.test(name) : name.length <= 253 && SUBDOMAIN.test(name))) {
    const rule = strict
      ? "RFC 1123 label must consist of lower case alphanumeric characters or '-', at most 63"
      : "lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'";
    failures.push([
      "metadata",
      `metadata.name: Invalid value: "${name}": a ${rule}, and must start and end with an alphanumeric character`,
    ]);
  }
  if (scope === "cluster" && metadata.namespace !== undefined)
    failures.push(["metadata", `metadata.namespace: a ${kind} is not namespaced`]);
  return failures;
}

const AUTONAMED = "pulumi.com/autonamed";
const isAutonamed = (inputs: Properties): boolean => record(record(inputs.metadata).annotations)[AUTONAMED] === "true";

/** The provider names what has no name, keeps such a name for life, and puts what has no namespace into "default". */
function settle(scope: Kind["scope"], inputs: Properties, { olds, autoname }: Given): Properties {
  if (inputs.metadata === UNKNOWN) return inputs;
  const metadata = record(inputs.metadata);
  const namespace: Properties =
    scope === "namespaced" && metadata.namespace === undefined ? { namespace: "default" } : {};
  if (metadata.name !== undefined || metadata.generateName !== undefined)
    return { ...inputs, metadata: { ...metadata, ...namespace } };
  const name = (isAutonamed(olds) ? text(record(olds.metadata).name) : undefined) ?? autoname(8);
  const annotations = { ...record(metadata.annotations), [AUTONAMED]: "true" };
  return { ...inputs, metadata: { ...metadata, ...namespace, name, annotations } };
}

const place = (inputs: Properties): readonly (Value | undefined)[] => [
  record(inputs.metadata).namespace,
  record(inputs.metadata).name,
];
const samePlace = (olds: Properties, news: Properties): boolean =>
  JSON.stringify(place(olds)) === JSON.stringify(place(news));

export function kubernetesModel(kind: Kind): ResourceModel {
  const type = token(kind);
  const { scope } = kind;

  function admit(inputs: Properties, context: Context): string {
    const unreachable = outOfReach(context);
    if (unreachable !== undefined) throw new Refusal("Unreachable", unreachable);
    const cluster = clusterAt(context.world, context.caller.account);
    if (kind.custom && cluster && !autoMode(cluster))
      throw new Refusal("NoKindMatch", `no matches for kind "${kind.kind}" in version "${kind.apiVersion}"`);
    const [namespace, name] = [namespaceOf({ inputs }), nameOf({ inputs })];
    if (
      scope === "namespaced" &&
      !BORN_NAMESPACES.includes(namespace) &&
      !context.world.get(NAMESPACE, namespace, context.caller.account)
    ) {
      throw new Refusal("NotFound", `namespaces "${namespace}" not found`);
    }
    const id = scope === "namespaced" ? `${namespace}/${name}` : name;
    kind.admit?.({ id, inputs, account: context.caller.account }, context);
    return id;
  }

  return {
    type,
    arguments: {
      apiVersion: { default: kind.apiVersion, replace: true },
      kind: { default: kind.kind, replace: true },
      metadata: {},
      ...kind.fields,
    },
    computed: kind.status ? ["status"] : [],
    settle: (inputs, given) => settle(scope, inputs, given),
    replaces: (olds, news, caller) => [
      ...(samePlace(olds, news) ? [] : ["metadata"]),
      ...(kind.replaces?.(olds, news, caller) ?? []),
    ],
    // Two objects of one name cannot stand side by side.
    deleteBeforeReplace: (olds, news) => !isAutonamed(news) && samePlace(olds, news),
    check(inputs, context) {
      const unreachable = outOfReach(context);
      if (unreachable !== undefined) return [["metadata", unreachable]];
      return [...judgeMetadata(kind, inputs), ...(kind.judge?.(inputs) ?? [])];
    },
    create(inputs, context) {
      const id = admit(inputs, context);
      if (context.world.get(type, id, context.caller.account))
        throw new Refusal("AlreadyExists", `${kind.kind} "${id}" already exists`);
      const uid = context.world.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
      const born = { _uid: uid, _generation: 1 };
      const { account } = context.caller;
      return { id, computed: { ...born, ...kind.reconcile?.({ id, inputs, account, computed: {} }, context) } };
    },
    update(object, inputs, context) {
      admit(inputs, context);
      const { id, account, computed } = object;
      const notes = kind.reconcile?.({ id, inputs, account, computed }, context);
      return { _generation: Number(computed._generation) + 1, ...notes };
    },
    read(object, context) {
      const { _uid, _generation } = object.computed;
      const metadata = { ...record(object.inputs.metadata), uid: _uid ?? "", generation: _generation ?? 1 };
      return { metadata, ...(kind.status ? { status: kind.status(object, context) } : {}) };
    },
    ...(kind.awaits ? { awaits: kind.awaits } : {}),
    ...(kind.unready ? { unready: kind.unready } : {}),
    remove(object, context) {
      const unreachable = outOfReach(context);
      if (unreachable !== undefined) throw new Refusal("Unreachable", unreachable);
      kind.remove?.(object, context);
    },
  };
}
