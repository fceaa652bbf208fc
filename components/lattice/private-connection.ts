import * as devopsagent from "@pulumi/aws-native/devopsagent/index.js";
import type * as inputs from "@pulumi/aws-native/types/input.js";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";
import { type Destination, GatewaySecurityGroup, type ToOpen } from "./gateway-security-group.ts";
import type { GatewayPlace } from "./resource-gateway.ts";
import { tagList } from "./tag-list.ts";

/** AWS DevOps Agent makes the gateway and keeps it. */
export interface ServiceManaged extends GatewayPlace {
  readonly mode: "service-managed";
  /** DNS name or address: all that is resolved. */
  readonly host: pulumi.Input<string>;
  readonly destination: Destination;
}

/** By a resource configuration that stands. */
export interface SelfManaged {
  readonly mode: "self-managed";
  readonly resourceConfigurationArn: pulumi.Input<string>;
  /** RAM share to accept before. */
  readonly acceptShareArn: string | undefined;
}

export interface PrivateConnectionArgs {
  readonly by: ServiceManaged | SelfManaged;
  /** PEM. */
  readonly certificate: string | undefined;
  readonly tags: Tags;
}

/**
 * A way of AWS DevOps Agent to one private host, for any number of integrations.
 *
 * Creates the private connection; service-managed also the {@link GatewaySecurityGroup} of the gateway that AWS makes for it; self-managed, where it is
 * asked for, the acceptance of the share.
 */
export class PrivateConnection extends pulumi.ComponentResource {
  /** Integrations name it by this. */
  readonly connectionName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly toOpen: readonly ToOpen[];
  /** Undefined where the gateway is not the connection's own. */
  readonly securityGroupId: pulumi.Output<string> | undefined;

  constructor(name: string, { by, certificate, tags }: PrivateConnectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:PrivateConnection", name, {}, opts);

    const group =
      by.mode === "service-managed"
        ? new GatewaySecurityGroup(
            `${name}-gateway`,
            { vpcId: by.vpcId, destinations: [by.destination], tags },
            { parent: this },
          )
        : undefined;
    const accepted =
      by.mode === "self-managed" && by.acceptShareArn !== undefined
        ? [new aws.ram.ResourceShareAccepter(name, { shareArn: by.acceptShareArn }, { parent: this })]
        : [];
    const connection = new devopsagent.PrivateConnection(
      name,
      // Named by Pulumi: where AWS cannot change one, its successor is there before it goes, and so are those of its integrations.
      {
        connectionConfiguration:
          by.mode === "service-managed"
            ? { serviceManaged: serviceManaged(by, group) }
            : { selfManaged: { resourceConfigurationId: by.resourceConfigurationArn } },
        ...(certificate !== undefined && { certificate }),
        tags: tagList(tags),
      },
      // AWS tries the way when a service is registered over it: by then it has to be open.
      { parent: this, dependsOn: [...accepted, ...(group ? [group] : [])] },
    );

    // Named by what AWS answers, so that whatever goes over it comes after it, and goes before it.
    this.connectionName = connection.id;
    this.arn = connection.arn;
    this.toOpen = group?.toOpen ?? [];
    this.securityGroupId = group?.securityGroupId;
    this.registerOutputs({ connectionName: this.connectionName, arn: this.arn });
  }
}

function serviceManaged(
  by: ServiceManaged,
  group: GatewaySecurityGroup | undefined,
): inputs.devopsagent.PrivateConnectionServiceManagedModeArgs {
  return {
    hostAddress: by.host,
    vpcId: by.vpcId,
    subnetIds: by.subnetIds,
    securityGroupIds: [...(group ? [group.securityGroupId] : []), ...by.securityGroupIds],
    portRanges: [...by.destination.ports],
    ipAddressType: ({ ipv4: "IPV4", ipv6: "IPV6", "dual-stack": "DUAL_STACK" } as const)[by.addressType],
    ...(by.addressType === "ipv6" ? {} : { ipv4AddressesPerEni: by.addressesPerInterface }),
    dnsResolution: ({ public: "PUBLIC", "in-vpc": "IN_VPC" } as const)[by.dnsResolution],
  };
}
