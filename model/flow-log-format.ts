/**
 * One line of a flow log. AWS's default has no AZ; by AZ id a line can be held against both sides of a connection.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
const FIELDS = [
  "version",
  "account-id",
  "vpc-id",
  "subnet-id",
  "az-id",
  "interface-id",
  "instance-id",
  "flow-direction",
  "traffic-path",
  "srcaddr",
  "srcport",
  "dstaddr",
  "dstport",
  "pkt-srcaddr",
  "pkt-dstaddr",
  "pkt-dst-aws-service",
  "protocol",
  "tcp-flags",
  "packets",
  "bytes",
  "start",
  "end",
  "action",
  "log-status",
] as const;

/** Cannot change: another format is another flow log. */
export const FLOW_LOG_FORMAT = FIELDS.map((field) => `\${${field}}`).join(" ");
