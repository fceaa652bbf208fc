import { existsSync, readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { Problem } from "../model/problem.ts";
import { type RawConfiguration, SECURE } from "./configuration.ts";

/** A YAML file's value, or what is wrong with its text. Keys that occur twice are wrong; aliases cannot blow it up. */
export function readYaml(file: string): { readonly value: unknown; readonly problems: readonly string[] } {
  if (!existsSync(file)) return { value: undefined, problems: [`${file} does not exist`] };
  const document = parseDocument(readFileSync(file, "utf8"), { uniqueKeys: true });
  const problems = document.errors.map(({ message }) => message.split("\n")[0] ?? message);
  if (problems.length > 0) return { value: undefined, problems };
  try {
    return { value: document.toJS({ maxAliasCount: 10 }), problems };
  } catch (error) {
    return { value: undefined, problems: [(error as Error).message] };
  }
}

/** Fields of a stack file that are Pulumi's own. */
const PULUMIS_OWN = ["encryptionsalt", "encryptedkey", "secretsprovider", "environment"];
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });

/** The configuration of a stack's file, secure values as {@link SECURE}. */
export function readStackFile(file: string): { readonly raw: RawConfiguration; readonly problems: readonly Problem[] } {
  const { value, problems } = readYaml(file);
  if (problems.length > 0)
    return {
      raw: {},
      problems: problems.map((problem) => ({
        property: "the file",
        given: problem,
        allowed: "valid YAML, each key once",
        wayOut: "Correct the file.",
      })),
    };
  const parsed = stackFile.safeParse(value ?? {});
  if (!parsed.success)
    return {
      raw: {},
      problems: [
        {
          property: "config",
          given: "something else",
          allowed: "a map of namespace:key to value",
          wayOut: "Correct the file.",
        },
      ],
    };
  const unread = Object.keys(parsed.data).filter((key) => key !== "config" && !PULUMIS_OWN.includes(key));
  return {
    raw: Object.fromEntries(Object.entries(parsed.data.config).map(([key, inner]) => [key, withoutCiphertext(inner)])),
    problems: unread.map((key) => ({
      property: key === "" ? '""' : key,
      given: "a key that nobody reads",
      allowed: `config, and Pulumi's own ${PULUMIS_OWN.join(", ")}`,
      wayOut: "Move it under config, or remove it.",
    })),
  };
}

function withoutCiphertext(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCiphertext);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value && Object.keys(value).length === 1) return SECURE;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutCiphertext(inner)]));
}
