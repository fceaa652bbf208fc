/**
 * Writes `taggable-types.json`: the resource types of the installed `@pulumi/aws` that take AWS tags. Run it after an upgrade:
 *
 *     node policy/reading/generate-taggable-types.ts
 *
 * Read from the type declarations, since at run time a class does not say what it accepts. A type counts if it takes `tags` as a map
 * and answers with `tagsAll`. That leaves out the one that takes them as a list (`autoscaling.Group`, which passes them on to its
 * instances) and those whose `tags` select things by their tags (`inspector.ResourceGroup`, `devopsguru.ResourceCollection`).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TARGET = fileURLToPath(new URL("taggable-types.json", import.meta.url));

const TYPE_TOKEN = /static __pulumiType = '([^']+)'/;
const CLASS_NAME = /export declare class (\w+) extends/;
const TAGS_AS_MAP = /^ {4}tags\??: pulumi\.Input<\{$/m;
const ALL_TAGS = /^ {4}readonly tagsAll: /m;

function takesTags(declarations: string): boolean {
  const name = CLASS_NAME.exec(declarations)?.[1];
  const args =
    name === undefined
      ? undefined
      : new RegExp(`^export interface ${name}Args \\{$([^]*?)^\\}$`, "m").exec(declarations)?.[1];
  return args !== undefined && TAGS_AS_MAP.test(args) && ALL_TAGS.test(declarations);
}

/** The type tokens of all resources in a package folder that take tags, sorted. */
export function taggableTypes(packageFolder: string): readonly string[] {
  const files = readdirSync(packageFolder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".js") && !file.startsWith("types"),
  );
  const tokens = files.flatMap((file) => {
    const token = TYPE_TOKEN.exec(readFileSync(path.join(packageFolder, file), "utf8"))?.[1];
    if (token === undefined) return [];
    return takesTags(readFileSync(path.join(packageFolder, file.replace(/\.js$/, ".d.ts")), "utf8")) ? [token] : [];
  });
  return [...new Set(tokens)].sort();
}

/** Where `@pulumi/aws` is installed. */
export function awsPackageFolder(): string {
  return path.dirname(fileURLToPath(import.meta.resolve("@pulumi/aws/package.json")));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, `${JSON.stringify(taggableTypes(awsPackageFolder()), undefined, 2)}\n`);
}
