// Proves how nodes and pods get to AWS's own services and to image registries, and what of that keeps a pod from its image. The endpoints and their policies
// are the program's own (model/aws-endpoints.ts): a policy that says too little shows here. That real nodes call nothing else is not proved.
import assert from "node:assert/strict";
import { AWS_ENDPOINTS, AWS_GATEWAYS, endpointPolicy } from "../../model/aws-endpoints.ts";
import type { Origin } from "../../sandbox/aws/reach.ts";
import { whyNoInternet, whyNoService } from "../../sandbox/aws/reach.ts";
import { whyNoPodIdentity, whyNoPull } from "../../sandbox/kubernetes/images.ts";
import { podsOf } from "../../sandbox/kubernetes/pods.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { World } from "../../sandbox/world.ts";
import {
  CLICKHOUSE_IMAGE,
  K,
  deployment,
  goOnline,
  nodeClass,
  nodePool,
  startCluster,
  textOf,
} from "./support/cluster.ts";
import type { Cluster } from "./support/cluster.ts";
import { T, consumer, tcp } from "./support/connection.ts";
import type { Consumer } from "./support/connection.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor, Outputs } from "./support/world.ts";

const ZONES = ["use1-az1", "use1-az2"];
const SCOPE = { account: DATA, region: "us-east-1" };
const OWN_IMAGE = `${DATA}.dkr.ecr.us-east-1.amazonaws.com/mcp/clickhouse@sha256:${"0".repeat(64)}`;
const CLUSTER_ARN = `arn:aws:eks:us-east-1:${DATA}:cluster/mcp`;
const DELETED = "aws:ec2/vpcEndpoint:VpcEndpoint";

interface Stage extends Consumer {
  readonly corpai: Actor;
  /** A node's interface, with a group that lets everything out, as EKS's own does. */
  readonly node: Origin;
  readonly doors: Outputs;
}

/** A VPC without a way out. */
function shutIn(): Stage {
  const { facts, objects } = demoWorld();
  const world = new World(
    "reach",
    { ...facts, images: { ...facts.images, [OWN_IMAGE]: { readyWhenReaches: [] } } },
    objects,
  );
  const corpai = actor(world, DATA);
  const own = consumer(corpai, ZONES);
  const nodes = corpai.make(T.group, { name: "nodes", vpcId: own.vpc.id });
  corpai.make(T.egress, { securityGroupId: nodes.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });
  const doors = corpai.make(T.group, { name: "aws", vpcId: own.vpc.id });
  corpai.make(T.ingress, { securityGroupId: doors.id, ...tcp(443, { referencedSecurityGroupId: nodes.id }) });
  const node: Origin = {
    ...SCOPE,
    vpcId: own.vpc.id,
    subnetId: own.subnets["use1-az1"] ?? "",
    ip: "10.40.0.9",
    securityGroupIds: [nodes.id],
  };
  return { ...own, corpai, node, doors };
}

/** The interface endpoint of a service, as the program makes it. */
function open({ corpai, vpc, subnets, doors }: Stage, service: string, more: Properties = {}): Outputs {
  const endpoint = AWS_ENDPOINTS.find((one) => one.service === service);
  return corpai.make(T.endpoint, {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.us-east-1.${service}`,
    vpcEndpointType: "Interface",
    subnetIds: Object.values(subnets),
    securityGroupIds: [doors.id],
    privateDnsEnabled: true,
    ...(endpoint && { policy: JSON.stringify(endpointPolicy(endpoint, SCOPE)) }),
    ...more,
  });
}

function openGateway({ corpai, vpc }: Stage, service: "s3" | "dynamodb", more: Properties = {}): Outputs {
  const gateway = AWS_GATEWAYS.find((one) => one.service === service);
  return corpai.make(T.endpoint, {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.us-east-1.${service}`,
    vpcEndpointType: "Gateway",
    routeTableIds: [vpc.mainRouteTableId ?? ""],
    ...(gateway && { policy: JSON.stringify(endpointPolicy(gateway, SCOPE)) }),
    ...more,
  });
}

const pull = ({ corpai, node }: Stage, image = OWN_IMAGE): string | undefined =>
  whyNoPull(corpai.context.world, node, image);

describe("a node without a NAT gateway", () => {
  it("pulls from its account's registry by three endpoints, and not by any two of them", () => {
    for (const missing of ["ecr.api", "ecr.dkr", "s3", undefined]) {
      const stage = shutIn();
      for (const service of ["ecr.api", "ecr.dkr"]) if (service !== missing) open(stage, service);
      if (missing !== "s3") openGateway(stage, "s3");
      stage.corpai.context.world.advance(120);
      if (missing === undefined) assert.equal(pull(stage), undefined);
      else assert.match(pull(stage) ?? "", new RegExp(`^no endpoint for ${missing.replace(".", "\\.")} in vpc-`));
    }
  });

  it("pulls nothing from public registries, for which there are no endpoints", () => {
    const stage = shutIn();
    for (const { service } of AWS_ENDPOINTS) open(stage, service);
    openGateway(stage, "s3");
    stage.corpai.context.world.advance(120);
    assert.match(
      pull(stage, CLICKHOUSE_IMAGE) ?? "",
      /public\.ecr\.aws is on the internet, and subnet-.* has no route to a NAT gateway/,
    );
    goOnline(stage.corpai, stage.vpc.id);
    assert.equal(pull(stage, CLICKHOUSE_IMAGE), undefined);
  });

  it("gets credentials for its pods by eks-auth alone", () => {
    const stage = shutIn();
    const why = (): string | undefined => whyNoPodIdentity(stage.corpai.context.world, stage.node, CLUSTER_ARN);
    assert.match(why() ?? "", /no endpoint for eks-auth/);
    open(stage, "eks-auth");
    stage.corpai.context.world.advance(120);
    assert.equal(why(), undefined);
    const foreign = CLUSTER_ARN.replace(DATA, "444455556666");
    assert.match(
      whyNoPodIdentity(stage.corpai.context.world, stage.node, foreign) ?? "",
      /policy of vpce-.* does not allow eks-auth:AssumeRoleForPodIdentity/,
    );
  });
});

describe("an endpoint of an AWS service", () => {
  const asking = (stage: Stage, action = "ecr:GetAuthorizationToken"): string | undefined =>
    whyNoService(stage.corpai.context.world, stage.node, { service: "ecr.api", action, resource: "*" });

  it("is where the service's name leads, whether it lets anything through or not: a NAT gateway does not help", () => {
    const stage = shutIn();
    goOnline(stage.corpai, stage.vpc.id);
    assert.equal(asking(stage), undefined);
    const shut = stage.corpai.make(T.group, { name: "shut", vpcId: stage.vpc.id });
    const endpoint = open(stage, "ecr.api", { securityGroupIds: [shut.id] });
    stage.corpai.context.world.advance(120);
    assert.match(asking(stage) ?? "", /admits no 443\/tcp from 10\.40\.0\.9/);
    stage.corpai.unmake(DELETED, endpoint.id);
    assert.equal(asking(stage), undefined);
  });

  it("is of no use without its private name", () => {
    const stage = shutIn();
    open(stage, "ecr.api", { privateDnsEnabled: false });
    stage.corpai.context.world.advance(120);
    assert.match(asking(stage) ?? "", /no endpoint for ecr\.api/);
  });

  it("needs the caller's own group to let it out", () => {
    const stage = shutIn();
    open(stage, "ecr.api");
    stage.corpai.context.world.advance(120);
    const silent = { ...stage.node, securityGroupIds: [stage.doors.id] };
    assert.match(
      whyNoService(stage.corpai.context.world, silent, { service: "ecr.api", action: "ecr:x", resource: "*" }) ?? "",
      /lets nothing out to 10\.40\./,
    );
  });

  it("lets through what its policy names, and not another account's principals", () => {
    const stage = shutIn();
    open(stage, "ecr.api");
    stage.corpai.context.world.advance(120);
    assert.equal(asking(stage), undefined);
    assert.match(asking(stage, "ecr:PutImage") ?? "", /does not allow ecr:PutImage/);
    const stranger = { ...stage.node, account: "999999999999" };
    assert.match(
      whyNoService(stage.corpai.context.world, stranger, {
        service: "ecr.api",
        action: "ecr:GetAuthorizationToken",
        resource: "*",
      }) ?? "",
      /does not allow ecr:GetAuthorizationToken/,
    );
  });

  it("stands only in AZs in which AWS offers it, which the look-up tells beforehand", () => {
    const { facts, objects } = demoWorld();
    const corpai = actor(
      new World("gap", { ...facts, servicesMissingIn: { "eks-auth": ["use1-az2"] } }, objects),
      DATA,
    );
    const own = consumer(corpai, ZONES);
    const { availabilityZones } = corpai.look("aws:ec2/getVpcEndpointService:getVpcEndpointService", {
      service: "eks-auth",
      serviceType: "Interface",
    });
    assert.deepEqual(availabilityZones, ["us-east-1a", "us-east-1c", "us-east-1d"]);
    assert.throws(
      () =>
        corpai.make(T.endpoint, {
          vpcId: own.vpc.id,
          serviceName: "com.amazonaws.us-east-1.eks-auth",
          vpcEndpointType: "Interface",
          subnetIds: Object.values(own.subnets),
        }),
      /InvalidParameter: The VPC endpoint service com\.amazonaws\.us-east-1\.eks-auth does not support the availability zone/,
    );
  });

  it("has a policy that AWS can read, and not a longer one than it takes", () => {
    const stage = shutIn();
    const policy = (document: unknown): unknown => open(stage, "sts", { policy: JSON.stringify(document) });
    assert.throws(() => policy({ Version: "2012-10-17", Statement: [] }), /InvalidPolicyDocument/);
    assert.throws(
      () => policy({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
      /InvalidPolicyDocument/,
    );
    const actions = Array.from({ length: 2000 }, (_none, index) => `sts:Action${index}`);
    assert.throws(
      () => policy({ Statement: [{ Effect: "Allow", Principal: "*", Action: actions, Resource: "*" }] }),
      /exceeds the limit of 20480 characters/,
    );
  });

  it("takes no policy to the Data API, which AWS says beforehand", () => {
    const stage = shutIn();
    const supported = (service: string): unknown =>
      stage.corpai.look("aws:ec2/getVpcEndpointService:getVpcEndpointService", { service, serviceType: "Interface" })
        .vpcEndpointPolicySupported;
    assert.deepEqual(["sts", "rds-data"].map(supported), [true, false]);
    const Statement = [{ Effect: "Allow", Principal: "*", Action: "rds-data:ExecuteStatement", Resource: "*" }];
    assert.throws(
      () => open(stage, "rds-data", { policy: JSON.stringify({ Statement }) }),
      /InvalidParameter: .* only supports the full-access endpoint policy/,
    );
    open(stage, "rds-data");
  });
});

describe("a gateway endpoint", () => {
  it("is a route in each of its tables, which take one per service", () => {
    const stage = shutIn();
    const first = openGateway(stage, "s3");
    assert.equal(first.prefixListId, "pl-63a5400a");
    assert.throws(() => openGateway(stage, "s3"), /RouteAlreadyExists: .*pl-63a5400a/);
    openGateway(stage, "dynamodb");
    const other = stage.corpai.make(T.vpc, { cidrBlock: "10.50.0.0/16" });
    assert.throws(
      () => openGateway(stage, "s3", { routeTableIds: [other.mainRouteTableId ?? ""] }),
      /InvalidParameter: Route table .* does not belong to VPC/,
    );
  });

  it("has neither subnets nor groups nor private names, and an interface endpoint no tables", () => {
    const stage = shutIn();
    const subnetIds = Object.values(stage.subnets);
    assert.throws(() => openGateway(stage, "s3", { subnetIds }), /only supported for Interface type/);
    assert.throws(
      () => openGateway(stage, "s3", { securityGroupIds: [stage.doors.id] }),
      /only supported for Interface type/,
    );
    assert.throws(() => openGateway(stage, "s3", { privateDnsEnabled: true }), /only supported for Interface type/);
    assert.throws(
      () => open(stage, "sts", { routeTableIds: [stage.vpc.mainRouteTableId ?? ""] }),
      /only supported for Gateway type/,
    );
  });

  it("is passed by whoever's group lets it out to the internet or to its prefix list", () => {
    const stage = shutIn();
    openGateway(stage, "s3");
    const picky = stage.corpai.make(T.group, { name: "picky", vpcId: stage.vpc.id });
    const layers = (): string | undefined =>
      whyNoService(
        stage.corpai.context.world,
        { ...stage.node, securityGroupIds: [picky.id] },
        {
          service: "s3",
          action: "s3:GetObject",
          resource: "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/layer",
          foreign: true,
        },
      );
    assert.match(layers() ?? "", /lets nothing out to pl-63a5400a/);
    stage.corpai.make(T.egress, { securityGroupId: picky.id, ...tcp(443, { prefixListId: "pl-63a5400a" }) });
    assert.equal(layers(), undefined);
  });
});

describe("the internet", () => {
  it("is reached by a route to a NAT gateway whose own subnet has one to the internet gateway", () => {
    const stage = shutIn();
    const why = (): string | undefined => whyNoInternet(stage.corpai.context.world, stage.node);
    assert.match(why() ?? "", /no route to a NAT gateway/);
    goOnline(stage.corpai, stage.vpc.id);
    assert.equal(why(), undefined);
    const [, beyond] = stage.corpai.context.world.all("aws:ec2/route:Route").toReversed();
    assert.ok(beyond);
    stage.corpai.unmake(beyond.type, beyond.id);
    assert.match(why() ?? "", /no route to an internet gateway/);
  });

  it("is out of reach for MCP pods, whose group lets them out inside the VPC only", () => {
    const stage = shutIn();
    goOnline(stage.corpai, stage.vpc.id);
    const pod = { ...stage.node, securityGroupIds: [stage.workloads.id] };
    assert.match(whyNoInternet(stage.corpai.context.world, pod) ?? "", /lets nothing out to the internet/);
  });
});

describe("a pod in a VPC without NAT gateways", () => {
  let stage: Stage;
  let cluster: Cluster;
  beforeEach(() => {
    stage = shutIn();
    const subnetIds = Object.values(stage.subnets);
    cluster = startCluster(stage.corpai, subnetIds);
    const { kubernetes } = cluster;
    const principal = { clusterName: "mcp", principalArn: cluster.nodeRole.arn ?? "" };
    stage.corpai.make(K.entry, { ...principal, type: "EC2" });
    stage.corpai.make(K.policy, {
      ...principal,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy",
      accessScope: { type: "cluster" },
    });
    kubernetes.make(K.namespace, { metadata: { name: "mcp" } });
    const group = textOf((cluster.cluster.vpcConfig as Properties).clusterSecurityGroupId);
    const terms = subnetIds.map((id) => ({ id }));
    kubernetes.make(
      K.nodeClass,
      nodeClass({ role: "mcp-nodes", subnetSelectorTerms: terms, securityGroupSelectorTerms: [{ id: group }] }),
    );
    kubernetes.make(K.nodePool, nodePool());
    kubernetes.make(K.deployment, deployment({ container: { image: OWN_IMAGE } }));
    stage.corpai.make(T.ingress, {
      securityGroupId: stage.doors.id,
      ...tcp(443, { referencedSecurityGroupId: group }),
    });
  });
  const pods = (): readonly (readonly [ready: boolean, reason: string])[] =>
    podsOf(stage.corpai.context.world).map(({ ready, reason }) => [ready, reason]);

  it("waits for its image without the registry's endpoints, and is ready with all that such a VPC has", () => {
    assert.deepEqual(
      pods().map(([ready]) => ready),
      [false, false],
    );
    assert.match(pods()[0]?.[1] ?? "", /^ImagePullBackOff: no endpoint for ecr\.api/);
    for (const { service } of AWS_ENDPOINTS) open(stage, service);
    for (const { service } of AWS_GATEWAYS) openGateway(stage, service);
    stage.corpai.context.world.advance(120);
    assert.deepEqual(pods(), [
      [true, "it needs nothing"],
      [true, "it needs nothing"],
    ]);
  });

  it("waits for its image where the endpoints' group does not know its node", () => {
    for (const { service } of AWS_ENDPOINTS) open(stage, service);
    openGateway(stage, "s3");
    stage.corpai.context.world.advance(120);
    const rule = stage.corpai.context.world.all(T.ingress).at(-1);
    assert.ok(rule);
    stage.corpai.unmake(T.ingress, rule.id);
    assert.match(pods()[0]?.[1] ?? "", /^ImagePullBackOff: sg-.* of vpce-.* admits no 443\/tcp/);
  });
});
