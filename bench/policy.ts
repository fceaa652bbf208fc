/**
 * What the policy pack costs: previews of a program under the whole pack and under a pack of one trivial rule, in turns, so that whatever else the
 * machine does falls on both; and how long each pack takes until it serves.
 *
 *     node bench/policy.ts [--sizes 500,2000] [--pairs 5] [--write]
 *
 * `--write` puts the table into docs/policies.md. Exits with 1 where a median is over its bound.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaced } from "../policy/frame/documentation.ts";
import { PACK, PolicyStack } from "../test/policy/support/engine.ts";

const TRIVIAL = join(import.meta.dirname, "trivial-pack");
const PROGRAM = join(import.meta.dirname, "many-resources.ts");
const PAGE = join(import.meta.dirname, "../docs/policies.md");

/** Most that the whole pack may take, as a multiple of what the trivial one takes. */
const BOUNDS = { preview: 1.1, start: 1.2 } as const;

interface Pair {
  readonly whole: number;
  readonly trivial: number;
}

interface Measured {
  readonly what: string;
  readonly bound: number;
  readonly pairs: readonly Pair[];
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** The one that goes first is the other one each time. */
async function inTurns(count: number, measure: (pack: string) => Promise<number>): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const order = turn % 2 === 0 ? [PACK, TRIVIAL] : [TRIVIAL, PACK];
    const times = new Map<string, number>();
    for (const pack of order) times.set(pack, await measure(pack));
    pairs.push({ whole: times.get(PACK) ?? NaN, trivial: times.get(TRIVIAL) ?? NaN });
  }
  return pairs;
}

async function previews(size: number, count: number): Promise<Measured> {
  process.env["RESOURCES"] = String(size);
  const stack = await PolicyStack.create(PROGRAM);
  const preview = (pack: string): Promise<number> =>
    seconds(async () => {
      const { succeeded, events, output } = await stack.run(
        ["preview"],
        pack === PACK ? { all: "mandatory" } : {},
        pack,
      );
      if (!succeeded || events.length > 0) throw new Error(`the program ought to be sound:\n${output.slice(-4000)}`);
    });
  try {
    return { what: `preview of ${size} resources`, bound: BOUNDS.preview, pairs: await inTurns(count, preview) };
  } finally {
    await stack.remove();
  }
}

/** Until the pack says by which port it serves. */
function started(pack: string): Promise<number> {
  return seconds(
    () =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ["pack.mjs"], { cwd: pack, stdio: ["ignore", "pipe", "inherit"] });
        child.once("error", reject);
        child.stdout.once("data", () => {
          child.kill();
          resolve();
        });
      }),
  );
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const ratio = ({ whole, trivial }: Pair): number => whole / trivial;
const ratioOf = ({ pairs }: Measured): number => median(pairs.map(ratio));
const kept = (one: Measured): boolean => ratioOf(one) <= one.bound;

function table(all: readonly Measured[]): string {
  const rows = all.map((one) => {
    const pairs = one.pairs
      .map((pair) => `${pair.whole.toFixed(2)} / ${pair.trivial.toFixed(2)} = ${ratio(pair).toFixed(3)}`)
      .join("; ");
    return `| ${one.what} | ${pairs} | ${ratioOf(one).toFixed(3)} | ${one.bound.toFixed(2)} |`;
  });
  return [
    "| | pairs: whole pack / one trivial rule, in seconds | median | bound |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, Node.js ${process.versions.node}.`,
  ].join("\n");
}

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "500,2000" },
    pairs: { type: "string", default: "5" },
    write: { type: "boolean", default: false },
  },
});
const count = Number(values.pairs);
const measured: Measured[] = [];
for (const size of values.sizes.split(",").map(Number)) measured.push(await previews(size, count));
measured.push({ what: "start of the pack", bound: BOUNDS.start, pairs: await inTurns(2 * count + 1, started) });

console.log(table(measured));
if (values.write) writeFileSync(PAGE, replaced(readFileSync(PAGE, "utf8"), "cost", table(measured)));
process.exitCode = measured.every(kept) ? 0 : 1;
