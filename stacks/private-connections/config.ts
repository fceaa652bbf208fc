import { z } from "zod";
import { isCertificate } from "../../model/host-names.ts";
import {
  ADDRESSES_PER_INTERFACE,
  CONNECTION_KEY_LIMIT,
  GROUPS_PER_GATEWAY,
  LATTICE_KEY_LIMIT,
  PORT_RANGES_PER_CONNECTION,
  parsePortRange,
} from "../../model/lattice-limits.ts";
import { anyCidr, awsId, azId, distinct, key, must, records, textForPeople } from "../schema.ts";
import { integration } from "./integration-config.ts";

/** A record by key that a file may do without; each key makes a name of AWS's, in characters. */
function named<T extends z.ZodType>(what: string, longest: number, value: T) {
  return z
    .record(key.max(longest, must(`keys of at most ${longest} characters`, `Shorten the key of the ${what}.`)), value)
    .default({});
}

const subnets = z
  .array(z.strictObject({ id: awsId("subnet"), azId }))
  .min(1, must("at least one subnet", "Name one, better in two AZs."))
  .refine(
    (list) => new Set(list.map((subnet) => subnet.azId)).size === list.length,
    must("one subnet per AZ", "A resource gateway has one subnet in each AZ: remove the second."),
  );

const vpc = z.union([z.literal("network"), z.strictObject({ vpcId: awsId("vpc"), subnets })]);

const ports = distinct(
  "port range",
  z
    .string(must('a port or a range in quotes, such as "443" or "8000-8100"', "Put it in quotes."))
    .refine((text) => parsePortRange(text) !== undefined, {
      error: must(
        'a port or a range such as "443" or "8000-8100", the lower port first, from 1 to 65535',
        "Correct it.",
      ),
    }),
)
  .min(1, must("at least one port range: without any, AWS lets all ports through", "Name the service's port."))
  .max(PORT_RANGES_PER_CONNECTION, must(`at most ${PORT_RANGES_PER_CONNECTION} port ranges`, "Join neighbours."));

/** A DNS name or an IPv4 address, and no URL. */
const HOST =
  /^(?=.{3,255}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const host = z.union([
  z.string().refine((text) => HOST.test(text) || z.ipv6().safeParse(text).success, {
    error: must(
      "a DNS name or an IP address, of 3 to 255 characters, without https:// and without a path",
      "Give the host alone; its URL belongs into the integration's endpoint.",
    ),
  }),
  z.strictObject({ server: key }),
]);

const target = z.union([
  z.strictObject({
    /** The group that what answers there carries. */
    securityGroupId: awsId("sg"),
    /** Whether to add to that group the rules that admit the gateway; otherwise the outputs say what to open. */
    open: z.boolean().default(false),
  }),
  z.strictObject({ cidrs: distinct("network", anyCidr).min(1, must("at least one network", "Add one.")) }),
]);

const gatewayFields = {
  vpc: key,
  /** Besides the group that the program makes. */
  securityGroupIds: distinct("security group", awsId("sg"))
    .max(
      GROUPS_PER_GATEWAY - 1,
      must(
        `at most ${GROUPS_PER_GATEWAY - 1}, since AWS allows ${GROUPS_PER_GATEWAY} groups and the program makes one`,
        "Take some away.",
      ),
    )
    .default([]),
  addressType: z
    .enum(["ipv4", "ipv6", "dual-stack"], must('"ipv4", "ipv6" or "dual-stack"', "Choose one."))
    .default("ipv4"),
  addressesPerInterface: z
    .int()
    .min(1, must(`1 to ${ADDRESSES_PER_INTERFACE.most}`, "Correct it."))
    .max(ADDRESSES_PER_INTERFACE.most, must(`1 to ${ADDRESSES_PER_INTERFACE.most}`, "Correct it."))
    .default(ADDRESSES_PER_INTERFACE.default),
  dnsResolution: z.enum(["public", "in-vpc"], must('"public" or "in-vpc"', "Choose one.")).default("public"),
};
const destination = { host, ports, target: target.optional() };

const certificate = z
  .string()
  .max(32768, must("at most 32768 characters", "Give the chain of one certificate alone."))
  .refine(isCertificate, { error: must("an X.509 certificate as PEM", "Paste it with its BEGIN and END lines.") })
  .optional();

const CONFIGURATION_ID = "rcfg-0123456789abcdef0";
const by = z.union([
  z.strictObject({ resource: key }),
  z.strictObject({
    resourceConfigurationArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:vpc-lattice:[a-z0-9-]+:\d{12}:resourceconfiguration\/rcfg-[0-9a-f]{17}$/,
        must(
          `the ARN of a resource configuration, …:resourceconfiguration/${CONFIGURATION_ID}`,
          "Copy it from the VPC console, or give { resourceConfigurationId } of one of this account.",
        ),
      ),
    /** The RAM share to accept first, where another account outside of the organization shares it. */
    acceptShareArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:ram:[a-z0-9-]+:\d{12}:resource-share\/[0-9a-f-]{36}$/,
        must("the ARN of a RAM share", "Ask who shares it."),
      )
      .optional(),
  }),
  z.strictObject({ resourceConfigurationId: awsId("rcfg") }),
]);

const privateConnection = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("service-managed"), ...gatewayFields, ...destination, certificate }),
  z.strictObject({ mode: z.literal("self-managed"), by, certificate }),
]);

const principal = z
  .string()
  .regex(
    /^(\d{12}|arn:aws[a-z-]*:organizations::\d{12}:(organization|ou)\/.+)$/,
    must("an account id, or the ARN of an organization or of a unit of one", "Name whom to share with."),
  );

/** By a resource policy: narrower than a share, which is for whole accounts. */
const admit = distinct(
  "principal",
  z
    .string()
    .regex(
      /^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+)$/,
      must("an account id, or the ARN of a role", "Name whom to admit."),
    ),
).default([]);

const resource = z
  .strictObject({
    gateway: key,
    ...destination,
    /** Resources of one group are shared and associated as one. */
    group: key.optional(),
    shareWith: distinct("principal", principal).default([]),
    admit,
    accessLogs: z.boolean().default(false),
  })
  .refine(
    (one) => one.shareWith.length === 0 || one.admit.length === 0,
    must("shareWith or admit, since a share writes the same policy", "Leave one of them out."),
  );

const agentSpace = z.union([
  z.strictObject({
    /** One that stands already. */
    id: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, must("an agent space's id", "Copy it from the console of AWS DevOps Agent.")),
  }),
  z.strictObject({
    description: textForPeople({ min: 1, max: 200 }),
    /** Role of its web app; without one it has none. */
    operatorRoleArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, must("a role's ARN", "Copy it from IAM."))
      .optional(),
  }),
]);

const connectionKey = key.max(
  CONNECTION_KEY_LIMIT,
  must(`at most ${CONNECTION_KEY_LIMIT} characters: AWS allows 30, and Pulumi adds 8`, "Shorten the key."),
);

export const schema = z.strictObject({
  /** Whose the stack is: it decides the tags. */
  side: z.enum(["corpai", "customer"], must('"corpai" or "customer"', "Say whose VPCs and agent these are.")),
  vpcs: named("VPC", LATTICE_KEY_LIMIT, vpc),
  agentSpaces: named("agent space", LATTICE_KEY_LIMIT, agentSpace),
  /** Of our own, for self-managed connections and for whoever the resources are shared with. */
  gateways: named("gateway", LATTICE_KEY_LIMIT, z.strictObject(gatewayFields)),
  resources: named("resource", LATTICE_KEY_LIMIT, resource),
  serviceNetworks: named(
    "service network",
    LATTICE_KEY_LIMIT,
    z.strictObject({
      resources: distinct("resource", key).min(1, must("at least one resource", "Add one.")),
      admit,
      accessLogs: z.boolean().default(false),
    }),
  ),
  privateConnections: records("private connection", privateConnection).superRefine((entries, context) => {
    for (const name of Object.keys(entries)) {
      const judged = connectionKey.safeParse(name);
      if (judged.success) continue;
      const message = judged.error.issues[0]?.message ?? "";
      context.addIssue({ code: "custom", path: [name], message });
    }
  }),
  integrations: named("integration", LATTICE_KEY_LIMIT, integration),
});

export type Config = z.infer<typeof schema>;
export type PrivateConnectionConfig = Config["privateConnections"][string];
export type GatewayConfig = Config["gateways"][string];
export type ResourceConfig = Config["resources"][string];
