/**
 * Shows a stack to a policy as the engine does: through the SDK's own request handlers, so that serialization, the proxies that throw
 * on unknown values, levels and errors are the real ones. Every resource is shown alone by its inputs, in the order of registration;
 * then all of them together by their outputs, in any order.
 */
import type { Policies } from "@pulumi/policy";
import policyServer from "@pulumi/policy/server.js";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import { UNKNOWN } from "./unknown.ts";

export type Values = Readonly<Record<string, structProto.JavaScriptValue>>;

export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs?: Values;
  /** What a stack rule is shown; by default the inputs, for a component nothing. */
  readonly outputs?: Values;
  /** Name of the resource it belongs to; it has to come earlier. */
  readonly parent?: string;
  /** Names of the resources that each of its properties came from. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
  /** Properties of its provider. */
  readonly provider?: Values;
}

export interface Report {
  readonly name: string;
  readonly level: "mandatory" | "advisory";
  /** Without the rule's description, which the SDK puts before what is reported at the rule's own level. */
  readonly message: string;
}

type Reply = (error: Error | null | undefined, response: analyzerProto.AnalyzeResponse | undefined) => void;
type Handler<Request> = (call: { readonly request: Request }, reply: Reply) => unknown;
type MakeHandler<Request> = (pack: string, version: string, level: string, policies: Policies) => Handler<Request>;

/** The SDK's declarations leave these out; the engine's requests arrive in them. */
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = policyServer as unknown as {
  readonly makeAnalyzeRpcFun: MakeHandler<analyzerProto.AnalyzeRequest>;
  readonly makeAnalyzeStackRpcFun: MakeHandler<analyzerProto.AnalyzeStackRequest>;
};

function answer<Request>(
  handler: Handler<Request>,
  request: Request,
): Promise<readonly analyzerProto.AnalyzeDiagnostic[]> {
  return new Promise((resolve, reject) => {
    handler({ request }, (error, response) => (error ? reject(error) : resolve(response?.getDiagnosticsList() ?? [])));
  });
}

const struct = (values: Values): structProto.Struct => structProto.Struct.fromJavaScript({ ...values });
const isComponent = ({ type }: Declared): boolean => !type.startsWith("aws:");

/** A stack of a name. */
export class FakeStack {
  readonly #name: string;
  readonly #resources: readonly Declared[];

  constructor(name: string, resources: readonly Declared[]) {
    this.#name = name;
    this.#resources = resources;
  }

  urnOf(name: string): string {
    const resource = this.#resources.find((each) => each.name === name);
    if (resource === undefined) throw new Error(`the stack declares no "${name}"`);
    return `urn:pulumi:${this.#name}::corpai::${resource.type}::${name}`;
  }

  #describe(
    resource: Declared,
    request: analyzerProto.AnalyzeRequest | analyzerProto.AnalyzerResource,
    values: Values,
  ): void {
    const options = new analyzerProto.AnalyzerResourceOptions();
    if (resource.parent !== undefined) options.setParent(this.urnOf(resource.parent));
    request.setType(resource.type);
    request.setName(resource.name);
    request.setUrn(this.urnOf(resource.name));
    request.setOptions(options);
    request.setProperties(struct(values));
    if (isComponent(resource)) return;
    const provider = new analyzerProto.AnalyzerProviderResource();
    provider.setType("pulumi:providers:aws");
    provider.setName("default");
    provider.setUrn(`urn:pulumi:${this.#name}::corpai::pulumi:providers:aws::default`);
    provider.setProperties(struct(resource.provider ?? {}));
    request.setProvider(provider);
  }

  #alone(resource: Declared): analyzerProto.AnalyzeRequest {
    const request = new analyzerProto.AnalyzeRequest();
    this.#describe(resource, request, resource.inputs ?? {});
    return request;
  }

  #together(arrange: (resources: readonly Declared[]) => readonly Declared[]): analyzerProto.AnalyzeStackRequest {
    const request = new analyzerProto.AnalyzeStackRequest();
    for (const resource of arrange(this.#resources)) {
      const shown = new analyzerProto.AnalyzerResource();
      this.#describe(resource, shown, resource.outputs ?? (isComponent(resource) ? {} : (resource.inputs ?? {})));
      if (resource.parent !== undefined) shown.setParent(this.urnOf(resource.parent));
      for (const [property, names] of Object.entries(resource.from ?? {})) {
        const dependencies = new analyzerProto.AnalyzerPropertyDependencies();
        dependencies.setUrnsList(names.map((name) => this.urnOf(name)));
        shown.getPropertydependenciesMap().set(property, dependencies);
      }
      request.addResources(shown);
    }
    return request;
  }

  /** @param arrange the order in which the stack is shown; by default backwards, since a rule may not count on any. */
  async judgedBy(
    policy: Policies[number],
    arrange: (resources: readonly Declared[]) => readonly Declared[] = (all) => all.toReversed(),
  ): Promise<readonly Report[]> {
    const analyze = makeAnalyzeRpcFun("corpai", "0.0.0", "advisory", [policy]);
    const analyzeStack = makeAnalyzeStackRpcFun("corpai", "0.0.0", "advisory", [policy]);
    const reports: Report[] = [];
    const add = (name: string, diagnostic: analyzerProto.AnalyzeDiagnostic): void => {
      const level =
        diagnostic.getEnforcementlevel() === analyzerProto.EnforcementLevel.MANDATORY ? "mandatory" : "advisory";
      reports.push({ name, level, message: diagnostic.getMessage().replace(`${policy.description}\n`, "") });
    };
    for (const resource of this.#resources) {
      for (const diagnostic of await answer(analyze, this.#alone(resource))) add(resource.name, diagnostic);
    }
    for (const diagnostic of await answer(analyzeStack, this.#together(arrange))) {
      add(this.#resources.find(({ name }) => this.urnOf(name) === diagnostic.getUrn())?.name ?? "", diagnostic);
    }
    return reports;
  }
}

/** The same values, with the one at this path not known until the update. */
export function withUnknown(values: Values, ...path: readonly (string | number)[]): Values {
  const changed = structuredClone(values) as Record<string, unknown>;
  let inner: Record<string | number, unknown> = changed;
  for (const key of path.slice(0, -1)) inner = inner[key] as Record<string | number, unknown>;
  inner[path.at(-1) ?? ""] = UNKNOWN;
  return changed as Values;
}
