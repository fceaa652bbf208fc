import type { ConnectionValue, EnvironmentFacts, McpServersFacts, ServerFacts } from "./environment-facts.ts";
import { type StackProblem, show } from "./problem.ts";
import { type ServiceTls, tlsOf } from "./tls.ts";

/** Whether each server that goes to a service over TLS is told by what to know it, and no server is told what nobody says. */
export function tlsProblems({ stack, servers }: McpServersFacts, facts: EnvironmentFacts): StackProblem[] {
  const spoken = new Map(
    facts.connections.flatMap(({ registrations }) =>
      Object.entries(registrations).map(([key, { service }]) => [key, tlsOf(service, facts)] as const),
    ),
  );
  return Object.entries(servers).flatMap(([server, own]) => {
    const at = { stack, property: `corpai:servers.${server}.env` };
    return [...unsaid(at, own, spoken), ...untold(at, own, spoken)];
  });
}

type At = Pick<StackProblem, "stack" | "property">;
type Spoken = ReadonlyMap<string, ServiceTls | undefined>;

/** Variables for what the service's owner says nowhere. */
function unsaid({ stack, property }: At, { connectionValues }: ServerFacts, spoken: Spoken): StackProblem[] {
  return Object.entries(connectionValues).flatMap(([variable, { connection, value }]) => {
    // A connection that nobody knows is another problem, told already.
    if ((value !== "serverName" && value !== "caBundle") || !spoken.has(connection)) return [];
    if (spoken.get(connection)?.[value] !== undefined) return [];
    return [
      {
        stack,
        property: `${property}.${variable}.value`,
        given: `${show(value)} of ${connection}, whose service states none`,
        allowed: spoken.get(connection) ? '"host" or "port" or "serverName"' : '"host" or "port"',
        wayOut: `Remove the variable, or have tls.${value} stated with the service: under services of customer-services, or in the registration.`,
      },
    ];
  });
}

/** Servers that go to a service over TLS, and would have to take the endpoint's name for the service's. */
function untold(at: At, { connectionValues }: ServerFacts, spoken: Spoken): StackProblem[] {
  const values = Object.values(connectionValues);
  const has = (key: string, wanted: ConnectionValue): boolean =>
    values.some(({ connection, value }) => connection === key && value === wanted);
  return [...spoken].flatMap(([key, tls]) => {
    if (!tls || !has(key, "host")) return [];
    const wanted = (["serverName", ...(tls.caBundle === undefined ? [] : (["caBundle"] as const))] as const).filter(
      (value) => !has(key, value),
    );
    return wanted.map((value) => ({
      ...at,
      given: `the host of ${key}, and no variable with its ${value}`,
      allowed: `a variable { connection: ${key}, value: ${value} } beside it, since the service's certificate is for ${tls.serverName}, ${
        value === "serverName" ? "which is not the endpoint's name" : "signed by an authority of its owner's"
      }`,
      wayOut: "Add it, and have the client verify by it.",
    }));
  });
}
