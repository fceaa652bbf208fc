import { type Problem, show } from "./problem.ts";

/** What an agent thinks with: a model of its own region, or an inference profile that AWS serves from several. */
export type ModelChoice = { readonly modelId: string } | { readonly inferenceProfile: string };

/** `anthropic.claude-sonnet-4-5-20250929-v1:0`: provider, model, version. */
const MODEL_ID = "[a-z0-9-]+\\.[a-z0-9.-]+(?::[0-9a-z]+)*";
/** What stands before the first dot of a profile is where it may go, and no provider is called like that. */
const GEOGRAPHIES = ["us", "eu", "apac", "jp", "au", "us-gov", "global"] as const;
export const MODEL = new RegExp(`^(?!(?:${GEOGRAPHIES.join("|")})\\.)${MODEL_ID}$`);
export const PROFILE = new RegExp(`^(?:${GEOGRAPHIES.join("|")})\\.${MODEL_ID}$`);

/**
 * Regions that a profile may leave to, by its geography: all that AWS names for any model, so that no model goes further. As of 2026-11-20.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
const DESTINATIONS: Readonly<Record<string, readonly string[]>> = {
  us: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  eu: ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"],
  apac: [
    ..."ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-4".split(
      " ",
    ),
  ],
  jp: ["ap-northeast-1", "ap-northeast-3"],
  au: ["ap-southeast-2", "ap-southeast-4"],
  "us-gov": ["us-gov-east-1", "us-gov-west-1"],
};

/** The model behind a profile. */
export const modelOf = (profile: string): string => profile.slice(profile.indexOf(".") + 1);

/** Regions that a profile may leave to; undefined where there is no end to them. */
export const destinationsOf = (profile: string): readonly string[] | undefined =>
  DESTINATIONS[profile.slice(0, profile.indexOf("."))];

/**
 * What is wrong with a model in a region: that it goes where nobody has allowed, or is not served from here.
 *
 * @param allowed regions in which a model may answer
 */
export function inferenceProblem(
  property: string,
  choice: ModelChoice,
  region: string,
  allowed: readonly string[],
): Problem | undefined {
  if ("modelId" in choice) return undefined;
  const { inferenceProfile } = choice;
  const destinations = destinationsOf(inferenceProfile);
  const given = { property: `${property}.inferenceProfile`, given: show(inferenceProfile) };
  if (!destinations)
    return {
      ...given,
      allowed: `profiles that stay in ${allowed.join(", ")}`,
      wayOut: "A global profile may go to any region: choose one of a geography, or a model of this region by modelId.",
    };
  if (!destinations.includes(region))
    return {
      ...given,
      allowed: `profiles that are served from ${region}; this one is from ${destinations.join(", ")}`,
      wayOut: "Choose the profile of this region's geography.",
    };
  const outside = destinations.filter((destination) => !allowed.includes(destination));
  if (outside.length === 0) return undefined;
  return {
    ...given,
    allowed: `profiles that stay in ${allowed.join(", ")}; this one may leave to ${outside.join(", ")}`,
    wayOut: "Allow these by corpai:modelRegions of agentcore-network, or choose a model of this region by modelId.",
  };
}
