/** Proves what the pack is: its own process is asked, as the engine asks it, since loading `index.ts` here would serve it here. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import analyzerServices from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import { FRAMEWORKS } from "../../policy/frame/references.ts";
import { RULES } from "../../policy/rules.ts";

const FOLDER = fileURLToPath(new URL("../../policy", import.meta.url));

async function analyzerInfo(): Promise<analyzerProto.AnalyzerInfo> {
  const pack = spawn(process.execPath, ["index.ts"], { cwd: FOLDER, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      pack.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
      pack.once("exit", (code) => reject(new Error(`the pack ended with ${code} before it served`)));
    });
    const client = new analyzerServices.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    try {
      return await new Promise((resolve, reject) => {
        client.getAnalyzerInfo(new emptyProto.Empty(), (error, info) => (error ? reject(error) : resolve(info)));
      });
    } finally {
      client.close();
    }
  } finally {
    pack.kill();
  }
}

const LEVELS = new Map<number, string>([
  [analyzerProto.EnforcementLevel.MANDATORY, "baseline"],
  [analyzerProto.EnforcementLevel.ADVISORY, "strict"],
]);
const SEVERITIES = ["", "low", "medium", "high", "critical"];

describe("the policy pack", function () {
  this.timeout(20_000);

  it("holds exactly these rules, so that none can vanish or be weakened unnoticed", async () => {
    const info = await analyzerInfo();
    assert.equal(info.getName(), "corpai");
    const held = info
      .getPoliciesList()
      .map(
        (rule) =>
          `${rule.getName()}: ${SEVERITIES[rule.getSeverity()] ?? ""}, ${LEVELS.get(rule.getEnforcementlevel()) ?? ""}`,
      );
    assert.deepEqual(held, [
      "agentcore-authorized: critical, baseline",
      "agentcore-in-vpc: critical, baseline",
      "corpai-tags: high, baseline",
      "deletion-protection: medium, baseline",
      "dynamodb-recoverable: medium, baseline",
      "ebs-encrypted: medium, baseline",
      "eks-access-by-api: medium, baseline",
      "eks-control-plane-logs: medium, baseline",
      "eks-private-endpoint: critical, baseline",
      "eks-secrets-encryption: medium, strict",
      "eks-version-supported: high, baseline",
      "elasticache-encrypted: high, baseline",
      "elasticache-failover: medium, baseline",
      "endpoint-policy-scoped: high, baseline",
      "endpoint-policy-supported: medium, baseline",
      "endpoint-service-acceptance: critical, baseline",
      "endpoint-service-behind-internal-lb: critical, baseline",
      "endpoint-service-principals-scoped: critical, baseline",
      "endpoint-service-regions: medium, baseline",
      "endpoint-vpc-dns: high, baseline",
      "flow-logs-present: high, baseline",
      "iam-no-users: high, baseline",
      "iam-no-wildcard: high, baseline",
      "iam-trust-scoped: critical, baseline",
      "imds-v2-required: high, baseline",
      "interface-endpoint-groups: high, baseline",
      "interface-endpoint-private-dns: medium, baseline",
      "internet-reachability: critical, baseline",
      "kms-key-rotation: medium, baseline",
      "lambda-url-authorized: critical, baseline",
      "listener-on-internal-lb: critical, baseline",
      "listener-protocol: medium, baseline",
      "listener-tls-modern: high, baseline",
      "log-group-encrypted: low, strict",
      "log-group-retention: medium, baseline",
      "namespace-restricted: medium, baseline",
      "nlb-cross-zone: medium, baseline",
      "nlb-inbound-rules: high, baseline",
      "nlb-internal: critical, baseline",
      "no-public-ip: critical, baseline",
      "pod-image-by-digest: high, baseline",
      "pod-limits: medium, baseline",
      "pod-network-policy: high, baseline",
      "pod-no-api-token: medium, baseline",
      "pod-no-plain-secrets: high, baseline",
      "pod-read-only-root: medium, baseline",
      "pod-restricted: high, baseline",
      "pod-tls-verified: high, baseline",
      "provider-pinned: high, baseline",
      "rds-backups: medium, baseline",
      "rds-encrypted: high, baseline",
      "rds-iam-authentication: medium, strict",
      "rds-not-public: critical, baseline",
      "rds-password-managed: high, baseline",
      "resource-policies-scoped: critical, baseline",
      "s3-public-access-block: high, baseline",
      "service-not-public: critical, baseline",
      "sg-default-closed: high, baseline",
      "sg-no-public-ingress: critical, baseline",
      "sg-no-wide-ingress: high, baseline",
      "sg-one-spelling: high, baseline",
      "sg-rules-described: low, strict",
      "target-group-health-check: medium, baseline",
      "two-availability-zones: high, baseline",
      "exemptions: medium, baseline",
    ]);
  });

  it("says of each rule what the engine can show", async () => {
    for (const rule of (await analyzerInfo()).getPoliciesList()) {
      const name = rule.getName();
      assert.match(rule.getDescription(), /^[A-Z].*\.$/, `${name} describes itself in a sentence`);
      assert.match(rule.getRemediationSteps(), /[.)]$/, `${name} says how to mend it`);
      assert.notDeepEqual(rule.getTagsList(), [], `${name} can be found by a tag`);
      if (name === "exemptions") continue;
      assert.notEqual(rule.getFramework()?.getReference() ?? "", "", `${name} names a control`);
      assert.match(rule.getUrl(), /^https:\/\//, `${name} names its source`);
      assert.ok(rule.getConfigschema()?.getProperties()?.getFieldsMap().has("exemptions"), `${name} takes exemptions`);
    }
  });

  it("has one rule a file, named as the rule, and a table of cases for each", () => {
    const names = RULES.map(({ name }) => name).sort();
    const filesIn = (folder: string, ending: string): string[] =>
      readdirSync(folder)
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length))
        .sort();
    assert.deepEqual(filesIn(join(FOLDER, "rules"), ".ts"), names);
    const tests = join(import.meta.dirname, "rules");
    assert.deepEqual(filesIn(tests, ".test.ts"), names);
    for (const name of names)
      assert.match(readFileSync(join(tests, `${name}.test.ts`), "utf8"), /\bdescribeRule\(/, `${name} has no table`);
  });

  it("words what it says of its rules", () => {
    for (const { name, why, fix, caution, references, types, severity } of RULES) {
      for (const text of [why, fix, caution ?? fix])
        assert.match(text, /^[A-Z`W].*[.)]$/s, `${name}: "${text}" is a sentence`);
      assert.ok(types.size > 0, name);
      assert.ok(references.length > 0, name);
      for (const { framework, control } of references) {
        assert.ok(Object.hasOwn(FRAMEWORKS, framework), name);
        assert.notEqual(control.trim(), "", name);
      }
      if (severity === "critical") assert.ok(references.length > 1, `${name} is critical by more than one account`);
    }
  });
});
