import * as pulumi from "@pulumi/pulumi";
import * as pulumiservice from "@pulumi/pulumiservice";

export interface DeploymentAgentsArgs {
  readonly organization: string;
  /** Unique in the organization. */
  readonly poolName: string;
  /** Where its agents stand, for people. */
  readonly description: string;
}

/**
 * Agents inside a VPC, which run what needs the cluster's private API.
 *
 * Creates the pool. Its agents are started by hand, with the token: https://www.pulumi.com/docs/deployments/concepts/customer-managed-agents/
 */
export class DeploymentAgents extends pulumi.ComponentResource {
  readonly agentPoolId: pulumi.Output<string>;
  /** Secret. Whoever has it gets the deployments' work, and what their roles may do. */
  readonly token: pulumi.Output<string>;

  constructor(name: string, args: DeploymentAgentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:delivery:DeploymentAgents", name, {}, opts);
    const { organization, poolName, description } = args;

    const pool = new pulumiservice.AgentPool(
      name,
      { organizationName: organization, name: poolName, description },
      { parent: this },
    );

    this.agentPoolId = pool.agentPoolId;
    this.token = pulumi.secret(pool.tokenValue);
    this.registerOutputs({ agentPoolId: this.agentPoolId });
  }
}
