// Makes the policy pack one folder that can be published, or used from anywhere once `npm install` has run in it:
//
//     node toolchain/bundle-policy.mjs [folder, by default dist/policy]
//
// What is ours and small goes into one module; Pulumi's own packages stay dependencies, because its language host looks for them in the pack's folder.
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const root = path.dirname(import.meta.dirname);
const source = path.join(root, "policy");
const target = path.resolve(process.argv[2] ?? path.join(root, "dist/policy"));

const read = (file) => fs.readFileSync(path.join(root, file), "utf8");
const { name, version, description, main } = JSON.parse(read("policy/package.json"));
const { dependencies, engines } = JSON.parse(read("package.json"));
const needed = ["@pulumi/policy", "@pulumi/pulumi"];

fs.rmSync(target, { recursive: true, force: true });
fs.mkdirSync(target, { recursive: true });
await build({
  entryPoints: [path.join(source, "index.ts")],
  outfile: path.join(target, main),
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  external: needed,
  logLevel: "warning",
});
fs.copyFileSync(path.join(source, "PulumiPolicy.yaml"), path.join(target, "PulumiPolicy.yaml"));
fs.cpSync(path.join(source, "sets"), path.join(target, "sets"), { recursive: true });
fs.copyFileSync(path.join(root, "docs/policies.md"), path.join(target, "README.md"));
const manifest = {
  name,
  version,
  description,
  type: "module",
  main,
  files: [main, "PulumiPolicy.yaml", "sets", "README.md"],
  engines,
  dependencies: Object.fromEntries(needed.map((dependency) => [dependency, dependencies[dependency]])),
};
fs.writeFileSync(path.join(target, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
console.log(target);
