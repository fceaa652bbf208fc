import * as pulumi from "@pulumi/pulumi";
import type { AdoptedEndpointService } from "./adopted.ts";
import { EndpointService, type NamedService, type PrivateDns } from "./endpoint-service.ts";
import { InternalLoadBalancer, type InternalLoadBalancerArgs } from "./internal-load-balancer.ts";

export interface PrivateServiceArgs extends InternalLoadBalancerArgs {
  /** ARNs that may connect. */
  readonly principals: readonly string[];
  readonly acceptanceRequired: boolean;
  /** Its own DNS name, if endpoints are to answer to it. */
  readonly privateDns: PrivateDns | undefined;
  /** Regions other than its own whose endpoints may reach it. */
  readonly supportedRegions: readonly string[];
  /** An endpoint service that stands and is taken over. */
  readonly adoptedService?: AdoptedEndpointService | undefined;
}

/**
 * One service of a customer, offered over PrivateLink, or several behind one load balancer, which then are one to AWS. Creates an
 * {@link InternalLoadBalancer} and, in front of it, an {@link EndpointService}.
 */
export class PrivateService extends pulumi.ComponentResource {
  readonly serviceId: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  readonly loadBalancerArn: pulumi.Output<string>;
  /** One, unless it was taken over. */
  readonly loadBalancerSecurityGroupIds: pulumi.Output<readonly string[]>;
  /** Undefined where it has no name of its own. */
  readonly privateDns: pulumi.Output<NamedService> | undefined;

  constructor(name: string, args: PrivateServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:PrivateService", name, {}, opts);

    const loadBalancer = new InternalLoadBalancer(`${name}-nlb`, args, { parent: this });
    const service = new EndpointService(
      `${name}-endpoint-service`,
      {
        service: args.service,
        loadBalancerArn: loadBalancer.arn,
        principals: args.principals,
        acceptanceRequired: args.acceptanceRequired,
        privateDns: args.privateDns,
        supportedRegions: args.supportedRegions,
        adopted: args.adoptedService,
        tags: args.tags,
      },
      { parent: this },
    );

    this.serviceId = service.serviceId;
    this.serviceName = service.serviceName;
    this.loadBalancerArn = loadBalancer.arn;
    this.loadBalancerSecurityGroupIds = loadBalancer.securityGroupIds;
    this.privateDns = service.privateDns;
    this.registerOutputs({
      serviceId: this.serviceId,
      serviceName: this.serviceName,
      loadBalancerArn: this.loadBalancerArn,
      loadBalancerSecurityGroupIds: this.loadBalancerSecurityGroupIds,
    });
  }
}
