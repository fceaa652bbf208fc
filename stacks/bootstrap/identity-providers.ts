import * as aws from "@pulumi/aws";
import { ISSUERS, type Issuer, audienceOf, identityProviderArn } from "../../model/delivery-roles.ts";
import { type StackProblem, show } from "../../model/problem.ts";
import { found } from "../lookup.ts";
import type { Config } from "./config.ts";

/** Whose tokens the roles take. */
export const issuersOf = ({ repository, organization }: Config): readonly Issuer[] => [
  ...(repository === undefined ? [] : (["github"] as const)),
  ...(organization === undefined ? [] : (["pulumi"] as const)),
];

/** The tag by which a stack knows its own. */
export const providerName = (environment: string, issuer: Issuer): string => `corpai-${environment}-${issuer}`;

export interface ProviderCheck {
  readonly stack: string;
  readonly environment: string;
  readonly account: string;
  readonly config: Config;
}

/** An account has one provider for each issuer: where one stands that is not this stack's, a second is refused half-way, and roles would trust none that is missing. */
export async function providerProblems(check: ProviderCheck): Promise<StackProblem[]> {
  const problems = issuersOf(check.config).map((issuer) => problemsOfOne(issuer, check));
  return (await Promise.all(problems)).flat();
}

async function problemsOfOne(
  issuer: Issuer,
  { stack, environment, account, config }: ProviderCheck,
): Promise<StackProblem[]> {
  const { key } = ISSUERS[issuer];
  const standing = await found(aws.iam.getOpenIdConnectProvider({ arn: identityProviderArn(account, issuer) }));
  const at = { stack, property: "corpai:identityProviders", allowed: "one provider for each issuer in an account" };
  const given = (what: string): string => `${show(config.identityProviders)}, in an account ${what}`;
  if (config.identityProviders === "own") {
    if (!standing || standing.tags.Name === providerName(environment, issuer)) return [];
    const wayOut = 'Say "existing", so that the roles trust the one that stands.';
    return [{ ...at, given: given(`that has one of ${key} already`), wayOut }];
  }
  const audience = audienceOf(issuer, config.organization ?? "");
  if (!standing) return [{ ...at, given: given(`that has none of ${key}`), wayOut: 'Say "own", and it is made.' }];
  if (standing.clientIdLists.includes(audience)) return [];
  const wayOut = `Add it: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${standing.arn} --client-id ${audience}.`;
  return [{ ...at, given: given(`whose one of ${key} takes no tokens for ${show(audience)}`), wayOut }];
}
