import { existsSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { catalog } from "./catalog.ts";
import { loadEstate } from "./estate.ts";
import { recordedStacks } from "./stack-states.ts";
import { Faults } from "./faults.ts";
import { Refusal } from "./model.ts";
import { createProvider } from "./provider.ts";
import { World } from "./world.ts";

export interface SandboxOptions {
  /** Folder of `<environment>.yaml` files: what stands before we come. */
  readonly estates: string;
  /** Folder in which each world is kept as `<environment>.json`; undefined keeps them in memory. */
  readonly worlds?: string;
  /** Folder of Pulumi's file backend, whose stacks Pulumi Cloud is to know; none without. */
  readonly state?: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface Sandbox {
  readonly port: number;
  world(environment: string): World;
  /** What goes wrong on purpose; nothing, unless it is set. */
  faults(environment: string): Faults;
  /** Forgets all that programs made, and all faults: the world is again as its estate file says. */
  reset(environment: string): void;
  stop(): Promise<void>;
}

export async function startSandbox({ estates, worlds, state, port }: SandboxOptions): Promise<Sandbox> {
  const loaded = new Map<string, World>();
  const disturbed = new Map<string, Faults>();

  function world(environment: string): World {
    const known = loaded.get(environment);
    if (known) return known;
    const file = join(estates, `${environment}.yaml`);
    if (!existsSync(file)) throw new Refusal("SandboxError", `environment ${environment} has no estate: write ${file}`);
    const { facts, objects } = loadEstate(file);
    const fresh = new World(
      environment,
      facts,
      objects,
      worlds === undefined ? undefined : join(worlds, `${environment}.json`),
      (project) => (state === undefined ? new Set() : recordedStacks(state, project)),
    );
    loaded.set(environment, fresh);
    return fresh;
  }

  function faults(environment: string): Faults {
    const own = disturbed.get(environment) ?? new Faults();
    disturbed.set(environment, own);
    return own;
  }

  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 << 20 });
  server.addService(providerServices.ResourceProviderService, createProvider(catalog, world, faults));
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, actual) =>
      error ? reject(error) : resolve(actual),
    );
  });

  return {
    port: bound,
    world,
    faults,
    reset(environment) {
      world(environment).reset();
      loaded.delete(environment);
      disturbed.delete(environment);
    },
    stop: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
  };
}
