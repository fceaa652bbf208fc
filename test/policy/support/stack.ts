/**
 * Shows a stack to a pack as the engine does: every resource alone by its inputs, remediated where the configuration says so, in the order of
 * registration; then all of them together by their outputs, in any order.
 */
import type { Policies } from "@pulumi/policy";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import { isComponent } from "../../../model/resource-record.ts";
import { policiesOf } from "../../../policy/frame/pack.ts";
import type { Rule } from "../../../policy/frame/rule.ts";
import { Analyzer, type Config, type Values } from "./analyzer.ts";
import { UNKNOWN } from "./unknown.ts";

export type { Config, Values } from "./analyzer.ts";

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
  /** Of the resource; empty where the stack as a whole is meant. */
  readonly name: string;
  readonly level: "mandatory" | "advisory";
  /** Without the rule's description, which the SDK puts before what is reported at the rule's own level. */
  readonly message: string;
}

/** What a rule said, of the rules of a whole pack. */
export interface RuleReport extends Report {
  readonly rule: string;
}

export type Arrange = (resources: readonly Declared[]) => readonly Declared[];

const struct = (values: Values): structProto.Struct => structProto.Struct.fromJavaScript({ ...values });
const backwards: Arrange = (all) => all.toReversed();
const TODAY = "2026-11-20";

/** The rules alone, on a day. */
export const packOf = (rules: readonly Rule[], today = TODAY): Policies => policiesOf(rules, () => today);

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
    return this.#urn(resource);
  }

  #urn({ type, name }: Declared): string {
    return `urn:pulumi:${this.#name}::corpai::${type}::${name}`;
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
    request.setUrn(this.#urn(resource));
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

  #alone(resource: Declared, inputs: Values): analyzerProto.AnalyzeRequest {
    const request = new analyzerProto.AnalyzeRequest();
    this.#describe(resource, request, inputs);
    return request;
  }

  #together(arrange: Arrange, remedied: ReadonlyMap<Declared, Values>): analyzerProto.AnalyzeStackRequest {
    const request = new analyzerProto.AnalyzeStackRequest();
    for (const resource of arrange(this.#resources)) {
      const shown = new analyzerProto.AnalyzerResource();
      const inputs = remedied.get(resource) ?? resource.inputs ?? {};
      this.#describe(resource, shown, resource.outputs ?? (isComponent(resource) ? {} : inputs));
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

  /**
   * @param arrange the order in which the stack is shown; by default backwards, since a rule may not count on any
   * @param alone whether each resource is shown by itself first
   */
  async judgedByPack(
    policies: Policies,
    config: Config = {},
    { arrange = backwards, alone = true }: { readonly arrange?: Arrange; readonly alone?: boolean } = {},
  ): Promise<readonly RuleReport[]> {
    const analyzer = new Analyzer(policies, config);
    await analyzer.configure();
    const reports: RuleReport[] = [];
    const add = (name: string, diagnostic: analyzerProto.AnalyzeDiagnostic): void => {
      const level =
        diagnostic.getEnforcementlevel() === analyzerProto.EnforcementLevel.MANDATORY ? "mandatory" : "advisory";
      const message = diagnostic.getMessage().replace(`${diagnostic.getDescription()}\n`, "");
      reports.push({ rule: diagnostic.getPolicyname(), name, level, message });
    };
    const remedied = new Map<Declared, Values>();
    for (const resource of alone ? this.#resources : []) {
      const inputs = await analyzer.remediate(this.#alone(resource, resource.inputs ?? {}));
      remedied.set(resource, inputs);
      for (const diagnostic of await analyzer.analyze(this.#alone(resource, inputs))) add(resource.name, diagnostic);
    }
    for (const diagnostic of await analyzer.analyzeStack(this.#together(arrange, remedied))) {
      add(this.#resources.find((each) => this.#urn(each) === diagnostic.getUrn())?.name ?? "", diagnostic);
    }
    return reports;
  }

  /** The inputs of one resource as remediations leave them. */
  async remediatedBy(analyzer: Analyzer, name: string): Promise<Values> {
    const resource = this.#resources.find((each) => each.name === name);
    if (resource === undefined) throw new Error(`the stack declares no "${name}"`);
    await analyzer.configure();
    return analyzer.remediate(this.#alone(resource, resource.inputs ?? {}));
  }

  /** By one rule; the one about exemptions, which every pack has, is left out. */
  async judgedBy(
    rule: Rule,
    options: { today?: string; config?: Config; arrange?: Arrange; alone?: boolean } = {},
  ): Promise<Report[]> {
    const { today, config = { [rule.name]: { enforcementLevel: "mandatory" } }, ...how } = options;
    const reports = await this.judgedByPack(packOf([rule], today), config, how);
    return reports
      .filter(({ rule: by }) => by === rule.name)
      .map(({ name, level, message }) => ({ name, level, message }));
  }
}

type Step = string | number;

/** The same values, with another one at a path; `undefined` takes it away. */
export function changed(values: Values, path: readonly Step[], value: structProto.JavaScriptValue | undefined): Values {
  const copy = structuredClone(values) as Record<Step, unknown>;
  let inner: Record<Step, unknown> = copy;
  for (const key of path.slice(0, -1)) inner = (inner[key] ??= {}) as Record<Step, unknown>;
  const last = path.at(-1) ?? "";
  if (value === undefined) Reflect.deleteProperty(inner, last);
  else inner[last] = value;
  return copy as Values;
}

/** The same values, with the one at this path not known until the update. */
export function withUnknown(values: Values, ...path: readonly Step[]): Values {
  return changed(values, path, UNKNOWN);
}
