/** Proves what the pack is: its own process is asked, as the engine asks it, since loading `index.ts` here would serve it here. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import analyzerServices from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";

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

describe("the policy pack", function () {
  this.timeout(20_000);

  it("holds exactly these rules, so that none can vanish unnoticed", async () => {
    const { MANDATORY } = analyzerProto.EnforcementLevel;
    const { POLICY_SEVERITY_CRITICAL, POLICY_SEVERITY_HIGH } = analyzerProto.PolicySeverity;
    const info = await analyzerInfo();
    assert.equal(info.getName(), "corpai");
    assert.deepEqual(
      info
        .getPoliciesList()
        .map((rule) => ({ name: rule.getName(), level: rule.getEnforcementlevel(), severity: rule.getSeverity() })),
      [
        { name: "nlb-internal", level: MANDATORY, severity: POLICY_SEVERITY_CRITICAL },
        { name: "two-availability-zones", level: MANDATORY, severity: POLICY_SEVERITY_HIGH },
        { name: "corpai-tags", level: MANDATORY, severity: POLICY_SEVERITY_HIGH },
      ],
    );
    for (const rule of info.getPoliciesList()) {
      assert.match(rule.getDescription(), /^[A-Z].*\.$/, `${rule.getName()} describes itself in a sentence`);
      assert.match(rule.getRemediationSteps(), /\.$/, `${rule.getName()} says how to mend it`);
      assert.notDeepEqual(rule.getTagsList(), [], `${rule.getName()} can be found by a tag`);
    }
    const files = readdirSync(FOLDER).filter(
      (file) => file.endsWith(".ts") && !["index.ts", "generate-taggable-types.ts"].includes(file),
    );
    assert.deepEqual(
      files.sort(),
      info
        .getPoliciesList()
        .map((rule) => `${rule.getName()}.ts`)
        .sort(),
      "one rule a file, named as the rule",
    );
  });
});
