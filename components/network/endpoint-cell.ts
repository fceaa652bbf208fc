import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SUBNET_KIND_TAG } from "../../model/subnet-kinds.ts";
import type { Tags } from "../../model/tags.ts";

export interface EndpointCellArgs {
  readonly vpcId: pulumi.Input<string>;
  /** CIDRs by AZ id. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/**
 * Endpoint subnets of one cell, beside the common ones: addresses for the connections of the stacks that name it.
 *
 * Creates one subnet per AZ, and one route table for all of them that leads nowhere beyond the VPC.
 */
export class EndpointCell extends pulumi.ComponentResource {
  /** In the order of the AZs. */
  readonly subnets: pulumi.Output<{ readonly id: string; readonly azId: string; readonly cidr: string }[]>;

  constructor(name: string, args: EndpointCellArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:network:EndpointCell", name, { azIds: Object.keys(args.subnets) }, opts);

    const routeTable = this.#createRouteTable(name, args);
    this.subnets = pulumi.all(
      Object.entries(args.subnets).map(([azId, cidr]) => this.#createSubnet(name, azId, cidr, routeTable, args)),
    );
    this.registerOutputs({ subnets: this.subnets });
  }

  #createRouteTable(name: string, { vpcId, tags }: EndpointCellArgs): aws.ec2.RouteTable {
    return new aws.ec2.RouteTable(
      name,
      { vpcId, tags: { ...tags, [SUBNET_KIND_TAG]: "Isolated", Name: name } },
      { parent: this },
    );
  }

  #createSubnet(
    name: string,
    azId: string,
    cidr: string,
    routeTable: aws.ec2.RouteTable,
    { vpcId, tags }: EndpointCellArgs,
  ) {
    const called = `${name}-${azId}`;
    const subnet = new aws.ec2.Subnet(
      called,
      {
        vpcId,
        cidrBlock: cidr,
        availabilityZoneId: azId,
        mapPublicIpOnLaunch: false,
        tags: { ...tags, [SUBNET_KIND_TAG]: "Isolated", Name: called },
      },
      { parent: this },
    );
    new aws.ec2.RouteTableAssociation(called, { subnetId: subnet.id, routeTableId: routeTable.id }, { parent: this });
    return { id: subnet.id, azId, cidr };
  }
}
