// Runs mocha on all tests, or on the files and folders given: npm test -- test/model --grep "zone"
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { counted } from "./support/reporter.mjs";

const root = path.dirname(import.meta.dirname);
process.chdir(root);
const { spec, ...options } = JSON.parse(fs.readFileSync(".mocharc.json", "utf8"));

const isSpec = (argument) => /^(\.\/)?test(\/|$)|\.test\.ts$/.test(argument);
const isFolder = (argument) => fs.statSync(argument, { throwIfNoEntry: false })?.isDirectory();
const given = process.argv.slice(2).map((a) => (isSpec(a) && isFolder(a) ? path.join(a, "**/*.test.ts") : a));

// Mocha would add the files given to those of its configuration; so the configuration is passed on here, without its own.
const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
if (process.env.CI) flags.push("--forbid-only");
process.argv.splice(2, Infinity, "--no-config", ...flags, ...given, ...(given.some(isSpec) ? [] : spec));

// A test file that does not load ends mocha before its first test.
process.on("exit", (code) => {
  if (counted) return;
  console.log(`The tests did not run to their end (exit code ${code}).\n0 passed, 1 failed`);
  process.exitCode = code || 1;
});

await import(
  pathToFileURL(path.join(path.dirname(createRequire(import.meta.url).resolve("mocha/package.json")), "bin/mocha.js"))
    .href
);
