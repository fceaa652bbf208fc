import { z } from "zod";
import type { Problem } from "../model/problem.ts";
import { type RawConfiguration, SECURE } from "./configuration.ts";
import { type YamlText, readYaml } from "./yaml-file.ts";

/** The property of a problem with a file's text: nothing else can be said of such a file. */
export const WHOLE_FILE = "the file";

/** Fields of a stack file that are Pulumi's own. */
const PULUMIS_OWN = ["encryptionsalt", "encryptedkey", "secretsprovider", "environment"];
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });

/** What a stack's file holds. */
export interface StackFile {
  /** Secure values are {@link SECURE}. */
  readonly raw: RawConfiguration;
  readonly problems: readonly Problem[];
}

export const readStackFile = (file: string): StackFile => stackFileOf(readYaml(file));

/** A stack's file, from its text. */
export function stackFileOf({ value, problems }: YamlText): StackFile {
  if (problems.length > 0)
    return { raw: {}, problems: problems.map((problem) => ({ property: WHOLE_FILE, ...problem })) };
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
