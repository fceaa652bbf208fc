/** Kubernetes' own OpenAPI schemas, applied as strictly as `kubectl --validate=strict`: a field that no schema has is an error. */

type Validator = ((data: unknown) => boolean) & { readonly errors?: readonly object[] | null };

/** Group and version as the schemas of kubernetes-models call them. */
const GROUPS: Readonly<Record<string, string>> = {
  v1: "CoreV1",
  "apps/v1": "AppsV1",
  "autoscaling/v2": "AutoscalingV2",
  "batch/v1": "BatchV1",
  "networking.k8s.io/v1": "NetworkingV1",
  "policy/v1": "PolicyV1",
};

/** Kinds of EKS and Karpenter, which Kubernetes has no schema of. */
export const CUSTOM_KINDS: readonly string[] = ["eks.amazonaws.com/v1 NodeClass", "karpenter.sh/v1 NodePool"];

/** What is wrong with a manifest, by Kubernetes 1.36; empty where nothing is. */
export async function schemaFaults(manifest: Readonly<Record<string, unknown>>): Promise<string[]> {
  const { apiVersion, kind } = manifest as { readonly apiVersion: string; readonly kind: string };
  if (CUSTOM_KINDS.includes(`${apiVersion} ${kind}`)) return [];
  const group = GROUPS[apiVersion];
  if (group === undefined) return [`no schema of ${apiVersion} ${kind} is known here`];
  const { validate } = (await import(`kubernetes-models/_schemas/IoK8sApi${group}${kind}`)) as { validate: Validator };
  const seen = new Set<string>();
  if (!validate(watched(manifest, "", seen))) return (validate.errors ?? []).map((error) => JSON.stringify(error));
  return fieldsOf(manifest, "")
    .filter((path) => !seen.has(path))
    .map((path) => `${path}: unknown field`);
}

/** Pulumi's mark of a secret, which reaches mocks as an object around the value. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Values without Pulumi's marks of secrets: what the API server is sent. */
export function sent(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sent);
  if (SECRET_MARK in value && "value" in value) return sent(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sent(inner)]));
}

/** The schemas themselves let other fields pass, but never look at them: so what nobody has looked at is in no schema. */
function watched(value: unknown, path: string, seen: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, property, receiver) {
      const inner: unknown = Reflect.get(target, property, receiver);
      if (typeof property === "symbol") return inner;
      seen.add(`${path}/${property}`);
      return watched(inner, `${path}/${property}`, seen);
    },
  });
}

const fieldsOf = (value: unknown, path: string): string[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [`${path}/${key}`, ...fieldsOf(inner, `${path}/${key}`)]);
