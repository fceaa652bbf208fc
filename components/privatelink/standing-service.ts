import * as pulumi from "@pulumi/pulumi";
import { EndpointService, type EndpointServiceArgs, type NamedService } from "./endpoint-service.ts";

export type StandingServiceArgs = EndpointServiceArgs;

/**
 * One service of a customer, offered over PrivateLink by a load balancer that stands and stays the customer's own. Creates an {@link EndpointService}.
 * Does not: anything of the load balancer, its listeners, targets and groups.
 */
export class StandingService extends pulumi.ComponentResource {
  readonly serviceId: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  /** Undefined where it has no name of its own. */
  readonly privateDns: pulumi.Output<NamedService> | undefined;

  constructor(name: string, args: StandingServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:StandingService", name, {}, opts);

    const service = new EndpointService(`${name}-endpoint-service`, args, { parent: this });

    this.serviceId = service.serviceId;
    this.serviceName = service.serviceName;
    this.privateDns = service.privateDns;
    this.registerOutputs({ serviceId: this.serviceId, serviceName: this.serviceName });
  }
}
