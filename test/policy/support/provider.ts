/**
 * An `aws` provider, and a `kubernetes` one, for the real engine that creates nothing and refuses nothing: it answers each request with its inputs, an id
 * and an ARN. Only what a preview cannot know is modelled, since that is what policies stumble over.
 */
import * as grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import { UNKNOWN } from "./unknown.ts";

type Values = { readonly [key: string]: structProto.JavaScriptValue };
type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

const valuesOf = (struct: structProto.Struct | undefined): Values => struct?.toJavaScript() ?? {};

/** Terraform's sets: one unknown element makes the whole set unknown, so a preview's outputs hide even how many subnets were given. */
const SETS = ["subnets", "subnetIds"];

function previewed(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      if (SETS.includes(key) && Array.isArray(value) && value.includes(UNKNOWN)) return [key, UNKNOWN];
      return [
        key,
        typeof value === "object" && value !== null && !Array.isArray(value) ? previewed(value as Values) : value,
      ];
    }),
  );
}

const check: Unary<providerProto.CheckRequest, providerProto.CheckResponse> = (call, reply) => {
  const response = new providerProto.CheckResponse();
  response.setInputs(call.request.getNews());
  reply(null, response);
};

const diff: Unary<providerProto.DiffRequest, providerProto.DiffResponse> = (_call, reply) => {
  const response = new providerProto.DiffResponse();
  response.setChanges(providerProto.DiffResponse.DiffChanges.DIFF_NONE);
  reply(null, response);
};

const configure: Unary<providerProto.ConfigureRequest, providerProto.ConfigureResponse> = (_call, reply) => {
  const response = new providerProto.ConfigureResponse();
  response.setSupportspreview(true);
  response.setAcceptsecrets(true);
  reply(null, response);
};

let created = 0;

const create: Unary<providerProto.CreateRequest, providerProto.CreateResponse> = (call, reply) => {
  const response = new providerProto.CreateResponse();
  const inputs = valuesOf(call.request.getProperties());
  if (call.request.getPreview()) {
    response.setProperties(structProto.Struct.fromJavaScript({ ...previewed(inputs), id: UNKNOWN, arn: UNKNOWN }));
  } else {
    const id = `created-${(created += 1)}`;
    response.setId(id);
    response.setProperties(
      structProto.Struct.fromJavaScript({ ...inputs, id, arn: `arn:aws:any:us-east-1:111111111111:${id}` }),
    );
  }
  reply(null, response);
};

const service: grpc.UntypedServiceImplementation = {
  attach: (_call: unknown, reply: grpc.sendUnaryData<emptyProto.Empty>) => reply(null, new emptyProto.Empty()),
  cancel: (_call: unknown, reply: grpc.sendUnaryData<emptyProto.Empty>) => reply(null, new emptyProto.Empty()),
  delete: (_call: unknown, reply: grpc.sendUnaryData<emptyProto.Empty>) => reply(null, new emptyProto.Empty()),
  getPluginInfo: (_call: unknown, reply: grpc.sendUnaryData<pluginProto.PluginInfo>) => {
    const info = new pluginProto.PluginInfo();
    info.setVersion("0.0.0");
    reply(null, info);
  },
  checkConfig: check,
  diffConfig: diff,
  configure,
  check,
  diff,
  create,
};

/** Serves the provider inside this process; `attachment` is the value of PULUMI_DEBUG_PROVIDERS. */
export async function serveProvider(): Promise<{ readonly attachment: string; readonly stop: () => void }> {
  const server = new grpc.Server();
  server.addService(providerServices.ResourceProviderService, service);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { attachment: `aws:${port},kubernetes:${port}`, stop: () => server.forceShutdown() };
}
