/**
 * What connections cost as they become many: updates by the real engine against the sandbox, from nothing, of so many connections in one stack, and of more
 * over stacks in cells. Each size starts from the same world; what is compared is time and memory for each connection.
 *
 *     node bench/scale.ts [--single 10,50,200] [--total 1000] [--per-stack 200] [--checkpoints] [--write]
 *
 * `--checkpoints` has the engine save its state after each resource; without it, once at the end (PULUMI_SKIP_CHECKPOINTS). `--write` puts the table into
 * docs/scale.md. Exits with 1 where the largest costs more for each connection than the bound.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaced } from "../policy/frame/documentation.ts";
import { type Part, ScaleEnvironment, partsOf } from "./scale-environment.ts";

const PAGE = join(import.meta.dirname, "../docs/scale.md");

/** Most that the largest may take for each connection, as a multiple of what a stack of `BASE` takes. */
const BOUND = 1.3;
const BASE = 50;

export interface Row {
  readonly connections: number;
  readonly stacks: number;
  readonly seconds: number;
  /** Of the engine and the program, in the largest of the stacks. */
  readonly peakBytes: number;
}

/** One size, from nothing. */
export async function measured(
  environment: ScaleEnvironment,
  parts: readonly Part[],
  checkpoints: boolean,
): Promise<Row> {
  await environment.begin(parts);
  const runs = [];
  for (const { stack } of parts) runs.push(await environment.up(stack, checkpoints));
  const connections = parts.reduce((sum, { count }) => sum + count, 0);
  const standing = Object.values(await environment.standing()).reduce((sum, count) => sum + count, 0);
  if (standing !== connections) throw new Error(`${standing} endpoints stand in cells, and not ${connections}`);
  return {
    connections,
    stacks: parts.length,
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
  };
}

const perConnection = ({ connections, stacks, seconds, peakBytes }: Row) => ({
  milliseconds: (seconds * 1000) / connections,
  // Stacks come one after another: each has the memory that its own connections take.
  bytes: peakBytes / (connections / stacks),
});

function table(rows: readonly Row[], base: Row, checkpoints: boolean): string {
  const zero = perConnection(base);
  const lines = rows.map((row) => {
    const { milliseconds, bytes } = perConnection(row);
    return `| ${[
      row.connections,
      row.stacks,
      row.seconds.toFixed(1),
      milliseconds.toFixed(0),
      (milliseconds / zero.milliseconds).toFixed(2),
      (row.peakBytes / 2 ** 20).toFixed(0),
      (bytes / 2 ** 20).toFixed(2),
      (bytes / zero.bytes).toFixed(2),
    ].join(" | ")} |`;
  });
  return [
    "| connections | stacks | seconds | ms each | of base | peak of engine and program, MiB | MiB each | of base |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, Node.js ${process.versions.node}; base: ${base.connections} in one stack; bound: ${BOUND.toFixed(2)}; ${checkpoints ? "state saved after each resource" : "state saved at the end of each update (`PULUMI_SKIP_CHECKPOINTS`)"}.`,
  ].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      single: { type: "string", default: "10,50,200" },
      total: { type: "string", default: "1000" },
      "per-stack": { type: "string", default: "200" },
      checkpoints: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const sizes = values.single.split(",").map(Number);
  const plans = [
    ...sizes.map((size) => partsOf(size, size)),
    partsOf(Number(values.total), Number(values["per-stack"])),
  ];
  const environment = new ScaleEnvironment();
  const rows: Row[] = [];
  try {
    await environment.setUp();
    for (const parts of plans) {
      const row = await measured(environment, parts, values.checkpoints);
      rows.push(row);
      console.error(`${row.connections} connections in ${row.stacks} stacks: ${row.seconds.toFixed(1)} s`);
    }
  } finally {
    await environment.remove();
  }
  const base = rows.find(({ connections, stacks }) => connections === BASE && stacks === 1) ?? rows[0];
  const last = rows.at(-1);
  if (!base || !last) throw new Error("nothing was measured");
  const text = table(rows, base, values.checkpoints);
  console.log(text);
  if (values.write)
    writeFileSync(PAGE, replaced(readFileSync(PAGE, "utf8"), values.checkpoints ? "checkpoints" : "scale", text));
  const [from, to] = [perConnection(base), perConnection(last)];
  const kept = to.milliseconds <= BOUND * from.milliseconds && !(to.bytes > BOUND * from.bytes);
  process.exitCode = kept ? 0 : 1;
}
