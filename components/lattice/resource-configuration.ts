import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isAddress } from "../../model/host-names.ts";
import type { AddressType } from "../../model/private-connection-facts.ts";
import type { Tags } from "../../model/tags.ts";
import { ResourcePolicy } from "./resource-policy.ts";
import { ResourceShare } from "./resource-share.ts";

export interface ResourceConfigurationArgs {
  readonly gatewayId: pulumi.Input<string>;
  /** Id of the group that it is a child of. */
  readonly groupId: pulumi.Input<string> | undefined;
  /** DNS name or IPv4 address. */
  readonly host: pulumi.Input<string>;
  readonly ports: readonly string[];
  readonly addressType: AddressType;
  /** Accounts, organizations and units that may use it. */
  readonly shareWith: readonly string[];
  /** Accounts and roles that may use it by a policy of its own, where it is shared with nobody. */
  readonly admit: readonly string[];
  /** Log group of its traffic; none is written without. */
  readonly logGroupArn: pulumi.Input<string> | undefined;
  readonly tags: Tags;
}

/**
 * One host behind a resource gateway.
 *
 * Creates the resource configuration; where asked for, the RAM share or the {@link ResourcePolicy}, and the subscription that logs its traffic. Does not: a custom domain name.
 */
export class ResourceConfiguration extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Of its share, for whoever has to accept it; undefined where it is shared with nobody. */
  readonly shareArn: pulumi.Output<string> | undefined;

  constructor(name: string, args: ResourceConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:ResourceConfiguration", name, {}, opts);

    const configuration = new aws.vpclattice.ResourceConfiguration(
      name,
      {
        ...(args.groupId === undefined
          ? { type: "SINGLE", resourceGatewayIdentifier: args.gatewayId }
          : { type: "CHILD", resourceConfigurationGroupId: args.groupId }),
        portRanges: [...args.ports],
        protocol: "TCP",
        resourceConfigurationDefinition: definitionOf(args),
        tags: { ...args.tags, Name: `corpai-${name}` },
      },
      { parent: this },
    );
    if (args.logGroupArn !== undefined)
      new aws.vpclattice.AccessLogSubscription(
        name,
        { resourceIdentifier: configuration.arn, destinationArn: args.logGroupArn, tags: { ...args.tags } },
        { parent: this },
      );
    if (args.admit.length > 0)
      new ResourcePolicy(
        `${name}-policy`,
        { resourceArn: configuration.arn, kind: "resource", principals: args.admit },
        { parent: this },
      );
    const share =
      args.shareWith.length > 0
        ? new ResourceShare(
            `${name}-share`,
            { resourceArn: configuration.arn, principals: args.shareWith, tags: args.tags },
            { parent: this },
          )
        : undefined;

    this.arn = configuration.arn;
    this.shareArn = share?.arn;
    this.registerOutputs({ arn: this.arn, shareArn: this.shareArn });
  }
}

type Definition = NonNullable<aws.vpclattice.ResourceConfigurationArgs["resourceConfigurationDefinition"]>;

function definitionOf({ host, addressType }: ResourceConfigurationArgs): Definition {
  const ipAddressType = { ipv4: "IPV4", ipv6: "IPV6", "dual-stack": "DUALSTACK" }[addressType];
  if (typeof host === "string" && isAddress(host)) return { ipResource: { ipAddress: host } };
  return { dnsResource: { domainName: host, ipAddressType } };
}
