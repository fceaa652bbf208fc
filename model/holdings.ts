import { outageOfReplacing } from "./outage.ts";
import { type StackProblem } from "./problem.ts";
import type { Properties, ResourceRecord } from "./resource-record.ts";

/** A resource as its stack's state has it, with what Pulumi itself is told about its end. */
export interface Standing extends Pick<ResourceRecord, "stack" | "urn" | "type" | "name" | "inputs"> {
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** Whether Pulumi lets go of it and leaves it in AWS. */
  readonly retainOnDelete: boolean;
}

/** Something that holds data, or that somebody protects, and what would become of it if its stack were destroyed. */
export interface Holding {
  readonly stack: string;
  readonly resource: string;
  readonly type: string;
  readonly urn: string;
  /** Who refuses to delete it. Nobody: it may go. */
  readonly protectedBy: readonly ("Pulumi" | "AWS")[];
  /** What of it is still there afterwards. Nothing: all that it holds is lost. */
  readonly stays: readonly string[];
}

/** Of all that stands, what a destroy has to be thought over for; in the order given. */
export function holdingsOf(standing: readonly Standing[]): Holding[] {
  return standing.flatMap((one): Holding[] => {
    const protectedBy = protectorsOf(one);
    if (outageOfReplacing(one.type) !== "data" && protectedBy.length === 0 && !one.retainOnDelete) return [];
    const { stack, name: resource, type, urn } = one;
    return [{ stack, resource, type, urn, protectedBy, stays: remainsOf(one) }];
  });
}

function protectorsOf({ protect, retainOnDelete, inputs }: Standing): Holding["protectedBy"] {
  const { deletionProtection, deletionProtectionEnabled, enableDeletionProtection } = inputs;
  // Cognito has a word where all others have a switch.
  const byAws = [deletionProtection, deletionProtectionEnabled, enableDeletionProtection].some(
    (value) => value === true || value === "ACTIVE",
  );
  // AWS is not asked to delete what stays.
  return [...(protect ? (["Pulumi"] as const) : []), ...(byAws && !retainOnDelete ? (["AWS"] as const) : [])];
}

type Remains = (inputs: Properties) => readonly string[];

const textOf = (value: unknown): string => (typeof value === "string" ? value : "one that AWS names");
const daysOf = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

/** AWS's own time to think again, where nothing else is said: of a KMS key, and of a secret. */
const DAYS_TO_REGRET = 30;

const databaseRemains: Remains = ({
  skipFinalSnapshot,
  finalSnapshotIdentifier,
  deleteAutomatedBackups,
  backupRetentionPeriod,
}) => [
  ...(skipFinalSnapshot === true ? [] : [`a last snapshot, ${textOf(finalSnapshotIdentifier)}`]),
  ...(deleteAutomatedBackups === false ? [`automatic backups, for ${daysOf(backupRetentionPeriod, 1)} days`] : []),
];

/** What AWS keeps of a thing that Pulumi deletes, by type. */
const REMAINS: Readonly<Record<string, Remains>> = {
  "aws:rds/instance:Instance": databaseRemains,
  "aws:rds/cluster:Cluster": databaseRemains,
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ finalSnapshotIdentifier }) =>
    finalSnapshotIdentifier === undefined ? [] : [`a last snapshot, ${textOf(finalSnapshotIdentifier)}`],
  "aws:kms/key:Key": ({ deletionWindowInDays }) => [
    `the key, out of use, which can be brought back for ${daysOf(deletionWindowInDays, DAYS_TO_REGRET)} days`,
  ],
  "aws:secretsmanager/secret:Secret": ({ recoveryWindowInDays }) => {
    const days = daysOf(recoveryWindowInDays, DAYS_TO_REGRET);
    return days === 0 ? [] : [`the secret, out of use, which can be brought back for ${days} days`];
  },
};

function remainsOf({ type, inputs, retainOnDelete }: Standing): readonly string[] {
  // A log group has its own word for it.
  if (retainOnDelete || inputs.skipDestroy === true) return ["itself, in AWS, of which no stack knows any more"];
  return REMAINS[type]?.(inputs) ?? [];
}

/** What of it is lost or left, in one line; without its name. */
export function fateOf({ protectedBy, stays }: Holding): string {
  const left = stays.length === 0 ? "nothing of it stays" : `stays: ${stays.join("; ")}`;
  return protectedBy.length === 0 ? left : `PROTECTED by ${protectedBy.join(" and ")}; ${left}`;
}

/** Why what is protected keeps its environment, each with the way out. */
export const protectionProblems = (holdings: readonly Holding[]): StackProblem[] =>
  holdings
    .filter(({ protectedBy }) => protectedBy.length > 0)
    .map((holding) => ({
      stack: holding.stack,
      property: `${holding.resource} (${shortType(holding.type)})`,
      given: `a destroy, from which ${holding.protectedBy.join(" and ")} protect${holding.protectedBy.length > 1 ? "" : "s"} it`,
      allowed: "a destroy of what nothing protects",
      wayOut: releaseOf(holding),
    }));

export const shortType = (type: string): string => type.split(":").at(-1) ?? type;

const STORES: readonly string[] = ["aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"];

/** Where its protection comes from a stack's file, it is lifted there; where somebody has protected it by hand, by hand. */
function releaseOf({ stack, resource, type, urn }: Holding): string {
  const [program] = stack.split(".");
  const bring = `and bring ${stack} up, which lifts its protection; rule deletion-protection wants an exemption for that`;
  if (program === "data" && STORES.includes(type))
    return `If it may go, give corpai:stores.${resource} release: { reason, until }, ${bring}.`;
  if (program === "data" && type === "aws:kms/key:Key")
    return `It may go once every store may: give each a release, ${bring}.`;
  if (program === "customer-services" && type === "aws:lb/loadBalancer:LoadBalancer")
    return `If it may go, give corpai:services.${resource.replace(/-nlb$/, "")} release: { reason, until }, ${bring}.`;
  if (program === "cluster" && type === "aws:eks/cluster:Cluster")
    return `If it may go, give corpai:release { reason, until }, ${bring}.`;
  return `If it may go, lift what was set by hand: for Pulumi, pulumi state unprotect --yes --stack ${stack} '${urn}'; for AWS, switch its deletion protection off.`;
}
