import { isDeepStrictEqual } from "node:util";
import { setTimeout } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import anyProtos from "google-protobuf/google/protobuf/any_pb.js";
import emptyProtos from "google-protobuf/google/protobuf/empty_pb.js";
import pluginProtos from "@pulumi/pulumi/proto/plugin_pb.js";
import protos from "@pulumi/pulumi/proto/provider_pb.js";
import statusProtos from "@pulumi/pulumi/proto/status_pb.js";
import { permitRead } from "./aws/authorization.ts";
import type { Caller, ComponentModel, Context, FunctionModel, ResourceModel } from "./model.ts";
import { Refusal } from "./model.ts";
import { callerOf, stackOf } from "./caller.ts";
import type { Faults, Mishap, Operation } from "./faults.ts";
import { HalfDone, change, halfMade, look, make, unmake } from "./operations.ts";
import { createRegistrar } from "./registrar.ts";
import {
  at,
  before,
  changedArguments,
  checked,
  deletesFirst,
  digested,
  importedInputs,
  liveOutputs,
  overlaid,
  previewed,
  replaces,
} from "./resource.ts";
import { physicalName } from "./values.ts";
import type { Properties } from "./wire.ts";
import { UNKNOWN, receive, send } from "./wire.ts";
import type { StructMessage } from "./wire.ts";
import type { World, WorldObject } from "./world.ts";

const { Empty } = emptyProtos;

/** What the sandbox knows, by token. */
export interface Catalog {
  readonly resources: ReadonlyMap<string, ResourceModel>;
  readonly functions: ReadonlyMap<string, FunctionModel>;
  readonly components: ReadonlyMap<string, ComponentModel>;
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Reply<Response> = grpc.sendUnaryData<Response>;

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** Pulumi's provider protocol over a world: everything that is the same for all types. */
export function createProvider(
  catalog: Catalog,
  worldOf: (environment: string) => World,
  faultsOf: (environment: string) => Faults,
): grpc.UntypedServiceImplementation {
  // One entry per provider instance: the engine opens a connection of its own for each.
  const callers = new Map<string, Caller>();

  function contextOf(call: { getPeer(): string }): Context {
    const caller = callers.get(call.getPeer());
    if (!caller) throw new Refusal("SandboxError", "this provider was never configured");
    return { caller, world: worldOf(caller.environment) };
  }

  function modelOf(urn: string): ResourceModel {
    const model = catalog.resources.get(typeOf(urn));
    if (!model) throw new Refusal("SandboxUnsupported", `the sandbox does not know the resource type ${typeOf(urn)}`);
    return model;
  }

  function existing(model: ResourceModel, id: string, { world, caller }: Context): WorldObject | undefined {
    return world.get(model.type, id, caller.account);
  }

  /** Runs a handler and turns whatever it throws into the error that the engine prints. */
  function unary<Request, Response>(handle: (request: Request, call: Call<Request>) => Response | Promise<Response>) {
    return (call: Call<Request>, reply: Reply<Response>): void => {
      void (async () => {
        try {
          reply(null, await handle(call.request, call));
        } catch (error) {
          const details =
            error instanceof Refusal
              ? error.message
              : error instanceof Error
                ? (error.stack ?? error.message)
                : String(error);
          reply({
            code: grpc.status.UNKNOWN,
            details,
            metadata: error instanceof Initialized ? error.metadata : undefined,
          });
        }
      })();
    };
  }

  /** What goes wrong on purpose with an operation. */
  function mishapOf(
    operation: Operation,
    urn: string,
    object: Pick<WorldObject, "id" | "inputs">,
    { caller }: Context,
  ): Mishap {
    const names = [nameOf(urn), object.id, physicalName(object)];
    return faultsOf(caller.environment).next({ operation, type: typeOf(urn), key: urn, names });
  }

  /** An object as the engine keeps it. */
  function shown(
    model: ResourceModel,
    inputs: Properties,
    object: WorldObject,
    context: Context,
    secretKeys: ReadonlySet<string>,
  ): StructMessage {
    return send(overlaid(inputs, liveOutputs(model, object, context)), secretsOf(model, secretKeys));
  }

  /** Turns a failure after the object exists into what lets the engine keep it. */
  function kept(
    error: unknown,
    model: ResourceModel,
    inputs: Properties,
    context: Context,
    secretKeys: ReadonlySet<string>,
  ): unknown {
    if (!(error instanceof HalfDone)) return error;
    heard(error.object, context);
    const properties = shown(model, inputs, error.object, context, secretKeys);
    return new Initialized(error, properties, send(inputs, secretsOf(model, secretKeys)));
  }

  const empty = unary(() => new Empty());

  return {
    handshake: unary(() => {
      const response = new protos.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      return response;
    }),
    attach: empty,
    getPluginInfo: unary(() => {
      const info = new pluginProtos.PluginInfo();
      // One server stands in for every package; the engine warns of a plugin older than the SDK in use.
      info.setVersion("999.0.0");
      return info;
    }),
    checkConfig: unary((request: protos.CheckRequest) => {
      const response = new protos.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(() => new protos.DiffResponse()),
    configure: unary((request: protos.ConfigureRequest, call: Call<protos.ConfigureRequest>) => {
      const urn = request.getUrn() ?? "";
      const caller = callerOf(urn, receive(request.getArgs()).plain, worldOf);
      callers.set(call.getPeer(), { ...caller, run: worldOf(caller.environment).time.begin(urn, stackOf(urn)) });
      const response = new protos.ConfigureResponse();
      response.setSupportspreview(true);
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      return response;
    }),

    check: unary((request: protos.CheckRequest, call: Call<protos.CheckRequest>) => {
      const news = receive(request.getNews());
      const result = checked(modelOf(request.getUrn()), {
        name: nameOf(request.getUrn()),
        news: news.plain,
        olds: receive(request.getOlds()).plain,
        seed: request.getRandomseed_asU8(),
        context: contextOf(call),
      });
      const response = new protos.CheckResponse();
      response.setInputs(send(result.inputs, news.secretKeys));
      response.setFailuresList(
        result.failures.map(([property, reason]) => {
          const failure = new protos.CheckFailure();
          failure.setProperty(property);
          failure.setReason(reason);
          return failure;
        }),
      );
      return response;
    }),

    diff: unary((request: protos.DiffRequest, call: Call<protos.DiffRequest>) => {
      const model = modelOf(request.getUrn());
      const olds = before(model, receive(request.getOldInputs()).plain, receive(request.getOlds()).plain);
      const news = receive(request.getNews()).plain;
      const changed = changedArguments(model, olds, news, request.getIgnorechangesList());
      const context = contextOf(call);
      const replaced = replaces(model, changed, olds, news, context.caller);
      const standing = existing(model, request.getId(), context);
      if (standing && model.unready?.(standing, news)) {
        changed.push("status");
        replaced.push("status");
      }
      const response = new protos.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = protos.DiffResponse.DiffChanges;
      response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList(changed);
      response.setReplacesList(replaced);
      response.setDeletebeforereplace(replaced.length > 0 && deletesFirst(model, nameOf(request.getUrn()), olds, news));
      return response;
    }),

    create: unary(async (request: protos.CreateRequest, call: Call<protos.CreateRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const { plain: inputs, secretKeys } = receive(request.getProperties());
      const response = new protos.CreateResponse();
      if (request.getPreview()) {
        // An argument that is given stays as given; only what lies inside one is laid over it.
        const given = previewed(model, inputs);
        const unknown = Object.fromEntries(
          model.computed.filter((key) => given[key] === undefined).map((key) => [key, UNKNOWN]),
        );
        response.setProperties(send(overlaid(given, unknown), secretsOf(model, secretKeys)));
        return response;
      }
      const mishap = mishapOf("create", request.getUrn(), { id: "", inputs }, context);
      await mishap.before();
      stillWanted(call);
      try {
        const occasion = { name: nameOf(request.getUrn()), delay: mishap.delay, unheard: true } as const;
        const object = make(model, inputs, context, occasion);
        await mishap.after();
        if (mishap.lost) throw mishap.lost;
        heard(object, context);
        if (mishap.halfMade) throw halfMade(model, object, mishap.halfMade, context);
        response.setId(object.id);
        response.setProperties(shown(model, inputs, object, context, secretKeys));
        return response;
      } catch (error) {
        throw kept(error, model, inputs, context, secretKeys);
      }
    }),

    update: unary(async (request: protos.UpdateRequest, call: Call<protos.UpdateRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const { plain: inputs, secretKeys } = receive(request.getNews());
      const olds = receive(request.getOlds()).plain;
      const response = new protos.UpdateResponse();
      const oldInputs = before(model, receive(request.getOldInputs()).plain, olds);
      const changed = changedArguments(model, oldInputs, inputs, request.getIgnorechangesList());
      if (request.getPreview()) {
        const unknown = Object.fromEntries((model.unknownOnUpdate?.(changed) ?? []).map((key) => [key, UNKNOWN]));
        const given = previewed(model, inputs);
        const unchanged = Object.fromEntries(
          model.computed.filter((key) => given[key] === undefined).map((key) => [key, at(olds, key) ?? UNKNOWN]),
        );
        response.setProperties(send(overlaid(given, { ...unchanged, ...unknown }), secretsOf(model, secretKeys)));
        return response;
      }
      const object = existing(model, request.getId(), context);
      if (!object)
        throw new Refusal(
          "NotFound",
          `${model.type} ${request.getId()} does not exist (it may have been deleted outside of Pulumi: run pulumi refresh)`,
        );
      const mishap = mishapOf("update", request.getUrn(), object, context);
      await mishap.before();
      stillWanted(call);
      try {
        change(model, object, inputs, changed, context, { name: nameOf(request.getUrn()), delay: mishap.delay });
      } catch (error) {
        throw kept(error, model, inputs, context, secretKeys);
      }
      await mishap.after();
      response.setProperties(shown(model, inputs, object, context, secretKeys));
      return response;
    }),

    read: unary(async (request: protos.ReadRequest, call: Call<protos.ReadRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const object = existing(model, request.getId(), context) ?? model.imported?.(request.getId(), context);
      const response = new protos.ReadResponse();
      if (!object) return response;
      const mishap = mishapOf("read", request.getUrn(), object, context);
      await mishap.before();
      permitRead(model, object, context);
      await mishap.after();
      const asked = receive(request.getInputs());
      const known = receive(request.getProperties());
      const secretKeys = secretsOf(model, new Set([...asked.secretKeys, ...known.secretKeys]));
      const own = liveInputs(model, object, { ...known.plain, ...asked.plain });
      const isImport = Object.keys(asked.plain).length + Object.keys(known.plain).length === 0;
      const inputs = isImport ? importedInputs(model, own, liveOutputs(model, object, context)) : own;
      response.setId(object.id);
      response.setInputs(
        send(
          Object.fromEntries(Object.entries(inputs).filter(([key]) => key in asked.plain || !(key in known.plain))),
          secretKeys,
        ),
      );
      response.setProperties(shown(model, inputs, object, context, secretKeys));
      return response;
    }),

    delete: unary(async (request: protos.DeleteRequest, call: Call<protos.DeleteRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const object = existing(model, request.getId(), context);
      if (object) {
        const mishap = mishapOf("delete", request.getUrn(), object, context);
        await mishap.before();
        stillWanted(call);
        await patiently(() => unmake(model, object, context, { name: nameOf(request.getUrn()), delay: mishap.delay }));
        await mishap.after();
      }
      return new Empty();
    }),

    invoke: unary(async (request: protos.InvokeRequest, call: Call<protos.InvokeRequest>) => {
      const model = catalog.functions.get(request.getTok());
      if (!model) throw new Refusal("SandboxUnsupported", `the sandbox does not know the function ${request.getTok()}`);
      const args = Object.fromEntries(
        Object.entries(receive(request.getArgs()).plain).filter(([, value]) => value !== null),
      );
      const foreign = Object.keys(args).filter((key) => !model.arguments.includes(key));
      if (foreign.length > 0)
        throw new Refusal(
          "SandboxUnsupported",
          `${model.token} takes no ${foreign.join(", ")} in the sandbox; it takes ${model.arguments.join(", ")}`,
        );
      const context = contextOf(call);
      const { token } = model;
      const mishap = faultsOf(context.caller.environment).next({
        operation: "invoke",
        type: token,
        key: `${context.caller.run.provider} ${token} ${JSON.stringify(args)}`,
        names: Object.values(args).map(String),
      });
      await mishap.before();
      const answer = look(model, args, context);
      await mishap.after();
      const response = new protos.InvokeResponse();
      response.setReturn(send(answer));
      return response;
    }),

    construct: unary(async (request: protos.ConstructRequest) => {
      const model = catalog.components.get(request.getType());
      if (!model)
        throw new Refusal("SandboxUnsupported", `the sandbox does not know the component ${request.getType()}`);
      const { plain, secretKeys } = receive(request.getInputs());
      const inputs = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null));
      const foreign = Object.keys(inputs).filter((key) => !model.arguments.includes(key));
      if (foreign.length > 0)
        throw new Refusal(
          "SandboxUnsupported",
          `${model.type} takes no ${foreign.join(", ")} in the sandbox; it takes ${model.arguments.join(", ")}`,
        );
      const registrar = createRegistrar(request);
      try {
        const inputDependencies = Object.fromEntries(
          request
            .getInputdependenciesMap()
            .toArray()
            .map(([key]) => [key, request.getInputdependenciesMap().get(key)?.getUrnsList() ?? []]),
        );
        const { urn } = await registrar.component({
          type: model.type,
          name: request.getName(),
          parent: request.getParent(),
          inputs,
          propertyDependencies: inputDependencies,
        });
        const { outputs, dependencies } = await model.construct(
          { name: request.getName(), urn, inputs, inputDependencies },
          registrar,
        );
        await registrar.outputs(urn, outputs);
        const response = new protos.ConstructResponse();
        response.setUrn(urn);
        response.setState(send(outputs, secretKeys));
        for (const [key, urns] of Object.entries(dependencies)) {
          const list = new protos.ConstructResponse.PropertyDependencies();
          list.setUrnsList([...urns]);
          response.getStatedependenciesMap().set(key, list);
        }
        return response;
      } finally {
        registrar.close();
      }
    }),

    // Comes at the end of every run, for this connection alone.
    cancel: unary((_request: unknown, call: Call<unknown>) => {
      const caller = callers.get(call.getPeer());
      if (caller) worldOf(caller.environment).time.end(caller.run);
      callers.delete(call.getPeer());
      return new Empty();
    }),
    getSchema: unary(() => {
      const response = new protos.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    }),
  };
}

/** The error by which an engine learns that something exists all the same. gRPC for Node takes such details only as bytes under a name of its own. */
class Initialized extends Refusal {
  readonly metadata = new grpc.Metadata();

  constructor({ object, message }: HalfDone, properties: StructMessage, inputs: StructMessage) {
    super("", message);
    this.message = message;
    const detail = new protos.ErrorResourceInitFailed();
    detail.setId(object.id);
    detail.setReasonsList([message]);
    detail.setProperties(properties);
    detail.setInputs(inputs);
    const any = new anyProtos.Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new statusProtos.Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(message);
    status.addDetails(any);
    this.metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
}

function heard(object: WorldObject, { world }: Context): void {
  delete object.unheard;
  world.changed(object);
}

/** A plug-in that is killed with its engine does not go on with what it has not sent yet. */
function stillWanted({ cancelled }: { readonly cancelled: boolean }): void {
  if (cancelled) throw new Refusal("Canceled", "the engine is gone");
}

/** The provider waits minutes for what still depends on something; what nobody is deleting at the same time does not go away by waiting. */
async function patiently(remove: () => void): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return remove();
    } catch (error) {
      if (attempt === 20 || !(error instanceof Refusal) || error.code !== "DependencyViolation") throw error;
      await setTimeout(50);
    }
  }
}

function secretsOf(model: ResourceModel, secretKeys: ReadonlySet<string>): ReadonlySet<string> {
  const sensitive = Object.entries(model.arguments).flatMap(([name, argument]) => (argument.sensitive ? [name] : []));
  return new Set([...secretKeys, ...sensitive]);
}

/** The live inputs; of a sensitive one the world knows the digest only, so an unchanged one comes from what the engine sent. */
function liveInputs(model: ResourceModel, object: WorldObject, known: Properties): Properties {
  const sameDigest = digested(model, known);
  return Object.fromEntries(
    Object.entries(object.inputs).map(([key, value]) => {
      if (model.arguments[key]?.sensitive !== true) return [key, value];
      return [key, isDeepStrictEqual(sameDigest[key], value) ? (known[key] ?? value) : value];
    }),
  );
}
