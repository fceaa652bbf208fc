/** A connection that takes another one's place while pods use it: the second endpoint first, new hosts in the pods next, the end of the old one last. */
import { type ConnectionsFacts, type EnvironmentFacts, furtherPortsOf } from "./environment-facts.ts";
import { type StackProblem, show } from "./problem.ts";

type Facts = Pick<EnvironmentFacts, "connections">;
type Registered = ConnectionsFacts["registrations"][string];

const registrationsOf = ({ connections }: Facts): ReadonlyMap<string, Registered & { readonly stack: string }> =>
  new Map(
    connections.flatMap(({ stack, registrations }) =>
      Object.entries(registrations).map(([key, registration]) => [key, { ...registration, stack }] as const),
    ),
  );

/** The connection that is to take another's place, if there is one. */
export const successorOf = (key: string, facts: Facts): string | undefined =>
  [...registrationsOf(facts)].find(([, { succeeds }]) => succeeds === key)?.[0];

/** A connection and whatever is to take its place, the last one first: in this order pods take what is available. */
export function lineOf(key: string, facts: Facts, seen: readonly string[] = []): readonly string[] {
  const successor = successorOf(key, facts);
  return successor === undefined || seen.includes(successor)
    ? [key]
    : [...lineOf(successor, facts, [...seen, key]), key];
}

/** What keeps pods from going over from one connection to the other. */
export function successionProblems(facts: Facts): StackProblem[] {
  const all = registrationsOf(facts);
  return [...all].flatMap(([key, own]): StackProblem[] => {
    const { succeeds, stack } = own;
    if (succeeds === undefined) return [];
    const at = { stack, property: `corpai:registrations.${key}.succeeds`, given: show(succeeds) };
    const predecessor = all.get(succeeds);
    if (!predecessor)
      return [
        {
          ...at,
          allowed: `another connection of this environment: ${[...all.keys()].filter((one) => one !== key).join(", ")}`,
          wayOut: "Correct the key; or remove it, once the old connection is gone.",
        },
      ];
    if (lineOf(key, facts).includes(succeeds))
      return [
        { ...at, allowed: "a connection that comes before it", wayOut: "Remove one of the keys: they go round." },
      ];
    if (successorOf(succeeds, facts) !== key)
      return [
        {
          ...at,
          given: `${show(succeeds)}, which ${successorOf(succeeds, facts) ?? ""} succeeds already`,
          allowed: "one successor for each connection",
          wayOut: "Remove the key from one of the two.",
        },
      ];
    return [...lostPorts(at, succeeds, predecessor, own), ...lostTenants(at, succeeds, predecessor, own)];
  });
}

type At = Pick<StackProblem, "stack" | "property" | "given">;

function lostPorts(at: At, key: string, before: Registered, after: Registered): StackProblem[] {
  const lost = furtherPortsOf(before.service).filter((name) => !furtherPortsOf(after.service).includes(name));
  if (lost.length === 0) return [];
  return [
    {
      ...at,
      allowed: `a connection all of whose further ports this one has, too: it lacks ${lost.join(", ")}`,
      wayOut: `Add them to ports of its service: servers may name them of ${key}.`,
    },
  ];
}

function lostTenants(
  at: At,
  key: string,
  { tenants: before = [] }: Registered,
  { tenants: after = [] }: Registered,
): StackProblem[] {
  if (after.length === 0) return [];
  const lost = before.filter((tenant) => !after.includes(tenant));
  if (before.length > 0 && lost.length === 0) return [];
  return [
    {
      ...at,
      allowed: `a connection whose tenants this one admits, too: ${key} admits ${before.length === 0 ? "all servers" : lost.join(", ")}`,
      wayOut: "Give both the same tenants.",
    },
  ];
}
