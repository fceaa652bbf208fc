import { z } from "zod";
import { blocksEvictions, bytes, cores } from "../../model/server-settings.ts";
import { isTlsSwitch, switchesTlsOff } from "../../model/tls-switches.ts";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { azId, cidr, key, must, port, records, secretReference } from "../schema.ts";

/** What a variable may hold of a connection, and of a store. */
const CONNECTION_VALUES = ["host", "port", "serverName", "caBundle"] as const;
const STORE_VALUES = ["host", "port", "database", "user"] as const;

const oneOf = (values: readonly string[]): string =>
  must(values.map((value) => `"${value}"`).join(" or "), "Choose one.");

const variable = z.union([
  // Of control characters, texts of several lines need only these.
  z
    .string()
    .refine((text) => !/(?![\n\r\t])\p{Cc}/u.test(text), must("text without control characters", "Remove them.")),
  z
    .strictObject({
      connection: key,
      value: z.enum(CONNECTION_VALUES, oneOf(CONNECTION_VALUES)),
      /** Name of a further port; the service's first one without. */
      port: key.optional(),
    })
    .refine(
      ({ value, port: name }) => value === "port" || name === undefined,
      must("port beside value: port only: all ports have one host and one certificate", "Remove the name."),
    ),
  z.strictObject({ store: key, value: z.enum(STORE_VALUES, oneOf(STORE_VALUES)) }),
  secretReference,
]);

const KEEPS_VERIFYING = must(
  "nothing that keeps clients from checking whom they talk to",
  "Remove it. Where a certificate is for another name, or signed by nobody in public, take the connection's serverName and caBundle.",
);

/** By digest, so that what was reviewed is what runs. */
const image = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/,
    must("an image by digest: registry/name@sha256:…", "Resolve the tag to a digest."),
  );

const count = z.int().min(1, must("at least one", "Raise it."));

const replicas = z.union([
  count,
  z
    .strictObject({
      min: count,
      max: count,
      /** Load of the requested CPU at which the autoscaler adds pods, in per cent. */
      cpuPercent: z.int().min(10, must("10 to 100", "Raise it.")).max(100, must("10 to 100", "Lower it.")).default(70),
    })
    .refine(
      ({ min, max }) => min <= max,
      must("a range whose min is at most its max", "Swap the two, or give a single number."),
    ),
]);

const disruptions = z.union([
  z.strictObject({ maxUnavailable: z.int().min(0) }),
  z.strictObject({ minAvailable: z.int().min(0) }),
]);

const cpu = z
  .string()
  .refine((text) => cores(text) !== undefined, must('cores such as "500m" or "1.5"', "Correct the quantity."));
const memory = z
  .string()
  .refine((text) => bytes(text) !== undefined, must('bytes such as "512Mi" or "2Gi"', "Correct the quantity."));

const resources = z
  .strictObject({
    requests: z.strictObject({ cpu: cpu.default("100m"), memory: memory.default("256Mi") }).prefault({}),
    limits: z.strictObject({ cpu: cpu.default("1"), memory: memory.default("512Mi") }).prefault({}),
  })
  .refine(
    ({ requests, limits }) =>
      (cores(requests.cpu) ?? 0) <= (cores(limits.cpu) ?? Infinity) &&
      (bytes(requests.memory) ?? 0) <= (bytes(limits.memory) ?? Infinity),
    must("requests of at most the limits", "Raise the limits (by default 1 and 512Mi), or lower the requests."),
  )
  .prefault({});

const expose = z.union([
  z.boolean(),
  z.strictObject({
    /** Where clients connect; the server's own port by default. */
    port: port.optional(),
    /** Who may connect; CorpAI's VPC by default. */
    from: z.array(cidr).min(1, must("at least one CIDR", "Name who may connect.")).optional(),
    /** Where the load balancer stands; all AZs of the network by default. */
    azIds: z
      .array(azId)
      .refine(
        (ids) => new Set(ids).size >= MINIMUM_AZS && new Set(ids).size === ids.length,
        must(`at least ${MINIMUM_AZS} AZ ids, each once`, "Add an AZ, or leave the key out to use all of the network."),
      )
      .optional(),
  }),
]);

const server = z
  .strictObject({
    image,
    /** The tenant of the network to which it belongs: it then reaches that tenant's connections, and those of all. */
    tenant: key.optional(),
    /** Where the server listens, and answers `/live` and `/ready`. */
    port: port.default(8080),
    /** How many pods run: a number, or a range between which an autoscaler moves it. */
    replicas: replicas.default(2),
    /** How many pods may be taken away at once, say to renew their nodes. */
    disruptions: disruptions.default({ maxUnavailable: 1 }),
    resources,
    /** Whether it gets an internal load balancer of its own. */
    expose: expose.default(false),
    env: z
      .record(
        z
          .string()
          .regex(/^[A-Z][A-Z0-9_]*$/, must("upper-case letters, digits and underscores", "Rename the variable."))
          .refine(
            (name) => !/^AWS_(CONTAINER_|REGION$|DEFAULT_REGION$)/.test(name),
            must(
              "names that EKS does not set itself",
              "Remove it: Pod Identity gives each pod its region and credentials.",
            ),
          ),
        variable,
      )
      .superRefine((variables, context) => {
        for (const [name, value] of Object.entries(variables))
          if (typeof value === "string" ? switchesTlsOff(name, value) : "secret" in value && isTlsSwitch(name))
            context.addIssue({ code: "custom", path: [name], message: KEEPS_VERIFYING });
      })
      .default({}),
  })
  .superRefine(({ replicas: wanted, disruptions: allowed }, context) => {
    if (!blocksEvictions(wanted, allowed)) return;
    context.addIssue({
      code: "custom",
      path: ["disruptions"],
      message: must(
        "a budget that lets at least one pod go",
        "Raise replicas, lower minAvailable, or allow maxUnavailable: 1: else the pods' nodes could never be renewed.",
      ),
    });
  });

export const schema = z.strictObject({
  servers: records("server", server),
  /** What makes the servers' roles in databases: with `sh`, `aws`, `jq`, `psql` and AWS's certificates of RDS. */
  databaseClientImage: image.optional(),
});

export type Config = z.infer<typeof schema>;
export type ServerConfig = Config["servers"][string];
