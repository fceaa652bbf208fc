/** What tells things on the customer's side, for where AWS wants key and value apart. */
export const CUSTOMER_TAG = { key: "corpai", value: "privatelink" } as const;

/** The tag schemes of the onboarding document, each on its own kind of thing. */
export const TAG_SCHEMES = {
  /** Everything that stands in the customer's VPC or account on our behalf. */
  customer: { [CUSTOMER_TAG.key]: CUSTOMER_TAG.value },
  /** Endpoints and their security groups: the cross-account role may only touch what carries this. */
  endpoint: { ManagedBy: "corpai" },
  /** CorpAI's own VPC, its subnets and all else there; customers find our AZs by it. */
  corpai: { ManagedBy: "corpai-terraform" },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type TagScheme = keyof typeof TAG_SCHEMES;
/** Who runs a stack with their own credentials. */
export type Side = "corpai" | "customer";
export type Tags = Readonly<Record<string, string>>;

/** The scheme of each program's resources. The one table: components are given their tags from it, the policy rule judges by it. */
export const TAG_SCHEME_BY_PROGRAM = {
  network: "corpai",
  cluster: "corpai",
  data: "corpai",
  "customer-access": "customer",
  "customer-services": "customer",
  connections: "endpoint",
  "customer-acceptance": "customer",
  "mcp-servers": "corpai",
  "agentcore-network": "corpai",
  "agentcore-data": "corpai",
  "agentcore-tools": "corpai",
  "agentcore-runtime": "corpai",
  // Whoever runs it: its file says which.
  "private-connections": { corpai: "corpai", customer: "customer" },
  bootstrap: { corpai: "corpai", customer: "customer" },
  delivery: "corpai",
} as const satisfies Record<string, TagScheme | Readonly<Record<Side, TagScheme>>>;

export type TaggedProgram = keyof typeof TAG_SCHEME_BY_PROGRAM;

/** The tags that every taggable resource of a program carries. @param side whose the stack is, where either may run the program */
export function programTags(program: TaggedProgram, side: Side = "corpai"): Tags {
  const scheme = TAG_SCHEME_BY_PROGRAM[program];
  return TAG_SCHEMES[typeof scheme === "string" ? scheme : scheme[side]];
}

const carries = (tags: Tags, wanted: Tags): boolean =>
  Object.entries(wanted).every(([key, value]) => tags[key] === value);

/** Whether tags are those of CorpAI's own VPC: no service of a customer may be built in there. */
export function isCorpaiOwned(tags: Tags): boolean {
  return carries(tags, TAG_SCHEMES.corpai);
}

/**
 * The schemes that a resource of this stack may carry: its program's, or, in a stack that is none of this project's, any.
 *
 * @param stack full stack name; only its first part counts.
 */
export function schemesOfStack(stack: string): readonly TagScheme[] {
  const program = stack.split(".")[0] ?? "";
  if (!Object.hasOwn(TAG_SCHEME_BY_PROGRAM, program)) return Object.keys(TAG_SCHEMES) as TagScheme[];
  const scheme = TAG_SCHEME_BY_PROGRAM[program as TaggedProgram];
  return typeof scheme === "string" ? [scheme] : Object.values(scheme);
}

export function carriesScheme(tags: Tags, scheme: TagScheme): boolean {
  return carries(tags, TAG_SCHEMES[scheme]);
}
