import * as pulumi from "@pulumi/pulumi";

/**
 * A value of an upstream stack that may not be there yet, for use inside `apply`: unknown in a preview, an error in an update.
 *
 * @param missing what is missing, and the way out
 */
export function required<T>(value: T | undefined, missing: string): T {
  if (value !== undefined) return value;
  if (pulumi.runtime.isDryRun()) return pulumi.unknown as T;
  throw new pulumi.RunError(`${pulumi.getStack()}: ${missing}`);
}

/** The way out where an upstream stack has to come first. */
export function bringUpFirst(stack: string): string {
  return `Bring it up first: pulumi up -s ${stack}, or npx corpai up ${pulumi.getStack().split(".")[1] ?? ""}, which knows the order.`;
}
