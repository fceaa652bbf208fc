/** Whether endpoints of integrations are what their private connections lead to. */
import { certificateCovers, certificateNames, endpointParts } from "./host-names.ts";
import { portIn } from "./lattice-limits.ts";
import type { ConnectionModeFacts, PrivateConnectionsFacts } from "./private-connection-facts.ts";
import type { StackProblem } from "./problem.ts";

/** Endpoints on a port, or with a host, that their connection does not serve. */
export function endpointProblems(facts: PrivateConnectionsFacts): StackProblem[] {
  const { stack, privateConnections, integrations } = facts;
  return Object.entries(integrations).flatMap(([key, { connection: over, endpoint }]) => {
    const connection = over === undefined ? undefined : privateConnections[over];
    const parts = endpoint === undefined ? undefined : endpointParts(endpoint);
    if (!connection || !parts || over === undefined) return [];
    const at = { stack, property: `corpai:integrations.${key}.endpoint`, given: endpoint ?? "" };
    const ranges = portsOf(connection, facts);
    const closed =
      ranges && !portIn(ranges, parts.port)
        ? [
            {
              ...at,
              allowed: `a port that ${over} lets through: ${ranges.join(", ")}`,
              wayOut: `Correct the port, or add it to the ports of ${over}.`,
            },
          ]
        : [];
    const { certificate } = connection;
    const foreign =
      certificate !== undefined && certificateCovers(certificate, parts.host) === false
        ? [
            {
              ...at,
              allowed: `a host that the certificate of ${over} covers: ${certificateNames(certificate)}`,
              wayOut: `Correct the host, or give the certificate of what answers there: AWS DevOps Agent compares them.`,
            },
          ]
        : [];
    return [...closed, ...foreign];
  });
}

/** Undefined where another file, or another account, states them. */
function portsOf(
  connection: ConnectionModeFacts,
  { resources }: PrivateConnectionsFacts,
): readonly string[] | undefined {
  if (connection.mode === "service-managed") return connection.ports;
  return "resource" in connection.by ? resources[connection.by.resource]?.ports : undefined;
}
