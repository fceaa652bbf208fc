/** What AWS DevOps Agent may let agents use of Grafana. https://docs.aws.amazon.com/devopsagent/latest/APIReference/API_AssociateService.html */
export const GRAFANA_TOOLS = [
  "alerting",
  "annotations",
  "asserts",
  "cloudwatch",
  "dashboard",
  "datasource",
  "elasticsearch",
  "examples",
  "incident",
  "loki",
  "navigation",
  "oncall",
  "prometheus",
  "pyroscope",
  "rendering",
  "runpanelquery",
  "search",
  "searchlogs",
  "sift",
] as const;

/** A value, or a secret by its name. */
type Secret = { readonly secret: string };
interface Client {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

export type Authorization =
  | { readonly bearer: Secret; readonly header?: string | undefined }
  | { readonly apiKey: Secret; readonly header: string }
  | {
      readonly oauth: Client & {
        readonly exchangeUrl: string;
        readonly scopes?: readonly string[] | undefined;
        readonly connection?: string | undefined;
        readonly overInternet: boolean;
      };
    };

interface Webhook {
  /** Whether AWS gives it one. */
  readonly webhook: boolean;
}

/** A service that agents use: what its kind needs, apart from where it is registered. */
export type IntegrationKind =
  | (Webhook & {
      readonly kind: "grafana";
      readonly endpoint: string;
      readonly token: Secret;
      readonly tools?: readonly (typeof GRAFANA_TOOLS)[number][] | undefined;
    })
  | (Webhook & {
      readonly kind: "mcp-server";
      readonly endpoint: string;
      readonly authorization: Authorization;
      readonly tools: readonly string[];
    })
  | (Webhook & { readonly kind: "splunk"; readonly endpoint: string; readonly token: Secret })
  | (Webhook & {
      readonly kind: "gitlab";
      readonly endpoint: string;
      readonly token: Secret;
      readonly tokenType: "personal" | "group";
      readonly groupId?: string | undefined;
      readonly projectId: string;
      readonly projectPath: string;
    })
  | {
      readonly kind: "sigv4";
      readonly endpoint: string;
      readonly region: string;
      readonly service: string;
      readonly roleArn: string;
      readonly tools: readonly string[];
    }
  | {
      readonly kind: "new-relic";
      readonly endpoint: string;
      readonly accountId: string;
      readonly region: "US" | "EU";
      readonly apiKey: Secret;
    }
  | (Webhook & Client & { readonly kind: "dynatrace"; readonly accountUrn: string; readonly environmentId: string })
  | (Webhook & Client & { readonly kind: "servicenow"; readonly instanceUrl: string })
  | (Webhook &
      Client & {
        readonly kind: "pagerduty";
        readonly scopes: readonly string[];
        readonly customerEmail: string;
        readonly services: readonly string[];
      })
  | {
      readonly kind: "azure";
      readonly clientId: string;
      readonly tenantId: string;
      readonly roleArn: string;
      readonly audiences: readonly string[];
      readonly subscriptionId: string;
    };
