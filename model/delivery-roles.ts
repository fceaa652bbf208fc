/** Roles by which GitHub's workflows and Pulumi Deployments act in one account for one environment, and whom each trusts. */

/** `preview` reads, and pull requests get it; `deploy` changes, and only what is merged gets it. */
export type DeliveryRole = "preview" | "deploy";

export const deliveryRoleName = (environment: string, role: DeliveryRole): string => `corpai-${environment}-${role}`;

export const deliveryRoleArn = (account: string, environment: string, role: DeliveryRole): string =>
  `arn:aws:iam::${account}:role/${deliveryRoleName(environment, role)}`;

/** Whoever signs the tokens. */
export const ISSUERS = {
  github: { url: "https://token.actions.githubusercontent.com", key: "token.actions.githubusercontent.com" },
  pulumi: { url: "https://api.pulumi.com/oidc", key: "api.pulumi.com/oidc" },
} as const;
export type Issuer = keyof typeof ISSUERS;

export const identityProviderArn = (account: string, issuer: Issuer): string =>
  `arn:aws:iam::${account}:oidc-provider/${ISSUERS[issuer].key}`;

/** For whom tokens are made: GitHub's action asks for STS, Pulumi Cloud puts the organization. */
export const audienceOf = (issuer: Issuer, organization: string): string =>
  issuer === "github" ? "sts.amazonaws.com" : organization;

export interface DeliveryTrust {
  readonly account: string;
  readonly environment: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** In Pulumi Cloud; undefined where Pulumi Deployments runs nothing. */
  readonly organization: string | undefined;
  readonly project: string;
  /** Full names of the environment's stacks in this account. */
  readonly stacks: readonly string[];
}

/** A statement by which holders of an issuer's tokens assume a role. */
export interface WebIdentityStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: { readonly Federated: string };
  readonly Action: "sts:AssumeRoleWithWebIdentity";
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Who may assume a role. A workflow's token names repository and GitHub environment, and GitHub lets a branch into an environment or does not; a deployment's
 * token names the stack. Deployments get the role that reads and no other: a stack has one role for all that is run of it, pull requests' previews among it.
 *
 * https://docs.github.com/en/actions/reference/security/oidc, https://www.pulumi.com/docs/deployments/guides/oidc/aws/
 */
export function deliveryTrust(
  role: DeliveryRole,
  { account, environment, repository, organization, project, stacks }: DeliveryTrust,
): { readonly Version: "2012-10-17"; readonly Statement: readonly WebIdentityStatement[] } {
  const trust = (Sid: string, issuer: Issuer, exactly: string | undefined, ...like: string[]): WebIdentityStatement => {
    const { key } = ISSUERS[issuer];
    const audience = { [`${key}:aud`]: audienceOf(issuer, organization ?? "") };
    return {
      Sid,
      Effect: "Allow",
      Principal: { Federated: identityProviderArn(account, issuer) },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: exactly === undefined ? audience : { ...audience, [`${key}:sub`]: exactly },
        ...(like.length > 0 && { StringLike: { [`${key}:sub`]: like } }),
      },
    };
  };
  const gate = role === "preview" ? `preview-${environment}` : environment;
  const workflows = trust("GitHubWorkflows", "github", `repo:${repository}:environment:${gate}`);
  if (role === "deploy" || organization === undefined || stacks.length === 0)
    return { Version: "2012-10-17", Statement: [workflows] };
  // The operation comes last: previews, and refreshes that look for drift.
  const subjects = stacks.map((stack) => `pulumi:deploy:org:${organization}:project:${project}:stack:${stack}:*`);
  return {
    Version: "2012-10-17",
    Statement: [workflows, trust("PulumiDeployments", "pulumi", undefined, ...subjects)],
  };
}

/** Longest trust policy that IAM takes unless asked for more, in characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const TRUST_LIMIT = 2048;
