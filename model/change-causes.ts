import { type Reached, wayTo } from "./import-graph.ts";
import { changedPlaces, describeChange } from "./lockfile.ts";
import { matchesGlob } from "./path-filters.ts";
import { ProjectView, type StackEntry } from "./project-view.ts";
import { NO_FILES } from "./source-tree.ts";

/** By what way a change comes to a stack. */
export type Through = "code" | "configuration" | "lockfile" | "policy" | "project" | "sandbox" | "upstream";

export interface Because {
  readonly through: Through;
  /** The file, package or stack, and how it matters. */
  readonly what: string;
}

/** What something that has changed means for a stack; undefined where it means nothing. */
export type CauseOf = (stack: StackEntry) => Because | readonly Because[] | undefined;

export interface Views {
  readonly before: ProjectView;
  readonly after: ProjectView;
}

/** What the changed paths mean, each by itself. */
export function causesOf(paths: readonly string[], views: Views): CauseOf[] {
  return paths.flatMap((path) => (isHarmless(path) ? [] : [causeOf(path, views)]));
}

/**
 * Which paths can matter to a stack at all, whatever becomes of them: those that would, had there been no file before. Upstream stacks are left out.
 *
 * @param view of the files as they are
 */
export function mattering(view: ProjectView, stack: StackEntry): (path: string) => boolean {
  const views = { before: new ProjectView(NO_FILES), after: view };
  return (path) => causesOf([path], views).some((cause) => [cause(stack) ?? []].flat().length > 0);
}

/** What neither runs in a stack nor judges one: documents, tests, tools, and `corpai` itself. */
export const HARMLESS: readonly string[] = [
  ...["docs", "test", "bench", "cli", ".ci", ".github", ".vscode"].map((folder) => `${folder}/**`),
  ...["setup.d.mts", "eslint.config.js", ".gitignore", ".gitattributes", ".editorconfig"],
  ...[".prettierrc.json", ".prettierignore", ".mocharc.json", "**/*.md"],
];
export const isHarmless = (path: string): boolean => HARMLESS.some((glob) => matchesGlob(glob, path));

const MODULE = /\.[cm]?[jt]s$/;
const PROGRAM_CODE = /^(stacks|components|model)\//;

function causeOf(path: string, views: Views): CauseOf {
  if (path.startsWith("environments/")) return configurationCause(path, views);
  if (path === "package-lock.json") return lockfileCause(views);
  // Its dependencies are in the lockfile; without that, nothing is installed.
  if (path === "package.json") return packageCause(views);
  if (path.startsWith("policy/")) return policyCause(path, views);
  if (path.startsWith("sandbox/"))
    return ({ environment }) =>
      views.after.inSandbox(environment)
        ? { through: "sandbox", what: `${path}: the environment runs in the sandbox` }
        : undefined;
  if (!PROGRAM_CODE.test(path)) return () => ({ through: "project", what: `${path}: every stack runs by it` });
  return codeCause(path, views);
}

/** A module matters where it ran before or runs now. */
function codeCause(path: string, views: Views): CauseOf {
  const judged = inPack(path, views) ? [{ through: "policy", what: path } as const] : [];
  return ({ program }) => [...judged, ...becauseOfCode(path, program, views)];
}

function becauseOfCode(path: string, program: string, views: Views): Because[] {
  const because = (what: string): Because[] => [{ through: "code", what: `${path}${what}` }];
  const [after, before] = [views.after.ofProgram(program), views.before.ofProgram(program)];
  const where = [after, before].find(({ modules }) => modules.has(path));
  if (where) return because(imported(path, where));
  const [blind] = [...after.computed, ...before.computed];
  if (blind !== undefined) return because(`: what ${blind} imports is not known`);
  return MODULE.test(path) ? [] : because(": who reads it is not known");
}

/** The module of the program's own by which it comes. */
function imported(path: string, reached: Reached): string {
  const way = wayTo(path, reached);
  const importer = way.at(-2);
  return importer === undefined ? "" : `, imported by ${importer}`;
}

function policyCause(path: string, views: Views): CauseOf {
  const reason: Because = { through: "policy", what: path };
  if (path.startsWith("policy/sets/"))
    return ({ environment }) =>
      [views.before, views.after].some((view) => view.policyConfigOf(environment) === path) ? reason : undefined;
  const judges = inPack(path, views) || !MODULE.test(path);
  return () => (judges ? reason : undefined);
}

const inPack = (path: string, { before, after }: Views): boolean =>
  [before, after].some((view) => {
    const { modules, computed } = view.ofPolicies();
    return modules.has(path) || computed.length > 0;
  });

const STACK = /^environments\/Pulumi\.(.+)\.yaml$/;
const POLICIES = /^environments\/policies\.(.+)\.json$/;

function configurationCause(path: string, { before, after }: Views): CauseOf {
  const [stack, environment] = [STACK.exec(path)?.[1], POLICIES.exec(path)?.[1]];
  if (environment !== undefined)
    return (one) => (one.environment === environment ? { through: "policy", what: path } : undefined);
  if (stack !== undefined)
    return ({ name }) => {
      if (name !== stack) return undefined;
      const isHere = after.stacks.some((one) => one.name === stack);
      return { through: "configuration", what: isHere ? path : `${path} is gone` };
    };
  const [was, is] = [before.environments(), after.environments()];
  return (one) =>
    was && is && path === "environments/environments.yaml" && was[one.environment] === is[one.environment]
      ? undefined
      : { through: "configuration", what: path };
}

/** Of packages, those that run in the stack or in the policy pack. */
function lockfileCause({ before, after }: Views): CauseOf {
  const [was, is] = [before.lockfile, after.lockfile];
  if (!was || !is)
    return () => ({ through: "lockfile", what: "package-lock.json: which packages changed is not known" });
  const changed = [...changedPlaces(was, is)].sort();
  const within = (of: (view: ProjectView) => Reached): string[] => {
    const places = new Set([before, after].flatMap((view) => [...view.placesOf(of(view))]));
    return changed.filter((place) => places.has(place)).map((place) => describeChange(place, was, is));
  };
  const judging = within((view) => view.ofPolicies());
  return ({ program }) => [
    ...within((view) => view.ofProgram(program)).map((what): Because => ({ through: "lockfile", what })),
    ...judging.map((what): Because => ({ through: "policy", what })),
  ];
}

/** Fields by which Node.js finds or runs modules; whatever is new among the others counts as one. */
const NO_MATTER_TO_NODE: readonly string[] = [
  "name",
  "version",
  "private",
  "description",
  "bin",
  "scripts",
  "dependencies",
  "devDependencies",
];

function packageCause({ before, after }: Views): CauseOf {
  const [was, is] = [before.packageFields(), after.packageFields()];
  const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (field) => !NO_MATTER_TO_NODE.includes(field) && was[field] !== is[field],
  );
  return () =>
    fields.length === 0 ? undefined : { through: "project", what: `package.json: ${fields.sort().join(", ")}` };
}
