import { valueOf } from "../model/deployment.ts";
import { describeProblems } from "../model/problem.ts";
import { TYPE } from "../model/resource-record.ts";
import type { Environment } from "../stacks/environment.ts";
import type { Engine, EngineRun } from "./engine.ts";

/**
 * Why an update would cut pods off: it deletes an endpoint whose host they have, while their file has them go on with a connection. Those that are to end, or
 * to do without, are nobody's concern.
 */
export async function cutOff(
  stack: string,
  preview: EngineRun,
  { name, stacks, facts }: Pick<Environment, "name" | "stacks" | "facts">,
  engine: Pick<Engine, "stacks" | "standing">,
): Promise<string | undefined> {
  const gone = preview.resourceChanges.filter(
    ({ operation, type }) => operation === "delete" && type === TYPE.endpoint,
  );
  const endpoints = preview.earlier.filter((one) =>
    gone.some(({ name: key }) => one.type === TYPE.endpoint && one.name === key),
  );
  if (endpoints.length === 0) return undefined;
  const known = await engine.stacks();
  const users = stacks.filter((one) => one.stack.program === "mcp-servers" && known.has(one.name));
  const standing = (await Promise.all(users.map((one) => engine.standing(one.name)))).flat();
  const deployments = standing.filter(({ type }) => type === TYPE.deployment);
  const problems = endpoints.flatMap(({ name: key, id, outputs }) => {
    const names = JSON.stringify(outputs.dnsEntries ?? []);
    const cut = deployments.filter(({ name: server, inputs }) => {
      const wanted = facts.mcpServers?.servers[server]?.connectionVariables ?? {};
      return Object.keys(wanted).some((variable) => {
        const host = valueOf({ inputs, outputs: {} }, variable);
        // Among an endpoint's names is its service's own, where it answers to that.
        return typeof host === "string" && (host.startsWith(`${id ?? ""}-`) || names.includes(`"${host}"`));
      });
    });
    if (cut.length === 0) return [];
    return [
      {
        stack,
        property: `corpai:registrations.${key}`,
        given: `nothing, while the pods of ${cut.map(({ name: server }) => server).join(", ")} go to its endpoint ${id ?? ""}`,
        allowed: "removal of connections that no pod uses any more",
        wayOut: `Put it back, let the pods go over to the other one first (npx corpai up ${name}; npx corpai status ${name} says when they have), then remove it.`,
      },
    ];
  });
  return problems.length > 0 ? describeProblems(problems) : undefined;
}
