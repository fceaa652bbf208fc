import type { AccountRegion } from "./account-region.ts";
import type { EndpointStatement } from "./iam-documents.ts";

/** A statement that lets something through an endpoint: of everybody, narrowed by conditions only. */
export const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: EndpointStatement["Condition"],
): EndpointStatement => ({ Sid, Effect: "Allow", Principal: "*", Action, Resource, ...(Condition && { Condition }) });

type Condition = EndpointStatement["Condition"];

export const writeOwnLogs = ({ region, account }: AccountRegion, condition: Condition): EndpointStatement =>
  allow(
    "WriteOwnLogs",
    [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "logs:PutLogEvents",
    ],
    `arn:aws:logs:${region}:${account}:log-group:*`,
    condition,
  );

export const readOwnSecrets = ({ region, account }: AccountRegion, condition: Condition): EndpointStatement =>
  allow(
    "ReadOwnSecrets",
    ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    `arn:aws:secretsmanager:${region}:${account}:secret:*`,
    condition,
  );

export const useOwnKeys = ({ region, account }: AccountRegion, condition: Condition): EndpointStatement =>
  allow(
    "UseOwnKeys",
    ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
    `arn:aws:kms:${region}:${account}:key/*`,
    condition,
  );
