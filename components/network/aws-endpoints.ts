import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { AWS_GATEWAYS, type AwsEndpoint, endpointPolicy } from "../../model/aws-endpoints.ts";
import type { Tags } from "../../model/tags.ts";

/** An interface endpoint and the AZs of ours in which AWS offers it. */
export interface PlacedEndpoint {
  readonly endpoint: AwsEndpoint;
  readonly azIds: readonly string[];
}

export interface AwsEndpointsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly endpoints: readonly PlacedEndpoint[];
  /** The endpoint tier's subnet of an AZ. */
  readonly subnetIn: (azId: string) => pulumi.Input<string>;
  /** Route tables of the subnets that reach S3 and DynamoDB. */
  readonly routeTableIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The group that MCP pods carry. Nodes are admitted by whoever knows their group. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  readonly scope: AccountRegion;
  readonly tags: Tags;
}

/**
 * Ways to AWS's own services that stay inside the VPC.
 *
 * Creates gateway endpoints for S3 and DynamoDB; interface endpoints, each with private DNS and a policy for what it is there for; and one group in front
 * of all of these, which admits the MCP workloads on 443 and lets nothing out.
 */
export class AwsEndpoints extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: AwsEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:network:AwsEndpoints", name, {}, opts);

    const group = this.#createGroup(name, args);
    for (const placed of args.endpoints) this.#createInterface(name, placed, group, args);
    this.#createGateways(name, args);

    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }

  #createGroup(name: string, { vpcId, workloadsSecurityGroupId, tags }: AwsEndpointsArgs): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
      name,
      { description: "Interface endpoints of AWS services", vpcId, tags: { ...tags, Name: name } },
      { parent: this },
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-workloads`,
      {
        securityGroupId: group.id,
        description: "MCP workloads to AWS services",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        referencedSecurityGroupId: workloadsSecurityGroupId,
      },
      { parent: this },
    );
    return group;
  }

  #createInterface(
    name: string,
    { endpoint, azIds }: PlacedEndpoint,
    group: aws.ec2.SecurityGroup,
    { vpcId, subnetIn, scope, tags }: AwsEndpointsArgs,
  ): void {
    const called = `${name}-${endpoint.service.replace(".", "-")}`;
    new aws.ec2.VpcEndpoint(
      called,
      {
        vpcId,
        serviceName: `com.amazonaws.${scope.region}.${endpoint.service}`,
        vpcEndpointType: "Interface",
        subnetIds: azIds.map(subnetIn),
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        policy: JSON.stringify(endpointPolicy(endpoint, scope)),
        tags: { ...tags, Name: called },
      },
      { parent: this },
    );
  }

  #createGateways(name: string, { vpcId, routeTableIds, scope, tags }: AwsEndpointsArgs): void {
    for (const gateway of AWS_GATEWAYS) {
      const called = `${name}-${gateway.service}`;
      new aws.ec2.VpcEndpoint(
        called,
        {
          vpcId,
          serviceName: `com.amazonaws.${scope.region}.${gateway.service}`,
          vpcEndpointType: "Gateway",
          routeTableIds,
          policy: JSON.stringify(endpointPolicy(gateway, scope)),
          tags: { ...tags, Name: called },
        },
        { parent: this },
      );
    }
  }
}
