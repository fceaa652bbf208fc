import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface CacheUserArgs {
  /** Id and name alike, as IAM authentication wants. */
  readonly userId: string;
  /** What it may do there, as Valkey writes it. */
  readonly access: string;
  /** User groups of the caches that it uses, by store. */
  readonly userGroupIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly tags: Tags;
}

/** One server's user in the caches that it uses: it logs in by IAM, so no password exists. Creates the user and its place in each cache's group. */
export class CacheUser extends pulumi.ComponentResource {
  readonly userArn: pulumi.Output<string>;

  constructor(name: string, args: CacheUserArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:CacheUser", name, {}, opts);

    const user = new aws.elasticache.User(
      name,
      {
        userId: args.userId,
        userName: args.userId,
        engine: "valkey",
        accessString: args.access,
        authenticationMode: { type: "iam" },
        tags: { ...args.tags },
      },
      { parent: this },
    );
    for (const [store, userGroupId] of Object.entries(args.userGroupIds)) {
      new aws.elasticache.UserGroupAssociation(
        `${name}-${store}`,
        { userGroupId, userId: user.userId },
        { parent: this },
      );
    }

    this.userArn = user.arn;
    this.registerOutputs({ userArn: this.userArn });
  }
}
