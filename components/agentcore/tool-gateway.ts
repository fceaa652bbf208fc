import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { deliveredLogGroup } from "../../model/agentcore-images.ts";
import { callFunction } from "../../model/agentcore-roles.ts";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";
import { EncryptedLogGroup } from "../logging/encrypted-log-group.ts";
import { type Authorization, jwtAuthorizer } from "./runtime.ts";
import { ServiceDeliveries } from "./service-deliveries.ts";
import { ServiceRole } from "./service-role.ts";

/** A tool as agents see it: what it is for, and what it has to be given. */
export interface Tool {
  readonly description: string;
  /** Names of the texts that it takes. The first one has to be given. */
  readonly inputs: pulumi.Input<readonly string[]>;
}

export interface ToolGatewayArgs {
  readonly environment: string;
  /** What AWS calls it. */
  readonly gatewayName: string;
  readonly functionArn: pulumi.Input<string>;
  readonly tools: Readonly<Record<string, Tool>>;
  readonly authorization: Authorization;
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/** What stands before a tool's own name: `look-up___get-customer`. */
const TARGET = "look-up";

/**
 * An AgentCore gateway, which speaks MCP, takes tokens of one client only, and calls one Lambda function by a role of its own.
 *
 * Creates the role, the gateway, its target with all tools, its log group and the deliveries into it and to X-Ray.
 */
export class ToolGateway extends pulumi.ComponentResource {
  readonly gatewayArn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ToolGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:ToolGateway", name, {}, opts);

    const { place, functionArn, tags } = args;
    const role = new ServiceRole(
      name,
      {
        ...place,
        description: "Calls the function behind the gateway",
        service: "bedrock-agentcore",
        statements: pulumi.output(functionArn).apply(callFunction),
        tags,
      },
      { parent: this },
    );
    const gateway = this.#createGateway(name, role, args);
    this.#createTarget(name, gateway, args);
    this.#deliver(name, gateway, args);

    this.gatewayArn = gateway.gatewayArn;
    this.url = gateway.gatewayUrl;
    this.registerOutputs({ gatewayArn: this.gatewayArn, url: this.url });
  }

  #createGateway(name: string, role: ServiceRole, args: ToolGatewayArgs): aws.bedrock.AgentcoreGateway {
    return new aws.bedrock.AgentcoreGateway(
      name,
      {
        name: args.gatewayName,
        description: "Tools of CorpAI's agents",
        roleArn: role.arn,
        protocolType: "MCP",
        authorizerType: "CUSTOM_JWT",
        authorizerConfiguration: jwtAuthorizer(args.authorization),
        tags: { ...args.tags, Name: args.gatewayName },
      },
      { parent: this },
    );
  }

  #createTarget(name: string, gateway: aws.bedrock.AgentcoreGateway, { functionArn, tools }: ToolGatewayArgs): void {
    const inlinePayloads = Object.entries(tools).map(([tool, { description, inputs }]) => ({
      name: tool,
      description,
      inputSchema: {
        type: "object",
        properties: pulumi.output(inputs).apply((names) =>
          names.map((input, index) => ({
            name: input,
            type: "string",
            description: `The ${input}`,
            required: index === 0,
          })),
        ),
      },
    }));
    new aws.bedrock.AgentcoreGatewayTarget(
      name,
      {
        name: TARGET,
        gatewayIdentifier: gateway.gatewayId,
        credentialProviderConfiguration: { gatewayIamRole: {} },
        targetConfiguration: { mcp: { lambda: { lambdaArn: functionArn, toolSchema: { inlinePayloads } } } },
      },
      { parent: this },
    );
  }

  #deliver(name: string, gateway: aws.bedrock.AgentcoreGateway, args: ToolGatewayArgs): void {
    const { environment, gatewayName, protection, place, tags } = args;
    const logs = new EncryptedLogGroup(
      `${name}-service`,
      {
        logGroupName: deliveredLogGroup(environment, gatewayName),
        description: "What AgentCore says of the gateway",
        protection,
        place,
        tags,
      },
      { parent: this },
    );
    new ServiceDeliveries(
      name,
      {
        resourceArn: gateway.gatewayArn,
        prefix: `${environment}-${gatewayName}`,
        logGroupArn: logs.logGroupArn,
        tags,
      },
      { parent: this },
    );
  }
}
