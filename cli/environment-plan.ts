import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describeProblems } from "../model/problem.ts";
import { formatStackName } from "../model/stack-name.ts";
import { loadAmongOthers, loadEnvironment, stacksOf } from "../stacks/environment.ts";
import { type CopiedFile, copiedEstate, copiedStackFile, withEnvironment } from "./environment-copy.ts";
import { type EnvironmentRequest, type EnvironmentWishes, environmentRequest } from "./environment-request.ts";
import type { FileSet } from "./written-together.ts";

/** Where files of environments and their estates are. */
export interface Folders {
  readonly environments: string;
  readonly estates: string;
}

/** What a new environment consists of. */
export interface NewEnvironment extends FileSet {
  readonly name: string;
  readonly from: string;
  readonly stacks: readonly NewStack[];
}

export type NewStack = Omit<CopiedFile, "text"> & { readonly stack: string };

/**
 * Copies an environment under another name, in memory, and judges the copy beside all environments.
 *
 * @throws {Error} with every problem at once; nothing has been written
 */
export function planEnvironment(name: string, wishes: EnvironmentWishes, folders: Folders): NewEnvironment {
  const source = loadEnvironment(wishes.from, { folder: folders.environments, secretsToCome: true });
  const request = environmentRequest(name, wishes, source, folders.environments);
  if (source.problems.length > 0)
    throw new Error(`${source.name} cannot be copied. ${describeProblems(source.problems)}`);
  const estate = join(folders.estates, `${name}.yaml`);
  const sourceEstate = join(folders.estates, `${source.name}.yaml`);
  if (existsSync(estate)) throw new Error(`${estate} stands already. Move it away: nothing is overwritten.`);
  if (!existsSync(sourceEstate))
    throw new Error(`${source.name} cannot be copied: it has no estate, ${sourceEstate}, that a new one could extend.`);

  const copies = stacksOf(source.name, folders.environments).map((stack) => {
    const text = readFileSync(join(folders.environments, fileOf(formatStackName(stack))), "utf8");
    return { stack: formatStackName({ ...stack, environment: name }), ...copiedStackFile(text, request) };
  });
  const list = join(folders.environments, "environments.yaml");
  const changed = {
    [list]: withEnvironment(readFileSync(list, "utf8"), name, {
      class: request.class,
      branch: source.branch,
      onDemand: source.onDemand,
    }),
  };
  const files = Object.fromEntries(copies.map(({ stack, text }) => [join(folders.environments, fileOf(stack)), text]));
  judge(request, folders, { ...files, ...changed });
  return {
    name,
    from: source.name,
    created: { ...files, [estate]: copiedEstate(request) },
    changed,
    stacks: copies.map(({ text: _text, ...stack }) => stack),
  };
}

export const fileOf = (stack: string): string => `Pulumi.${stack}.yaml`;

/** The check as it would be once the files stand: in a folder that is gone afterwards. */
function judge({ name }: EnvironmentRequest, folders: Folders, files: Readonly<Record<string, string>>): void {
  const folder = mkdtempSync(join(tmpdir(), "corpai-environments-"));
  try {
    cpSync(folders.environments, folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, basename(path)), text);
    const { problems } = loadAmongOthers(name, { folder, secretsToCome: true });
    if (problems.length > 0) throw new Error(`nothing was written. ${describeProblems(problems)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
