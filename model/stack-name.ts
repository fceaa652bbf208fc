import { printable } from "./printable.ts";

/** What a stack's name says: `<program>.<environment>` or `<program>.<environment>.<instance>`. */
export interface StackName {
  readonly program: string;
  readonly environment: string;
  /** One customer account or one cell; undefined for programs without instances. */
  readonly instance: string | undefined;
}

/** Longest name of a stack that Pulumi takes, in characters. */
export const NAME_LIMIT = 100;

const PART = /^[a-z][a-z0-9-]*$/;

/** Which names exist: what a stack's name is judged against. */
export interface KnownNames {
  /** Program name to whether its stacks carry an instance. */
  readonly programs: Readonly<Record<string, { readonly instances: boolean }>>;
  readonly environments: readonly string[];
}

export function formatStackName({ program, environment, instance }: StackName): string {
  return instance === undefined ? `${program}.${environment}` : `${program}.${environment}.${instance}`;
}

/**
 * Splits and judges a stack's name.
 *
 * An instance is optional where a program takes instances, and refused elsewhere.
 *
 * @throws {Error} naming what was given, what is known and the way out.
 */
export function parseStackName(name: string, known: KnownNames): StackName {
  const [program = "", environment = "", instance, ...rest] = name.split(".");
  const wrong = (what: string, wayOut: string): Error => new Error(printable(`stack "${name}": ${what}. ${wayOut}`));
  const programs = Object.keys(known.programs).sort().join(", ");
  const shape = "A stack is named <program>.<environment> or <program>.<environment>.<instance>";

  if (name.length > NAME_LIMIT)
    throw wrong(`has ${name.length} characters`, `Pulumi allows ${NAME_LIMIT}: shorten it.`);
  if (rest.length > 0 || environment === "")
    throw wrong("is not a stack of this project", `${shape}, for example network.demo.`);
  const entry = Object.hasOwn(known.programs, program) ? known.programs[program] : undefined;
  if (!entry) throw wrong(`there is no program "${program}"`, `${shape}; the programs are: ${programs}.`);
  if (!known.environments.includes(environment)) {
    throw wrong(
      `there is no environment "${environment}"`,
      `The environments are: ${known.environments.join(", ")}; a new one is added in environments/environments.yaml.`,
    );
  }
  if (instance !== undefined && !entry.instances) {
    throw wrong(`program ${program} has no instances`, `Use ${program}.${environment}.`);
  }
  if (instance !== undefined && !PART.test(instance)) {
    throw wrong(
      `"${instance}" is no instance name`,
      "Use lower-case letters, digits and hyphens, starting with a letter.",
    );
  }
  return { program, environment, instance };
}
