import { mustBe } from "../frame/expectations.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const TYPES = new Set(["aws:dynamodb/table:Table"]);

export const dynamodbRecoverable = rule({
  name: "dynamodb-recoverable",
  title: "Tables can be restored to any second",
  says: "A table has point-in-time recovery.",
  why: "A program that writes nonsense does so for minutes before somebody stops it.",
  severity: "medium",
  set: "baseline",
  topics: ["data", "availability"],
  references: [...securityHub("DynamoDB.2"), ...nist("CP-9", "CP-10")],
  url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html",
  fix: "Set pointInTimeRecovery: { enabled: true }.",
  types: TYPES,
  remedies: [{ types: TYPES, set: { "pointInTimeRecovery.enabled": true } }],

  *resource(table) {
    yield* mustBe(table, "pointInTimeRecovery.enabled", true, { absent: "and AWS then leaves it off" });
  },
});
