import { describeOne } from "./differences.ts";
import { type Consequences, describeCost, describeOutage } from "./consequences.ts";
import { duration } from "./duration.ts";
import type { Operation } from "./engine.ts";
import { type Changes, type Finding, changesAnything } from "./engine-events.ts";
import type { Progress, StackReport } from "./environment-run.ts";
import { type Printer, indented } from "./print.ts";

const DOING: Readonly<Record<Operation, string>> = {
  preview: "preview",
  up: "update",
  refresh: "refresh",
  destroy: "destroy",
};

/** How often people are told how long it has taken: on a terminal, and where every line stays. */
const TICK_MS = { live: 1000, plain: 60_000 } as const;

/** One line for each stack once it is done, findings and errors below it; until then, on a terminal, one that counts the time. */
export class LineProgress implements Progress {
  readonly #printer: Printer;
  readonly #now: () => number;
  readonly #width: number;
  /** By stack: what is being done, and since when. */
  readonly #running = new Map<string, { readonly operation: Operation; readonly since: number }>();
  #clock: NodeJS.Timeout | undefined;

  /** @param now in milliseconds */
  constructor(printer: Printer, stacks: readonly string[], now = () => performance.now()) {
    this.#printer = printer;
    this.#now = now;
    this.#width = Math.max(0, ...stacks.map((stack) => stack.length));
  }

  phase(title: string): void {
    this.#printer.line();
    this.#printer.line(this.#printer.paint("bold", title));
  }

  begins(stack: string, operation: Operation): void {
    this.#running.set(stack, { operation, since: this.#now() });
    this.#clock ??= setInterval(() => this.#tick(), TICK_MS[this.#printer.isLive ? "live" : "plain"]).unref();
    this.#show();
  }

  #tick(): void {
    if (this.#printer.isLive) this.#show();
    else for (const line of this.#runningLines()) this.#printer.line(`${line}, still running`);
  }

  #show(): void {
    this.#printer.live(this.#runningLines());
  }

  #runningLines(): string[] {
    return [...this.#running].map(
      ([stack, { operation, since }]) =>
        `  ${stack.padEnd(this.#width)}  ${DOING[operation]}  ${duration((this.#now() - since) / 1000)}`,
    );
  }

  ends(
    { stack, result, changes, findings = [], differences = [], consequences, error }: StackReport,
    operation: Operation,
    seconds: number,
  ): void {
    const { paint } = this.#printer;
    this.#running.delete(stack);
    if (this.#running.size === 0) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
    const name = stack.padEnd(this.#width);
    const verdict = {
      succeeded: paint("green", "ok     "),
      failed: paint("red", "FAILED "),
      skipped: paint("yellow", "skipped"),
    }[result];
    const [because = "", ...more] = (error ?? "it has never been brought up").split("\n");
    const what = result === "skipped" ? because : describeChanges(changes, operation);
    const time = result === "skipped" ? "" : paint("dim", `  ${seconds.toFixed(1)} s`);
    this.#printer.line(`  ${name}  ${DOING[operation]}  ${verdict}  ${what}${time}`);
    if (consequences && result !== "skipped") this.#consequences(consequences);
    for (const finding of findings.filter((one) => !isUndecided(one)))
      this.#printer.line(indented(paint(finding.level === "mandatory" ? "red" : "yellow", describeFinding(finding))));
    for (const line of describeUndecided(findings.filter(isUndecided)))
      this.#printer.line(indented(paint("dim", line)));
    for (const difference of differences) this.#printer.line(indented(paint("yellow", describeOne(difference))));
    if (result === "failed" && error !== undefined) this.#printer.line(indented(error));
    if (result === "skipped" && more.length > 0) this.#printer.line(indented(more.join("\n")));
    this.#show();
  }

  #consequences({ cost, outages }: Consequences): void {
    const { paint } = this.#printer;
    if (cost && (cost.monthly > 0 || cost.difference !== 0 || cost.unpriced.length > 0))
      this.#printer.line(indented(paint("dim", describeCost(cost))));
    for (const outage of outages) this.#printer.line(indented(paint("red", describeOutage(outage))));
  }
}

/** As the policy pack words what a preview cannot decide yet. */
export const isUndecided = ({ level, message }: Finding): boolean =>
  level === "advisory" && message.includes("undecided, checked at update");

/** One line for each rule: in a first preview that is all there is to say of them. `--json` has them in full. */
export function describeUndecided(findings: readonly Finding[]): string[] {
  return [...Map.groupBy(findings, ({ policy }) => policy)].map(
    ([policy, own]) => `[undecided, checked at update] ${policy}: ${own.map(({ resource }) => resource).join(", ")}`,
  );
}

function describeFinding({ policy, level, resource, message }: Finding): string {
  return `[${level}] ${policy}: ${resource}: ${message}`;
}

/** `3 to create, 12 unchanged`, or what was done. */
export function describeChanges(changes: Changes, operation: Operation): string {
  const words =
    operation === "preview"
      ? ["to create", "to update", "to replace", "to delete"]
      : ["created", "updated", "replaced", "deleted"];
  const counts = [changes.create, changes.update, changes.replace, changes.delete];
  const parts = counts.flatMap((count, index) => (count > 0 ? [`${count} ${words[index] ?? ""}`] : []));
  const same = changes.same > 0 ? [`${changes.same} unchanged`] : [];
  return [...(changesAnything(changes) ? parts : ["no change"]), ...same].join(", ");
}
