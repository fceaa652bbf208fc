import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AddressType, DnsResolution } from "../../model/private-connection-facts.ts";
import { type Destination, GatewaySecurityGroup, type ToOpen } from "./gateway-security-group.ts";
import type { Tags } from "../../model/tags.ts";

/** Where a gateway stands, one's own or the one that AWS DevOps Agent makes. */
export interface GatewayPlace {
  readonly vpcId: pulumi.Input<string>;
  /** One per AZ. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Besides the group that is made for it: four at most. */
  readonly securityGroupIds: readonly string[];
  readonly addressType: AddressType;
  /** IPv4 addresses that each network interface takes of its subnet. */
  readonly addressesPerInterface: number;
  readonly dnsResolution: DnsResolution;
}

export interface ResourceGatewayArgs extends GatewayPlace {
  /** What all resources behind it need. */
  readonly destinations: readonly Destination[];
  readonly tags: Tags;
}

/** A resource gateway of our own, for self-managed connections and shares. Creates its {@link GatewaySecurityGroup} and the gateway. */
export class ResourceGateway extends pulumi.ComponentResource {
  readonly gatewayId: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  readonly toOpen: readonly ToOpen[];

  constructor(name: string, args: ResourceGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:ResourceGateway", name, {}, opts);

    const group = new GatewaySecurityGroup(`${name}-gateway`, args, { parent: this });
    // Named by Pulumi: one that is replaced has its successor first, to which configurations then move.
    const gateway = new aws.vpclattice.ResourceGateway(
      name,
      {
        vpcId: args.vpcId,
        subnetIds: args.subnetIds,
        securityGroupIds: [group.securityGroupId, ...args.securityGroupIds],
        ipAddressType: { ipv4: "IPV4", ipv6: "IPV6", "dual-stack": "DUALSTACK" }[args.addressType],
        // AWS takes none for a gateway of IPv6 alone.
        ...(args.addressType === "ipv6" ? {} : { ipv4AddressesPerEni: args.addressesPerInterface }),
        resourceConfigDnsResolution: { public: "PUBLIC", "in-vpc": "IN_VPC" }[args.dnsResolution],
        tags: { ...args.tags, Name: `corpai-${name}` },
      },
      // Whoever goes by it finds its way open.
      { parent: this, dependsOn: [group] },
    );

    this.gatewayId = gateway.id;
    this.securityGroupId = group.securityGroupId;
    this.toOpen = group.toOpen;
    this.registerOutputs({ gatewayId: this.gatewayId, securityGroupId: this.securityGroupId });
  }
}
