import { readFileSync } from "node:fs";
import { type Document, LineCounter, type Node, isAlias, isNode, isScalar, parseDocument, visit } from "yaml";
import type { Problem } from "../model/problem.ts";

/** What is wrong with a file's text. */
export type TextProblem = Omit<Problem, "property">;

export interface YamlText {
  readonly value: unknown;
  readonly problems: readonly TextProblem[];
}

/** Our largest file has 1 kB. */
const SIZE_LIMIT = 1 << 20;
/** Our deepest value has 6 levels. Parsers and schemas work level by level: without a limit, a file of brackets ends them. */
const DEPTH_LIMIT = 50;

/**
 * A YAML file's value, or what is wrong with its text.
 *
 * A file has to mean one thing to all who read it: Pulumi reads it as well, with another parser. What the two read differently is refused, and so is
 * what no configuration needs: aliases, tags, keys that are no text.
 */
export function readYaml(file: string): YamlText {
  try {
    return yamlOf(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return refused(
      code === "ENOENT"
        ? { given: "nothing: it does not exist", allowed: "a YAML file", wayOut: `Write ${file}.` }
        : { given: message, allowed: "a YAML file that can be read", wayOut: "Make it one." },
    );
  }
}

/** The same of a file's bytes. */
export function yamlOf(bytes: Uint8Array): YamlText {
  if (bytes.length > SIZE_LIMIT)
    return refused({
      given: `${bytes.length} bytes`,
      allowed: `at most ${SIZE_LIMIT} bytes`,
      wayOut: "Remove what is no configuration.",
    });
  const text = decoded(bytes);
  if (text === undefined)
    return refused({
      given: "bytes that are no UTF-8",
      allowed: "text in UTF-8",
      wayOut: "Save the file as UTF-8.",
    });
  const lines = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: true, lineCounter: lines });
  const [broken] = [...document.errors, ...document.warnings.filter(({ code }) => code !== "TAG_RESOLVE_FAILED")];
  const problems = broken ? [malformed(broken.message)] : objectionsTo(document, lines);
  return problems.length > 0 ? { value: undefined, problems } : { value: document.toJS(), problems };
}

const refused = (problem: TextProblem): YamlText => ({ value: undefined, problems: [problem] });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The parser's first word; all after it are its consequences. */
function malformed(message: string): TextProblem {
  const [said = ""] = message.split(/:?\n/);
  const given = said.includes("call stack") ? "values nested without an end" : said;
  return { given, allowed: "valid YAML, each key once", wayOut: "Correct the file." };
}

function objectionsTo(document: Document.Parsed, lines: LineCounter): TextProblem[] {
  if (document.directives.yaml.version !== "1.2")
    return [malformed(`the directive %YAML ${document.directives.yaml.version}`)];
  const problems: TextProblem[] = [];
  visit(document, {
    Node(_key, node, path) {
      const objection = path.length > PATH_LIMIT ? TOO_DEEP : objectionTo(node);
      if (objection) problems.push(inLine(node, objection, lines));
      // Of what multiplies, the first says enough.
      return objection === TOO_DEEP || isAlias(node) ? visit.BREAK : undefined;
    },
    Pair(_key, { key }) {
      const objection = objectionToKey(key);
      if (objection && isNode(key)) problems.push(inLine(key, objection, lines));
    },
  });
  return problems;
}

function inLine({ range }: Node, { given, ...rest }: TextProblem, lines: LineCounter): TextProblem {
  return { given: `in line ${lines.linePos(range?.[0] ?? 0).line} ${given}`, ...rest };
}

/** A value in a map is two steps down: the pair, and the value. */
const PATH_LIMIT = 2 * DEPTH_LIMIT;
const TOO_DEEP: TextProblem = {
  given: "a value inside too many others",
  allowed: `at most ${DEPTH_LIMIT} levels`,
  wayOut: "Correct the file.",
};

function objectionTo(node: Node): TextProblem | undefined {
  if (isAlias(node))
    return { given: `the alias *${node.source}`, allowed: "values, each written out", wayOut: "Repeat the value." };
  if (node.tag !== undefined)
    return {
      given: `the tag ${node.tag}`,
      allowed: "values without tags",
      wayOut: "Remove it; text that looks like another type goes in quotes.",
    };
  if (!isScalar(node) || node.type !== "PLAIN" || !isReadDifferently(node.source ?? "")) return undefined;
  return {
    given: `${node.source ?? ""} without quotes`,
    allowed: "numbers in decimal digits; dates and all else in quotes",
    wayOut: "Add quotes, or write the number that is meant: Pulumi takes this one for another value.",
  };
}

/** What Pulumi's parser takes for a number once underscores are out of it, such as 0x1F, 0443 (octal), 1_000, 1e999. */
const PULUMIS_NUMBER = /^([-+]?(0x[\da-f]+|0o[0-7]+|0b[01]+|(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?|\.inf)|\.nan)$/i;
/** And for a time. */
const PULUMIS_TIME = /^\d{4}-\d\d?-\d\d?([Tt ].*)?$/;
/** What every parser takes for the same number. */
const DECIMAL = /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/;

const isReadDifferently = (text: string): boolean =>
  !DECIMAL.test(text) && (PULUMIS_NUMBER.test(text.replaceAll("_", "")) || PULUMIS_TIME.test(text));

function objectionToKey(key: unknown): TextProblem | undefined {
  if (!isScalar(key) || typeof key.value !== "string")
    return { given: "a key that is no text", allowed: "keys that are text", wayOut: "Put it in quotes, or remove it." };
  // Schemas drop this one silently.
  return key.value === "__proto__"
    ? { given: "the key __proto__, which nobody reads", allowed: "keys of the schema", wayOut: "Remove it." }
    : undefined;
}
