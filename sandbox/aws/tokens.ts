/** Tokens of a user pool: to which client it gives one, and whom a custom JWT authorizer lets in with it. */
import { record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World } from "../world.ts";
import { CLIENT, domainOf, issuerOf, poolAt } from "./cognito.ts";
import { POOL } from "./cognito.ts";

/** What an access token says. Cognito's carry no audience. */
export interface Token {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** By the world's clock. */
  readonly expiresAt: number;
}

/** One request of the client credentials flow, as it reaches the token endpoint. */
export interface TokenRequest {
  /** The client's, and its secret. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** All of the client's where none is asked for. */
  readonly scopes?: readonly string[];
}

/** The token endpoint's answer: a token, or OAuth's error code. */
export function tokenFor(world: World, { clientId, clientSecret, scopes }: TokenRequest): Token | string {
  const client = world.get(CLIENT, clientId);
  const pool = client && world.get(POOL, text(client.inputs.userPoolId) ?? "", client.account);
  // The endpoint is at the pool's domain; without one there is none.
  if (!client || !pool || !domainOf(world, pool.id)) return "the user pool has no domain, and so no token endpoint";
  if (clientSecret === "" || client.computed.clientSecret !== clientSecret) return "invalid_client";
  if (!texts(client.inputs.allowedOauthFlows).includes("client_credentials")) return "unauthorized_client";
  const allowed = texts(client.inputs.allowedOauthScopes);
  const wanted = scopes ?? allowed;
  if (wanted.length === 0 || wanted.some((scope) => !allowed.includes(scope))) return "invalid_scope";
  const minutes = record(client.inputs.tokenValidityUnits).accessToken === "minutes";
  const lasts = Number(client.computed.accessTokenValidity ?? 1) * (minutes ? 60 : 3600);
  return { issuer: issuerOf(pool), clientId, scopes: wanted, expiresAt: world.clock + lasts };
}

/** Why a custom JWT authorizer refuses a caller; undefined where it lets it in. */
export function whyTokenRefused(world: World, authorizer: Properties, token: Token | undefined): string | undefined {
  if (!token) return "UnauthorizedException: Missing Authentication Token";
  const pool = poolAt(world, text(authorizer.discoveryUrl) ?? "");
  if (!pool || issuerOf(pool) !== token.issuer)
    return "UnauthorizedException: Claim 'iss' value mismatch with configuration.";
  if (token.expiresAt <= world.clock) return "UnauthorizedException: Token has expired";
  const clients = texts(authorizer.allowedClients);
  if (clients.length > 0 && !clients.includes(token.clientId))
    return "UnauthorizedException: Claim 'client_id' value mismatch with configuration.";
  // Cognito's access tokens have no `aud`: an authorizer that wants one lets none of them in.
  if (texts(authorizer.allowedAudiences).length > 0)
    return "UnauthorizedException: Claim 'aud' value mismatch with configuration.";
  const scopes = texts(authorizer.allowedScopes);
  if (scopes.length > 0 && !scopes.some((scope) => token.scopes.includes(scope)))
    return "AccessDeniedException: insufficient_scope";
  return undefined;
}
