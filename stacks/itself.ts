import * as pulumi from "@pulumi/pulumi";
import type { ProgramName, ProgramOutputs } from "./catalog.ts";

/** Outputs of the running stack as its last update left them: what stands of its own. Call once per program. */
export type Last<P extends ProgramName> = <K extends keyof ProgramOutputs[P] & string>(
  name: K,
) => Promise<ProgramOutputs[P][K] | undefined>;

/** @param _program the running stack's program: it says what the outputs are */
export function lastOutputs<P extends ProgramName>(_program: P): Last<P> {
  const itself = new pulumi.StackReference("itself", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  return async <K extends keyof ProgramOutputs[P] & string>(name: K) =>
    (await itself.getOutputDetails(name)).value as ProgramOutputs[P][K] | undefined;
}

/** One of them. Undefined where the stack was never brought up, or failed on the way. */
export const lastOutput = <P extends ProgramName, K extends keyof ProgramOutputs[P] & string>(
  program: P,
  name: K,
): Promise<ProgramOutputs[P][K] | undefined> => lastOutputs(program)(name);
