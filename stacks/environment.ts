import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { betweenEnvironments } from "../model/between-environments.ts";
import { checkEnvironment } from "../model/environment-check.ts";
import { ENVIRONMENT_CLASSES, type EnvironmentClass } from "../model/environment-class.ts";
import type { EnvironmentFacts } from "../model/environment-facts.ts";
import { BRANCH } from "../model/git-names.ts";
import { type Problem, type StackProblem, describeProblems } from "../model/problem.ts";
import { type Quota, QUOTAS, QUOTA_NAMES, type QuotaName, type StatedQuotas, isAdjustable } from "../model/quotas.ts";
import { formatStackName, parseStackName } from "../model/stack-name.ts";
import { type ProgramName, type ProgramStack, catalog, programNames } from "./catalog.ts";
import {
  type RawConfiguration,
  SECURE,
  type StackConfiguration,
  judgeConfiguration,
  withNamedSecrets,
} from "./configuration.ts";
import { factsOf } from "./facts.ts";
import { must, problemsOf } from "./schema.ts";
import { WHOLE_FILE, readStackFile } from "./stack-file.ts";
import { readYaml } from "./yaml-file.ts";

export { type StackConfiguration, withNamedSecrets } from "./configuration.ts";
export {
  type Config as CustomerServicesConfig,
  type ForwardedServiceConfig,
  type OwnServiceConfig,
  admittedTo,
  guestsOf,
  hostKeyOf,
  ownServices,
  standingServices,
} from "./customer-services/config.ts";
export { protects } from "./customer-protection.ts";
export { listedSubnets, subnetsOf } from "./customer-subnets.ts";

export const ENVIRONMENTS_FOLDER = join(import.meta.dirname, "..", "environments");

export const ENVIRONMENT_NAME = {
  form: /^[a-z][a-z0-9-]*$/,
  inWords: "lower-case letters, digits and hyphens, starting with a letter",
} as const;

const raised = (name: QuotaName): z.ZodType<number | undefined> => {
  const { default: least, most = Infinity } = QUOTAS[name] as Quota;
  const inWords = must(
    `a whole number from ${least}, AWS's default, ${Number.isFinite(most) ? `to ${most}, the most that it raises it to` : "upwards"}`,
    "State what AWS has granted.",
  );
  return z.int(inWords).min(least, inWords).max(most, inWords).optional();
};

/** What AWS has raised, by account; all else is as in model/quotas.ts. */
const raisedQuotas = z.record(
  z.string().regex(/^\d{12}$/, must("a twelve-digit account in quotes", "Correct it.")),
  z.strictObject(Object.fromEntries(QUOTA_NAMES.filter(isAdjustable).map((name) => [name, raised(name)]))),
);

const environmentsSchema = z.record(
  z.string().regex(ENVIRONMENT_NAME.form, must(ENVIRONMENT_NAME.inWords, "Rename it.")),
  z.strictObject({
    class: z.enum(ENVIRONMENT_CLASSES),
    /** From which it is delivered. */
    branch: z.string().regex(BRANCH.form, must(BRANCH.inWords, "Correct it.")).optional(),
    /** Programs that commands leave alone until somebody has named them with --only, and what needs them. */
    onDemand: z.array(z.enum(programNames)).readonly().optional(),
    quotas: raisedQuotas.optional(),
  }),
);

/** What environments.yaml says of one environment. */
export type EnvironmentEntry = z.infer<typeof environmentsSchema>[string];

/** One environment: its class, its stacks, and all that is wrong with their files. */
export interface Environment {
  readonly name: string;
  readonly class: EnvironmentClass;
  /** From which it is delivered; undefined where nothing says so. */
  readonly branch: string | undefined;
  /** Programs that commands leave alone until somebody has named them. */
  readonly onDemand: readonly ProgramName[];
  /** Sound on their own, in the catalog's order. */
  readonly stacks: readonly StackConfiguration[];
  readonly facts: EnvironmentFacts;
  readonly problems: readonly StackProblem[];
}

/** Names of all environments, with their classes. @throws {Error} where environments.yaml is malformed. */
export function environments(folder = ENVIRONMENTS_FOLDER): Readonly<Record<string, EnvironmentEntry>> {
  const file = join(folder, "environments.yaml");
  const { value, problems } = readYaml(file);
  const parsed = environmentsSchema.safeParse(value ?? {});
  if (problems.length > 0 || !parsed.success) {
    const wrong = parsed.success
      ? problems.map((problem) => ({ property: WHOLE_FILE, ...problem }))
      : problemsOf("", value, parsed.error);
    throw new Error(describeProblems(wrong.map((problem) => ({ stack: file, ...problem }))));
  }
  return parsed.data;
}

/** A stack's name, judged against the catalog and environments.yaml. @throws {Error} with the way out. */
export function stackNamed(name: string, folder = ENVIRONMENTS_FOLDER): ProgramStack {
  return parseStackName(name, { programs: catalog, environments: Object.keys(environments(folder)) }) as ProgramStack;
}

/** All stacks of an environment, in the catalog's order: a program is in it if and only if a file of it exists. */
export function stacksOf(environment: string, folder = ENVIRONMENTS_FOLDER): ProgramStack[] {
  return stackFilesOf(environment, folder).stacks;
}

/** A stack's name in the name of a file that looks like the stack's. Pulumi reads none but those that end in `.yaml`. */
const STACK_FILE = /^Pulumi\.(.+)\.(yaml|yml|json)$/s;

/** Files that look like those of stacks, by their names, which may be no stacks of this project. */
export function stackFiles(folder = ENVIRONMENTS_FOLDER): { readonly file: string; readonly name: string }[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const name = STACK_FILE.exec(file)?.[1];
      return name === undefined ? [] : [{ file, name }];
    });
}

/** The stack of a file. @throws {Error} where the file is none that anybody reads */
export function stackOfFile(
  { file, name }: { readonly file: string; readonly name: string },
  folder?: string,
): ProgramStack {
  const stack = stackNamed(name, folder);
  if (file.endsWith(".yaml")) return stack;
  throw new Error(`Pulumi reads Pulumi.${name}.yaml, and nothing that ends otherwise.`);
}

/** Files of an environment whose names are stacks of this project, and what is wrong with those whose names are not. */
function stackFilesOf(
  environment: string,
  folder: string,
): { readonly stacks: ProgramStack[]; readonly problems: readonly StackProblem[] } {
  const stacks: ProgramStack[] = [];
  const problems: StackProblem[] = [];
  for (const { file, name } of stackFiles(folder)) {
    if (name.split(".")[1] !== environment) continue;
    try {
      stacks.push(stackOfFile({ file, name }, folder));
    } catch (error) {
      problems.push({
        stack: name,
        property: `environments/${file}`,
        given: "a file that nobody reads",
        allowed: "files of this project's stacks",
        wayOut: `${(error as Error).message} Rename the file, or remove it.`,
      });
    }
  }
  const position = ({ program }: ProgramStack): number => programNames.indexOf(program);
  const inOrder = (a: ProgramStack, b: ProgramStack): number =>
    position(a) - position(b) || (a.instance ?? "").localeCompare(b.instance ?? "");
  return { stacks: stacks.sort(inOrder), problems };
}

/** The raw configuration of one stack, and what is wrong with its file. */
export interface StackSource {
  readonly stack: ProgramStack;
  readonly raw: RawConfiguration;
  readonly problems: readonly Problem[];
}

/** What the configurations of an environment are judged by, besides each other. */
export interface Circumstances {
  /** ISO date. */
  readonly today: string;
  readonly class: EnvironmentClass;
  /** What AWS has raised; nothing by default. */
  readonly quotas?: StatedQuotas;
  /** From which the environment is delivered. */
  readonly branch?: string | undefined;
}

/** Judges all configurations of an environment, each by itself and all together. Pure. */
export function judgeEnvironment(
  sources: readonly StackSource[],
  circumstances: Circumstances,
): Pick<Environment, "stacks" | "facts" | "problems"> {
  const judged = sources.map(({ stack, raw, problems }) => {
    // Of a file that cannot be read, nothing else can be said.
    const result = problems.length > 0 ? { configuration: undefined, problems } : judgeConfiguration(stack, raw);
    return { stack: formatStackName(stack), program: stack.program, ...result };
  });
  const stacks = judged.flatMap(({ configuration }) => configuration ?? []);
  const problems = judged.flatMap(({ stack, problems: own }) => own.map((problem) => ({ stack, ...problem })));
  const unsound = judged.filter(({ configuration }) => configuration === undefined);
  const facts = factsOf(stacks, { unsound, quotas: {}, ...circumstances });
  return { stacks, facts, problems: [...problems, ...checkEnvironment(facts)] };
}

/** How an environment's files are read. */
export interface Reading {
  readonly folder?: string;
  /** ISO date. */
  readonly today?: string;
  /** Whether secrets that the files name but do not hold are taken for set: they may yet be, or are elsewhere. */
  readonly secretsToCome?: boolean;
}

/** Reads all files of an environment, and judges them. @throws {Error} where there is no such environment */
export function loadEnvironment(
  name: string,
  { folder = ENVIRONMENTS_FOLDER, today = new Date().toISOString().slice(0, 10), secretsToCome = false }: Reading = {},
): Environment {
  const known = environments(folder);
  const entry = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!entry) {
    throw new Error(
      `there is no environment "${name}". The environments are: ${Object.keys(known).join(", ")}; a new one is added in environments/environments.yaml.`,
    );
  }
  const files = stackFilesOf(name, folder);
  const sources = files.stacks.map((stack) => {
    const { raw, problems } = readStackFile(join(folder, `Pulumi.${formatStackName(stack)}.yaml`));
    return { stack, raw: secretsToCome ? withNamedSecrets(raw, () => SECURE) : raw, problems };
  });
  const judged = judgeEnvironment(sources, {
    today,
    class: entry.class,
    quotas: entry.quotas ?? {},
    branch: entry.branch,
  });
  return {
    name,
    class: entry.class,
    branch: entry.branch,
    onDemand: entry.onDemand ?? [],
    ...judged,
    problems: [...files.problems, ...judged.problems],
  };
}

/** The same, judged beside all other environments as well. */
export function loadAmongOthers(name: string, reading: Reading = {}): Environment {
  const own = loadEnvironment(name, reading);
  const others = Object.keys(environments(reading.folder)).filter((other) => other !== name);
  const between = others.flatMap((other) =>
    betweenEnvironments(own.facts, loadEnvironment(other, { ...reading, secretsToCome: true }).facts),
  );
  return { ...own, problems: [...own.problems, ...between] };
}
