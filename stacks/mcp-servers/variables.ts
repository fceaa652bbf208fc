import type * as pulumi from "@pulumi/pulumi";
import type { Variable } from "../../components/mcp/mcp-server.ts";
import type { ServerConfig } from "./config.ts";
import { type ConnectionTarget, NO_HOST } from "./connections.ts";
import type { StoreAccess } from "./store-access.ts";

interface Sources {
  readonly targets: (connection: string) => ConnectionTarget;
  readonly access: StoreAccess;
  readonly secret: (name: string) => pulumi.Output<string>;
}

/** The variables of a server's pods. */
export function variablesOf(
  server: string,
  { env }: ServerConfig,
  { targets, access, secret }: Sources,
): Record<string, Variable> {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]): [string, Variable] => {
      if (typeof value === "string") return [variable, { value }];
      if ("secret" in value) return [variable, { secret: secret(value.secret) }];
      if ("store" in value) return [variable, { value: access.valueOf(server, value.store, value.value) }];
      const { host, port, portNamed } = targets(value.connection);
      const number = value.port === undefined ? port : portNamed(value.port);
      return [
        variable,
        { value: value.value === "host" ? host.apply((name) => name ?? NO_HOST) : number.apply(String) },
      ];
    }),
  );
}

export function masked(env: Readonly<Record<string, Variable>>): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]) => [variable, "value" in value ? value.value : "[secret]"]),
  );
}
