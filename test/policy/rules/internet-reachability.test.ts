import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { internetReachability } from "../../../policy/rules/internet-reachability.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const subnet = (name: string, kind: string, more: Partial<Declared> = {}): Declared => ({
  type: "aws:ec2/subnet:Subnet",
  name,
  inputs: { cidrBlock: "10.40.0.0/20", tags: { SubnetType: kind } },
  ...more,
});
const table: Declared = { type: "aws:ec2/routeTable:RouteTable", name: "table", inputs: {} };
const association = (subnetName: string, tableName = "table"): Declared => ({
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  name: `${subnetName}-${tableName}`,
  inputs: { subnetId: UNKNOWN, routeTableId: UNKNOWN },
  from: { subnetId: [subnetName], routeTableId: [tableName] },
});
const gateway: Declared = { type: "aws:ec2/internetGateway:InternetGateway", name: "igw", inputs: {} };
const network = (kind: string): readonly Declared[] => [gateway, table, subnet("a", kind), association("a")];

const toGateway: Declared["inputs"] = { routeTableId: UNKNOWN, destinationCidrBlock: "0.0.0.0/0", gatewayId: UNKNOWN };
const FROM = { routeTableId: ["table"], gatewayId: ["igw"] };
const privateLeak = violation(
  "it leads a, which is private, to the internet by an internet gateway",
  "Lead it to a NAT gateway, or take it away.",
);
const isolatedLeak = (by: string): Finding =>
  violation(`it leads a, which is isolated, to the internet by ${by}`, "Take the route away.");
const stands = violation(
  "it stands in a, which has a route to an internet gateway",
  "Place it in private or isolated subnets.",
);

const LATER = "Give what decides it as a plain value, or look at it after the update.";

/** The way from the internet, by a second load balancer, to the targets of a private service. */
const shared = (internal: boolean | string): readonly Declared[] => [
  { type: "aws:lb/loadBalancer:LoadBalancer", name: "nlb", inputs: { internal: true } },
  { type: "aws:lb/loadBalancer:LoadBalancer", name: "front", inputs: { internal } },
  { type: "aws:lb/targetGroup:TargetGroup", name: "own", inputs: {} },
  { type: "aws:lb/targetGroup:TargetGroup", name: "other", inputs: {} },
  ...[
    { balancer: "nlb", group: "own" },
    { balancer: "front", group: "other" },
  ].flatMap(({ balancer, group }): Declared[] => [
    {
      type: "aws:lb/listener:Listener",
      name: `${balancer}-listener`,
      inputs: { loadBalancerArn: UNKNOWN, defaultActions: [{ type: "forward", targetGroupArn: UNKNOWN }] },
      from: { loadBalancerArn: [balancer], defaultActions: [group] },
    },
    {
      type: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
      name: `${group}-target`,
      inputs: { targetGroupArn: UNKNOWN, targetId: "i-1" },
      from: { targetGroupArn: [group] },
    },
  ]),
];

describeRule(internetReachability, {
  type: "aws:ec2/route:Route",
  sound: { routeTableId: UNKNOWN, destinationCidrBlock: "0.0.0.0/0", natGatewayId: UNKNOWN },
  from: { routeTableId: ["table"] },
  beside: network("Private"),
  absent: [],
  cases: {
    "refuses a route of a private subnet to an internet gateway, before either exists": {
      inputs: toGateway,
      from: FROM,
      finds: [privateLeak],
    },
    "refuses it by ids, whatever the gateway is": {
      inputs: { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-7" },
      from: {},
      beside: [
        { ...table, outputs: { id: "rtb-1" } },
        { ...subnet("a", "Private"), outputs: { id: "subnet-1", tags: { SubnetType: "Private" } } },
        {
          type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
          name: "association",
          inputs: { subnetId: "subnet-1", routeTableId: "rtb-1" },
        },
      ],
      finds: [privateLeak],
    },
    "refuses half of the internet as well": {
      inputs: { ...toGateway, destinationCidrBlock: "128.0.0.0/1" },
      from: FROM,
      finds: [privateLeak],
    },
    "refuses the internet's other family": {
      inputs: { routeTableId: UNKNOWN, destinationIpv6CidrBlock: "::/0", gatewayId: UNKNOWN },
      from: FROM,
      finds: [privateLeak],
    },
    "passes it for a public subnet": { inputs: toGateway, from: FROM, beside: network("Public") },
    "passes a way through the gateway to private addresses": {
      inputs: { ...toGateway, destinationCidrBlock: "10.0.0.0/8" },
      from: FROM,
    },
    "refuses a NAT gateway for an isolated subnet": {
      beside: network("Isolated"),
      finds: [isolatedLeak("a NAT gateway")],
    },
    "refuses an egress-only gateway for an isolated subnet": {
      inputs: { routeTableId: UNKNOWN, destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: UNKNOWN },
      beside: network("Isolated"),
      finds: [isolatedLeak("an egress-only gateway")],
    },
    "takes every subnet of an isolated program for isolated": {
      stack: "agentcore-network.prod",
      beside: [table, { ...subnet("a", ""), inputs: {} }, association("a")],
      finds: [isolatedLeak("a NAT gateway")],
    },
    "refuses a route that stands inline in the table": {
      inputs: {},
      from: {},
      beside: [
        gateway,
        {
          ...table,
          inputs: { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: UNKNOWN }] },
          from: { routes: ["igw"] },
        },
        subnet("a", "Private"),
        association("a"),
      ],
      elsewhere: { table: [privateLeak] },
    },
    "refuses one in the VPC's own table, which a subnet without another has": {
      inputs: {},
      from: {},
      beside: [
        { type: "aws:ec2/vpc:Vpc", name: "vpc", inputs: {} },
        {
          type: "aws:ec2/defaultRouteTable:DefaultRouteTable",
          name: "main",
          inputs: { defaultRouteTableId: UNKNOWN, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-7" }] },
          from: { defaultRouteTableId: ["vpc"] },
        },
        subnet("a", "Private", {
          inputs: { vpcId: UNKNOWN, tags: { SubnetType: "Private" } },
          from: { vpcId: ["vpc"] },
        }),
      ],
      elsewhere: { main: [privateLeak] },
    },
    "refuses what is private in a subnet that the internet can come into": {
      inputs: toGateway,
      from: FROM,
      beside: [
        ...network("Public"),
        {
          type: "aws:ec2/vpcEndpoint:VpcEndpoint",
          name: "endpoint",
          inputs: { subnetIds: [UNKNOWN] },
          from: { subnetIds: ["a"] },
        },
        {
          type: "aws:eks/cluster:Cluster",
          name: "cluster",
          inputs: { vpcConfig: { subnetIds: UNKNOWN } },
          from: { vpcConfig: ["a"] },
        },
        {
          type: "aws:lb/loadBalancer:LoadBalancer",
          name: "facing",
          inputs: { internal: false, subnets: [UNKNOWN] },
          from: { subnets: ["a"] },
        },
      ],
      elsewhere: { endpoint: [stands], cluster: [stands] },
    },
    "cannot decide while a component that has both kinds of subnets does not say which": {
      inputs: toGateway,
      from: FROM,
      beside: [
        { type: "awsx:ec2:Vpc", name: "component" },
        gateway,
        table,
        subnet("a", "Public", { parent: "component" }),
        subnet("b", "Isolated", { parent: "component" }),
        association("a"),
        {
          type: "aws:ec2/vpcEndpoint:VpcEndpoint",
          name: "endpoint",
          inputs: { subnetIds: [UNKNOWN] },
          from: { subnetIds: ["component"] },
        },
      ],
      elsewhere: {
        endpoint: [
          undecided("whether it stands in a, which has a route to an internet gateway, is not known yet", LATER),
        ],
      },
    },
    "refuses a load balancer that faces the internet before a private service's targets": {
      type: "aws:ec2/vpcEndpointService:VpcEndpointService",
      inputs: { networkLoadBalancerArns: [UNKNOWN] },
      from: { networkLoadBalancerArns: ["nlb"] },
      beside: shared(false),
      elsewhere: {
        front: [
          violation(
            "it faces the internet and sends to the same targets as private service thing",
            "Set internal: true on it, or give it other targets.",
          ),
        ],
      },
    },
    "passes one that is internal as well": {
      type: "aws:ec2/vpcEndpointService:VpcEndpointService",
      inputs: { networkLoadBalancerArns: [UNKNOWN] },
      from: { networkLoadBalancerArns: ["nlb"] },
      beside: shared(true),
    },
    "cannot decide while it is not known whether that one faces the internet": {
      type: "aws:ec2/vpcEndpointService:VpcEndpointService",
      inputs: { networkLoadBalancerArns: [UNKNOWN] },
      from: { networkLoadBalancerArns: ["nlb"] },
      beside: shared(UNKNOWN),
      elsewhere: {
        front: [
          undecided(
            "it sends to the same targets as private service thing, and whether it faces the internet is not known yet",
            LATER,
          ),
        ],
      },
    },
    "cannot decide while the gateway is not known": {
      inputs: toGateway,
      from: { routeTableId: ["table"] },
      finds: [undecided("whether it leads a, which is private, to the internet is not known yet", LATER)],
    },
    "cannot decide while it is not known what the subnet is": {
      inputs: toGateway,
      from: FROM,
      beside: [gateway, table, subnet("a", UNKNOWN), association("a")],
      finds: [undecided("it leads a to the internet, and whether that is private or isolated is not known yet", LATER)],
    },
  },
});
