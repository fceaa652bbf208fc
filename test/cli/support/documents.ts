import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

export const textOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Lines of all shell blocks of a document, in their order, without comments; a line that goes on in the next is one. */
export function shellLinesIn(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block.replace(/\\\n\s*/g, ""));
  return blocks
    .flatMap((block) => block.split("\n"))
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** The words after `corpai` wherever a document has it, in blocks and in sentences. */
export function corpaiCommandsIn(text: string): string[][] {
  const sentences = [...text.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return [...shellLinesIn(text), ...sentences].flatMap((line) =>
    [...line.matchAll(/npx corpai\b([^|;")]*)/g)].map(([, rest = ""]) => rest.trim().split(/\s+/)),
  );
}
