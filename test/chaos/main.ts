// npm run chaos -- --runs 20 --seed 1 [--only connections]: prints a table, and ends with an error at the first run that lost or left anything.
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { type Run, campaign } from "./campaign.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "20" }, seed: { type: "string" }, only: { type: "string" } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1, not ${values.runs}`);
const seed = values.seed ?? randomBytes(4).toString("hex");

const row = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(" | ")} |`);
console.log(`Seed ${seed}, ${runs} runs over ${values.only ?? "all"} of environment demo.\n`);
row(["run", "operation", "blow", "after changes", "hit", "left to the next command", "next", "its seconds"]);
row(Array.from({ length: 8 }, () => "---"));
const tell = ({ run, operation, blow, after, hit, left, next, seconds }: Run): void =>
  row([run, operation, blow, after, hit, left, next, seconds.toFixed(1)]);

try {
  await campaign({ runs, seed, only: values.only?.split(",") ?? [], tell });
  console.log(
    `\nAfter each run everything was as if it had never been disturbed: nothing lost, made twice or left behind.`,
  );
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
