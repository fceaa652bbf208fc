import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import type providerProtos from "@pulumi/pulumi/proto/provider_pb.js";
import resourceServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import protos from "@pulumi/pulumi/proto/resource_pb.js";
import type { Registered, Registrar, Registration } from "./model.ts";
import type { Properties } from "./wire.ts";
import { UNKNOWN, receive, send } from "./wire.ts";

type ConstructRequest = providerProtos.ConstructRequest;

/** The version of the SDK that programs here use: children then share the program's default provider, instead of having one of their own. */
function versionOf(type: string): string {
  const [head = "", , kind = ""] = type.split(":");
  const { version } = createRequire(import.meta.url)(`@pulumi/${head === "pulumi" ? kind : head}/package.json`) as {
    readonly version: string;
  };
  return version;
}

/**
 * Registers a remote component and its children through the monitor of the request, so that several stacks can construct at the same time.
 * What the program asked for the component as a resource goes to its own registration; protection reaches the children too, as SDKs pass it on.
 */
export function createRegistrar(request: ConstructRequest): Registrar & { close(): void } {
  const monitor = new resourceServices.ResourceMonitorClient(
    request.getMonitorendpoint(),
    grpc.credentials.createInsecure(),
  );

  async function register(custom: boolean, registration: Registration): Promise<Registered> {
    const message = new protos.RegisterResourceRequest();
    const isComponentItself = registration.parent === request.getParent() && registration.type === request.getType();
    if (isComponentItself) {
      message.setAliasesList(request.getAliasesList());
      message.setAliasspecs(true);
      message.setDeletedwith(request.getDeletedwith());
    }
    if (request.hasProtect()) message.setProtect(request.getProtect() === true);
    if (request.hasRetainondelete()) message.setRetainondelete(request.getRetainondelete() === true);
    message.setType(registration.type);
    message.setName(registration.name);
    message.setParent(registration.parent);
    message.setCustom(custom);
    // The request's own Struct still says which of the inputs are secret.
    message.setObject(isComponentItself ? request.getInputs() : send(registration.inputs));
    message.setAcceptsecrets(true);
    message.setAcceptresources(true);
    // Otherwise the engine leaves out every output that a preview does not know, instead of saying that it is unknown.
    message.setSupportspartialvalues(true);
    const provider = request.getProvidersMap().get(registration.type.split(":")[0] ?? "");
    if (custom && provider !== undefined) message.setProvider(provider);
    if (custom) message.setVersion(versionOf(registration.type));
    const dependencies = new Set([
      ...(registration.dependsOn ?? []),
      ...(isComponentItself ? request.getDependenciesList() : []),
    ]);
    for (const [property, urns] of Object.entries(registration.propertyDependencies ?? {})) {
      const list = new protos.RegisterResourceRequest.PropertyDependencies();
      list.setUrnsList([...urns]);
      message.getPropertydependenciesMap().set(property, list);
      urns.forEach((urn) => dependencies.add(urn));
    }
    message.setDependenciesList([...dependencies]);
    const response = await new Promise<protos.RegisterResourceResponse>((resolve, reject) => {
      monitor.registerResource(message, (error: grpc.ServiceError | null, answer: protos.RegisterResourceResponse) =>
        error ? reject(error) : resolve(answer),
      );
    });
    const id = response.getId() === "" ? UNKNOWN : response.getId();
    return { urn: response.getUrn(), id, outputs: { ...receive(response.getObject()).plain, id } };
  }

  return {
    resource: (registration) => register(true, registration),
    component: (registration) => register(false, registration),
    async outputs(urn: string, outputs: Properties): Promise<void> {
      const message = new protos.RegisterResourceOutputsRequest();
      message.setUrn(urn);
      message.setOutputs(send(outputs));
      await new Promise<void>((resolve, reject) => {
        monitor.registerResourceOutputs(message, (error: grpc.ServiceError | null) =>
          error ? reject(error) : resolve(),
        );
      });
    },
    async invoke(token: string, args: Properties): Promise<Properties> {
      const message = new protos.ResourceInvokeRequest();
      message.setTok(token);
      message.setArgs(send(args));
      const provider = request.getProvidersMap().get(token.split(":")[0] ?? "");
      if (provider !== undefined) message.setProvider(provider);
      message.setVersion(versionOf(token));
      message.setAcceptresources(true);
      const response = await new Promise<providerProtos.InvokeResponse>((resolve, reject) => {
        monitor.invoke(message, (error: grpc.ServiceError | null, answer: providerProtos.InvokeResponse) =>
          error ? reject(error) : resolve(answer),
        );
      });
      return receive(response.getReturn()).plain;
    },
    close: () => monitor.close(),
  };
}
