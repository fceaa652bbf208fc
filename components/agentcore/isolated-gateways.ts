import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AGENTCORE_GATEWAY_ENDPOINTS, type IsolatedScope, isolatedPolicy } from "../../model/agentcore-endpoints.ts";
import type { AgentcoreGateway } from "../../model/agentcore-names.ts";
import type { Tags } from "../../model/tags.ts";

export interface IsolatedGatewaysArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly routeTableId: pulumi.Input<string>;
  readonly scope: IsolatedScope;
  readonly tags: Tags;
}

type ByGateway = Readonly<Record<AgentcoreGateway, pulumi.Output<string>>>;

/**
 * The gateway endpoints of the isolated network: routes to S3 and DynamoDB, and the only ones that lead out of its own addresses.
 *
 * Creates one for each, with the policy of what it is there for. Their prefix lists, for rules of groups, are outputs of their own.
 */
export class IsolatedGateways extends pulumi.ComponentResource {
  readonly ids: ByGateway;
  readonly prefixListIds: ByGateway;
  /** Ranges behind all of them. */
  readonly cidrBlocks: pulumi.Output<string[]>;

  constructor(name: string, args: IsolatedGatewaysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:IsolatedGateways", name, {}, opts);

    const endpoints = this.#createEndpoints(name, args);

    this.ids = mapped(endpoints, ({ id }) => id);
    this.prefixListIds = mapped(endpoints, ({ prefixListId }) => prefixListId);
    this.cidrBlocks = pulumi.all(endpoints.map(([, { cidrBlocks }]) => cidrBlocks)).apply((lists) => lists.flat());
    this.registerOutputs({ ids: this.ids, prefixListIds: this.prefixListIds });
  }

  #createEndpoints(name: string, { vpcId, routeTableId, scope, tags }: IsolatedGatewaysArgs) {
    return AGENTCORE_GATEWAY_ENDPOINTS.map((gateway) => {
      const called = `${name}-${gateway.service}`;
      const endpoint = new aws.ec2.VpcEndpoint(
        called,
        {
          vpcId,
          serviceName: `com.amazonaws.${scope.region}.${gateway.service}`,
          vpcEndpointType: "Gateway",
          routeTableIds: [routeTableId],
          policy: JSON.stringify(isolatedPolicy(gateway, scope)),
          tags: { ...tags, Name: called },
        },
        { parent: this },
      );
      return [gateway.service, endpoint] as const;
    });
  }
}

const mapped = (
  endpoints: readonly (readonly [AgentcoreGateway, aws.ec2.VpcEndpoint])[],
  of: (endpoint: aws.ec2.VpcEndpoint) => pulumi.Output<string>,
): ByGateway => Object.fromEntries(endpoints.map(([service, endpoint]) => [service, of(endpoint)])) as ByGateway;
