import type { ChainStep, Order, Timeline } from "../sandbox/client.ts";
import { duration } from "./duration.ts";
import { type Planned, comesAfter } from "./plan.ts";
import { type Printer, indented, table } from "./print.ts";

/** Each stack with those that have to be done before it begins, for the sandbox's clock. */
export function orderOf(stacks: readonly Planned[], operation: "up" | "destroy"): Order {
  const waits = (stack: Planned, other: Planned): boolean =>
    operation === "up" ? comesAfter(other, stack) : comesAfter(stack, other);
  return Object.fromEntries(
    stacks.map((stack) => [stack.name, stacks.filter((other) => waits(stack, other)).map(({ name }) => name)]),
  );
}

/** How long AWS would have taken, the chain of resources that decided it, and what the order of programs cost; nothing where nothing was done. */
export function printAwsTime({ seconds, chain, fastest, since }: Timeline, printer: Printer): void {
  if (seconds === 0) return;
  const { paint } = printer;
  printer.line();
  printer.line(`AWS would have taken ${paint("bold", duration(seconds))}. What decided it:`);
  for (const line of table(chain.map((step) => row(step, since)))) printer.line(indented(line, "  "));
  if (fastest >= seconds) return;
  const turns = chain.flatMap(({ stack, waitedFor }, index) => {
    const before = chain[index - 1];
    return before && waitedFor === "program" ? [`${stack} waited for all of ${before.stack}`] : [];
  });
  printer.line(
    paint(
      "dim",
      `Another order of programs would have been faster, down to ${duration(fastest)}: ${[...turns, "not only for what it names"].join(", ")}.`,
    ),
  );
}

function row({ operation, stack, type, name, startedAt, readyAt }: ChainStep, since: number): string[] {
  return [
    `${clock(startedAt - since)} – ${clock(readyAt - since)}`,
    stack,
    `${operation} ${type.split(":").at(-1) ?? type} ${name}`,
    duration(readyAt - startedAt),
  ];
}

const clock = (seconds: number): string =>
  [Math.floor(seconds / 60), Math.round(seconds) % 60].map((part) => String(part).padStart(2, "0")).join(":");
