import type { AccountRegion } from "./account-region.ts";

/** Calls that must not succeed, whoever makes them. */
export interface Probe {
  readonly key: string;
  readonly says: string;
  readonly host: string;
  readonly action?: string;
  readonly resource?: string;
}

export const outwardProbes = ({ region }: AccountRegion): readonly Probe[] => [
  { key: "internet", says: "any host of the internet", host: "example.com" },
  { key: "names", says: "data in a name of somebody's own zone", host: "aaaa-stolen.attacker.example" },
  {
    key: "foreign-bucket",
    says: "another account's bucket",
    host: `foreign-bucket.s3.${region}.amazonaws.com`,
    action: "s3:PutObject",
    resource: "arn:aws:s3:::foreign-bucket/stolen",
  },
  {
    key: "foreign-table",
    says: "another account's table",
    host: `dynamodb.${region}.amazonaws.com`,
    action: "dynamodb:GetItem",
    resource: `arn:aws:dynamodb:${region}:999999999999:table/foreign`,
  },
  {
    key: "foreign-secret",
    says: "another account's secret",
    host: `secretsmanager.${region}.amazonaws.com`,
    action: "secretsmanager:GetSecretValue",
    resource: `arn:aws:secretsmanager:${region}:999999999999:secret:foreign`,
  },
];
