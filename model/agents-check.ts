import { repositoryOf } from "./agentcore-images.ts";
import type { EnvironmentFacts, StackFacts } from "./environment-facts.ts";
import { type ModelChoice, inferenceProblem } from "./inference.ts";
import { type StackProblem, show } from "./problem.ts";

export interface AgentcoreDataFacts extends StackFacts {
  readonly tables: readonly string[];
}

/** Permission to stand in one AZ only. */
interface OneZone {
  readonly reason: string;
  /** ISO date, the last day. */
  readonly until: string;
}

interface RuntimeFacts {
  readonly name: string;
  /** `<repository>@<digest>`. */
  readonly image: string;
  readonly singleAz?: OneZone | undefined;
}

export interface AgentcoreToolsFacts extends StackFacts {
  readonly repositories: readonly string[];
  /** By tool, its table. */
  readonly tools: Readonly<Record<string, string>>;
  readonly mcp: (RuntimeFacts & { readonly tables: readonly string[] }) | undefined;
}

export interface AgentcoreRuntimeFacts extends StackFacts, RuntimeFacts {
  readonly model: ModelChoice;
}

/** What is wrong between the files of agents, their tools, and what both stand on. A file that is wrong by itself is left out until it is mended. */
export function agentProblems(facts: EnvironmentFacts): StackProblem[] {
  return [...placeProblems(facts), ...toolProblems(facts), ...agentOwnProblems(facts)];
}

/** Endpoints, keys and tokens are of one region, and IAM is of one account. */
function placeProblems({
  agentcoreNetwork: network,
  agentcoreData,
  agentcoreTools,
  agentcoreRuntime,
}: EnvironmentFacts): StackProblem[] {
  if (!network) return [];
  return [agentcoreData, agentcoreTools, agentcoreRuntime].flatMap((facts) =>
    (["region", "account"] as const).flatMap((part) =>
      !facts || facts[part] === network[part]
        ? []
        : [
            {
              stack: facts.stack,
              property: part === "region" ? "aws:region" : "aws:allowedAccountIds",
              given: facts[part],
              allowed: `${network[part]}, as in ${network.stack}`,
              wayOut: "All of an environment's agents stand in one VPC: correct either of the two.",
            },
          ],
    ),
  );
}

function toolProblems({ agentcoreData: data, agentcoreTools: tools, today }: EnvironmentFacts): StackProblem[] {
  if (!tools) return [];
  const named = [
    ...Object.entries(tools.tools).map(([tool, table]) => [`corpai:gateway.tools.${tool}.table`, table] as const),
    ...(tools.mcp?.tables ?? []).map((table) => ["corpai:mcp.tables", table] as const),
  ];
  const missing = data ? named.filter(([, table]) => !data.tables.includes(table)) : [];
  return [
    ...missing.map(([property, table]) => ({
      stack: tools.stack,
      property,
      given: show(table),
      allowed: `tables of ${data?.stack ?? ""}: ${data?.tables.join(", ") ?? ""}`,
      wayOut: "Name one of these, or add it there.",
    })),
    ...(tools.mcp ? imageProblems(tools.stack, "corpai:mcp.image", tools.mcp, tools) : []),
    ...oneZoneProblems(tools.stack, "corpai:mcp.singleAz", tools.mcp, today),
  ];
}

function imageProblems(
  stack: string,
  property: string,
  { image }: RuntimeFacts,
  { repositories, stack: owner }: AgentcoreToolsFacts,
): StackProblem[] {
  if (repositories.includes(repositoryOf(image))) return [];
  return [
    {
      stack,
      property,
      given: show(image),
      allowed: `images in a repository of ${owner}: ${repositories.join(", ")}`,
      wayOut: "Correct the repository, or add it to corpai:repositories there.",
    },
  ];
}

function oneZoneProblems(
  stack: string,
  property: string,
  runtime: RuntimeFacts | undefined,
  today: string,
): StackProblem[] {
  const until = runtime?.singleAz?.until;
  if (until === undefined || until >= today) return [];
  return [
    {
      stack,
      property: `${property}.until`,
      given: show(until),
      allowed: `a day from ${today} on`,
      wayOut: "Remove singleAz: the runtime then stands in two AZs. Or give it a new day.",
    },
  ];
}

function agentOwnProblems({
  agentcoreRuntime: agent,
  agentcoreTools: tools,
  agentcoreNetwork: network,
  unsound,
  today,
}: EnvironmentFacts): StackProblem[] {
  if (!agent) return [];
  const { stack } = agent;
  const model = network && inferenceProblem("corpai:model", agent.model, agent.region, network.modelRegions);
  const problems: StackProblem[] = [
    ...(model ? [{ stack, ...model }] : []),
    ...(tools ? imageProblems(stack, "corpai:image", agent, tools) : []),
    ...oneZoneProblems(stack, "corpai:singleAz", agent, today),
  ];
  if (!tools || unsound.some((one) => one.program === "agentcore-tools")) return problems;
  if (!tools.mcp)
    problems.push({
      stack,
      property: "the environment",
      given: `${tools.stack} without corpai:mcp`,
      allowed: "an MCP runtime for the agent to call",
      wayOut: `Push its image into a repository of ${tools.stack}, and name it there by corpai:mcp.`,
    });
  if (tools.mcp?.name === agent.name)
    problems.push({
      stack,
      property: "corpai:name",
      given: show(agent.name),
      allowed: `another name than that of the MCP runtime in ${tools.stack}`,
      wayOut: "Rename either: a name is one runtime in an account's region.",
    });
  return problems;
}
