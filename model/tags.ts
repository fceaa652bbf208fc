/** The tag schemes of the onboarding document, each on its own kind of thing. */
export const TAG_SCHEMES = {
  /** Everything that stands in the customer's VPC or account on our behalf. */
  customer: { corpai: "privatelink" },
  /** Endpoints and their security groups: the cross-account role may only touch what carries this. */
  endpoint: { ManagedBy: "corpai" },
  /** CorpAI's own VPC, its subnets and all else there; customers find our AZs by it. */
  corpai: { ManagedBy: "corpai-terraform" },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type TagScheme = keyof typeof TAG_SCHEMES;
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
  bootstrap: "corpai",
} as const satisfies Record<string, TagScheme>;

export type TaggedProgram = keyof typeof TAG_SCHEME_BY_PROGRAM;

/** The tags that every taggable resource of a program carries. */
export function programTags(program: TaggedProgram): Tags {
  return TAG_SCHEMES[TAG_SCHEME_BY_PROGRAM[program]];
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
  return Object.hasOwn(TAG_SCHEME_BY_PROGRAM, program)
    ? [TAG_SCHEME_BY_PROGRAM[program as TaggedProgram]]
    : (Object.keys(TAG_SCHEMES) as TagScheme[]);
}

export function carriesScheme(tags: Tags, scheme: TagScheme): boolean {
  return carries(tags, TAG_SCHEMES[scheme]);
}
