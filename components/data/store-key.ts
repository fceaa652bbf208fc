import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import type { Protection } from "../../model/environment-class.ts";
import { storeKeyPolicy } from "../../model/key-policies.ts";
import type { Tags } from "../../model/tags.ts";
import { createRetainedKey } from "./retained-key.ts";

export interface StoreKeyArgs extends AccountRegion {
  readonly environment: string;
  readonly protection: Protection;
  readonly tags: Tags;
}

/**
 * The key of all that the stores keep: storage, snapshots, logs and master passwords.
 *
 * Creates the key, rotated every year, and an alias for people. Where snapshots outlive their stores, it stays in AWS when it leaves Pulumi.
 */
export class StoreKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: StoreKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:data:StoreKey", name, {}, opts);

    this.arn = createRetainedKey(this, name, {
      ...args,
      description: `Stores of ${args.environment}: storage, snapshots, logs and master passwords`,
      policy: storeKeyPolicy(args),
    });
    this.registerOutputs({ arn: this.arn });
  }
}
