/** A database and a cache in the demo estate's VPC, as a program asks for them. */
import type { Properties } from "../../../sandbox/wire.ts";
import type { Actor, Outputs } from "./world.ts";
import { SUBNET_A, SUBNET_B } from "./connection.ts";
import { textOf, trust } from "./cluster.ts";

export const S = {
  key: "aws:kms/key:Key",
  secret: "aws:secretsmanager/secret:Secret",
  dbSubnets: "aws:rds/subnetGroup:SubnetGroup",
  dbParameters: "aws:rds/parameterGroup:ParameterGroup",
  db: "aws:rds/instance:Instance",
  cacheSubnets: "aws:elasticache/subnetGroup:SubnetGroup",
  cache: "aws:elasticache/replicationGroup:ReplicationGroup",
  user: "aws:elasticache/user:User",
  userGroup: "aws:elasticache/userGroup:UserGroup",
  association: "aws:elasticache/userGroupAssociation:UserGroupAssociation",
} as const;

/** The estate's group of the customer's own applications: it stands for whatever group a store has. */
export const GROUP = "sg-0acedada0a9900001";

/** Arguments of a database on groups that are there, or made here. */
export function databaseArguments(aws: Actor, more: Properties = {}): Properties {
  const { world, caller } = aws.context;
  if (!world.get(S.dbSubnets, "data", caller.account))
    aws.make(S.dbSubnets, { name: "data", subnetIds: [SUBNET_A, SUBNET_B] });
  if (!world.get(S.dbParameters, "tls", caller.account))
    aws.make(S.dbParameters, {
      name: "tls",
      family: "postgres17",
      parameters: [{ name: "rds.force_ssl", value: "1" }],
    });
  return {
    identifier: "orders",
    engine: "postgres",
    engineVersion: "17",
    instanceClass: "db.t4g.micro",
    storageType: "gp3",
    allocatedStorage: 20,
    dbName: "orders",
    username: "master",
    manageMasterUserPassword: true,
    iamDatabaseAuthenticationEnabled: true,
    dbSubnetGroupName: "data",
    parameterGroupName: "tls",
    vpcSecurityGroupIds: [GROUP],
    skipFinalSnapshot: true,
    applyImmediately: true,
    ...more,
  };
}

/** Arguments of a cache, likewise. */
export function cacheArguments(aws: Actor, more: Properties = {}): Properties {
  const { world, caller } = aws.context;
  if (!world.get(S.cacheSubnets, "cache", caller.account))
    aws.make(S.cacheSubnets, { name: "cache", subnetIds: [SUBNET_A, SUBNET_B] });
  if (!world.get(S.userGroup, "sessions", caller.account))
    aws.make(S.userGroup, { userGroupId: "sessions", engine: "valkey" });
  return {
    replicationGroupId: "sessions",
    description: "sessions",
    engine: "valkey",
    engineVersion: "8.2",
    nodeType: "cache.t4g.micro",
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    subnetGroupName: "cache",
    securityGroupIds: [GROUP],
    transitEncryptionEnabled: true,
    transitEncryptionMode: "required",
    userGroupIds: ["sessions"],
    applyImmediately: true,
    ...more,
  };
}

/** A role with a policy of its own. */
export function roleWith(aws: Actor, name: string, ...statements: Properties[]): Outputs {
  const role = aws.make("aws:iam/role:Role", { name, assumeRolePolicy: trust("pods.eks.amazonaws.com") });
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  if (statements.length > 0)
    aws.make("aws:iam/rolePolicy:RolePolicy", {
      name: "own",
      role: name,
      policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
  return role;
}

export const keyOf = (aws: Actor, more: Properties = {}): string => textOf(aws.make(S.key, more).arn);
