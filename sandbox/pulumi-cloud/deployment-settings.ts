/** How deployments of a stack run: what the service refuses of it, and what it takes in silence. */
import { z } from "zod";
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { record, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { hasUnknown } from "../wire.ts";
import { hasPool } from "./agent-pools.ts";
import { SETTINGS, apiError, existingStack, organizationOf, stackId } from "./cloud.ts";

/** What `git check-ref-format` takes, with or without `refs/heads/`. */
const isBranch = (name: string): boolean =>
  !/[\s~^:?*[\\\x7f]|\.\.|\/\/|@\{|^[-/.]|[/.]$|\.lock$|\/\./.test(name) && name.length > 0;

const isDuration = (value: string): boolean => /^(\d+(\.\d+)?(h|m|s))+$/.test(value);

/** Arguments with arguments of their own; one that is not listed is an error, as everywhere in the sandbox. */
const NESTED: Readonly<Record<string, z.ZodType>> = {
  executorContext: z.strictObject({ executorImage: z.string().min(1) }),
  cacheOptions: z.strictObject({ enable: z.boolean() }),
  sourceContext: z.strictObject({
    git: z
      .strictObject({
        branch: z.string().refine(isBranch, "is not a valid branch name").optional(),
        commit: z.string().optional(),
        repoDir: z.string().optional(),
        repoUrl: z.url().optional(),
      })
      .refine(
        ({ branch, commit }) => (branch === undefined) !== (commit === undefined),
        "one of either branch or commit must be specified",
      ),
  }),
  vcs: z.strictObject({
    provider: z.enum(["github", "azure_devops"]),
    repository: z.string().regex(/^[^/\s]+\/[^/\s]+$/, "must be in the format org/repo"),
    paths: z.array(z.string().regex(/^!?[^!\s]/, "must be a glob pattern")).optional(),
    previewPullRequests: z.boolean(),
    deployCommits: z.boolean(),
    pullRequestTemplate: z.boolean(),
  }),
  operationContext: z.strictObject({
    preRunCommands: z.array(z.string().min(1)).optional(),
    options: z
      .strictObject({
        skipInstallDependencies: z.boolean().optional(),
        skipIntermediateDeployments: z.boolean().optional(),
      })
      .optional(),
    oidc: z
      .strictObject({
        aws: z.strictObject({
          roleARN: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, "must be the ARN of a role"),
          sessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/, "must be a session name as STS takes it"),
          duration: z.string().refine(isDuration, "failed to parse duration string").optional(),
        }),
      })
      .optional(),
  }),
};

function check(inputs: Properties): CheckFailure[] {
  return Object.entries(NESTED).flatMap(([key, schema]): CheckFailure[] => {
    const value = inputs[key];
    if (value === undefined || hasUnknown(value)) return [];
    const { error } = schema.safeParse(value);
    return (error?.issues ?? []).map(({ path, message }) => [[key, ...path].map(String).join("."), message]);
  });
}

/** The service judges all of it at each call, since each call replaces all of it. */
function judge(inputs: Properties, context: Context, doing: string): void {
  existingStack(context, inputs, doing);
  const { repositories } = organizationOf(context, text(inputs.organization) ?? "", doing);
  const repository = text(record(inputs.vcs).repository);
  if (repository !== undefined && !repositories.includes(repository))
    throw apiError(400, `the GitHub app is not installed for repository '${repository}'`, doing);
  if (repository !== undefined && record(record(inputs.sourceContext).git).repoUrl !== undefined)
    throw apiError(400, "sourceContext.git.repoURL must not be set together with version control settings", doing);
  const pool = text(inputs.agentPoolId);
  if (pool !== undefined && !hasPool(context, pool)) throw apiError(404, `Agent pool '${pool}' not found`, doing);
}

const settings: ResourceModel = {
  type: SETTINGS,
  arguments: {
    organization: { required: true, replace: true },
    project: { required: true, replace: true },
    stack: { required: true, replace: true },
    agentPoolId: {},
    executorContext: {},
    cacheOptions: {},
    sourceContext: {},
    vcs: {},
    operationContext: {},
  },
  computed: [],
  check,
  deleteBeforeReplace: true,
  // A stack has one, and the service takes a second for a change of the first: it says nothing, and the last one stands.
  create(inputs, context) {
    judge(inputs, context, `failed to create deployment settings for stack (${stackId(inputs)})`);
    return { id: stackId(inputs), computed: {} };
  },
  update(_object, inputs, context) {
    judge(inputs, context, `failed to update deployment settings for stack (${stackId(inputs)})`);
    return {};
  },
};

export const deploymentSettingsModels: readonly ResourceModel[] = [settings];
