/** What the roles of workflows and deployments may do, beyond AWS's own policies that are attached to them. */
import { deliveryRoleArn, identityProviderArn } from "./delivery-roles.ts";
import {
  type BroadDocument,
  type BroadStatement,
  CONNECTIVITY_FOR_PULUMI_POLICY,
  CONNECTIVITY_POLICY,
  type PolicyDocument,
  type PolicyStatement,
  policyOf,
} from "./iam-documents.ts";
import { CONNECTIVITY_LIMITS_POLICY } from "./connectivity-limits.ts";
import { CONNECTIVITY_REACH_POLICY } from "./connectivity-reach.ts";
import { CUSTOMER_TAG, type Side } from "./tags.ts";

export interface DeliveryPlace {
  readonly account: string;
  readonly environment: string;
  /** Where the environment's states are; undefined where that is Pulumi Cloud. */
  readonly stateBucket: string | undefined;
  /** Roles that the environment's stacks assume. */
  readonly assumes: readonly string[];
}

/** AWS's own policies of each role. A customer's role that changes has none: what it may do is all written out below. */
export const managedPolicies = (side: Side): Readonly<Record<"preview" | "deploy", readonly string[]>> => ({
  preview: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
  deploy: side === "corpai" ? ["arn:aws:iam::aws:policy/PowerUserAccess"] : [],
});

/** By which stacks' files name the key of states and secrets. */
export const stateKeyAlias = (environment: string): string => `alias/corpai-${environment}-pulumi`;

/** Data that AWS's `ReadOnlyAccess` lets through, and that no preview reads. */
const DATA_READS: readonly string[] = [
  ...["GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect", "GetRecords"].map((name) => `dynamodb:${name}`),
  ...["GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory"].map((name) => `ssm:${name}`),
  ...["GetLogEvents", "FilterLogEvents", "GetLogRecord", "GetQueryResults", "StartQuery"].map((name) => `logs:${name}`),
  ...["BatchGetImage", "GetDownloadUrlForLayer"].map((name) => `ecr:${name}`),
  ...["GetRecords", "GetShardIterator"].map((name) => `kinesis:${name}`),
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "athena:GetQueryResults",
];

/** What a preview may do beyond AWS's `ReadOnlyAccess`, and what of that it may not: pull requests' own code runs with it. */
export function previewPolicy(place: DeliveryPlace): BroadDocument {
  const { stateBucket } = place;
  const statements: readonly BroadStatement[] = [
    ...stateStatements(place, "read"),
    ...assumption(place),
    { Sid: "NoData", Effect: "Deny", Action: DATA_READS, Resource: "*" },
    stateBucket === undefined
      ? { ...NO_OBJECTS, Resource: "*" }
      : { ...NO_OBJECTS, NotResource: [`arn:aws:s3:::${stateBucket}/*`] },
  ];
  return { Version: "2012-10-17", Statement: statements };
}

const NO_OBJECTS = { Sid: "NoObjects", Effect: "Deny", Action: ["s3:GetObject", "s3:GetObjectVersion"] } as const;

/** What an update may do. Whoever merges decides what it does; what it never may is to widen who merges. */
export function deployPolicy(side: Side, place: DeliveryPlace): PolicyDocument {
  const own = side === "corpai" ? [MANAGE_ROLES] : customerStatements(place);
  return policyOf([...stateStatements(place, "write"), ...assumption(place), ...own, keptOut(place)]);
}

/** PowerUserAccess leaves out IAM, and CorpAI's programs make roles for clusters, runtimes, functions and pods. */
const MANAGE_ROLES: PolicyStatement = {
  Sid: "RolesOfPrograms",
  Effect: "Allow",
  Action: [
    ...["Create", "Get", "Update", "Delete", "Tag", "Untag", "Pass"].map((verb) => `iam:${verb}Role`),
    ...["iam:UpdateAssumeRolePolicy", "iam:UpdateRoleDescription", "iam:ListRoleTags", "iam:ListRolePolicies"],
    ...["Put", "Get", "Delete", "Attach", "Detach"].map((verb) => `iam:${verb}RolePolicy`),
    ...["iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"],
    ...["Create", "Get", "Delete", "Tag", "Untag"].map((verb) => `iam:${verb}Policy`),
    ...["Create", "Get", "Delete"].map((verb) => `iam:${verb}PolicyVersion`),
    "iam:ListPolicyVersions",
    ...["Create", "Get", "Delete", "Tag", "Untag"].map((verb) => `iam:${verb}InstanceProfile`),
    ...["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile"],
  ],
  Resource: "*",
};

/** Neither the roles themselves nor those whose tokens they take; `bootstrap` is brought up by a person. */
const keptOut = ({ account, environment }: DeliveryPlace): PolicyStatement => ({
  Sid: "NotItself",
  Effect: "Deny",
  Action: [
    ...["Create", "Update", "Delete", "Pass"].map((verb) => `iam:${verb}Role`),
    ...["Put", "Delete", "Attach", "Detach"].map((verb) => `iam:${verb}RolePolicy`),
    "iam:UpdateAssumeRolePolicy",
    ...["Create", "Delete"].map((verb) => `iam:${verb}OpenIDConnectProvider`),
    ...["iam:AddClientIDToOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint"],
  ],
  Resource: [
    deliveryRoleArn(account, environment, "preview"),
    deliveryRoleArn(account, environment, "deploy"),
    identityProviderArn(account, "github"),
    identityProviderArn(account, "pulumi"),
  ],
});

/** States in the environment's bucket, and what is secret in them. */
function stateStatements(
  { account, environment, stateBucket }: DeliveryPlace,
  how: "read" | "write",
): PolicyStatement[] {
  if (stateBucket === undefined) return [];
  const bucket = `arn:aws:s3:::${stateBucket}`;
  const changes = how === "write" ? ["s3:PutObject", "s3:DeleteObject"] : [];
  return [
    { Sid: "ListStates", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: bucket },
    { Sid: "States", Effect: "Allow", Action: ["s3:GetObject", ...changes], Resource: `${bucket}/*` },
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", ...(how === "write" ? ["kms:Encrypt", "kms:GenerateDataKey"] : [])],
      Resource: `arn:aws:kms:*:${account}:key/*`,
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": stateKeyAlias(environment) } },
    },
  ];
}

const assumption = ({ assumes }: DeliveryPlace): PolicyStatement[] =>
  assumes.length === 0
    ? []
    : [{ Sid: "RolesOfStacks", Effect: "Allow", Action: "sts:AssumeRole", Resource: [...assumes].sort() }];

/** The three programs of a customer, in its own account. */
function customerStatements({ account }: DeliveryPlace): PolicyStatement[] {
  const policies = [
    CONNECTIVITY_POLICY,
    CONNECTIVITY_FOR_PULUMI_POLICY,
    CONNECTIVITY_LIMITS_POLICY,
    CONNECTIVITY_REACH_POLICY,
  ].map((name) => `arn:aws:iam::${account}:policy/${name}`);
  const { key: tag, value } = CUSTOMER_TAG;
  const balancers = ["loadbalancer/net/corpai-*", "targetgroup/corpai-*", "listener/net/corpai-*"];
  return [
    {
      Sid: "AccessPolicies",
      Effect: "Allow",
      Action: [
        ...["Create", "Delete", "Tag", "Untag"].map((verb) => `iam:${verb}Policy`),
        ...["iam:CreatePolicyVersion", "iam:DeletePolicyVersion"],
      ],
      Resource: policies,
    },
    {
      Sid: "AccessOfRole",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      Resource: `arn:aws:iam::${account}:role/*`,
      Condition: { ArnEquals: { "iam:PolicyARN": policies } },
    },
    {
      Sid: "ReadAccess",
      Effect: "Allow",
      Action: [
        ...["iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
        ...["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"],
      ],
      Resource: "*",
    },
    {
      Sid: "ReadServices",
      Effect: "Allow",
      Action: [
        ...["LoadBalancers", "LoadBalancerAttributes", "TargetGroups", "TargetGroupAttributes", "TargetHealth"].map(
          (what) => `elasticloadbalancing:Describe${what}`,
        ),
        ...["Listeners", "ListenerAttributes", "Tags"].map((what) => `elasticloadbalancing:Describe${what}`),
        ...["Vpcs", "VpcAttribute", "Subnets", "RouteTables", "NetworkInterfaces", "AvailabilityZones", "Tags"].map(
          (what) => `ec2:Describe${what}`,
        ),
        ...["SecurityGroups", "SecurityGroupRules", "Instances", "InstanceAttribute", "Volumes"].map(
          (what) => `ec2:Describe${what}`,
        ),
        ...["ServiceConfigurations", "ServicePermissions", "Connections", "ConnectionNotifications"].map(
          (what) => `ec2:DescribeVpcEndpoint${what}`,
        ),
        "sns:GetSubscriptionAttributes",
      ],
      Resource: "*",
    },
    {
      Sid: "LoadBalancers",
      Effect: "Allow",
      Action: [
        ...["LoadBalancer", "TargetGroup", "Listener"].flatMap((what) =>
          ["Create", "Delete"].map((verb) => `elasticloadbalancing:${verb}${what}`),
        ),
        ...["LoadBalancerAttributes", "TargetGroup", "TargetGroupAttributes", "Listener", "ListenerAttributes"].map(
          (what) => `elasticloadbalancing:Modify${what}`,
        ),
        ...["SetSubnets", "SetSecurityGroups", "SetIpAddressType", "RegisterTargets", "DeregisterTargets"].map(
          (what) => `elasticloadbalancing:${what}`,
        ),
        ...["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
      ],
      Resource: balancers.map((name) => `arn:aws:elasticloadbalancing:*:${account}:${name}`),
    },
    {
      Sid: "EndpointServices",
      Effect: "Allow",
      Action: [
        "ec2:CreateVpcEndpointServiceConfiguration",
        "ec2:DeleteVpcEndpointServiceConfigurations",
        "ec2:ModifyVpcEndpointServiceConfiguration",
        "ec2:ModifyVpcEndpointServicePermissions",
        "ec2:StartVpcEndpointServicePrivateDnsVerification",
        "ec2:AcceptVpcEndpointConnections",
        "ec2:RejectVpcEndpointConnections",
        "ec2:CreateVpcEndpointConnectionNotification",
        "ec2:ModifyVpcEndpointConnectionNotification",
        "ec2:DeleteVpcEndpointConnectionNotifications",
        ...["CreateSecurityGroup", "DeleteSecurityGroup", "ModifySecurityGroupRules", "CreateTags", "DeleteTags"].map(
          (what) => `ec2:${what}`,
        ),
        ...["Authorize", "Revoke"].flatMap((verb) =>
          ["Ingress", "Egress"].map((way) => `ec2:${verb}SecurityGroup${way}`),
        ),
      ],
      Resource: [
        ...["vpc-endpoint-service/*", "security-group/*", "security-group-rule/*", "vpc/*"].map(
          (what) => `arn:aws:ec2:*:${account}:${what}`,
        ),
      ],
    },
    {
      Sid: "Notices",
      Effect: "Allow",
      Action: [
        ...["CreateTopic", "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", "Subscribe"],
        ...["ListTagsForResource", "TagResource", "UntagResource"],
      ].map((what) => `sns:${what}`),
      Resource: `arn:aws:sns:*:${account}:connections-*`,
    },
    // AWS knows no resource of it.
    { Sid: "EndNotices", Effect: "Allow", Action: "sns:Unsubscribe", Resource: "*" },
    {
      Sid: "NewKeyOfNotices",
      Effect: "Allow",
      Action: ["kms:CreateKey", "kms:TagResource"],
      Resource: "*",
      Condition: { StringEquals: { [`aws:RequestTag/${tag}`]: value } },
    },
    {
      Sid: "KeyOfNotices",
      Effect: "Allow",
      Action: [
        ...["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "EnableKeyRotation"],
        ...["UpdateKeyDescription", "PutKeyPolicy", "TagResource", "UntagResource", "ScheduleKeyDeletion"],
      ].map((what) => `kms:${what}`),
      Resource: `arn:aws:kms:*:${account}:key/*`,
      Condition: { StringEquals: { [`aws:ResourceTag/${tag}`]: value } },
    },
  ];
}
