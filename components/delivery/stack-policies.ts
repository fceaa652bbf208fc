import * as pulumi from "@pulumi/pulumi";
import * as pulumiservice from "@pulumi/pulumiservice";
import type { CloudStack } from "./stack-delivery.ts";

export interface StackPoliciesArgs extends Omit<CloudStack, "stack"> {
  /** Unique in the organization. */
  readonly groupName: string;
  /** Full names. */
  readonly stacks: readonly string[];
  /** The pack's name and its published version. */
  readonly pack: { readonly name: string; readonly version: string };
  /** How strict its rules are, and what is exempted from them. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/**
 * What judges the stacks of an environment wherever Pulumi Cloud has their states, also those that somebody updates by hand without naming the pack.
 *
 * Creates a policy group that refuses what breaks a mandatory rule.
 */
export class StackPolicies extends pulumi.ComponentResource {
  constructor(name: string, args: StackPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:delivery:StackPolicies", name, {}, opts);
    const { organization, project, groupName, stacks, pack, configuration } = args;

    new pulumiservice.PolicyGroup(
      name,
      {
        organizationName: organization,
        name: groupName,
        mode: "preventative",
        entityType: "stacks",
        stacks: [...stacks].sort().map((stack) => ({ name: stack, routingProject: project })),
        policyPacks: [{ name: pack.name, versionTag: pack.version, config: { ...configuration } }],
      },
      { parent: this },
    );

    this.registerOutputs({});
  }
}
