import type { Problem } from "../model/problem.ts";
import { formatStackName } from "../model/stack-name.ts";
import type { ProgramName, ProgramStack } from "./catalog.ts";
import { type ConfigOf, schemas } from "./program-configs.ts";
import { type ProviderSettings, providerSettings } from "./provider-settings.ts";
import { problemsOf } from "./schema.ts";

/** What a stack's configuration says, read and judged on its own. */
export interface StackConfiguration<P extends ProgramName = ProgramName> {
  readonly stack: ProgramStack<P>;
  readonly name: string;
  readonly aws: ProviderSettings;
  readonly config: ConfigOf<P>;
  /** Names of the secrets that the file holds; never their values. */
  readonly secrets: readonly string[];
}

/** The raw configuration of one stack: by `namespace:key`. Secure values are {@link SECURE}. */
export type RawConfiguration = Readonly<Record<string, unknown>>;

/** Stands for a value that only Pulumi may decrypt. */
export const SECURE = Symbol("secure");

/** The configuration of one stack through its program's schema: all problems at once, or a typed value. */
export function judgeConfiguration<P extends ProgramName>(
  stack: ProgramStack<P>,
  raw: RawConfiguration,
): { readonly configuration: StackConfiguration<P> | undefined; readonly problems: readonly Problem[] } {
  const own = namespace(raw, "corpai");
  const foreign = Object.keys(raw).filter((key) => !/^(corpai|aws):/.test(key));
  const secrets = Object.keys(own).filter((key) => key.endsWith("Secret"));
  const values = Object.fromEntries(Object.entries(own).filter(([key]) => !secrets.includes(key)));

  const aws = providerSettings.safeParse(namespace(raw, "aws"));
  const config = schemas[stack.program].safeParse(values);
  const problems: Problem[] = [
    ...foreign.map((key) => ({
      property: key === "" ? '""' : key,
      given: "a key that nobody reads",
      allowed: "keys under corpai: and aws:",
      wayOut: "Remove it.",
    })),
    ...(aws.success ? [] : problemsOf("aws", namespace(raw, "aws"), aws.error)),
    ...(config.success ? [] : problemsOf("corpai", values, config.error)),
    ...misplacedSecrets(raw, secrets),
    ...(config.success ? secretProblems(config.data, secrets) : []),
  ];
  if (!aws.success || !config.success || problems.length > 0) return { configuration: undefined, problems };
  return {
    configuration: { stack, name: formatStackName(stack), aws: aws.data, config: config.data as ConfigOf<P>, secrets },
    problems,
  };
}

function namespace(raw: RawConfiguration, name: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(raw).flatMap(([key, value]) =>
      key.startsWith(`${name}:`) ? [[key.slice(name.length + 1), value]] : [],
    ),
  );
}

function misplacedSecrets(raw: RawConfiguration, secrets: readonly string[]): Problem[] {
  return Object.entries(raw).flatMap(([key, value]) => {
    const isSecret = key.startsWith("corpai:") && secrets.includes(key.slice("corpai:".length));
    if (isSecret && value !== SECURE) {
      return [
        {
          property: key,
          given: "a value in clear",
          allowed: "secure values only, since its name ends in Secret",
          wayOut: `Set it with: pulumi config set --secret ${key}.`,
        },
      ];
    }
    if (!isSecret && holdsSecure(value)) {
      return [
        {
          property: key,
          given: "a secure value inside",
          allowed: "secrets as top-level keys that end in Secret, named by { secret: <key> }",
          wayOut: "Move it: inside an object Pulumi would write it to state in clear.",
        },
      ];
    }
    return [];
  });
}

function holdsSecure(value: unknown): boolean {
  if (value === SECURE) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecure);
}

/** Secrets that are named but not set, and set but not named. */
function secretProblems(config: unknown, secrets: readonly string[]): Problem[] {
  const named = secretReferences(config);
  return [
    ...named
      .filter((name) => !secrets.includes(name))
      .map((name) => ({
        property: `corpai:${name}`,
        given: "nothing",
        allowed: "a secure value, since the configuration names it",
        wayOut: `Set it with: pulumi config set --secret corpai:${name}.`,
      })),
    ...secrets
      .filter((name) => !named.includes(name))
      .map((name) => ({
        property: `corpai:${name}`,
        given: "a key that nobody reads",
        allowed: "secrets that the configuration names",
        wayOut: `Remove it, or name it with { secret: ${name} }.`,
      })),
  ];
}

/** Names of the secrets that a configuration names. */
export function secretReferences(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "secret" in value && typeof value.secret === "string" ? [value.secret] : [];
  return [...own, ...Object.values(value).flatMap(secretReferences)];
}

/** A configuration in which each secret that it names is set, to this where it was not. */
export function withNamedSecrets(
  config: Readonly<Record<string, unknown>>,
  secret: () => unknown,
): Readonly<Record<string, unknown>> {
  const missing = secretReferences(config).filter((name) => !Object.hasOwn(config, `corpai:${name}`));
  return { ...config, ...Object.fromEntries(missing.map((name) => [`corpai:${name}`, secret()])) };
}
