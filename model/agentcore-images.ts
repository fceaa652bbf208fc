/** Names and images of runtimes. */

/**
 * A runtime's name: no hyphens, as AWS has it.
 * https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_CreateAgentRuntime.html
 */
export const RUNTIME_NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/;

/** `agent@sha256:…`: an image in one of this environment's repositories, by what is in it and not by what somebody calls it. */
export const IMAGE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*@sha256:[0-9a-f]{64}$/;

/** The repository of an image, by its key. */
export const repositoryOf = (image: string): string => image.split("@")[0] ?? "";

/** The image's digest. */
export const digestOf = (image: string): string => image.split("@")[1] ?? "";

/** What ECR calls a repository of an environment. */
export const repositoryName = (environment: string, key: string): string => `corpai-${environment}/${key}`;

/** Groups into which AgentCore writes what a runtime prints, one for each of its endpoints. Ids end in ten characters of AWS's own. */
export const runtimeLogGroups = (name: string): string => `/aws/bedrock-agentcore/runtimes/${name}-*`;
export const runtimeLogGroup = (id: string, endpoint: string): string =>
  `/aws/bedrock-agentcore/runtimes/${id}-${endpoint}`;

/** A group of what AgentCore itself says of a runtime or gateway. Services may write to groups of this prefix without a policy of ours. */
export const deliveredLogGroup = (environment: string, name: string): string =>
  `/aws/vendedlogs/bedrock-agentcore/${environment}/${name}`;

/** The endpoint that every runtime has, and that follows its newest version. */
export const DEFAULT_ENDPOINT = "DEFAULT";
