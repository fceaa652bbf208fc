import type { ServerConfig } from "./config.ts";

type EnvValue = ServerConfig["env"][string];

const keysOf = (env: ServerConfig["env"], keyOf: (value: EnvValue) => string | undefined): string[] => [
  ...new Set(Object.values(env).flatMap((value) => keyOf(value) ?? [])),
];

/** Keys of the connections that a server's variables name. */
export const connectionsOf = ({ env }: Pick<ServerConfig, "env">): string[] =>
  keysOf(env, (value) => (typeof value === "object" && "connection" in value ? value.connection : undefined));

/** Keys of the stores that a server's variables name. */
export const storesOf = ({ env }: Pick<ServerConfig, "env">): string[] =>
  keysOf(env, (value) => (typeof value === "object" && "store" in value ? value.store : undefined));
