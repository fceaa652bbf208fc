import * as pulumi from "@pulumi/pulumi";
import { DeploymentAgents } from "../../components/delivery/deployment-agents.ts";
import { StackDelivery } from "../../components/delivery/stack-delivery.ts";
import { StackPolicies } from "../../components/delivery/stack-policies.ts";
import { deliveryRoleArn } from "../../model/delivery-roles.ts";
import { ProjectView } from "../../model/project-view.ts";
import type { SourceTree } from "../../model/source-tree.ts";
import { type CatalogEntry, catalog, isAboutOthers } from "../catalog.ts";
import type { StackConfiguration } from "../configuration.ts";
import { type ProgramContext, programContext, refuseAll } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { filterProblems, filtersOf } from "./filters.ts";
import { workingTree } from "./working-tree.ts";

export interface DeliveryOutputs {
  /** Stacks that Pulumi Deployments previews, and looks at for drift. */
  readonly stacks: readonly string[];
  /** Secret: by it an agent inside the VPC joins the pool. Absent where no pool is made here. */
  readonly agentPoolToken?: string;
}

type Context = ProgramContext<"delivery">;

export default async function delivery(): Promise<Outputs<DeliveryOutputs>> {
  const context = programContext("delivery");
  const { name, config, environment } = context;
  const tree = workingTree(name);
  const view = new ProjectView(tree);
  refuseAll(filterProblems(name, view, config));

  // Pulumi advises against a stack that sets up its own deployments: one mistake, and nothing is left that could mend it.
  const others = environment.stacks.filter(({ stack }) => !isAboutOthers(stack.program));
  const delivered = others.filter((stack) => !Object.hasOwn(config.leaveOut, stack.name));
  const agents = agentsFor(delivered, context);
  const filters = filtersOf(delivered, tree, view, config);
  for (const stack of delivered) setUp(stack, filters.get(stack.name) ?? [], agents?.agentPoolId, context);
  judge(others, tree, view, context);

  return {
    stacks: delivered.map((stack) => stack.name),
    ...(agents && { agentPoolToken: agents.token }),
  };
}

/** The environment's check has refused one without. */
function branchOf({ environment: { name, branch } }: Context): string {
  if (branch === undefined) throw new Error(`${name} has no branch`);
  return branch;
}

const needsAgents = ({ stack }: StackConfiguration): boolean => {
  const { needsKubernetesApi }: CatalogEntry = catalog[stack.program];
  return needsKubernetesApi;
};

/** Only where somebody needs them, and nobody has named a pool that stands. */
function agentsFor(
  stacks: readonly StackConfiguration[],
  { environment, config }: Context,
): DeploymentAgents | undefined {
  if (config.agentPoolId !== undefined || !stacks.some(needsAgents)) return undefined;
  const poolName = `corpai-${environment.name}`;
  return new DeploymentAgents(poolName, {
    organization: config.organization,
    poolName,
    description: `Inside CorpAI's VPC of ${environment.name}`,
  });
}

function setUp(
  stack: StackConfiguration,
  paths: readonly string[],
  madePool: pulumi.Output<string> | undefined,
  context: Context,
): void {
  const { environment, config } = context;
  new StackDelivery(stack.name, {
    organization: config.organization,
    project: pulumi.getProject(),
    stack: stack.name,
    repository: config.repository,
    branch: branchOf(context),
    paths,
    roleArn: deliveryRoleArn(accountOf(stack.aws), environment.name, "preview"),
    executorImage: config.executorImage,
    agentPoolId: needsAgents(stack) ? (config.agentPoolId ?? madePool) : undefined,
    driftSchedule: config.driftSchedule === "none" ? undefined : config.driftSchedule,
  });
}

/** Also those that somebody else delivers: who updates a stack does not decide what it is judged by. */
function judge(
  stacks: readonly StackConfiguration[],
  tree: SourceTree,
  view: ProjectView,
  { environment, config }: Context,
): void {
  const groupName = `corpai-${environment.name}`;
  new StackPolicies(groupName, {
    organization: config.organization,
    project: pulumi.getProject(),
    groupName,
    stacks: stacks.map(({ name }) => name),
    pack: { name: "corpai", version: config.policyPackVersion },
    configuration: JSON.parse(tree.read(view.policyConfigOf(environment.name)) ?? "{}") as Record<string, unknown>,
  });
}
