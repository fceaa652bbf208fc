import type { ServerConfig } from "./config.ts";

type EnvValue = ServerConfig["env"][string];

const keysOf = (env: ServerConfig["env"], keyOf: (value: EnvValue) => string | undefined): string[] => [
  ...new Set(Object.values(env).flatMap((value) => keyOf(value) ?? [])),
];

/** Keys of the connections that a server's variables name. */
export const connectionsOf = ({ env }: Pick<ServerConfig, "env">): string[] =>
  keysOf(env, (value) => (typeof value === "object" && "connection" in value ? value.connection : undefined));

/** Keys of the connections whose certificate bundles a server reads. */
export const bundlesOf = ({ env }: Pick<ServerConfig, "env">): string[] =>
  keysOf(env, (value) =>
    typeof value === "object" && "connection" in value && value.value === "caBundle" ? value.connection : undefined,
  );

/** Keys of the stores that a server's variables name. */
export const storesOf = ({ env }: Pick<ServerConfig, "env">): string[] =>
  keysOf(env, (value) => (typeof value === "object" && "store" in value ? value.store : undefined));

/** Names of the ports of a connection that a server uses, undefined for the service's first: that one unless all its variables name others. */
export function portsUsed({ env }: Pick<ServerConfig, "env">, connection: string): (string | undefined)[] {
  const named = Object.values(env).flatMap((value) =>
    typeof value === "object" && "connection" in value && value.connection === connection && value.value === "port"
      ? [value.port]
      : [],
  );
  return named.length > 0 ? [...new Set(named)] : [undefined];
}

/** The tenants of some servers, each once. */
export const tenantsOf = (servers: Readonly<Record<string, Pick<ServerConfig, "tenant">>>): string[] => [
  ...new Set(Object.values(servers).flatMap(({ tenant }) => tenant ?? [])),
];
