/** Runs a program in this process and has the sandbox make what it registers: its rules without an engine, so no diffs, no replacements. */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { catalog } from "../../../sandbox/catalog.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { ENVIRONMENTS_FOLDER } from "../../../stacks/environment.ts";
import { readStackFile } from "../../../stacks/stack-file.ts";
import type { Actor, Outputs } from "../../sandbox/support/world.ts";

/** What a program has made. */
export interface Deployed {
  /** By type and name. */
  readonly made: (type: string, name: string) => Outputs;
  readonly outputs: Properties;
}

export interface Deployment {
  readonly as: Actor;
  readonly program: () => Promise<unknown>;
  /** Changes the committed configuration of the stack. */
  readonly change?: (config: Record<string, unknown>) => void;
  /** Last outputs of the stacks that it reads. */
  readonly upstream?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** @param stack one of the demo's @throws what AWS, or the program, refuses */
export async function deploy(stack: string, { as, program, change, upstream = {} }: Deployment): Promise<Deployed> {
  const config = structuredClone(readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.${stack}.yaml`)).raw) as Record<
    string,
    unknown
  >;
  change?.(config);
  const made = new Map<string, Outputs>();
  const refusals: Error[] = [];
  await pulumi.runtime.setMocks(mocks(as, upstream, made, refusals), "corpai", stack, false, "organization");
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  );
  const outputs = await plain(await program());
  await settled(made);
  const [refusal] = refusals;
  if (refusal) throw refusal;
  return {
    outputs: outputs as Properties,
    made: (type, name) => {
      const one = made.get(`${type} ${name}`);
      if (!one) throw new Error(`no ${type} ${name} was made, only ${[...made.keys()].join(", ")}`);
      return one;
    },
  };
}

function mocks(
  as: Actor,
  upstream: NonNullable<Deployment["upstream"]>,
  made: Map<string, Outputs>,
  refusals: Error[],
): pulumi.runtime.Mocks {
  return {
    newResource({ type, name, id: standing, inputs: given, custom }) {
      const inputs = given as Properties;
      if (type === "pulumi:pulumi:StackReference") {
        const read = upstream[words(inputs.name).split("/").at(-1) ?? ""] ?? {};
        return { id: name, state: { ...inputs, outputs: read, secretOutputNames: [] } };
      }
      // A read of what stands gives no arguments; nothing is taken over without an engine.
      if (standing && Object.keys(inputs).length === 0) return { id: standing, state: as.read(type, standing) };
      if (custom === false || !catalog.resources.has(type)) return { id: `${name}-id`, state: inputs };
      try {
        const { id, ...state } = as.make(type, inputs, name);
        made.set(`${type} ${name}`, { id, ...state });
        return { id, state: { ...state, id } };
      } catch (error) {
        refusals.push(error as Error);
        return { id: "refused", state: inputs };
      }
    },
    call({ token, inputs }) {
      try {
        return as.look(token, inputs as Properties);
      } catch (error) {
        const { message } = error as Error;
        throw Object.assign(new Error(message), { details: message });
      }
    },
  };
}

/** What outputs do not name comes a little later. */
async function settled(made: ReadonlyMap<string, Outputs>): Promise<void> {
  for (let quiet = 0, seen = -1; quiet < 5; quiet += 1) {
    if (made.size !== seen) quiet = 0;
    seen = made.size;
    await wait(10);
  }
}

const words = (value: unknown): string => (typeof value === "string" ? value : "");

const plain = (value: unknown): Promise<unknown> =>
  new Promise((resolve) => {
    (pulumi.output(value) as pulumi.Output<unknown>).apply(resolve);
  });
