import * as pulumi from "@pulumi/pulumi";
import * as pulumiservice from "@pulumi/pulumiservice";
import { PRE_RUN_COMMANDS } from "../../model/deployments.ts";

/** A stack in Pulumi Cloud. */
export interface CloudStack {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
}

export interface StackDeliveryArgs extends CloudStack {
  /** `owner/name` on GitHub. */
  readonly repository: string;
  readonly branch: string;
  /** Globs: where a change starts no run. */
  readonly paths: readonly string[];
  /** In the stack's own account: what a run may do there, a pull request's preview among them. */
  readonly roleArn: string;
  readonly executorImage: string;
  /** Runs it where the default agents do not reach. */
  readonly agentPoolId: pulumi.Input<string> | undefined;
  /** Cron in UTC; undefined where nobody looks for drift. */
  readonly driftSchedule: string | undefined;
}

/**
 * How Pulumi Deployments runs one stack: previews of pull requests, and looking for drift. It deploys nothing when something is merged, because it would start
 * all stacks at once, those that read others among them.
 *
 * Creates the stack's deployment settings, and its drift schedule, which never mends by itself.
 */
export class StackDelivery extends pulumi.ComponentResource {
  constructor(name: string, args: StackDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:delivery:StackDelivery", name, {}, opts);
    const { organization, project, stack, driftSchedule } = args;

    const settings = new pulumiservice.DeploymentSettings(name, settingsOf(args), { parent: this });
    if (driftSchedule !== undefined)
      new pulumiservice.DriftSchedule(
        name,
        { organization, project, stack, scheduleCron: driftSchedule, autoRemediate: false },
        // A schedule runs by the settings, and is refused without them.
        { parent: this, dependsOn: [settings] },
      );

    this.registerOutputs({});
  }
}

function settingsOf(args: StackDeliveryArgs): pulumiservice.DeploymentSettingsArgs {
  const { organization, project, stack, repository, branch, paths, roleArn, executorImage, agentPoolId } = args;
  return {
    organization,
    project,
    stack,
    ...(agentPoolId !== undefined && { agentPoolId }),
    executorContext: { executorImage },
    sourceContext: { git: { branch: `refs/heads/${branch}`, repoDir: "." } },
    vcs: {
      provider: "github",
      repository,
      paths: [...paths],
      previewPullRequests: true,
      deployCommits: false,
      pullRequestTemplate: false,
    },
    operationContext: {
      preRunCommands: [...PRE_RUN_COMMANDS],
      oidc: { aws: { roleARN: roleArn, sessionName: `pulumi-${stack}`.slice(0, 64) } },
      options: { skipInstallDependencies: true, skipIntermediateDeployments: true },
    },
  };
}
