import * as pulumi from "@pulumi/pulumi";
import type { ProgramName, ProgramOutputs } from "./catalog.ts";

/**
 * An output of the running stack as its last update left it: what stands of its own. Undefined where it was never brought up, or failed on the way.
 *
 * @param _program the running stack's program: it says what the outputs are
 */
export async function lastOutput<P extends ProgramName, K extends keyof ProgramOutputs[P] & string>(
  _program: P,
  name: K,
): Promise<ProgramOutputs[P][K] | undefined> {
  const itself = new pulumi.StackReference("itself", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  return (await itself.getOutputDetails(name)).value as ProgramOutputs[P][K] | undefined;
}
