import { join, relative } from "node:path";
import { inEnvironment, runEnvironment } from "./command.ts";
import { printTotal } from "./cost-view.ts";
import { type NewEnvironment, fileOf, planEnvironment } from "./environment-plan.ts";
import type { EnvironmentWishes } from "./environment-request.ts";
import { ROOT } from "./place.ts";
import type { Printer } from "./print.ts";
import { writeTogether } from "./written-together.ts";

/** Writes a new environment, and previews it in the sandbox. @returns whether the preview went well */
export async function newEnvironment(name: string, wishes: EnvironmentWishes, printer: Printer): Promise<boolean> {
  const planned = planEnvironment(name, wishes, {
    environments: join(ROOT, "environments"),
    estates: join(ROOT, "sandbox", "estates"),
  });
  writeTogether(planned);
  const files = [...Object.keys(planned.created), ...Object.keys(planned.changed)].map((path) => relative(ROOT, path));
  printer.line("written:");
  for (const file of files) printer.line(`  ${file}`);
  printer.line();
  return inEnvironment(name, { sandbox: true, secretsToCome: true }, printer, async (opened) => {
    const { reports, ok } = await runEnvironment("preview", opened, {}, printer);
    printTotal(reports, printer);
    printer.line();
    if (!ok) printer.line(printer.paint("red", "the preview failed; the files stay: correct them"));
    for (const line of nextSteps(planned)) printer.line(line);
    printer.answer({ environment: name, files, todo: planned.stacks, stacks: reports });
    return ok;
  });
}

/** What the copy cannot know: secrets, and what else stands in the new accounts. */
function nextSteps({ name, from, stacks }: NewEnvironment): string[] {
  const keeping = stacks.filter(({ secrets }) => secrets.length > 0);
  const naming = stacks.filter(({ ids }) => ids.length > 0);
  return [
    ...(keeping.length > 0
      ? [`secrets are not copied; set them, logged in to the backend that holds the state of ${name}:`]
      : []),
    ...keeping.flatMap(({ stack, secrets, secretsProvider }) => [
      `  pulumi stack init ${stack} --no-select${secretsProvider === undefined ? "" : ` --secrets-provider '${secretsProvider}'`}`,
      ...secrets.map((key) => `  pulumi config set --secret -s ${stack} ${key}`),
    ]),
    ...(naming.length > 0 ? [`ids that are still those of ${from}; replace them before anything runs on AWS:`] : []),
    ...naming.map(({ stack, ids }) => `  environments/${fileOf(stack)}: ${ids.join(", ")}`),
    `then: npx corpai check ${name}; npx corpai preview ${name}`,
  ];
}
