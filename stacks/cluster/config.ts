import { z } from "zod";
import { cidrsOverlap, parseCidr } from "../../model/cidr-plan.ts";
import { ACCESS_POLICIES } from "../../model/cluster-access.ts";
import { DEFAULT_KUBERNETES_VERSION } from "../../model/kubernetes-versions.ts";
import { cidr, key, must, permission } from "../schema.ts";

/** Widest range that names somebody: larger ones are continents of the internet. */
const WIDEST_PUBLIC_PREFIX = 16;

/** EKS's own limit. */
const PUBLIC_CIDRS = 40;
const NOT_PUBLIC = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

const isWide = (text: string): boolean => (parseCidr(text)?.prefix ?? WIDEST_PUBLIC_PREFIX) < WIDEST_PUBLIC_PREFIX;

const publicCidr = cidr
  .refine(
    (text) => !isWide(text),
    must(
      `CIDRs from /${WIDEST_PUBLIC_PREFIX} to /32 of networks that you know`,
      "Name the offices or runners that need the API; 0.0.0.0/0 is everybody.",
    ),
  )
  .refine(
    (text) => isWide(text) || !NOT_PUBLIC.some((range) => cidrsOverlap(range, text)),
    must(
      "public addresses, which EKS sees on the internet",
      "Leave private networks out: they reach the private endpoint, from inside the VPC or by a VPN.",
    ),
  );

const namespaces = z
  .array(
    z
      .string()
      .regex(
        /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
        must("names of namespaces: lower-case letters, digits and hyphens", "Correct the name."),
      ),
    must('"cluster", or a list of namespaces', "Name the namespaces."),
  )
  .min(1, must('"cluster", or at least one namespace', "Name a namespace, or remove the grant."));

const access = z.strictObject({
  principal: z
    .string()
    .regex(
      /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/,
      must(
        "the ARN of one role or user, such as arn:aws:iam::111122223333:role/platform-engineers",
        "EKS admits principals one by one: neither accounts nor wildcards.",
      ),
    ),
  grants: z
    .record(
      z
        .string()
        .refine(
          (grant) => Object.hasOwn(ACCESS_POLICIES, grant),
          must(Object.keys(ACCESS_POLICIES).join(", "), "Choose among these; each is an access policy of EKS."),
        ),
      z.union([z.literal("cluster"), namespaces]),
    )
    .refine(
      (grants) => Object.keys(grants).length > 0,
      must("at least one grant", "Say what the principal may do, or remove it."),
    ),
});

export const schema = z.strictObject({
  /** Kubernetes minor version, in quotes; judged by the dates in model/kubernetes-versions.ts. */
  version: z
    .string(must('a minor version in quotes, such as "1.35"', "Write it in quotes: 1.30 without them is 1.3."))
    .regex(/^1\.\d+$/, must('a minor version in quotes, such as "1.35"', "Leave out the patch: EKS chooses it."))
    .default(DEFAULT_KUBERNETES_VERSION),
  /** Networks outside the VPC that may reach the API; in environments of class dev only. None: the API is private. */
  publicAccessCidrs: z
    .array(publicCidr)
    .min(1, must("at least one CIDR", "Remove the key: without it the API is private."))
    .max(PUBLIC_CIDRS, must(`at most ${PUBLIC_CIDRS} CIDRs, EKS's limit`, "Join neighbouring networks."))
    .refine((list) => new Set(list).size === list.length, must("each CIDR once", "Remove the duplicate."))
    .optional(),
  /** Who may use the Kubernetes API, besides whoever creates the cluster. */
  access: z
    .record(key, access)
    .refine(
      (entries) =>
        new Set(Object.values(entries).map(({ principal }) => principal)).size === Object.keys(entries).length,
      must("each principal once", "Put all of a principal's grants into one entry: EKS keeps one per principal."),
    )
    .default({}),
  /** Permission to delete the cluster: AWS's protection is lifted until that day. */
  release: permission.optional(),
});

export type Config = z.infer<typeof schema>;
