import { environments } from "../stacks/environment.ts";
import type { Affected } from "./affected.ts";
import { affectedSince } from "./affected-view.ts";
import { ProblemsFound, inEnvironment, runEnvironment, unsoundReports } from "./command.ts";
import { type StackReport, WAYS_IN } from "./environment-run.ts";
import type { Place } from "./place.ts";
import type { Printer } from "./print.ts";

/** What the stacks of one environment that a change touches would become. */
export interface EnvironmentPreview {
  readonly environment: string;
  /** Undefined where it did not come to running anything. */
  readonly where: Place["kind"] | undefined;
  readonly stacks: readonly StackReport[];
  /** Why nothing was previewed. */
  readonly error?: string;
}

/** What a change touches, and what it would do there. */
export interface PreviewSince {
  readonly since: string;
  readonly affected: readonly Affected[];
  readonly previews: readonly EnvironmentPreview[];
  /** Whether nothing is wrong with any stack that could be previewed from here. */
  readonly ok: boolean;
}

/**
 * Previews the stacks that a change touches, and no others, environment by environment.
 *
 * @param only one environment; all that are touched if undefined
 */
export async function previewSince(
  reference: string,
  only: string | undefined,
  options: { readonly sandbox?: boolean },
  printer: Printer,
): Promise<PreviewSince> {
  const { since, affected: all } = await affectedSince(reference);
  const affected = all.filter(({ environment }) => only === undefined || environment === only);
  const previews: EnvironmentPreview[] = [];
  for (const environment of Object.keys(environments())) {
    const touched = affected.filter((one) => one.environment === environment && !one.removed);
    const names = touched.map(({ stack }) => stack);
    if (names.length > 0) previews.push(await previewOf(environment, names, options, printer));
  }
  return { since, affected, previews, ok: previews.every(isSound) };
}

async function previewOf(
  environment: string,
  exactly: readonly string[],
  options: { readonly sandbox?: boolean },
  printer: Printer,
): Promise<EnvironmentPreview> {
  let where: Place["kind"] | undefined;
  try {
    return await inEnvironment(environment, options, printer, async (opened) => {
      where = opened.place.kind;
      const { reports } = await runEnvironment("preview", opened, { exactly }, printer);
      return { environment, where, stacks: reports };
    });
  } catch (error) {
    // The others are previewed all the same: whoever reads the comment wants to know of all.
    const stacks = error instanceof ProblemsFound ? unsoundReports(error.environment) : [];
    const why = (error as Error).message;
    printer.line(`${environment}: ${why}`);
    return { environment, where, stacks, error: why };
  }
}

const isSound = ({ error, stacks }: EnvironmentPreview): boolean =>
  error === undefined && stacks.every((report) => report.result === "succeeded" || isElsewhere(report));

/** Whether a stack can only be previewed from inside its VPC. */
export const isElsewhere = ({ result, error }: StackReport): boolean => result === "skipped" && error === WAYS_IN;
