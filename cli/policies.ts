import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./place.ts";

/** What judges the stacks of an environment. */
export interface Policies {
  /** Folder of the pack. */
  readonly pack: string;
  /** File that says how strict its rules are, and what is exempted from them. */
  readonly config: string;
}

/** The pack, with an environment's own configuration of it; all rules are mandatory where there is none. */
export function policiesOf(environment: string): Policies {
  const pack = join(ROOT, "policy");
  const own = join(ROOT, "environments", `policies.${environment}.json`);
  return { pack, config: existsSync(own) ? own : join(pack, "sets/strict.json") };
}
