import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CLIENTS, type Client, RESOURCE_SERVER, SCOPES, type Scope, scopeIn } from "../../model/agentcore-clients.ts";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";

export interface IdentityPoolArgs {
  /** What the token endpoint's host name begins with: unique in the region, whoever's account it is. */
  readonly domainPrefix: string;
  readonly region: string;
  readonly protection: Protection;
  readonly tags: Tags;
}

/** Minutes for which a token is good: runtimes keep theirs and ask for the next one in time. */
const TOKEN_MINUTES = 60;

/**
 * Who may call agents and their tools: machines only, by the client credentials flow.
 *
 * Creates a user pool in which nobody signs up, its domain, at which the token endpoint is, the scopes, and a client for each thing that is called.
 */
export class IdentityPool extends pulumi.ComponentResource {
  readonly userPoolId: pulumi.Output<string>;
  /** Where runtimes and gateways read how to check a token. */
  readonly discoveryUrl: pulumi.Output<string>;
  readonly tokenEndpoint: pulumi.Output<string>;
  readonly clientIds: pulumi.Output<Readonly<Record<Client, string>>>;
  /** Secret. */
  readonly clientSecrets: pulumi.Output<Readonly<Record<Client, string>>>;

  constructor(name: string, args: IdentityPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:IdentityPool", name, {}, opts);

    const { domainPrefix, region } = args;
    const pool = this.#createPool(name, args);
    const domain = new aws.cognito.UserPoolDomain(
      name,
      { domain: domainPrefix, userPoolId: pool.id },
      { parent: this },
    );
    const scopes = this.#createScopes(name, pool);
    const client = (key: Client): aws.cognito.UserPoolClient => this.#createClient(name, key, pool, scopes);
    const clients = { gateway: client("gateway"), mcp: client("mcp"), agent: client("agent") };

    this.userPoolId = pool.id;
    this.discoveryUrl = pulumi.interpolate`https://cognito-idp.${region}.amazonaws.com/${pool.id}/.well-known/openid-configuration`;
    this.tokenEndpoint = pulumi.interpolate`https://${domain.domain}.auth.${region}.amazoncognito.com/oauth2/token`;
    const ofEach = (of: (one: aws.cognito.UserPoolClient) => pulumi.Output<string>) =>
      pulumi
        .all([of(clients.gateway), of(clients.mcp), of(clients.agent)])
        .apply(([gateway, mcp, agent]) => ({ gateway, mcp, agent }));
    this.clientIds = ofEach(({ id }) => id);
    this.clientSecrets = ofEach(({ clientSecret }) => clientSecret);
    this.registerOutputs({
      userPoolId: this.userPoolId,
      discoveryUrl: this.discoveryUrl,
      tokenEndpoint: this.tokenEndpoint,
      clientIds: this.clientIds,
      clientSecrets: this.clientSecrets,
    });
  }

  #createPool(name: string, { protection: { protect }, tags }: IdentityPoolArgs): aws.cognito.UserPool {
    return new aws.cognito.UserPool(
      name,
      {
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        deletionProtection: protect ? "ACTIVE" : "INACTIVE",
        tags: { ...tags, Name: name },
      },
      { parent: this, protect },
    );
  }

  #createScopes(name: string, pool: aws.cognito.UserPool): aws.cognito.ResourceServer {
    return new aws.cognito.ResourceServer(
      name,
      {
        identifier: RESOURCE_SERVER,
        name: RESOURCE_SERVER,
        userPoolId: pool.id,
        scopes: Object.entries(SCOPES).map(([scopeName, scopeDescription]) => ({ scopeName, scopeDescription })),
      },
      { parent: this },
    );
  }

  #createClient(
    name: string,
    client: Client,
    pool: aws.cognito.UserPool,
    scopes: aws.cognito.ResourceServer,
  ): aws.cognito.UserPoolClient {
    return new aws.cognito.UserPoolClient(
      `${name}-${client}`,
      {
        userPoolId: pool.id,
        generateSecret: true,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ["client_credentials"],
        allowedOauthScopes: CLIENTS[client].asksFor.map((scope: Scope) => scopeIn(scope)),
        accessTokenValidity: TOKEN_MINUTES,
        tokenValidityUnits: { accessToken: "minutes" },
        enableTokenRevocation: true,
        preventUserExistenceErrors: "ENABLED",
      },
      // Cognito gives a client only scopes that stand.
      { parent: this, dependsOn: [scopes] },
    );
  }
}
