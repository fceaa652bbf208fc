/** Writes the generated parts of `docs/policies.md`: node policy/document.ts */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documented } from "./frame/documentation.ts";
import { RULES } from "./rules.ts";

const PAGE = join(import.meta.dirname, "../docs/policies.md");

writeFileSync(PAGE, documented(readFileSync(PAGE, "utf8"), RULES));
