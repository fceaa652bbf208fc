// Downloads the official Pulumi CLI of a version, language hosts included, into a folder: download-pulumi.mjs FOLDER VERSION
import { createRequire } from "node:module";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const [root, version] = process.argv.slice(2);
const { SemVer } = createRequire(import.meta.resolve("@pulumi/pulumi"))("semver");
try {
  await PulumiCommand.install({ root, version: new SemVer(version) });
} catch (error) {
  console.error(error.message.trim());
  process.exitCode = 1;
}
