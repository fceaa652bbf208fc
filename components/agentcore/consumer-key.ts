import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import type { Protection } from "../../model/environment-class.ts";
import { consumersKeyPolicy } from "../../model/key-policies.ts";
import type { Tags } from "../../model/tags.ts";
import { createRetainedKey } from "../data/retained-key.ts";

export interface ConsumerKeyArgs {
  readonly description: string;
  /** Services that may use it in their callers' names, by what they keep under it. */
  readonly consumers: Readonly<Record<string, string>>;
  readonly place: AccountRegion;
  readonly protection: Protection;
  readonly tags: Tags;
}

/** A key that is used through the named services and in no other way. Creates the key, rotated every year, and an alias for people. */
export class ConsumerKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ConsumerKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:ConsumerKey", name, {}, opts);

    this.arn = createRetainedKey(this, name, { ...args, policy: consumersKeyPolicy(args.place, args.consumers) });
    this.registerOutputs({ arn: this.arn });
  }
}
