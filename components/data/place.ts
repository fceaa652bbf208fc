import type * as pulumi from "@pulumi/pulumi";
import { interpolate } from "@pulumi/pulumi";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";

/** Where a store stands, and how it is kept: the same for every engine. */
export interface StorePlace {
  readonly vpcId: pulumi.Input<string>;
  readonly azIds: readonly string[];
  /** The data subnet of an AZ. */
  readonly subnetIn: (azId: string) => pulumi.Input<string>;
  /** The only group that may use the store. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  /** The key that encrypts it. */
  readonly keyArn: pulumi.Input<string>;
  readonly protection: Protection;
  readonly tags: Tags;
}

/**
 * What a store's last snapshot is called. AWS refuses a name that exists, as it would when a store has been made again under its old name; so it ends as
 * the name of the store's subnet group does, which is drawn anew each time.
 */
export const lastSnapshot = (store: string, subnetGroup: pulumi.Output<string>): pulumi.Output<string> =>
  interpolate`${store}-last-${subnetGroup.apply((name) => name.slice(-7))}`;
