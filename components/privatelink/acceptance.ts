import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface AcceptanceArgs {
  /** `vpce-svc-…` of the accepting account. */
  readonly serviceId: pulumi.Input<string>;
  /** `vpce-…` that may connect. */
  readonly endpointId: pulumi.Input<string>;
}

/** The customer's yes to one endpoint. Creates an accepter; removing it rejects the connection. */
export class Acceptance extends pulumi.ComponentResource {
  readonly endpointId: pulumi.Output<string>;

  constructor(name: string, args: AcceptanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:Acceptance", name, {}, opts);

    const accepter = new aws.ec2.VpcEndpointConnectionAccepter(
      name,
      { vpcEndpointServiceId: args.serviceId, vpcEndpointId: args.endpointId },
      { parent: this },
    );

    this.endpointId = accepter.vpcEndpointId;
    this.registerOutputs({ endpointId: this.endpointId });
  }
}
