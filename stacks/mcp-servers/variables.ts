import type * as pulumi from "@pulumi/pulumi";
import type { Variable } from "../../components/mcp/mcp-server.ts";
import { bundlePath } from "../../model/tls.ts";
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
      return [variable, { value: connectionValue(value, targets(value.connection)) }];
    }),
  );
}

type ConnectionVariable = Extract<ServerConfig["env"][string], { readonly connection: string }>;

function connectionValue(
  { connection, value, port: named }: ConnectionVariable,
  { host, port, portNamed, serverName }: ConnectionTarget,
): pulumi.Input<string> {
  switch (value) {
    case "host":
      return host.apply((name) => name ?? NO_HOST);
    case "port":
      return (named === undefined ? port : portNamed(named)).apply(String);
    case "serverName":
      return serverName;
    case "caBundle":
      return bundlePath(connection);
  }
}

export function masked(env: Readonly<Record<string, Variable>>): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]) => [variable, "value" in value ? value.value : "[secret]"]),
  );
}
