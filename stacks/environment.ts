import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { type EnvironmentFacts, checkEnvironment } from "../model/environment-check.ts";
import type { Problem, StackProblem } from "../model/problem.ts";
import { formatStackName, parseStackName } from "../model/stack-name.ts";
import { type ProgramName, type ProgramStack, catalog, programNames } from "./catalog.ts";
import { type ConfigOf, schemas } from "./program-configs.ts";
import { type ProviderSettings, accountOf, providerSettings } from "./provider-settings.ts";
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

export const ENVIRONMENTS_FOLDER = join(import.meta.dirname, "..", "environments");

const CLASSES = ["demo", "dev", "staging", "prod"] as const;
export type EnvironmentClass = (typeof CLASSES)[number];

const environmentsSchema = z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.strictObject({ class: z.enum(CLASSES) }));

/** One environment: its class, its stacks, and all that is wrong with their files. */
export interface Environment {
  readonly name: string;
  readonly class: EnvironmentClass;
  /** Sound on their own, in the catalog's order. */
  readonly stacks: readonly StackConfiguration[];
  readonly facts: EnvironmentFacts;
  readonly problems: readonly StackProblem[];
}

/** Names of all environments, with their classes. @throws {Error} where environments.yaml is malformed. */
export function environments(
  folder = ENVIRONMENTS_FOLDER,
): Readonly<Record<string, { readonly class: EnvironmentClass }>> {
  const file = join(folder, "environments.yaml");
  const { value, problems } = readYaml(file);
  const parsed = environmentsSchema.safeParse(value ?? {});
  if (problems.length > 0 || !parsed.success) {
    throw new Error(
      `${file}: ${problems.join("; ") || z.prettifyError(parsed.error ?? new z.ZodError([]))}. Each entry is <name>: { class: ${CLASSES.join(" | ")} }.`,
    );
  }
  return parsed.data;
}

/** A stack's name, judged against the catalog and environments.yaml. @throws {Error} with the way out. */
export function stackNamed(name: string, folder = ENVIRONMENTS_FOLDER): ProgramStack {
  return parseStackName(name, { programs: catalog, environments: Object.keys(environments(folder)) }) as ProgramStack;
}

/** All stacks of an environment: a program is in it if and only if a file of it exists. */
export function stacksOf(environment: string, folder = ENVIRONMENTS_FOLDER): ProgramStack[] {
  const stacks = readdirSync(folder)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name?.split(".")[1] === environment)
    .map((name) => stackNamed(name ?? "", folder));
  return stacks.sort(
    (a, b) =>
      programNames.indexOf(a.program) - programNames.indexOf(b.program) ||
      (a.instance ?? "").localeCompare(b.instance ?? ""),
  );
}

/** Reads all files of an environment through the schemas, and judges them together. @param today ISO date */
export function loadEnvironment(
  name: string,
  { folder = ENVIRONMENTS_FOLDER, today = new Date().toISOString().slice(0, 10) } = {},
): Environment {
  const known = environments(folder);
  const entry = known[name];
  if (!entry)
    throw new Error(
      `there is no environment "${name}". The environments are: ${Object.keys(known).join(", ")}; a new one is added in environments/environments.yaml.`,
    );

  const problems: StackProblem[] = [];
  const stacks = stacksOf(name, folder).flatMap((stack): StackConfiguration[] => {
    const stackName = formatStackName(stack);
    const file = readStackFile(join(folder, `Pulumi.${stackName}.yaml`));
    const judged = judgeConfiguration(stack, file.raw);
    problems.push(...[...file.problems, ...judged.problems].map((problem) => ({ stack: stackName, ...problem })));
    return judged.configuration && file.problems.length === 0 ? [judged.configuration] : [];
  });
  const facts = factsOf(stacks, today);
  return { name, class: entry.class, stacks, facts, problems: [...problems, ...checkEnvironment(facts)] };
}

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
      property: key,
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

function secretReferences(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "secret" in value && typeof value.secret === "string" ? [value.secret] : [];
  return [...own, ...Object.values(value).flatMap(secretReferences)];
}

function readYaml(file: string): { readonly value: unknown; readonly problems: readonly string[] } {
  if (!existsSync(file)) return { value: undefined, problems: [`${file} does not exist`] };
  const document = parseDocument(readFileSync(file, "utf8"), { uniqueKeys: true });
  const problems = document.errors.map(({ message }) => message.split("\n")[0] ?? message);
  return { value: problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 10 }), problems };
}

/** Fields of a stack file that are Pulumi's own. */
const stackFile = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

function readStackFile(file: string): { readonly raw: RawConfiguration; readonly problems: readonly Problem[] } {
  const { value, problems } = readYaml(file);
  if (problems.length > 0)
    return {
      raw: {},
      problems: problems.map((problem) => ({
        property: "the file",
        given: problem,
        allowed: "valid YAML, each key once",
        wayOut: "Correct the file.",
      })),
    };
  const parsed = stackFile.safeParse(value ?? {});
  if (!parsed.success)
    return {
      raw: {},
      problems: [
        {
          property: "config",
          given: "something else",
          allowed: "a map of namespace:key to value",
          wayOut: "Correct the file.",
        },
      ],
    };
  return {
    raw: Object.fromEntries(Object.entries(parsed.data.config).map(([key, inner]) => [key, withoutCiphertext(inner)])),
    problems: [],
  };
}

function withoutCiphertext(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCiphertext);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value && Object.keys(value).length === 1) return SECURE;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutCiphertext(inner)]));
}

function isOf<P extends ProgramName>(program: P) {
  return (configuration: StackConfiguration): configuration is StackConfiguration<P> =>
    configuration.stack.program === program;
}

/** The plain values that model/ compares. */
function factsOf(stacks: readonly StackConfiguration[], today: string): EnvironmentFacts {
  const common = ({ name, aws }: StackConfiguration) => ({ stack: name, region: aws.region, account: accountOf(aws) });
  const network = stacks.find(isOf("network"));
  const mcpServers = stacks.find(isOf("mcp-servers"));
  return {
    today,
    stacks: stacks.map((configuration) => ({
      ...common(configuration),
      program: configuration.stack.program,
      side: catalog[configuration.stack.program].side,
      defaultTags: configuration.aws.defaultTags?.tags,
      assumedRole: configuration.aws.assumeRoles?.[0]?.roleArn,
    })),
    network: network && { ...common(network), vpcCidr: network.config.vpcCidr, azIds: network.config.azIds },
    customerServices: stacks.filter(isOf("customer-services")).map((stack) => ({
      ...common(stack),
      vpcId: stack.config.vpcId,
      clientCidr: stack.config.clientCidr,
      principals: stack.config.principals,
      services: Object.fromEntries(
        Object.entries(stack.config.services).map(([key, service]) => [
          key,
          {
            azIds: (service.subnets ?? stack.config.subnets).map(({ azId }) => azId),
            acceptanceRequired: service.acceptanceRequired,
          },
        ]),
      ),
    })),
    connections: stacks
      .filter(isOf("connections"))
      .map((stack) => ({ ...common(stack), registrations: stack.config.registrations })),
    acceptances: stacks
      .filter(isOf("customer-acceptance"))
      .map((stack) => ({ ...common(stack), accept: stack.config.accept })),
    mcpServers: mcpServers && {
      ...common(mcpServers),
      connectionVariables: Object.fromEntries(
        Object.entries(mcpServers.config.servers).map(([server, { env }]) => [
          server,
          Object.fromEntries(
            Object.entries(env).flatMap(([variable, value]) =>
              typeof value === "object" && "connection" in value ? [[variable, value.connection]] : [],
            ),
          ),
        ]),
      ),
    },
  };
}
