/**
 * The SDK's own request handlers, asked as the engine asks them: over the wire's bytes, so that serialization, the proxies that throw on unknown
 * values, configuration, levels and errors are the real ones. Only the socket between is left out.
 */
import { Server } from "@grpc/grpc-js";
import type { Policies } from "@pulumi/policy";
import policyServer from "@pulumi/policy/server.js";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";

export type Values = Readonly<Record<string, structProto.JavaScriptValue>>;
export type Level = "advisory" | "mandatory" | "remediate" | "disabled";

/** By rule: its level, and what else is set about it. */
export type Config = Readonly<Record<string, { readonly enforcementLevel?: Level } & Values>>;

type Handler<Request, Response> = (
  call: { readonly request: Request },
  reply: (error: Error | null | undefined, response: Response | undefined) => void,
) => unknown;

interface Handlers {
  readonly configure: Handler<analyzerProto.ConfigureAnalyzerRequest, unknown>;
  readonly analyze: Handler<analyzerProto.AnalyzeRequest, analyzerProto.AnalyzeResponse>;
  readonly analyzeStack: Handler<analyzerProto.AnalyzeStackRequest, analyzerProto.AnalyzeResponse>;
  readonly remediate: Handler<analyzerProto.AnalyzeRequest, analyzerProto.RemediateResponse>;
}

/** The SDK's declarations leave these out; the engine's requests arrive in them. */
interface Internals {
  serve(name: string, version: string, level: Level, args: { readonly policies: Policies }): void;
  makeAnalyzeRpcFun(name: string, version: string, level: Level, policies: Policies): Handlers["analyze"];
  makeAnalyzeStackRpcFun(name: string, version: string, level: Level, policies: Policies): Handlers["analyzeStack"];
  makeRemediateRpcFun(name: string, version: string, level: Level, policies: Policies): Handlers["remediate"];
}

const sdk = policyServer as unknown as Internals;

/** Configuration reaches the SDK only through the server that it starts; it is kept from listening. */
const configure = ((): Handlers["configure"] => {
  const { addService, bindAsync } = Object.getOwnPropertyDescriptors(Server.prototype);
  const found: Pick<Handlers, "configure">[] = [];
  try {
    Server.prototype.addService = (_service, handlers): void => void found.push(handlers as unknown as Handlers);
    Server.prototype.bindAsync = (): void => undefined;
    sdk.serve("configured-in-tests", "0.0.0", "advisory", { policies: [] });
  } finally {
    Object.defineProperties(Server.prototype, { addService, bindAsync });
  }
  const [handlers] = found;
  if (handlers === undefined) throw new Error("the SDK starts no server any more: configuration cannot be given");
  return handlers.configure;
})();

interface Message {
  serializeBinary(): Uint8Array;
}

const overTheWire = <Request extends Message>(
  type: { deserializeBinary(bytes: Uint8Array): Request },
  request: Request,
): Request => type.deserializeBinary(request.serializeBinary());

function answered<Request, Response>(handler: Handler<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    handler({ request }, (error, response) => (error ? reject(error) : resolve(response as Response)));
  });
}

const LEVELS = {
  advisory: analyzerProto.EnforcementLevel.ADVISORY,
  mandatory: analyzerProto.EnforcementLevel.MANDATORY,
  remediate: analyzerProto.EnforcementLevel.REMEDIATE,
  disabled: analyzerProto.EnforcementLevel.DISABLED,
} as const;

/** As the engine does: what is set, over the schema's defaults. */
function configuration(policies: Policies, config: Config): analyzerProto.ConfigureAnalyzerRequest {
  const request = new analyzerProto.ConfigureAnalyzerRequest();
  for (const policy of policies) {
    const { enforcementLevel = policy.enforcementLevel ?? "advisory", ...set } = config[policy.name] ?? {};
    const defaults = Object.entries(policy.configSchema?.properties ?? {}).map(([key, schema]) => [
      key,
      schema.default,
    ]);
    const one = new analyzerProto.PolicyConfig();
    one.setEnforcementlevel(LEVELS[enforcementLevel]);
    one.setProperties(structProto.Struct.fromJavaScript({ ...(Object.fromEntries(defaults) as Values), ...set }));
    request.getPolicyconfigMap().set(policy.name, one);
  }
  return request;
}

/** A pack under one configuration. */
export class Analyzer {
  readonly #analyze: Handlers["analyze"];
  readonly #analyzeStack: Handlers["analyzeStack"];
  readonly #remediate: Handlers["remediate"];
  readonly #configuration: analyzerProto.ConfigureAnalyzerRequest;

  constructor(policies: Policies, config: Config = {}) {
    this.#configuration = configuration(policies, config);
    this.#analyze = sdk.makeAnalyzeRpcFun("corpai", "0.0.0", "advisory", policies);
    this.#analyzeStack = sdk.makeAnalyzeStackRpcFun("corpai", "0.0.0", "advisory", policies);
    this.#remediate = sdk.makeRemediateRpcFun("corpai", "0.0.0", "advisory", policies);
  }

  /** The SDK keeps one configuration for the whole process: whoever asks configures first. */
  async configure(): Promise<void> {
    await answered(configure, overTheWire(analyzerProto.ConfigureAnalyzerRequest, this.#configuration));
  }

  async analyze(request: analyzerProto.AnalyzeRequest): Promise<readonly analyzerProto.AnalyzeDiagnostic[]> {
    const response = await answered(this.#analyze, overTheWire(analyzerProto.AnalyzeRequest, request));
    return overTheWire(analyzerProto.AnalyzeResponse, response).getDiagnosticsList();
  }

  async analyzeStack(request: analyzerProto.AnalyzeStackRequest): Promise<readonly analyzerProto.AnalyzeDiagnostic[]> {
    const response = await answered(this.#analyzeStack, overTheWire(analyzerProto.AnalyzeStackRequest, request));
    return overTheWire(analyzerProto.AnalyzeResponse, response).getDiagnosticsList();
  }

  /** The properties as remediations leave them. */
  async remediate(request: analyzerProto.AnalyzeRequest): Promise<Values> {
    const response = await answered(this.#remediate, overTheWire(analyzerProto.AnalyzeRequest, request));
    const last = overTheWire(analyzerProto.RemediateResponse, response)
      .getRemediationsList()
      .findLast((each) => each.getProperties() !== undefined);
    return (last?.getProperties() ?? request.getProperties())?.toJavaScript() ?? {};
  }
}
