import { isDeepStrictEqual } from "node:util";
import { setTimeout } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import emptyProtos from "google-protobuf/google/protobuf/empty_pb.js";
import pluginProtos from "@pulumi/pulumi/proto/plugin_pb.js";
import protos from "@pulumi/pulumi/proto/provider_pb.js";
import type { Caller, ComponentModel, Context, FunctionModel, ResourceModel } from "./model.ts";
import { Refusal } from "./model.ts";
import { callerOf } from "./caller.ts";
import { createRegistrar } from "./registrar.ts";
import {
  at,
  before,
  changedArguments,
  checked,
  deletesFirst,
  digested,
  liveOutputs,
  overlaid,
  previewed,
  replaces,
  stored,
} from "./resource.ts";
import type { Properties } from "./wire.ts";
import { UNKNOWN, receive, send } from "./wire.ts";
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
          reply({ code: grpc.status.UNKNOWN, details });
        }
      })();
    };
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
      callers.set(call.getPeer(), callerOf(request.getUrn() ?? "", receive(request.getArgs()).plain, worldOf));
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
      const replaced = replaces(model, changed, olds, news, contextOf(call).caller);
      const response = new protos.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = protos.DiffResponse.DiffChanges;
      response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList(changed);
      response.setReplacesList(replaced);
      response.setDeletebeforereplace(replaced.length > 0 && deletesFirst(model, nameOf(request.getUrn()), olds, news));
      return response;
    }),

    create: unary((request: protos.CreateRequest, call: Call<protos.CreateRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const { plain: inputs, secretKeys } = receive(request.getProperties());
      const response = new protos.CreateResponse();
      if (request.getPreview()) {
        // An argument that is given stays as given; only what lies inside one is laid over it.
        const shown = previewed(model, inputs);
        const unknown = Object.fromEntries(
          model.computed.filter((key) => shown[key] === undefined).map((key) => [key, UNKNOWN]),
        );
        response.setProperties(send(overlaid(shown, unknown), secretsOf(model, secretKeys)));
        return response;
      }
      const object = stored(model, inputs, context);
      response.setId(object.id);
      response.setProperties(send(overlaid(inputs, liveOutputs(model, object, context)), secretsOf(model, secretKeys)));
      return response;
    }),

    update: unary((request: protos.UpdateRequest, call: Call<protos.UpdateRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const { plain: inputs, secretKeys } = receive(request.getNews());
      const olds = receive(request.getOlds()).plain;
      const response = new protos.UpdateResponse();
      if (request.getPreview()) {
        const changed = changedArguments(
          model,
          before(model, receive(request.getOldInputs()).plain, olds),
          inputs,
          request.getIgnorechangesList(),
        );
        const unknown = Object.fromEntries((model.unknownOnUpdate?.(changed) ?? []).map((key) => [key, UNKNOWN]));
        const shown = previewed(model, inputs);
        const kept = Object.fromEntries(
          model.computed.filter((key) => shown[key] === undefined).map((key) => [key, at(olds, key) ?? UNKNOWN]),
        );
        response.setProperties(send(overlaid(shown, { ...kept, ...unknown }), secretsOf(model, secretKeys)));
        return response;
      }
      const object = existing(model, request.getId(), context);
      if (!object)
        throw new Refusal(
          "NotFound",
          `${model.type} ${request.getId()} does not exist (it may have been deleted outside of Pulumi: run pulumi refresh)`,
        );
      const computed = model.update?.(object, inputs, context) ?? {};
      object.inputs = digested(model, inputs);
      object.computed = { ...object.computed, ...computed };
      context.world.changed();
      response.setProperties(send(overlaid(inputs, liveOutputs(model, object, context)), secretsOf(model, secretKeys)));
      return response;
    }),

    read: unary((request: protos.ReadRequest, call: Call<protos.ReadRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const object = existing(model, request.getId(), context);
      const response = new protos.ReadResponse();
      if (!object) return response;
      const asked = receive(request.getInputs());
      const known = receive(request.getProperties());
      const secretKeys = secretsOf(model, new Set([...asked.secretKeys, ...known.secretKeys]));
      const inputs = liveInputs(model, object, { ...known.plain, ...asked.plain });
      response.setId(object.id);
      response.setInputs(
        send(
          Object.fromEntries(Object.entries(inputs).filter(([key]) => key in asked.plain || !(key in known.plain))),
          secretKeys,
        ),
      );
      response.setProperties(send(overlaid(inputs, liveOutputs(model, object, context)), secretKeys));
      return response;
    }),

    delete: unary(async (request: protos.DeleteRequest, call: Call<protos.DeleteRequest>) => {
      const model = modelOf(request.getUrn());
      const context = contextOf(call);
      const object = existing(model, request.getId(), context);
      if (object) {
        await patiently(() => model.remove?.(object, context));
        context.world.reach(context.world.clock + (model.seconds?.delete ?? 0));
        if (!object.estate) context.world.remove(object);
      }
      return new Empty();
    }),

    invoke: unary((request: protos.InvokeRequest, call: Call<protos.InvokeRequest>) => {
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
      const response = new protos.InvokeResponse();
      response.setReturn(send(model.call(args, contextOf(call))));
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
