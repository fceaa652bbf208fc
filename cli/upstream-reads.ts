import type { ResourceState } from "./engine-events.ts";

/** What a preview knew of a stack that it reads. */
export interface UpstreamRead {
  readonly stack: string;
  /** `deployed`: its values as they are now; `unknown`: it has never been brought up, and whatever follows from it is not known yet. */
  readonly values: "deployed" | "unknown";
}

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** The stacks that a stack's run has read, without itself. */
export function upstreamReads(stack: string, resources: readonly ResourceState[]): UpstreamRead[] {
  return resources
    .filter(({ type }) => type === STACK_REFERENCE)
    .map(({ inputs: { name }, outputs: { outputs } }): UpstreamRead => {
      const known = typeof outputs === "object" && outputs !== null && Object.keys(outputs).length > 0;
      return { stack: lastPart(name), values: known ? "deployed" : "unknown" };
    })
    .filter((read) => read.stack !== stack)
    .toSorted((a, b) => a.stack.localeCompare(b.stack));
}

/** Of `<organization>/<project>/<stack>`. */
const lastPart = (name: unknown): string => String(name).split("/").at(-1) ?? "";
