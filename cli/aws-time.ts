import type { ChainStep, Order, Timeline } from "../sandbox/client.ts";
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

/** `1 h 5 min`, `23 min 40 s`, `12 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
  return `${rest} s`;
}

const clock = (seconds: number): string =>
  [Math.floor(seconds / 60), Math.round(seconds) % 60].map((part) => String(part).padStart(2, "0")).join(":");
