import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { type Client, CLIENTS, scopeIn } from "../../model/agentcore-clients.ts";
import { DEFAULT_ENDPOINT } from "../../model/agentcore-images.ts";
import { runtimeBasics } from "../../model/agentcore-roles.ts";
import type { Protection } from "../../model/environment-class.ts";
import type { PolicyStatement } from "../../model/iam-documents.ts";
import type { Tags } from "../../model/tags.ts";
import { RuntimeLogs } from "./runtime-logs.ts";
import { ServiceRole } from "./service-role.ts";

/** Whose tokens a runtime or gateway takes. */
export interface Authorization {
  readonly discoveryUrl: pulumi.Input<string>;
  readonly client: Client;
  readonly clientId: pulumi.Input<string>;
}

export interface RuntimeArgs {
  readonly environment: string;
  /** What AWS calls it: no hyphens. */
  readonly runtimeName: string;
  readonly description: string;
  readonly protocol: "HTTP" | "MCP";
  /** By digest. */
  readonly image: pulumi.Input<string>;
  readonly repositoryArn: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<readonly string[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly authorization: Authorization;
  /** What its code may do besides logging and tracing. */
  readonly statements: pulumi.Input<readonly PolicyStatement[]>;
  readonly variables: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Names of endpoints besides the one that it has anyway; each follows its newest version. */
  readonly endpoints?: readonly string[];
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/** Whoever holds the client's secret, and asked for the scope, and nobody else. Access tokens of Cognito carry no audience. */
export const jwtAuthorizer = ({ discoveryUrl, client, clientId }: Authorization) => ({
  customJwtAuthorizer: {
    discoveryUrl,
    allowedClients: [clientId],
    allowedScopes: [scopeIn(CLIENTS[client].opens)],
  },
});

/**
 * An AgentCore runtime inside the VPC, which nobody calls without a token.
 *
 * Creates its role, the runtime, its endpoints and its log groups. READY says that AgentCore has found the image, not that the VPC lets a session pull
 * it: that is what the network's flows are checked for.
 */
export class Runtime extends pulumi.ComponentResource {
  readonly runtimeArn: pulumi.Output<string>;
  readonly runtimeId: pulumi.Output<string>;
  /** Where it is called, at its default endpoint. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: RuntimeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:Runtime", name, {}, opts);

    const role = this.#createRole(name, args);
    const runtime = this.#createRuntime(name, role, args);
    this.#createEndpoints(name, runtime, args);
    new RuntimeLogs(
      name,
      {
        ...args,
        runtimeId: runtime.agentRuntimeId,
        runtimeArn: runtime.agentRuntimeArn,
        endpoints: [DEFAULT_ENDPOINT, ...(args.endpoints ?? [])],
      },
      { parent: this },
    );

    this.runtimeArn = runtime.agentRuntimeArn;
    this.runtimeId = runtime.agentRuntimeId;
    this.url = runtime.agentRuntimeArn.apply(
      (arn) =>
        `https://bedrock-agentcore.${args.place.region}.amazonaws.com/runtimes/${encodeURIComponent(arn)}/invocations?qualifier=${DEFAULT_ENDPOINT}`,
    );
    this.registerOutputs({ runtimeArn: this.runtimeArn, runtimeId: this.runtimeId, url: this.url });
  }

  #createRole(
    name: string,
    { place, runtimeName, repositoryArn, statements, description, tags }: RuntimeArgs,
  ): ServiceRole {
    return new ServiceRole(
      name,
      {
        ...place,
        description,
        service: "bedrock-agentcore",
        statements: pulumi
          .all([repositoryArn, statements])
          .apply(([repository, own]) => [
            ...runtimeBasics({ ...place, runtimeName, repositoryArn: repository }),
            ...own,
          ]),
        tags,
      },
      { parent: this },
    );
  }

  #createRuntime(name: string, role: ServiceRole, args: RuntimeArgs): aws.bedrock.AgentcoreAgentRuntime {
    return new aws.bedrock.AgentcoreAgentRuntime(
      name,
      {
        agentRuntimeName: args.runtimeName,
        description: args.description,
        roleArn: role.arn,
        agentRuntimeArtifact: { containerConfiguration: { containerUri: args.image } },
        networkConfiguration: {
          networkMode: "VPC",
          networkModeConfig: {
            subnets: pulumi.output(args.subnetIds).apply((ids) => [...ids]),
            securityGroups: [args.securityGroupId],
          },
        },
        protocolConfiguration: { serverProtocol: args.protocol },
        authorizerConfiguration: jwtAuthorizer(args.authorization),
        environmentVariables: pulumi.output(args.variables).apply((variables) => ({ ...variables })),
        tags: { ...args.tags, Name: args.runtimeName },
      },
      { parent: this },
    );
  }

  #createEndpoints(name: string, runtime: aws.bedrock.AgentcoreAgentRuntime, { endpoints, tags }: RuntimeArgs): void {
    for (const endpoint of endpoints ?? [])
      new aws.bedrock.AgentcoreAgentRuntimeEndpoint(
        `${name}-${endpoint}`,
        {
          agentRuntimeId: runtime.agentRuntimeId,
          name: endpoint,
          agentRuntimeVersion: runtime.agentRuntimeVersion,
          tags: { ...tags },
        },
        { parent: this },
      );
  }
}
