// Proves what the network does beyond its subnets: endpoints to AWS's services, an emptied default group, encrypted flow logs. That AWS takes the policies
// and that nodes get by with them is proved in test/sandbox/reach.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Network, type NetworkArgs } from "../../components/network/network.ts";
import { AWS_ENDPOINTS, awsEndpointsFor } from "../../model/aws-endpoints.ts";
import { networkArgs, tags } from "./support/platform.ts";
import { recorder } from "./support/recorder.ts";

const build = (more: Partial<NetworkArgs> = {}): Promise<Network> =>
  recorder.build(() => new Network("corpai", networkArgs(more)));

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: string;
  readonly Principal: unknown;
  readonly Condition?: Record<string, Record<string, string>>;
}
const statementsOf = (inputs: Record<string, unknown>): Statement[] =>
  (JSON.parse(String(inputs.policy)) as { Statement: Statement[] }).Statement;

describe("the network's endpoints to AWS", () => {
  it("stand in the endpoint tier, one subnet per AZ, with private names, behind one group of their own", async () => {
    await build();
    const interfaces = recorder.of(ENDPOINT).filter(({ inputs }) => inputs.vpcEndpointType === "Interface");
    assert.deepEqual(
      interfaces.map(({ inputs }) => inputs.serviceName),
      AWS_ENDPOINTS.map(({ service }) => `com.amazonaws.us-east-1.${service}`),
    );
    for (const { name, inputs } of interfaces) {
      assert.deepEqual(inputs.subnetIds, ["endpoint-1", "endpoint-2"], name);
      assert.deepEqual(inputs.securityGroupIds, ["corpai-aws-id"], name);
      assert.equal(inputs.privateDnsEnabled, true, name);
      assert.deepEqual(inputs.tags, { ...tags, Name: name });
    }
  });

  it("stand only in the AZs in which AWS offers them", async () => {
    await build({ awsEndpoints: AWS_ENDPOINTS.slice(0, 1).map((endpoint) => ({ endpoint, azIds: ["use1-az4"] })) });
    const [only] = recorder.of(ENDPOINT).filter(({ inputs }) => inputs.vpcEndpointType === "Interface");
    assert.deepEqual(only?.inputs.subnetIds, ["endpoint-2"]);
  });

  it("admit MCP pods on 443, and let nothing out", async () => {
    await build();
    const of = (type: string) => recorder.of(type).filter(({ inputs }) => inputs.securityGroupId === "corpai-aws-id");
    assert.deepEqual(
      of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => [
        inputs.referencedSecurityGroupId,
        inputs.ipProtocol,
        inputs.fromPort,
        inputs.toPort,
      ]),
      [["corpai-workloads-id", "tcp", 443, 443]],
    );
    assert.deepEqual(of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"), []);
  });

  it("lead to S3 and DynamoDB by gateways, in the route tables of nodes and pods alone", async () => {
    await build();
    const gateways = recorder.of(ENDPOINT).filter(({ inputs }) => inputs.vpcEndpointType === "Gateway");
    assert.deepEqual(
      gateways.map(({ inputs }) => [inputs.serviceName, inputs.routeTableIds]),
      [
        ["com.amazonaws.us-east-1.s3", ["table-1", "table-3"]],
        ["com.amazonaws.us-east-1.dynamodb", ["table-1", "table-3"]],
      ],
    );
  });

  it("let through what they are there for, named action by action, and only this account's principals, except where AWS signs", async () => {
    await build();
    for (const { name, inputs } of recorder.of(ENDPOINT)) {
      for (const { Sid, Action, Condition } of statementsOf(inputs)) {
        const actions = [Action].flat();
        assert.ok(
          actions.length > 0 && actions.every((action) => !action.includes("*")),
          `${name} ${Sid} ${String(Action)}`,
        );
        const foreign = ["ReadImageLayers", "AskWhoOneIs"].includes(Sid);
        assert.equal(
          Condition?.StringEquals?.["aws:PrincipalAccount"],
          foreign ? undefined : "111122223333",
          `${name} ${Sid}`,
        );
      }
    }
  });

  it("are all there without NAT gateways or on request, and otherwise those that pods call, whose group lets nothing out", () => {
    const services = (natGateways: "none" | "single", awsEndpoints: "needed" | "all"): number =>
      awsEndpointsFor({ natGateways, awsEndpoints }).length;
    assert.deepEqual(
      [services("none", "needed"), services("none", "all"), services("single", "all")],
      [AWS_ENDPOINTS.length, AWS_ENDPOINTS.length, AWS_ENDPOINTS.length],
    );
    assert.deepEqual(
      awsEndpointsFor({ natGateways: "single", awsEndpoints: "needed" }).map(({ service }) => service),
      ["secretsmanager"],
    );
    for (const needed of ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts"])
      assert.ok(
        AWS_ENDPOINTS.some(({ service }) => service === needed),
        needed,
      );
  });
});

describe("the network's default group", () => {
  it("has no rule, so that what is given no group reaches nothing", async () => {
    await build();
    const { inputs } = recorder.only("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    assert.deepEqual([inputs.vpcId, inputs.ingress, inputs.egress], ["vpc-id", [], []]);
  });
});

describe("the network's flow logs", () => {
  it("name the AZ by its id in every line", async () => {
    await build();
    const { logFormat } = recorder.only("aws:ec2/flowLog:FlowLog").inputs;
    assert.ok(String(logFormat).split(" ").includes("${az-id}"));
  });

  it("lie in a group under a key that the log service may use for this group and no other", async () => {
    await build();
    const group = recorder.only("aws:cloudwatch/logGroup:LogGroup").inputs;
    assert.deepEqual(
      [group.name, group.kmsKeyId, group.retentionInDays],
      ["/corpai/demo/flow-logs", "corpai-flow-logs-arn", 30],
    );
    const key = recorder.only("aws:kms/key:Key").inputs;
    assert.equal(key.enableKeyRotation, true);
    const service = statementsOf(key).filter(({ Principal }) => JSON.stringify(Principal).includes("logs."));
    assert.deepEqual(
      service.map(({ Principal, Condition }) => [Principal, Condition]),
      [
        [
          { Service: "logs.us-east-1.amazonaws.com" },
          {
            ArnLike: {
              "kms:EncryptionContext:aws:logs:arn":
                "arn:aws:logs:us-east-1:111122223333:log-group:/corpai/demo/flow-logs",
            },
          },
        ],
      ],
    );
  });
});
