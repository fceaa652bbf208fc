import { acceptanceProblems } from "./acceptance-check.ts";
import { agentcoreNetworkProblems } from "./agentcore-check.ts";
import { agentProblems } from "./agents-check.ts";
import { connectionProblems } from "./connection-check.ts";
import { customerServiceProblems } from "./customer-services-check.ts";
import { conflictProblems } from "./environment-conflicts.ts";
import { deliveryProblems } from "./delivery-check.ts";
import type { EnvironmentFacts } from "./environment-facts.ts";
import { mcpServerProblems } from "./mcp-check.ts";
import { tenantProblems } from "./tenant-check.ts";
import { missingPrograms } from "./missing-programs.ts";
import { clusterProblems, networkProblems } from "./platform-check.ts";
import { privateConnectionProblems } from "./private-connection-check.ts";
import type { StackProblem } from "./problem.ts";
import { providerProblems } from "./provider-check.ts";
import { quotaProblems } from "./quota-check.ts";
import { cellProblems } from "./cell-check.ts";
import { storeProblems } from "./store-check.ts";
import { successionProblems } from "./succession.ts";

/** Everything that can be known to be wrong before anything is created, by comparing the files of an environment with each other. */
export function checkEnvironment(facts: EnvironmentFacts): StackProblem[] {
  return [
    ...providerProblems(facts),
    ...missingPrograms(facts),
    ...networkProblems(facts),
    ...clusterProblems(facts),
    ...(facts.data ? storeProblems(facts.data, facts.today) : []),
    ...connectionProblems(facts),
    ...successionProblems(facts),
    ...customerServiceProblems(facts),
    ...acceptanceProblems(facts),
    ...mcpServerProblems(facts),
    ...agentcoreNetworkProblems(facts.agentcoreNetwork),
    ...privateConnectionProblems(facts),
    ...tenantProblems(facts),
    ...agentProblems(facts),
    ...conflictProblems(facts),
    ...cellProblems(facts),
    ...quotaProblems(facts),
    ...deliveryProblems(facts),
  ];
}
