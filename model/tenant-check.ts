import { anyUnsound } from "./cross-references.ts";
import type { EnvironmentFacts } from "./environment-facts.ts";
import { type StackProblem, show } from "./problem.ts";

/** What is wrong with tenants: names that the network does not have, and servers whose packets a connection would drop. */
export function tenantProblems(facts: EnvironmentFacts): StackProblem[] {
  const { network, connections, mcpServers } = facts;
  if (!network || anyUnsound(facts, "network")) return [];
  const known = network.tenants ?? [];
  const unknown = (stack: string, property: string, tenant: string): StackProblem[] =>
    known.includes(tenant)
      ? []
      : [
          {
            stack,
            property,
            given: show(tenant),
            allowed:
              known.length > 0
                ? `a tenant of ${network.stack}: ${known.join(", ")}`
                : `none: ${network.stack} has no tenants`,
            wayOut: `Correct it, or add it to corpai:tenants of ${network.stack}.`,
          },
        ];
  const registrations = connections.flatMap(({ stack, registrations: own }) =>
    Object.entries(own).map(([key, { tenants = [] }]) => ({ stack, key, tenants })),
  );
  const servers = Object.entries(mcpServers?.servers ?? {});
  return [
    ...registrations.flatMap(({ stack, key, tenants }) =>
      tenants.flatMap((tenant) => unknown(stack, `corpai:registrations.${key}.tenants`, tenant)),
    ),
    ...servers.flatMap(([server, { tenant, connectionVariables }]) => {
      const stack = mcpServers?.stack ?? "";
      return [
        ...(tenant === undefined ? [] : unknown(stack, `corpai:servers.${server}.tenant`, tenant)),
        ...Object.entries(connectionVariables).flatMap(([variable, connection]) =>
          shutOut(
            stack,
            server,
            tenant,
            variable,
            registrations.find(({ key }) => key === connection),
          ),
        ),
      ];
    }),
  ];
}

function shutOut(
  stack: string,
  server: string,
  tenant: string | undefined,
  variable: string,
  connection: { readonly key: string; readonly tenants: readonly string[] } | undefined,
): StackProblem[] {
  if (!connection || connection.tenants.length === 0) return [];
  if (tenant !== undefined && connection.tenants.includes(tenant)) return [];
  return [
    {
      stack,
      property: `corpai:servers.${server}.env.${variable}.connection`,
      given: `${show(connection.key)}, which admits tenant ${connection.tenants.join(", ")} only, for a server of ${tenant === undefined ? "no tenant" : `tenant ${tenant}`}`,
      allowed: "connections of the server's own tenant, or of all",
      wayOut: `Set corpai:servers.${server}.tenant, or add it to the tenants of the registration.`,
    },
  ];
}
