import * as pulumi from "@pulumi/pulumi";
import { stackNamed } from "./environment.ts";

/** Runs the program that the stack's name picks. */
export default async (): Promise<unknown> => {
  let program: string;
  try {
    program = stackNamed(pulumi.getStack()).program;
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
  const { default: run } = (await import(`./${program}/index.ts`)) as { default: () => Promise<unknown> };
  return run();
};
