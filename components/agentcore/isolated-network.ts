import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type IsolatedScope, resolvableNames } from "../../model/agentcore-endpoints.ts";
import type { AgentcoreGateway, AgentcoreGroup, AgentcoreService } from "../../model/agentcore-names.ts";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";
import { FlowLogs } from "../network/flow-logs.ts";
import type { PlacedSubnet } from "../network/network.ts";
import { DnsGuard } from "./dns-guard.ts";
import { IsolatedAcl } from "./isolated-acl.ts";
import { IsolatedEndpoints } from "./isolated-endpoints.ts";
import { IsolatedGateways } from "./isolated-gateways.ts";
import { IsolatedGroups } from "./isolated-groups.ts";
import { SessionWay } from "./session-way.ts";

export interface IsolatedNetworkArgs {
  readonly vpcCidr: string;
  /** CIDRs by AZ id. */
  readonly subnets: Readonly<Record<string, string>>;
  /** Services whose endpoints take no policy. */
  readonly withoutPolicy: readonly string[];
  /** Whether subnets have a network ACL besides. */
  readonly networkAcls: boolean;
  /** Both unique in the account's region. */
  readonly flowLogGroupName: string;
  readonly queryLogGroupName: string;
  readonly protection: Protection;
  readonly scope: IsolatedScope;
  readonly tags: Tags;
}

/**
 * A VPC without any way to the internet, for AgentCore.
 *
 * Creates the VPC with one subnet in each AZ and one route table for all of them; gateway and interface endpoints to AWS's services, and groups in front of
 * them and for who calls them; a firewall and a log for names; flow logs; on request a network ACL and a way in for Session Manager. Empties the VPC's default group. Does not: internet gateway, NAT, public address.
 */
export class IsolatedNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** By AZ id. */
  readonly subnets: Readonly<Record<string, { readonly [K in keyof PlacedSubnet]: pulumi.Input<PlacedSubnet[K]> }>>;
  readonly routeTableId: pulumi.Output<string>;
  readonly securityGroupIds: Readonly<Record<AgentcoreGroup, pulumi.Output<string>>>;
  readonly endpointIds: Readonly<Record<AgentcoreService, pulumi.Output<string>>>;
  readonly gatewayEndpointIds: Readonly<Record<AgentcoreGateway, pulumi.Output<string>>>;
  readonly prefixListIds: Readonly<Record<AgentcoreGateway, pulumi.Output<string>>>;
  readonly flowLogGroupName: pulumi.Output<string>;
  readonly queryLogGroupName: pulumi.Output<string>;

  constructor(name: string, args: IsolatedNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const azIds = Object.keys(args.subnets);
    super("corpai:agentcore:IsolatedNetwork", name, { azIds }, opts);

    const vpc = this.#createVpc(name, args);
    const routeTable = new aws.ec2.RouteTable(
      name,
      { vpcId: vpc.id, tags: { ...args.tags, Name: name } },
      { parent: this },
    );
    const subnets = this.#createSubnets(name, vpc, routeTable, args);
    const gateways = new IsolatedGateways(
      name,
      { vpcId: vpc.id, routeTableId: routeTable.id, scope: args.scope, tags: args.tags },
      { parent: this },
    );
    const groups = new IsolatedGroups(
      name,
      { vpcId: vpc.id, vpcCidr: args.vpcCidr, prefixListIds: gateways.prefixListIds, tags: args.tags },
      { parent: this },
    );
    const endpoints = new IsolatedEndpoints(
      name,
      {
        vpcId: vpc.id,
        subnetIds: subnets.map(([, { id }]) => id),
        securityGroupId: groups.ids.VPCEndpointSecurityGroup,
        withoutPolicy: args.withoutPolicy,
        scope: args.scope,
        tags: args.tags,
      },
      { parent: this },
    );
    if (args.networkAcls) this.#fenceIn(name, vpc, subnets, gateways, args);
    if (args.scope.sessionManager)
      new SessionWay(
        `${name}-session`,
        { vpcId: vpc.id, endpointsGroupId: groups.ids.VPCEndpointSecurityGroup, place: args.scope, tags: args.tags },
        { parent: this },
      );
    const names = this.#guardNames(name, vpc, args);
    const flowLogs = this.#logFlows(name, vpc, args);

    this.vpcId = vpc.id;
    this.subnets = Object.fromEntries(
      subnets.map(([azId, { id }]) => [azId, { id, azId, cidr: args.subnets[azId] ?? "" }]),
    );
    this.routeTableId = routeTable.id;
    this.securityGroupIds = groups.ids;
    this.endpointIds = endpoints.ids;
    this.gatewayEndpointIds = gateways.ids;
    this.prefixListIds = gateways.prefixListIds;
    this.flowLogGroupName = flowLogs.logGroupName;
    this.queryLogGroupName = names.queryLogGroupName;
    this.registerOutputs({ azIds, vpcId: this.vpcId, routeTableId: this.routeTableId });
  }

  #createVpc(name: string, { vpcCidr, tags }: IsolatedNetworkArgs): aws.ec2.Vpc {
    const vpc = new aws.ec2.Vpc(
      name,
      {
        cidrBlock: vpcCidr,
        // Endpoints' private names need both.
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: { ...tags, Name: name },
      },
      { parent: this },
    );
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default`,
      { vpcId: vpc.id, ingress: [], egress: [], tags: { ...tags, Name: `${name}-default-unused` } },
      { parent: this },
    );
    return vpc;
  }

  #createSubnets(
    name: string,
    vpc: aws.ec2.Vpc,
    routeTable: aws.ec2.RouteTable,
    { subnets, tags }: IsolatedNetworkArgs,
  ): (readonly [azId: string, aws.ec2.Subnet])[] {
    return Object.entries(subnets).map(([azId, cidrBlock]) => {
      const called = `${name}-${azId}`;
      const subnet = new aws.ec2.Subnet(
        called,
        {
          vpcId: vpc.id,
          cidrBlock,
          availabilityZoneId: azId,
          mapPublicIpOnLaunch: false,
          tags: { ...tags, Name: called, SubnetType: "Isolated" },
        },
        { parent: this },
      );
      new aws.ec2.RouteTableAssociation(called, { subnetId: subnet.id, routeTableId: routeTable.id }, { parent: this });
      return [azId, subnet] as const;
    });
  }

  #fenceIn(
    name: string,
    vpc: aws.ec2.Vpc,
    subnets: readonly (readonly [azId: string, aws.ec2.Subnet])[],
    { cidrBlocks }: IsolatedGateways,
    { vpcCidr, tags }: IsolatedNetworkArgs,
  ): void {
    new IsolatedAcl(
      name,
      { vpcId: vpc.id, vpcCidr, subnetIds: subnets.map(([, { id }]) => id), gatewayCidrs: cidrBlocks, tags },
      { parent: this },
    );
  }

  #guardNames(name: string, vpc: aws.ec2.Vpc, args: IsolatedNetworkArgs): DnsGuard {
    const { queryLogGroupName, protection, scope, tags } = args;
    return new DnsGuard(
      `${name}-dns`,
      { vpcId: vpc.id, names: resolvableNames(scope), queryLogGroupName, protection, place: scope, tags },
      { parent: this },
    );
  }

  #logFlows(name: string, vpc: aws.ec2.Vpc, args: IsolatedNetworkArgs): FlowLogs {
    const { flowLogGroupName: logGroupName, protection, scope, tags } = args;
    return new FlowLogs(
      `${name}-flow-logs`,
      { vpcId: vpc.id, logGroupName, protection, place: scope, tags },
      { parent: this },
    );
  }
}
