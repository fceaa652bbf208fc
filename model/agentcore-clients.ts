/** Who may call an agent and its tools: the scopes of the user pool, and the clients that get tokens with them. */

export const SCOPES = {
  read: "Read by tools of the MCP runtime",
  write: "Change by tools of the MCP runtime",
  gateway: "Call tools of the gateway",
  agent: "Call the agent",
} as const;
export type Scope = keyof typeof SCOPES;

/** What tokens' scopes begin with. */
export const RESOURCE_SERVER = "corpai-agentcore";

/** A scope as tokens carry it. */
export const scopeIn = (scope: Scope): string => `${RESOURCE_SERVER}/${scope}`;

/** A client for each thing that is called: who holds its secret may call that thing, and nothing else. */
export const CLIENTS = {
  gateway: { asksFor: ["read", "write", "gateway"], opens: "gateway" },
  mcp: { asksFor: ["read", "write"], opens: "read" },
  agent: { asksFor: ["agent"], opens: "agent" },
} as const satisfies Record<string, { readonly asksFor: readonly Scope[]; readonly opens: Scope }>;
export type Client = keyof typeof CLIENTS;

/**
 * Longest domain prefix, in characters, and its form.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
 */
export const DOMAIN_PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Words that no prefix may hold. */
export const RESERVED_WORDS = ["aws", "amazon", "cognito"] as const;
