import { createInterface } from "node:readline/promises";
import type { Operation } from "./engine.ts";

/** Asks before real things are changed, as plain Pulumi does. @throws {Error} where there is nobody to ask */
export async function confirm(
  operation: Operation | "revoke",
  { environment, needed }: { readonly environment: string; readonly needed: boolean },
): Promise<boolean> {
  if (!needed) return true;
  if (!process.stdin.isTTY)
    throw new Error(`${operation} of ${environment} changes real things, and there is no terminal to ask: give --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${operation} ${environment} on AWS? Type the environment's name: `);
    return answer.trim() === environment;
  } finally {
    terminal.close();
  }
}
