// Proves that the reviewer's page says what files and AWS say, and no secret. What IAM's evaluation makes of the policies: sandbox/least-privilege.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { evidenceOf } from "../../model/evidence.ts";
import { connectivityForPulumiPolicy, connectivityPolicy } from "../../model/iam-documents.ts";
import { loadEnvironment } from "../../stacks/environment.ts";

const { facts } = loadEnvironment("demo", { secretsToCome: true });
const observed = {
  endpointId: "vpce-0123456789abcdef0",
  serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
  state: "available",
  host: "vpce-0123456789abcdef0-a1b2c3d4.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com",
  port: 8443,
};
const page = (key: string, changed = facts) =>
  Object.fromEntries(
    evidenceOf(changed, key, { owner: "Data platform", ticket: "NET-7" }, observed, {
      "clickhouse-mcp": ["clickhousePasswordSecret"],
    }).map(({ title, lines }) => [title, lines.join("\n")]),
  );

describe("the evidence of a connection", () => {
  it("names both accounts, the VPC, the AZs in common, the client CIDR, who may ask, and who answers for it", () => {
    const one = page("clickhouse");
    assert.match(
      one["What it is"] ?? "",
      /state available\nowner Data platform; ticket NET-7; review by no day stated/,
    );
    assert.match(
      one["Trust boundary"] ?? "",
      /CorpAI's side: account 111122223333; the customer's side: account 111122223333, VPC vpc-0acedada000000001/,
    );
    assert.match(one["Data flow"] ?? "", /pods clickhouse-mcp → endpoint interfaces in use1-az1, use1-az2/);
    assert.match(one.Ports ?? "", /^TCP 8443; the endpoint's group admits no others/);
    assert.match(one.CIDRs ?? "", /10\.40\.0\.0\/17/);
    assert.match(
      one.Identities ?? "",
      /may ask for a connection: arn:aws:iam::111122223333:role\/corpai-cross-account-access/,
    );
    assert.match(one["Keys and secrets"] ?? "", /clickhouse-mcp holds secrets clickhousePasswordSecret/);
  });

  it("lists every statement by which CorpAI acts in the account, and nothing where it has no role there", () => {
    const may = page("clickhouse")["What CorpAI can do in the customer's account"] ?? "";
    for (const { Sid } of [...connectivityPolicy.Statement, ...connectivityForPulumiPolicy.Statement])
      assert.ok(may.includes(`(${Sid})`), Sid);
    const without = page("clickhouse", { ...facts, customerAccess: [] });
    assert.match(without["What CorpAI can do in the customer's account"] ?? "", /^nothing/);
  });

  it("says so where the service accepts by itself, and where somebody was revoked", () => {
    assert.match(page("github")["Trust boundary"] ?? "", /accepts whoever its principals admit/);
    const revoked = facts.customerServices.map((stack) => ({
      ...stack,
      services: Object.fromEntries(
        Object.entries(stack.services).map(([key, one]) => [
          key,
          { ...one, principals: [], revoked: ["arn:aws:iam::111122223333:root"] },
        ]),
      ),
    }));
    assert.equal(
      page("clickhouse", { ...facts, customerServices: revoked }).Identities,
      "revoked: arn:aws:iam::111122223333:root",
    );
  });
});
