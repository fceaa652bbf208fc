import type { ServerRecord } from "./home.ts";

const TIMEOUT_MS = 5000;

/** What answers on a control port: a complete record once it serves, its root alone before that; undefined if nothing of ours does. */
export async function askHealth(port: number): Promise<Partial<ServerRecord> | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const answer: unknown = await response.json();
    return typeof answer === "object" && answer !== null && "root" in answer
      ? (answer as Partial<ServerRecord>)
      : undefined;
  } catch {
    return undefined;
  }
}
