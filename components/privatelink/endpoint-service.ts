import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceNames } from "../../model/physical-name.ts";
import type { Tags } from "../../model/tags.ts";
import { type AdoptedEndpointService, takenOver } from "./adopted.ts";

export interface EndpointServiceArgs {
  /** Key of the service: its Name tag derives from it. */
  readonly service: string;
  readonly loadBalancerArn: pulumi.Input<string>;
  /** ARNs that may connect; without a path, AWS supports none. */
  readonly principals: readonly string[];
  readonly acceptanceRequired: boolean;
  /** What stands and is taken over, in place of a new one. */
  readonly adopted?: AdoptedEndpointService | undefined;
  readonly tags: Tags;
}

/** The PrivateLink front of a load balancer: same region, IPv4, no private DNS name. Creates one endpoint service, or takes one over. */
export class EndpointService extends pulumi.ComponentResource {
  /** `vpce-svc-…` */
  readonly serviceId: pulumi.Output<string>;
  /** `com.amazonaws.vpce.<region>.vpce-svc-…`: what CorpAI registers. */
  readonly serviceName: pulumi.Output<string>;

  constructor(name: string, args: EndpointServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:EndpointService", name, {}, opts);

    const service = new aws.ec2.VpcEndpointService(
      name,
      {
        networkLoadBalancerArns: [args.loadBalancerArn],
        acceptanceRequired: args.acceptanceRequired,
        allowedPrincipals: [...args.principals],
        supportedIpAddressTypes: ["ipv4"],
        tags: args.adopted?.tags ?? { ...args.tags, Name: serviceNames(args.service).endpointService },
      },
      { parent: this, ...takenOver(args.adopted?.id) },
    );

    this.serviceId = service.id;
    this.serviceName = service.serviceName;
    this.registerOutputs({ serviceId: this.serviceId, serviceName: this.serviceName });
  }
}
