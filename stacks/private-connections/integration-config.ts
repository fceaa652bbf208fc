import { z } from "zod";
import { GRAFANA_TOOLS } from "../../model/integration-kinds.ts";
import { endpointParts } from "../../model/host-names.ts";
import { distinct, key, must, secretReference } from "../schema.ts";

const url = z.string().refine((text) => endpointParts(text) !== undefined, {
  error: must("a URL such as https://grafana.example.com", "Give it with https://."),
});
const plain = (what: string) => z.string().min(1, must(what, "Copy it from there.")).max(256);
const tools = distinct("tool", plain("a tool's name")).min(1, must("at least one tool", "Name what agents may call."));
const roleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, must("a role's ARN", "Copy it from IAM."));

/** Of every kind. */
const common = {
  /** The agent spaces that may use it. */
  spaces: distinct("agent space", key).min(1, must("at least one agent space", "Registered alone, no agent uses it.")),
};
/** Of kinds whose service may be private. */
const over = { connection: key.optional(), endpoint: url };
/** Whether AWS gives the service a webhook, by which its alerts start investigations. */
const webhook = { webhook: z.boolean().default(false) };
const client = { clientId: plain("a client id"), clientSecret: secretReference };

/** Grafana has service accounts since 9.1. */
const OLDEST_GRAFANA = [9, 1] as const;
const grafanaVersion = z.string(must('a version in quotes, such as "11.2"', "Put it in quotes.")).refine(
  (text) => {
    const [major, minor = 0] = text.split(".").map(Number);
    const [oldestMajor, oldestMinor] = OLDEST_GRAFANA;
    return major !== undefined && (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor));
  },
  { error: must(`Grafana ${OLDEST_GRAFANA.join(".")} or later`, "Upgrade Grafana first.") },
);

const authorization = z.union([
  z.strictObject({ bearer: secretReference, header: plain("a header's name").optional() }),
  z.strictObject({ apiKey: secretReference, header: plain("a header's name") }),
  z.strictObject({
    oauth: z
      .strictObject({
        ...client,
        exchangeUrl: url,
        scopes: distinct("scope", plain("a scope")).optional(),
        /** The private connection over which tokens are fetched, where that is another one. */
        connection: key.optional(),
        /** Whether tokens are fetched over the internet, and not over the service's own private connection. */
        overInternet: z.boolean().default(false),
      })
      .refine(
        ({ connection, overInternet }) => connection === undefined || !overInternet,
        must("connection or overInternet", "Leave one of them out."),
      ),
  }),
]);

/** A service that agents use, by its kind. Every kind that AWS DevOps Agent registers. */
export const integration = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("grafana"),
    ...common,
    ...over,
    ...webhook,
    version: grafanaVersion,
    /** Of a service account with the role Viewer. */
    token: secretReference,
    tools: distinct("tool", z.enum(GRAFANA_TOOLS)).optional(),
  }),
  z.strictObject({ kind: z.literal("mcp-server"), ...common, ...over, ...webhook, authorization, tools }),
  z.strictObject({ kind: z.literal("splunk"), ...common, ...over, ...webhook, token: secretReference }),
  z.strictObject({
    kind: z.literal("gitlab"),
    ...common,
    ...over,
    ...webhook,
    token: secretReference,
    tokenType: z.enum(["personal", "group"]),
    groupId: plain("a group's id").optional(),
    projectId: plain("a project's id"),
    projectPath: plain("a project's path"),
  }),
  z.strictObject({
    kind: z.literal("sigv4"),
    ...common,
    ...over,
    region: plain("a region"),
    service: plain("a service's signing name"),
    roleArn,
    tools,
  }),
  z.strictObject({
    kind: z.literal("new-relic"),
    ...common,
    endpoint: url,
    accountId: plain("New Relic's account"),
    region: z.enum(["US", "EU"]),
    apiKey: secretReference,
  }),
  z.strictObject({
    kind: z.literal("dynatrace"),
    ...common,
    ...webhook,
    accountUrn: plain("an account's URN"),
    environmentId: plain("an environment's id"),
    ...client,
  }),
  z.strictObject({ kind: z.literal("servicenow"), ...common, ...webhook, instanceUrl: url, ...client }),
  z.strictObject({
    kind: z.literal("pagerduty"),
    ...common,
    ...webhook,
    scopes: distinct("scope", plain("a scope")).min(1, must("at least one scope", "Add one.")),
    customerEmail: z.email(must("an e-mail address", "Correct it.")),
    services: distinct("service", plain("a service's id")).min(1, must("at least one service", "Add one.")),
    ...client,
  }),
  z.strictObject({
    kind: z.literal("azure"),
    ...common,
    clientId: plain("a client id"),
    tenantId: plain("a tenant id"),
    roleArn,
    audiences: distinct("audience", plain("an audience")).min(1, must("at least one audience", "Add one.")),
    subscriptionId: plain("a subscription's id"),
  }),
]);

export type IntegrationConfig = z.infer<typeof integration>;
