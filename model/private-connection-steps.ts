/** What code cannot do for a private connection, as steps for people. */
import type { IntegrationKind } from "./integration-kinds.ts";

/** What the targets' own groups have to admit, where the program does not open them. */
export const openSteps = (
  fromSecurityGroupId: string,
  toOpen: readonly { readonly securityGroupId: string; readonly ports: string }[],
): string[] =>
  toOpen.map(
    ({ securityGroupId, ports }) =>
      `let ${securityGroupId} admit TCP ${ports} from ${fromSecurityGroupId}, the gateway's group`,
  );

/** What to ask the agent, so that it has to use the service. */
const QUESTIONS: Partial<Record<IntegrationKind["kind"], string>> = {
  grafana: "Summarize my recent Grafana alerts",
  splunk: "What were the last errors in Splunk?",
  gitlab: "List the last merge requests",
};

/** @param name under which the service is registered */
export function integrationSteps(name: string, integration: IntegrationKind): string[] {
  const question = QUESTIONS[integration.kind] ?? `Use ${name} to answer what only it knows`;
  const webhook =
    "webhook" in integration && integration.webhook
      ? [
          `webhook of ${name}: copy its URL and secret from the integration's settings in the agent space, and make a contact point of them in ${integration.kind}`,
        ]
      : [];
  return [
    ...webhook,
    `chat check of ${name}: ask in the agent space "${question}"; an answer with its data proves the way`,
    `use of ${name}: CloudTrail has the gateway's calls under the event source vpc-lattice.amazonaws.com, and those of the agent under aidevops.amazonaws.com`,
  ];
}
