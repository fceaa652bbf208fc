import type { AgentcoreHome } from "./agentcore-names.ts";
import { MINIMUM_AZS } from "./zones.ts";

const ROUND: readonly AgentcoreHome[] = ["agent", "resources", "mcp"];

/** AZ ids in which a runtime stands: its home's, then the next ones in the document's round, each once. */
export function zonesFrom(
  homes: Readonly<Record<AgentcoreHome, string>>,
  home: AgentcoreHome,
  count: number = MINIMUM_AZS,
): readonly string[] {
  const start = ROUND.indexOf(home);
  const round = [...ROUND.slice(start), ...ROUND.slice(0, start)].map((one) => homes[one]);
  return [...new Set(round)].slice(0, count);
}
