import { type Command, Option } from "commander";
import type { RunOptions } from "./command.ts";
import { knownEnvironment } from "./environment-argument.ts";
import { previewComment } from "./preview-comment.ts";
import { previewSince } from "./preview-since.ts";
import type { Output, Printer } from "./print.ts";

/** Options of `corpai preview`. */
export interface SinceOptions extends RunOptions {
  readonly since?: string;
  readonly markdown?: boolean;
}

export const addSinceOptions = (preview: Command): Command =>
  preview
    .addOption(new Option("--since <REF>", "only what a change since then touches, see affected").conflicts("only"))
    .addOption(new Option("--markdown", "answer as a comment for the pull request; with --since").conflicts("json"));

/**
 * The environment that is to be previewed as a whole; undefined where a change says what.
 *
 * @throws {Error} where neither is given
 */
export function previewWhole(name: string | undefined, { since, markdown = false }: SinceOptions): string | undefined {
  if (since !== undefined) return undefined;
  if (name !== undefined && !markdown) return name;
  throw new Error(
    `preview: given ${name === undefined ? "no ENV" : "--markdown"} without --since; allowed: ENV, or --since REF with or without ENV. Give one of the two.`,
  );
}

/** Previews what a change touches, and answers in words, in JSON, or as a comment. @returns whether nothing is wrong */
export async function previewChange(
  name: string | undefined,
  options: SinceOptions,
  { stdout }: { readonly stdout: Output },
  printerFor: (options: { readonly json?: boolean }) => Printer,
): Promise<boolean> {
  const { since = "", markdown = false, json = false } = options;
  const printer = printerFor({ json: json || markdown });
  const found = await previewSince(since, name === undefined ? undefined : knownEnvironment(name), options, printer);
  if (markdown) stdout.write(previewComment(found));
  else printer.answer(found);
  return found.ok;
}
