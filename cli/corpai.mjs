#!/usr/bin/env node
// The `corpai` command. Plain JavaScript, so that a Node.js that is too old for the project can still say what to do,
// or start again with the one that set-up installed.
import module from "node:module";
import { fileURLToPath } from "node:url";
import { execute, missing, nodeBinary, nodeSuits, toolchainEnvironment } from "../setup.mjs";

async function start(args) {
  const lacking = missing();
  if (lacking.length > 0) {
    console.error(
      `corpai: set-up is incomplete (${lacking.join(", ")}): run \`npm run demo\`, or \`node setup.mjs\` to set up only.`,
    );
    return 1;
  }
  const env = toolchainEnvironment();
  if (!nodeSuits(process.versions.node)) return execute(nodeBinary(), [fileURLToPath(import.meta.url), ...args], env);
  process.env.PATH = env.PATH;
  // Otherwise every command would compile all that it consists of anew.
  module.enableCompileCache();
  const { main } = await import("./main.ts");
  return main(args);
}

process.exitCode = await start(process.argv.slice(2));
