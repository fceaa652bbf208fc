/** What EKS says to a cluster's arguments, beyond Auto Mode and subnets. */
import type { CheckFailure, Context } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, records, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { keyForGrants } from "./kms.ts";
import { LOG_GROUP } from "./logs.ts";
import { arn, contains, overlap, rangeOf } from "./network.ts";

/** What EKS offered in November 2026. */
export const VERSIONS = ["1.32", "1.33", "1.34", "1.35", "1.36"];
/** Those of them whose standard support had ended by then. */
const EXTENDED = ["1.32", "1.33"];
const SUPPORT_TYPES = ["STANDARD", "EXTENDED"];
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const RESERVED = [...PRIVATE, "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"];
const PUBLIC_CIDRS = 40;

export const invalid = (message: string): Refusal => new Refusal("InvalidParameterException", message);

export function checkSupportType({ upgradePolicy }: Properties): CheckFailure[] {
  const type = text(record(upgradePolicy).supportType);
  return type === undefined || SUPPORT_TYPES.includes(type)
    ? []
    : [["upgradePolicy", `expected support_type to be one of [${SUPPORT_TYPES.join(" ")}], got ${type}`]];
}

export function judgeVersion(version: string, inputs: Properties): void {
  if (!VERSIONS.includes(version))
    throw invalid(`unsupported Kubernetes version (${version}; EKS offers ${VERSIONS.join(", ")})`);
  if (EXTENDED.includes(version) && record(inputs.upgradePolicy).supportType === "STANDARD")
    throw invalid(
      `Kubernetes version ${version} is in extended support, which the upgrade policy STANDARD does not allow`,
    );
}

/** Secrets are encrypted by a symmetric key of the region, which EKS uses by a grant of whoever makes the cluster. */
export function judgeEncryption(inputs: Properties, context: Context): void {
  const [config] = records(inputs.encryptionConfig === undefined ? [] : [inputs.encryptionConfig]);
  if (!config) return;
  const reference = text(record(config.provider).keyArn) ?? "";
  if (texts(config.resources).join() !== "secrets")
    throw invalid("The encryption config must name exactly one resource: secrets");
  const key = keyForGrants(context, reference, "eks");
  if (!key) throw invalid(`The KMS key ${reference} does not exist, is not enabled, or may not be used`);
  if (key.inputs.customerMasterKeySpec !== "SYMMETRIC_DEFAULT")
    throw invalid(`The KMS key ${reference} is not symmetric`);
}

/** EKS takes public addresses only; it opens the endpoint to everybody where none are given. */
export function publicCidrs(inputs: Properties): string[] {
  const config = record(inputs.vpcConfig);
  if (config.endpointPublicAccess === false) return [];
  if (config.publicAccessCidrs === undefined) return ["0.0.0.0/0"];
  const cidrs = texts(config.publicAccessCidrs);
  const refused = cidrs.filter((cidr) => !rangeOf(cidr) || RESERVED.some((range) => contains(range, cidr)));
  if (refused.length > 0)
    throw invalid(`The following CIDRs are not allowed in publicAccessCidrs: [${refused.join(", ")}]`);
  if (cidrs.length > PUBLIC_CIDRS)
    throw new Refusal("ResourceLimitExceededException", `At most ${PUBLIC_CIDRS} CIDRs in publicAccessCidrs`);
  return cidrs;
}

/** The addresses of Services: as given, or of EKS's two the one that keeps clear of the VPC. */
export function serviceCidr(inputs: Properties, vpc: WorldObject): string {
  const vpcCidr = text(vpc.inputs.cidrBlock) ?? "";
  const given = text(record(inputs.kubernetesNetworkConfig).serviceIpv4Cidr);
  if (given === undefined) return overlap(vpcCidr, "172.20.0.0/16") ? "10.100.0.0/16" : "172.20.0.0/16";
  const range = rangeOf(given);
  if (!range || range.bits < 12 || range.bits > 24 || !PRIVATE.some((block) => contains(block, given)))
    throw invalid(`serviceIpv4Cidr ${given} must be a private range between /24 and /12`);
  if (overlap(given, vpcCidr))
    throw invalid(`serviceIpv4Cidr ${given} must not overlap the CIDR block ${vpcCidr} of the VPC`);
  return given;
}

/** EKS logs into a group of a fixed name. It makes the group where nobody has, keeps its lines for ever, and leaves it behind. */
export function provideLogGroup(cluster: string, inputs: Properties, { world, caller }: Context): void {
  const id = `/aws/eks/${cluster}/cluster`;
  const { account, region } = caller;
  if (texts(inputs.enabledClusterLogTypes).length === 0 || world.get(LOG_GROUP, id, account)) return;
  const computed = {
    arn: arn("logs", caller, `log-group:${id}`),
    logGroupClass: "STANDARD",
    namePrefix: "",
    region,
  };
  const inputsOfGroup = { name: id, retentionInDays: 0 };
  world.put({ type: LOG_GROUP, id, account, region, inputs: inputsOfGroup, computed, readyAt: 0, estate: false });
}
