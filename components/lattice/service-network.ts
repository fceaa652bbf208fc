import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";
import { ResourcePolicy } from "./resource-policy.ts";

export interface ServiceNetworkArgs {
  /** By key: the resource configuration's ARN. */
  readonly resources: Readonly<Record<string, pulumi.Input<string>>>;
  /** Accounts and roles that may join it by a policy of its own. */
  readonly admit: readonly string[];
  /** Log group of its traffic; none is written without. */
  readonly logGroupArn: pulumi.Input<string> | undefined;
  readonly tags: Tags;
}

/**
 * A hub for VPCs that reach the same resources.
 *
 * Creates the service network, its associations with resources, and where asked for the {@link ResourcePolicy} that admits other accounts and the
 * subscription that logs their traffic. What IAM authorizes are services, if somebody adds one: to resources no auth policy applies.
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html
 */
export class ServiceNetwork extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ServiceNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:ServiceNetwork", name, {}, opts);

    const network = new aws.vpclattice.ServiceNetwork(
      name,
      { authType: "AWS_IAM", tags: { ...args.tags, Name: `corpai-${name}` } },
      { parent: this },
    );
    for (const [key, arn] of Object.entries(args.resources))
      new aws.vpclattice.ServiceNetworkResourceAssociation(
        `${name}-${key}`,
        { serviceNetworkIdentifier: network.id, resourceConfigurationIdentifier: arn, tags: { ...args.tags } },
        { parent: this },
      );
    if (args.admit.length > 0)
      new ResourcePolicy(
        `${name}-policy`,
        { resourceArn: network.arn, kind: "service-network", principals: args.admit },
        { parent: this },
      );
    if (args.logGroupArn !== undefined)
      new aws.vpclattice.AccessLogSubscription(
        name,
        {
          resourceIdentifier: network.arn,
          destinationArn: args.logGroupArn,
          // The default logs services, of which there are none.
          serviceNetworkLogType: "RESOURCE",
          tags: { ...args.tags },
        },
        { parent: this },
      );

    this.arn = network.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
