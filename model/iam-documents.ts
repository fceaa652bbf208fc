/** An IAM policy document, as far as this project writes them. */
export interface PolicyDocument<Statement extends PolicyStatement = PolicyStatement> {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export const policyOf = <Statement extends PolicyStatement>(
  statements: readonly Statement[],
): PolicyDocument<Statement> => ({ Version: "2012-10-17", Statement: statements });

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A statement that may also speak of all resources but some. */
export type BroadStatement = Omit<PolicyStatement, "Resource"> &
  (Pick<PolicyStatement, "Resource"> | { readonly NotResource: readonly string[] });

export interface BroadDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly BroadStatement[];
}

/** A statement that stands on a resource, so it says of whom it speaks. */
export interface ResourcePolicyStatement extends PolicyStatement {
  readonly Principal: "*" | { readonly AWS: string | readonly string[] } | { readonly Service: string };
}

export type KeyPolicy = PolicyDocument<ResourcePolicyStatement>;

/** A statement of an endpoint's policy: principals are narrowed by conditions only, as AWS wants it. */
export interface EndpointStatement extends PolicyStatement {
  readonly Principal: "*";
}

/** What may pass an endpoint; the caller's own policies decide as well. */
export type EndpointPolicy = PolicyDocument<EndpointStatement>;

export const CROSS_ACCOUNT_ROLE = "corpai-cross-account-access";
export const CONNECTIVITY_POLICY = "CorpAIPrivateServiceConnectivity";
export const CONNECTIVITY_FOR_PULUMI_POLICY = "CorpAIPrivateServiceConnectivityForPulumi";

const ENDPOINT = "arn:aws:ec2:*:*:vpc-endpoint/*";
const VPC = "arn:aws:ec2:*:*:vpc/*";
const SUBNET = "arn:aws:ec2:*:*:subnet/*";
const GROUP = "arn:aws:ec2:*:*:security-group/*";
const RULE = "arn:aws:ec2:*:*:security-group-rule/*";
const MANAGED_BY_CORPAI = { StringEquals: { "ec2:ResourceTag/ManagedBy": "corpai" } };

/** The policy of the onboarding document, statement by statement; the customer may compare it with theirs. */
export const connectivityPolicy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "DescribeResources",
      Effect: "Allow",
      Action: [
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcEndpointServices",
      ],
      Resource: "*",
    },
    {
      Sid: "CreateVpcEndpoint",
      Effect: "Allow",
      Action: "ec2:CreateVpcEndpoint",
      Resource: [ENDPOINT, VPC, SUBNET, GROUP],
    },
    {
      Sid: "DeleteCorpAIManagedEndpoints",
      Effect: "Allow",
      Action: "ec2:DeleteVpcEndpoints",
      Resource: ENDPOINT,
      Condition: MANAGED_BY_CORPAI,
    },
    { Sid: "CreateSecurityGroup", Effect: "Allow", Action: "ec2:CreateSecurityGroup", Resource: [GROUP, VPC] },
    {
      Sid: "ManageCorpAIManagedSecurityGroups",
      Effect: "Allow",
      Action: ["ec2:DeleteSecurityGroup", "ec2:AuthorizeSecurityGroupIngress"],
      Resource: GROUP,
      Condition: MANAGED_BY_CORPAI,
    },
    {
      Sid: "TagNewResources",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: [ENDPOINT, GROUP],
      Condition: { StringEquals: { "ec2:CreateAction": ["CreateVpcEndpoint", "CreateSecurityGroup"] } },
    },
  ],
};

/**
 * What infrastructure as code needs beyond the document's policy, each action with its reason. Changes stay limited to what carries
 * `ManagedBy=corpai`; reads name no resource because EC2's describe actions take none.
 */
export const PULUMI_ACTIONS = {
  read: {
    "ec2:DescribeAvailabilityZones": "to match AZs by id",
    "ec2:DescribeNetworkInterfaces":
      "the AWS provider reads an endpoint's addresses after creating it, and fails half-way without",
    "ec2:DescribePrefixLists": "the AWS provider looks an endpoint's prefix list up whenever it reads one",
    "ec2:DescribeSecurityGroupRules": "rules are resources of their own, and are read back",
    "ec2:DescribeVpcAttribute": "to see whether the VPC resolves DNS names",
    "ec2:DescribeTags": "to see drift in tags",
  },
  change: {
    "ec2:RevokeSecurityGroupEgress": "a new group comes with an allow-all egress rule, which the AWS provider removes",
    "ec2:RevokeSecurityGroupIngress":
      "a registration that goes takes its rule along; the document's policy can only add",
    "ec2:ModifySecurityGroupRules":
      "a changed port changes the rule where it stands, without a moment in which it is closed",
    "ec2:ModifyVpcEndpoint": "to change an endpoint's subnets or groups without replacing it",
  },
} as const;

export const connectivityForPulumiPolicy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    { Sid: "ReadForPulumi", Effect: "Allow", Action: Object.keys(PULUMI_ACTIONS.read), Resource: "*" },
    {
      Sid: "ChangeCorpAIManaged",
      Effect: "Allow",
      Action: Object.keys(PULUMI_ACTIONS.change),
      Resource: [ENDPOINT, GROUP],
      Condition: MANAGED_BY_CORPAI,
    },
    // The document lets CorpAI tag what it creates, and never again: a new display name is a new Name tag. The tag that CorpAI answers to stays.
    {
      Sid: "ChangeTagsOfCorpAIManaged",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: [ENDPOINT, GROUP],
      Condition: { ...MANAGED_BY_CORPAI, StringEqualsIfExists: { "aws:RequestTag/ManagedBy": "corpai" } },
    },
    // Modifying a rule is authorized on its group, above, and on the rule itself, which carries no tags.
    { Sid: "ModifyRulesOfManagedGroups", Effect: "Allow", Action: "ec2:ModifySecurityGroupRules", Resource: RULE },
    // ModifyVpcEndpoint is authorized on the subnets and groups it adds as well, and those of the VPC carry other tags.
    { Sid: "ModifyEndpointPlacement", Effect: "Allow", Action: "ec2:ModifyVpcEndpoint", Resource: [SUBNET, GROUP] },
  ],
};

/** `arn:aws:iam::111111111111:root` → `111111111111`; undefined for anything that names no account. */
export function accountOfArn(arn: string): string | undefined {
  return /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/.exec(arn)?.[1];
}

/** Whether a principal on an endpoint service's allow-list admits callers of an account. A role's ARN admits that role, so its account counts. */
export function principalCovers(principal: string, account: string): boolean {
  return principal === account || accountOfArn(principal) === account;
}
