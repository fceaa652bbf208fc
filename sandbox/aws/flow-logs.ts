import type { CheckFailure, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { text } from "../values.ts";
import { UNKNOWN } from "../wire.ts";
import { arn, newId, ownedSubnet, ownedVpc } from "./network.ts";

export const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const DEFAULT_FORMAT =
  "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";
const SOURCES = ["vpcId", "subnetId", "eniId"] as const;

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const FIELDS = new Set(
  [
    ...["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets"],
    ...["bytes", "start", "end", "action", "log-status", "vpc-id", "subnet-id", "instance-id", "tcp-flags", "type"],
    ...["pkt-srcaddr", "pkt-dstaddr", "region", "az-id", "sublocation-type", "sublocation-id", "pkt-src-aws-service"],
    ...["pkt-dst-aws-service", "flow-direction", "traffic-path", "ecs-cluster-arn", "ecs-cluster-name"],
    ...["ecs-container-instance-arn", "ecs-container-instance-id", "ecs-container-id", "ecs-second-container-id"],
    ...["ecs-service-name", "ecs-task-definition-arn", "ecs-task-arn", "ecs-task-id", "reject-reason"],
    ...["resource-id", "encryption-status"],
  ].map((field) => `\${${field}}`),
);

/** A format is fields with blanks between them, each once. */
function judgeFormat(format: string | undefined): void {
  if (format === undefined) return;
  const fields = format.split(" ");
  const foreign = fields.filter((field) => !FIELDS.has(field));
  if (foreign.length > 0)
    throw new Refusal("InvalidParameter", `Unknown fields provided in LogFormat: ${foreign.join(", ")}`);
  if (new Set(fields).size < fields.length)
    throw new Refusal("InvalidParameter", "LogFormat must not contain a field twice");
}

const flowLog: ResourceModel = {
  type: FLOW_LOG,
  arguments: {
    vpcId: { replace: true },
    subnetId: { replace: true },
    eniId: { replace: true },
    trafficType: { replace: true },
    logDestinationType: { default: "cloud-watch-logs", replace: true },
    logDestination: { replace: true },
    logFormat: { replace: true },
    iamRoleArn: { replace: true },
    maxAggregationInterval: { default: 600, replace: true },
    destinationOptions: { replace: true },
    tags: {},
  },
  computed: ["arn", "logDestination", "logFormat", "region"],
  check(inputs) {
    const failures: CheckFailure[] = [];
    if (SOURCES.filter((source) => inputs[source] !== undefined).length !== 1)
      failures.push([
        "vpcId",
        "only one of `eni_id,subnet_id,transit_gateway_attachment_id,transit_gateway_id,vpc_id` must be specified",
      ]);
    const interval = inputs.maxAggregationInterval;
    if (interval !== UNKNOWN && interval !== 60 && interval !== 600)
      failures.push([
        "maxAggregationInterval",
        `expected max_aggregation_interval to be one of [60 600], got ${String(interval)}`,
      ]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    if (inputs.vpcId !== undefined) ownedVpc(context, text(inputs.vpcId) ?? "");
    if (inputs.subnetId !== undefined) ownedSubnet(context, text(inputs.subnetId) ?? "");
    if (inputs.trafficType === undefined)
      throw new Refusal("MissingParameter", "The request must contain the parameter TrafficType");
    if (inputs.logDestinationType === "cloud-watch-logs" && inputs.iamRoleArn === undefined) {
      throw new Refusal(
        "InvalidParameter",
        "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
      );
    }
    judgeFormat(text(inputs.logFormat));
    const same = world.all(FLOW_LOG, (other) =>
      [...SOURCES, "logDestination", "trafficType"].every((key) => other.inputs[key] === inputs[key]),
    );
    if (same.length > 0)
      throw new Refusal(
        "FlowLogAlreadyExists",
        "Error. There is an existing Flow Log with the same configuration and log destination.",
      );
    const id = newId(context, "fl");
    return {
      id,
      computed: {
        arn: arn("ec2", caller, `vpc-flow-log/${id}`),
        logDestination: inputs.logDestination ?? "",
        logFormat: inputs.logFormat ?? DEFAULT_FORMAT,
        region: caller.region,
      },
    };
  },
  calls: {
    arn: "ec2:vpc-flow-log/*",
    create: [["ec2:CreateFlowLogs", "self", ...SOURCES]],
    within: { iamRoleArn: [["iam:PassRole", "iamRoleArn"]] },
    read: [["ec2:DescribeFlowLogs"]],
    delete: [["ec2:DeleteFlowLogs", "self"]],
  },
};

export const flowLogModels: readonly ResourceModel[] = [flowLog];
