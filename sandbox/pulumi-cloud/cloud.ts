/** Pulumi Cloud's answers, as its provider passes them on. https://www.pulumi.com/docs/reference/cloud-rest-api/ */
import type { Context } from "../model.ts";
import { Refusal } from "../model.ts";
import { text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { CloudFacts, WorldObject } from "../world.ts";

export const POOL = "pulumiservice:index:AgentPool";
export const SETTINGS = "pulumiservice:index:DeploymentSettings";

const STATUS = { 400: "Bad Request", 404: "Not Found", 409: "Conflict" } as const;

/** @param doing what the provider was about */
export const apiError = (status: keyof typeof STATUS, message: string, doing: string): Refusal =>
  new Refusal(`${doing}: ${status} API error`, `${STATUS[status]}: ${message}`);

/** The organization that the access token may manage: of others it does not even say that they exist. */
export function organizationOf({ world }: Context, name: string, doing: string): CloudFacts {
  const cloud = world.facts.pulumiCloud;
  if (cloud?.organization !== name) throw apiError(404, `Organization '${name}' not found`, doing);
  return cloud;
}

/** A stack's whole name, by the arguments that most types share. */
export const stackId = ({ organization, project, stack }: Properties): string =>
  [organization, project, stack].map((part) => text(part) ?? "").join("/");

/** @throws {Refusal} where the organization has no such stack */
export function existingStack(context: Context, inputs: Properties, doing: string): void {
  organizationOf(context, text(inputs.organization) ?? "", doing);
  const known = context.world.stacksOf(text(inputs.project) ?? "");
  if (!known.has(text(inputs.stack) ?? "")) throw apiError(404, `Stack '${stackId(inputs)}' not found`, doing);
}

/** What a program has made in Pulumi Cloud under a name that its organization has once. */
export const sameName = (context: Context, type: string, inputs: Properties): WorldObject | undefined =>
  context.world.all(
    type,
    (one) => one.inputs.name === inputs.name && one.inputs.organizationName === inputs.organizationName,
  )[0];
