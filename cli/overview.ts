import { catalog } from "../stacks/catalog.ts";
import { environments } from "../stacks/environment.ts";
import { programOrder } from "./plan.ts";
import { type Printer, table } from "./print.ts";

const SIDES = { corpai: "CorpAI", customer: "customer", either: "either" } as const;

/** The programs, in the order in which they are brought up, and the environments. */
export function printOverview(printer: Printer): void {
  const rows = programOrder.map((program, index) => [
    String(index + 1),
    program,
    SIDES[catalog[program].side],
    catalog[program].purpose,
  ]);
  printer.line("Private connections between CorpAI and its customers on AWS.");
  printer.line();
  for (const line of table([["", "PROGRAM", "SIDE", "BUILDS"], ...rows], (text) => printer.paint("bold", text)))
    printer.line(`  ${line}`);
  printer.line();
  printer.line(
    `Environments: ${Object.entries(environments())
      .map(([name, { class: kind }]) => `${name} (class ${kind})`)
      .join(", ")}`,
  );
  printer.answer({
    programs: programOrder.map((program) => ({
      program,
      side: catalog[program].side,
      purpose: catalog[program].purpose,
    })),
    environments: Object.entries(environments()).map(([environment, { class: kind }]) => ({
      environment,
      class: kind,
    })),
  });
}
