import type * as pulumi from "@pulumi/pulumi";
import type { BuiltPostgres, BuiltValkey, DataOutputs } from "../data/index.ts";
import { type Reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";

type Stores = DataOutputs["stores"];
type BuiltStore = Stores[string];

/** The environment's stores, as far as `data` has built them. */
export interface StoreReader {
  readonly any: (key: string) => pulumi.Output<BuiltStore>;
  readonly postgres: (key: string) => pulumi.Output<BuiltPostgres>;
  readonly valkey: (key: string) => pulumi.Output<BuiltValkey>;
}

export function storeReader(read: Reader<"mcp-servers">, environment: string): StoreReader {
  const stack = `data.${environment}`;
  const built = read.optional("data")?.output("stores");
  const any = (key: string): pulumi.Output<BuiltStore> => {
    // The check of all files together has refused stores of an environment without any.
    if (!built) throw new Error(`store ${key} in an environment without data`);
    return built.apply((stores) => required(stores[key], `${stack} has no store ${key} yet. ${bringUpFirst(stack)}`));
  };
  return {
    any,
    postgres: (key) => any(key) as pulumi.Output<BuiltPostgres>,
    valkey: (key) => any(key) as pulumi.Output<BuiltValkey>,
  };
}
