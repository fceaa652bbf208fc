import { PRICES_READ } from "../model/prices.ts";
import { describeCost } from "./consequences.ts";
import type { StackReport } from "./environment-run.ts";
import type { Printer } from "./print.ts";

/** What an environment costs, over all stacks that were previewed. */
export function printTotal(reports: readonly StackReport[], printer: Printer): void {
  const costs = reports.flatMap(({ consequences }) => consequences?.cost ?? []);
  if (costs.length === 0) return;
  const sum = (of: (cost: (typeof costs)[number]) => number): number =>
    costs.reduce((total, one) => total + of(one), 0);
  const total = {
    monthly: sum(({ monthly }) => monthly),
    difference: sum(({ difference }) => difference),
    unpriced: costs.flatMap(({ unpriced }) => unpriced),
  };
  printer.line();
  printer.line(
    `${describeCost(total)}, before any use: traffic, requests, logs and Auto Mode's nodes come on top. On-demand prices of ${PRICES_READ}.`,
  );
}
