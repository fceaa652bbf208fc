import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import type { CidrPlan, Tier } from "../../model/cidr-plan.ts";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";
import { AwsEndpoints, type PlacedEndpoint } from "./aws-endpoints.ts";
import { EndpointCell } from "./endpoint-cell.ts";
import { FlowLogs } from "./flow-logs.ts";
import { TenantSecurityGroup } from "./tenant-security-group.ts";
import { WorkloadsSecurityGroup } from "./workloads-security-group.ts";

/** A subnet as other programs need it. */
export interface PlacedSubnet {
  readonly id: string;
  readonly azId: string;
  readonly cidr: string;
}

export interface NetworkArgs {
  readonly plan: CidrPlan;
  /** AZs by id, in the order in which they were added, each with this account's name for it. */
  readonly zones: readonly { readonly azId: string; readonly name: string }[];
  readonly natGateways: "none" | "single" | "per-az";
  /** Keys of the tenants whose pods are told apart. */
  readonly tenants: readonly string[];
  /** Endpoint subnets besides the common ones: by cell, CIDRs by AZ id. */
  readonly endpointCells: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Interface endpoints to AWS's own services. */
  readonly awsEndpoints: readonly PlacedEndpoint[];
  /** Unique in the account's region. */
  readonly flowLogGroupName: string;
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

const NAT_STRATEGY = { none: "None", single: "Single", "per-az": "OnePerAz" } as const;

/**
 * CorpAI's VPC.
 *
 * Creates a VPC by `@pulumi/awsx` with, in each AZ, a client subnet (nodes and pods), a data and an endpoint subnet without any route out,
 * and, where NAT gateways are wanted, a public one for these; further endpoint subnets for cells; flow logs; the MCP workloads' security group and one for each tenant; endpoints to AWS's own services. Empties the
 * VPC's default group, so that what is given no group reaches nothing.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly clientSubnets: pulumi.Output<PlacedSubnet[]>;
  readonly dataSubnets: pulumi.Output<PlacedSubnet[]>;
  readonly endpointSubnets: pulumi.Output<PlacedSubnet[]>;
  /** By cell. */
  readonly endpointCells: Readonly<Record<string, pulumi.Output<PlacedSubnet[]>>>;
  readonly workloadsSecurityGroupId: pulumi.Output<string>;
  /** By tenant. */
  readonly tenantSecurityGroupIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** The group in front of AWS's own services. */
  readonly awsEndpointsSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const azIds = args.zones.map(({ azId }) => azId);
    super("corpai:network:Network", name, { azIds }, opts);

    const vpc = this.#createVpc(name, args);
    this.#emptyDefaultGroup(name, vpc, args);
    const workloads = new WorkloadsSecurityGroup(
      `${name}-workloads`,
      { vpcId: vpc.vpcId, vpcCidr: args.plan.vpcCidr, tags: args.tags },
      { parent: this },
    );
    new FlowLogs(
      `${name}-flow-logs`,
      {
        vpcId: vpc.vpcId,
        logGroupName: args.flowLogGroupName,
        protection: args.protection,
        place: args.place,
        tags: args.tags,
      },
      { parent: this },
    );

    const place = (
      ids: pulumi.Output<string[]>,
      tier: Tier,
      indexOf: (az: number) => number,
    ): pulumi.Output<PlacedSubnet[]> =>
      ids.apply((list) =>
        azIds.map((azId, az) => ({ id: list[indexOf(az)] ?? "", azId, cidr: args.plan.subnets[azId]?.[tier] ?? "" })),
      );

    this.vpcId = vpc.vpcId;
    this.clientSubnets = place(vpc.privateSubnetIds, "client", (az) => az);
    // awsx lists isolated subnets AZ by AZ, in each in the order of our two isolated specs.
    this.dataSubnets = place(vpc.isolatedSubnetIds, "data", (az) => az * 2);
    this.endpointSubnets = place(vpc.isolatedSubnetIds, "endpoint", (az) => az * 2 + 1);
    this.endpointCells = this.#createCells(name, vpc, args);
    this.workloadsSecurityGroupId = workloads.securityGroupId;
    this.tenantSecurityGroupIds = this.#createTenantGroups(name, vpc, args);
    this.awsEndpointsSecurityGroupId = this.#createAwsEndpoints(name, vpc, args).securityGroupId;
    this.registerOutputs({
      azIds,
      vpcId: this.vpcId,
      clientSubnets: this.clientSubnets,
      dataSubnets: this.dataSubnets,
      endpointSubnets: this.endpointSubnets,
      endpointCells: this.endpointCells,
      workloadsSecurityGroupId: this.workloadsSecurityGroupId,
      tenantSecurityGroupIds: this.tenantSecurityGroupIds,
      awsEndpointsSecurityGroupId: this.awsEndpointsSecurityGroupId,
    });
  }

  #emptyDefaultGroup(name: string, vpc: awsx.ec2.Vpc, { tags }: NetworkArgs): void {
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default`,
      { vpcId: vpc.vpcId, ingress: [], egress: [], tags: { ...tags, Name: `${name}-default-unused` } },
      { parent: this },
    );
  }

  #createTenantGroups(
    name: string,
    { vpcId }: awsx.ec2.Vpc,
    { tenants, tags }: NetworkArgs,
  ): Record<string, pulumi.Output<string>> {
    const groups = tenants.map((tenant) => {
      const group = new TenantSecurityGroup(`${name}-tenant-${tenant}`, { tenant, vpcId, tags }, { parent: this });
      return [tenant, group.securityGroupId] as const;
    });
    return Object.fromEntries(groups);
  }

  #createCells(
    name: string,
    { vpcId }: awsx.ec2.Vpc,
    { endpointCells, tags }: NetworkArgs,
  ): Record<string, pulumi.Output<PlacedSubnet[]>> {
    const cells = Object.entries(endpointCells).map(([cell, subnets]) => {
      const built = new EndpointCell(`${name}-cell-${cell}`, { vpcId, subnets, tags }, { parent: this });
      return [cell, built.subnets] as const;
    });
    return Object.fromEntries(cells);
  }

  #createAwsEndpoints(name: string, vpc: awsx.ec2.Vpc, args: NetworkArgs): AwsEndpoints {
    return new AwsEndpoints(
      `${name}-aws`,
      {
        vpcId: vpc.vpcId,
        endpoints: args.awsEndpoints,
        subnetIn: (azId) =>
          this.endpointSubnets.apply((subnets) => subnets.find((subnet) => subnet.azId === azId)?.id ?? ""),
        routeTableIds: clientRouteTables(vpc),
        workloadsSecurityGroupId: this.workloadsSecurityGroupId,
        scope: args.place,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  #createVpc(name: string, { plan, zones, natGateways, tags }: NetworkArgs): awsx.ec2.Vpc {
    const blocks = (tier: Tier): string[] => zones.map(({ azId }) => plan.subnets[azId]?.[tier] ?? "");
    const publicSpec = { type: "Public", name: "public", cidrBlocks: blocks("public"), tags } as const;
    return new awsx.ec2.Vpc(
      name,
      {
        cidrBlock: plan.vpcCidr,
        availabilityZoneNames: zones.map((zone) => zone.name),
        enableDnsHostnames: true,
        enableDnsSupport: true,
        natGateways: { strategy: NAT_STRATEGY[natGateways] },
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Private", name: "client", cidrBlocks: blocks("client"), tags },
          { type: "Isolated", name: "data", cidrBlocks: blocks("data"), tags },
          { type: "Isolated", name: "endpoint", cidrBlocks: blocks("endpoint"), tags },
          ...(natGateways === "none" ? [] : [publicSpec]),
        ],
        tags: { ...tags },
      },
      { parent: this },
    );
  }
}

/** Nodes and pods only: stores and endpoints call nothing. awsx tags each table with the type of its subnet. */
function clientRouteTables(vpc: awsx.ec2.Vpc): pulumi.Output<string[]> {
  return vpc.routeTables
    .apply((tables) => pulumi.all(tables.map(({ id, tags }) => pulumi.all([id, tags]))))
    .apply((tables) => tables.flatMap(([id, tags]) => (tags?.SubnetType === "Private" ? [id] : [])));
}
