import * as devopsagent from "@pulumi/aws-native/devopsagent/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";
import { tagList } from "./tag-list.ts";

export interface AgentSpaceArgs {
  /** For people. */
  readonly description: string;
  /** Role of its web app; without one it has none. */
  readonly operatorRoleArn: string | undefined;
  readonly tags: Tags;
}

/** What an agent may see and use: one agent space of AWS DevOps Agent. Creates the space. */
export class AgentSpace extends pulumi.ComponentResource {
  readonly agentSpaceId: pulumi.Output<string>;

  constructor(name: string, args: AgentSpaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:AgentSpace", name, {}, opts);
    const space = new devopsagent.AgentSpace(
      name,
      {
        name,
        description: args.description,
        ...(args.operatorRoleArn !== undefined && {
          operatorApp: { iam: { operatorAppRoleArn: args.operatorRoleArn } },
        }),
        tags: tagList(args.tags),
      },
      { parent: this },
    );
    this.agentSpaceId = space.agentSpaceId;
    this.registerOutputs({ agentSpaceId: this.agentSpaceId });
  }
}
