/** What AWS DevOps Agent is told of a service, by its kind: at registration, and at association with an agent space. */
import type * as devopsagent from "@pulumi/aws-native/devopsagent/index.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Authorization, IntegrationKind } from "../../model/integration-kinds.ts";

type Details = NonNullable<devopsagent.ServiceArgs["serviceDetails"]>;

export interface Registration {
  readonly serviceType: pulumi.Unwrap<devopsagent.ServiceArgs["serviceType"]>;
  readonly serviceDetails: Details;
  readonly configuration: devopsagent.AssociationArgs["configuration"];
}

type Secrets = (name: string) => pulumi.Output<string>;

/** @param name under which it is registered */
export function registrationOf(name: string, kind: IntegrationKind, secret: Secrets): Registration {
  const hook = "webhook" in kind ? { enableWebhookUpdates: kind.webhook } : {};
  switch (kind.kind) {
    case "grafana": {
      const { endpoint, token, tools } = kind;
      return {
        serviceType: "mcpservergrafana",
        serviceDetails: {
          mcpServerGrafana: { name, endpoint, authorizationConfig: bearer(name, secret(token.secret)) },
        },
        configuration: { mcpServerGrafana: { endpoint, ...hook, ...(tools && { tools: [...tools] }) } },
      };
    }
    case "mcp-server": {
      const { endpoint, authorization, tools } = kind;
      return {
        serviceType: "mcpserver",
        serviceDetails: {
          mcpServer: { name, endpoint, authorizationConfig: authorizationOf(name, authorization, secret) },
        },
        configuration: { mcpServer: { endpoint, tools: [...tools], ...hook } },
      };
    }
    case "splunk": {
      const { endpoint, token } = kind;
      return {
        serviceType: "mcpserversplunk",
        serviceDetails: {
          mcpServerSplunk: { name, endpoint, authorizationConfig: bearer(name, secret(token.secret)) },
        },
        configuration: { mcpServerSplunk: { endpoint, ...hook } },
      };
    }
    case "gitlab": {
      const { endpoint, token, tokenType, groupId, projectId, projectPath } = kind;
      const details = { targetUrl: endpoint, tokenType, tokenValue: secret(token.secret) };
      return {
        serviceType: "gitlab",
        serviceDetails: { gitLab: { ...details, ...(groupId !== undefined && { groupId }) } },
        configuration: { gitLab: { projectId, projectPath, ...hook } },
      };
    }
    case "sigv4": {
      const { endpoint, region, service, roleArn, tools } = kind;
      const authorizationConfig = { region, service, roleArn };
      return {
        serviceType: "mcpserversigv4",
        serviceDetails: { mcpServerSigV4: { name, endpoint, authorizationConfig } },
        configuration: { mcpServerSigV4: { tools: [...tools] } },
      };
    }
    case "new-relic": {
      const { endpoint, accountId, region, apiKey } = kind;
      const authorizationConfig = { apiKey: { accountId, region, apiKey: secret(apiKey.secret) } };
      return {
        serviceType: "mcpservernewrelic",
        serviceDetails: { mcpServerNewRelic: { authorizationConfig } },
        configuration: { mcpServerNewRelic: { accountId, endpoint } },
      };
    }
    case "dynatrace":
      return {
        serviceType: "dynatrace",
        serviceDetails: { dynatrace: { accountUrn: kind.accountUrn, authorizationConfig: clientOf(kind, secret) } },
        configuration: { dynatrace: { envId: kind.environmentId, ...hook } },
      };
    case "servicenow":
      return {
        serviceType: "servicenow",
        serviceDetails: { serviceNow: { instanceUrl: kind.instanceUrl, authorizationConfig: clientOf(kind, secret) } },
        configuration: { serviceNow: { ...hook } },
      };
    case "pagerduty": {
      const { scopes, customerEmail, services } = kind;
      return {
        serviceType: "pagerduty",
        serviceDetails: { pagerDuty: { scopes: [...scopes], authorizationConfig: clientOf(kind, secret) } },
        configuration: { pagerDuty: { customerEmail, services: [...services], ...hook } },
      };
    }
    case "azure": {
      const { clientId, tenantId, roleArn, audiences, subscriptionId } = kind;
      const details = { clientId, tenantId, webIdentityRoleArn: roleArn, webIdentityTokenAudiences: [...audiences] };
      return {
        serviceType: "azureidentity",
        serviceDetails: { azureIdentity: details },
        configuration: { azure: { subscriptionId } },
      };
    }
  }
}

const bearer = (name: string, tokenValue: pulumi.Output<string>, header?: string) => ({
  bearerToken: {
    tokenName: `${name}-token`,
    tokenValue,
    ...(header !== undefined && { authorizationHeader: header }),
  },
});

function authorizationOf(name: string, authorization: Authorization, secret: Secrets) {
  if ("bearer" in authorization) return bearer(name, secret(authorization.bearer.secret), authorization.header);
  if ("apiKey" in authorization) {
    const { apiKey, header } = authorization;
    return { apiKey: { apiKeyName: `${name}-key`, apiKeyHeader: header, apiKeyValue: secret(apiKey.secret) } };
  }
  const { clientId, clientSecret, exchangeUrl, scopes } = authorization.oauth;
  const client = { clientId, clientSecret: secret(clientSecret.secret), exchangeUrl };
  return { oAuthClientCredentials: { ...client, ...(scopes && { scopes: [...scopes] }) } };
}

const clientOf = (
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: { readonly secret: string } },
  secret: Secrets,
) => ({ oAuthClientCredentials: { clientId, clientSecret: secret(clientSecret.secret) } });
