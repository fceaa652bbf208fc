/** Runs a program in this process, without an engine: what it registers is made in a world of the sandbox, by the models' own rules. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { catalog } from "../../../sandbox/catalog.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { ENVIRONMENTS_FOLDER } from "../../../stacks/environment.ts";
import { readStackFile } from "../../../stacks/stack-file.ts";
import type { Actor } from "../../sandbox/support/world.ts";
import { answer } from "./answer.ts";

/** A resource that stands in the world. */
export interface Standing {
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  readonly id: string;
}

export interface Built<T> {
  readonly outputs: T;
  readonly resources: readonly Standing[];
}

export interface Building {
  /** Changes the committed configuration of the stack. */
  readonly change?: (config: Record<string, unknown>) => void;
  /** Outputs of the stacks that it reads. */
  readonly upstream?: Readonly<Record<string, object>>;
}

const REFERENCE = "pulumi:pulumi:StackReference";

/** @param stack one of the demo's, by its committed file */
export async function buildInWorld<T>(
  stack: string,
  program: () => Promise<unknown>,
  as: Actor,
  { change, upstream = {} }: Building = {},
): Promise<Built<T>> {
  const config = structuredClone(readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.${stack}.yaml`)).raw) as Record<
    string,
    unknown
  >;
  change?.(config);
  const resources: Standing[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        if (type === REFERENCE) return { id: name, state: { name, outputs: upstream[name] ?? {} } };
        if (!catalog.resources.has(type)) return { id: name, state: inputs as Record<string, unknown> };
        const { id, ...state } = as.make(type, inputs as Properties, name);
        resources.push({ type, name, id });
        return { id, state };
      },
      call: ({ token, inputs }) => answer(as, token, inputs as Properties),
    },
    "corpai",
    stack,
    false,
    "organization",
  );
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  );
  const result: unknown = await program();
  const outputs = await new Promise<T>((resolve) => {
    (pulumi.output(result) as pulumi.Output<unknown>).apply((known) => resolve(known as T));
  });
  await pulumi.runtime.disconnect();
  return { outputs, resources };
}
