/** Services, and the Network Load Balancers that Auto Mode makes for those of type LoadBalancer. */
import { clusterAt } from "../aws/eks.ts";
import { LOAD_BALANCER } from "../aws/load-balancing.ts";
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, records, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { buildBalancer, removeBalancer, wantedBalancer } from "./balancers.ts";
import type { Kind, Reconciled } from "./objects.ts";
import { kubernetesModel, namespaceOf, undeclared } from "./objects.ts";

export const SERVICE = "kubernetes:core/v1:Service";
/** Auto Mode's own, and the default of its clusters. https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html */
const CLASS = "eks.amazonaws.com/nlb";
const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-";
/** Of those that Auto Mode knows, the ones that the sandbox does something about. */
const ANNOTATIONS = [
  "scheme",
  "subnets",
  "nlb-target-type",
  "additional-resource-tags",
  "healthcheck-protocol",
  "healthcheck-path",
  "healthcheck-port",
  "attributes",
  "target-group-attributes",
];
const WAIT = "pulumi.com/waitFor";
const HOSTNAME = "jsonpath={.status.loadBalancer.ingress[0].hostname}";

const annotationsOf = (inputs: Properties): Properties => record(record(inputs.metadata).annotations);

function judge(inputs: Properties): CheckFailure[] {
  const spec = record(inputs.spec);
  const type = text(spec.type) ?? "ClusterIP";
  const balanced = type === "LoadBalancer";
  const failures = undeclared(inputs.spec, "spec", [
    ...[
      "type",
      "selector",
      "ports",
      "clusterIP",
      "sessionAffinity",
      "internalTrafficPolicy",
      "publishNotReadyAddresses",
    ],
    ...(balanced
      ? ["loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts", "externalTrafficPolicy"]
      : []),
  ]);
  if (type !== "ClusterIP" && !balanced)
    failures.push(["spec", `the sandbox has Services of type ClusterIP and LoadBalancer only, not ${type}`]);
  if (balanced && spec.loadBalancerClass !== undefined && spec.loadBalancerClass !== CLASS)
    failures.push(["spec", `the sandbox has no controller of class ${JSON.stringify(spec.loadBalancerClass)}`]);
  for (const [key, value] of Object.entries(annotationsOf(inputs))) {
    if (key.startsWith("service.beta.kubernetes.io/") && !ANNOTATIONS.some((known) => key === ANNOTATION + known))
      failures.push(["metadata", `the sandbox's Auto Mode does not know the annotation ${key}`]);
    if (key === WAIT && value !== HOSTNAME)
      failures.push(["metadata", `the sandbox can wait for ${HOSTNAME} only, not for ${JSON.stringify(value)}`]);
  }
  return failures;
}

/** What the annotations and the spec ask for, in the sandbox's own words. */
export function settingsOf({ inputs, id }: Pick<WorldObject, "inputs" | "id">): BalancerSettings {
  const annotations = annotationsOf(inputs);
  const setting = (name: string): string | undefined => text(annotations[ANNOTATION + name]);
  const listed = (name: string): string[] =>
    (setting(name) ?? "")
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  const spec = record(inputs.spec);
  return {
    service: id,
    internal: (setting("scheme") ?? "internal") === "internal",
    subnets: listed("subnets"),
    tags: Object.fromEntries(listed("additional-resource-tags").map((pair) => pair.split("=", 2) as [string, string])),
    crossZone: listed("attributes").includes("load_balancing.cross_zone.enabled=true"),
    targetType: setting("nlb-target-type") ?? "instance",
    sourceRanges: spec.loadBalancerSourceRanges === undefined ? ["0.0.0.0/0"] : texts(spec.loadBalancerSourceRanges),
    selector: record(spec.selector),
    namespace: namespaceOf({ inputs }),
    ports: records(spec.ports).map(({ port, targetPort }) => ({
      port: Number(port),
      target: Number(targetPort ?? port),
    })),
  };
}

export interface BalancerSettings {
  /** `namespace/name`. */
  readonly service: string;
  readonly internal: boolean;
  readonly subnets: readonly string[];
  /** Besides those that the controller gives by itself. */
  readonly tags: Readonly<Record<string, string>>;
  readonly crossZone: boolean;
  readonly targetType: string;
  readonly sourceRanges: readonly string[];
  readonly selector: Properties;
  readonly namespace: string;
  readonly ports: readonly { readonly port: number; readonly target: number }[];
}

export const isBalanced = ({ inputs }: Pick<WorldObject, "inputs">): boolean =>
  record(inputs.spec).type === "LoadBalancer";

/** The load balancer of a Service; undefined while it has none. */
export const balancerOf = (
  { world }: { readonly world: World },
  { computed }: Pick<WorldObject, "computed">,
): WorldObject | undefined => world.get(LOAD_BALANCER, text(computed._balancer) ?? "");

/** Makes what is asked for, changes what stands, or notes why it cannot. */
function reconcile(object: Reconciled, context: Context): Properties {
  const cluster = clusterAt(context.world, object.account);
  if (!cluster) return {};
  const standing = balancerOf(context, object);
  if (!isBalanced(object)) {
    if (standing) removeBalancer(standing, cluster, context);
    return { _balancer: "", _event: "" };
  }
  const wanted = wantedBalancer(settingsOf(object), cluster, context);
  if (typeof wanted === "string") return { _event: `FailedDeployModel: ${wanted}` };
  try {
    return { _balancer: buildBalancer(wanted, standing, cluster, context).id, _event: "" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { _event: `FailedDeployModel: ${error.message}` };
  }
}

/** Takes along what was made for a Service. Of anything else there is nothing. */
export function release({ type, account, computed }: WorldObject, context: Context): void {
  const [cluster, standing] = [clusterAt(context.world, account), balancerOf(context, { computed })];
  if (type === SERVICE && cluster && standing) removeBalancer(standing, cluster, context);
}

const service: Kind = {
  apiVersion: "v1",
  kind: "Service",
  scope: "namespaced",
  fields: { spec: {} },
  judge,
  replaces: (olds, news) =>
    record(olds.spec).loadBalancerClass === record(news.spec).loadBalancerClass ? [] : ["spec"],
  reconcile,
  awaits({ id, inputs, computed }, context) {
    if (!isBalanced({ inputs }) || annotationsOf(inputs)["pulumi.com/skipAwait"] === "true") return;
    if (balancerOf(context, { computed })) return;
    throw new Refusal("Timeout", `timed out waiting for ${HOSTNAME} of "${id}": ${text(computed._event)}`);
  },
  status({ computed }, context) {
    const balancer = balancerOf(context, { computed });
    const loadBalancer: Properties = balancer ? { ingress: [{ hostname: balancer.computed.dnsName ?? "" }] } : {};
    return { loadBalancer };
  },
  remove: release,
};

export const kubernetesServiceModels: readonly ResourceModel[] = [kubernetesModel(service)];
