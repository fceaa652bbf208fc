import { join } from "node:path";
import { buildSync } from "esbuild";

const ROOT = join(import.meta.dirname, "..", "..");

/**
 * The code of a function under `functions/`, as one module. The same source gives the same text, so that nothing changes where nothing has.
 *
 * @param name its folder
 */
export function bundled(name: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join("functions", name, "index.ts")],
    absWorkingDir: ROOT,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // Lambda's runtime brings the SDK, and keeps it current.
    external: ["@aws-sdk/*"],
    write: false,
    logLevel: "silent",
  });
  const [module] = outputFiles;
  if (!module) throw new Error(`functions/${name} gave no module`);
  return module.text;
}
