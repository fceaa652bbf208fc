import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  type IsolatedEndpoint,
  type IsolatedScope,
  endpointsOf,
  isolatedPolicy,
} from "../../model/agentcore-endpoints.ts";
import type { AgentcoreService } from "../../model/agentcore-names.ts";
import type { Tags } from "../../model/tags.ts";

export interface IsolatedEndpointsArgs {
  readonly vpcId: pulumi.Input<string>;
  /** One in each AZ, all of them. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** Services whose endpoints take no policy, as AWS says: what passes there, the callers' own policies decide alone. */
  readonly withoutPolicy: readonly string[];
  readonly scope: IsolatedScope;
  readonly tags: Tags;
}

/**
 * The interface endpoints of the isolated network (model/agentcore-endpoints.ts).
 *
 * Creates one for each service, in every subnet, with private DNS, the one group in front, and the policy of what it is there for.
 */
export class IsolatedEndpoints extends pulumi.ComponentResource {
  readonly ids: Readonly<Record<AgentcoreService, pulumi.Output<string>>>;

  constructor(name: string, args: IsolatedEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:IsolatedEndpoints", name, {}, opts);

    const ids = endpointsOf(args.scope).map((endpoint) => [
      endpoint.service,
      this.#createEndpoint(name, endpoint, args),
    ]);

    this.ids = Object.fromEntries(ids) as Record<AgentcoreService, pulumi.Output<string>>;
    this.registerOutputs({ ids: this.ids });
  }

  #createEndpoint(
    name: string,
    endpoint: IsolatedEndpoint,
    { vpcId, subnetIds, securityGroupId, withoutPolicy, scope, tags }: IsolatedEndpointsArgs,
  ): pulumi.Output<string> {
    const called = `${name}-${endpoint.service.replace(".", "-")}`;
    return new aws.ec2.VpcEndpoint(
      called,
      {
        vpcId,
        serviceName: `com.amazonaws.${scope.region}.${endpoint.service}`,
        vpcEndpointType: "Interface",
        subnetIds: [...subnetIds],
        securityGroupIds: [securityGroupId],
        privateDnsEnabled: true,
        ...(!withoutPolicy.includes(endpoint.service) && {
          policy: JSON.stringify(isolatedPolicy(endpoint, scope)),
        }),
        tags: { ...tags, Name: called },
      },
      { parent: this },
    ).id;
  }
}
