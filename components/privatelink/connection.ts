import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";
import type { SingleAz } from "../../model/zones.ts";

export interface ConnectionArgs {
  /** For people. */
  readonly displayName: string;
  readonly serviceName: pulumi.Input<string>;
  /** Where the service is, if that is another region. */
  readonly serviceRegion: string | undefined;
  /** Whether the endpoint answers to the service's own name; AWS allows it once the name is verified and the connection accepted. */
  readonly privateDnsEnabled: pulumi.Input<boolean>;
  readonly port: pulumi.Input<number>;
  /** Further ports, by name. */
  readonly ports: Readonly<Record<string, pulumi.Input<number>>>;
  readonly vpcId: pulumi.Input<string>;
  /** AZ ids that both sides have, or from which AWS reaches the service's region: the endpoint gets one subnet in each. */
  readonly azIds: readonly string[];
  /** The endpoint subnet of an AZ. */
  readonly subnetIn: (azId: string) => pulumi.Input<string>;
  /** The group of all MCP workloads. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  /** Groups of the only tenants that may use the connection, by tenant; empty where all workloads may. */
  readonly tenantSecurityGroupIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** Permission to stand in one AZ only; the policy pack reads it. */
  readonly singleAz: SingleAz | undefined;
  readonly tags: Tags;
}

/**
 * CorpAI's end of a connection.
 *
 * Creates a security group that admits the MCP workloads' group on exactly the service's ports, and an interface endpoint with one subnet per shared
 * AZ. Does not: an endpoint policy (AWS allows only full access to a customer's service), egress (an endpoint never initiates).
 */
export class Connection extends pulumi.ComponentResource {
  readonly endpointId: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Account that holds the endpoint: what the customer sees as its owner. */
  readonly ownerAccount: pulumi.Output<string>;

  constructor(name: string, args: ConnectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:Connection", name, { azIds: args.azIds, singleAz: args.singleAz }, opts);

    const group = this.#createSecurityGroup(name, args);
    const endpoint = this.#createEndpoint(name, args, group);

    this.endpointId = endpoint.id;
    this.securityGroupId = group.id;
    this.ownerAccount = endpoint.ownerId;
    this.registerOutputs({
      azIds: args.azIds,
      singleAz: args.singleAz,
      endpointId: this.endpointId,
      securityGroupId: this.securityGroupId,
      ownerAccount: this.ownerAccount,
    });
  }

  #createSecurityGroup(name: string, args: ConnectionArgs): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
      name,
      {
        description: "CorpAI connection: MCP workloads to one private service",
        vpcId: args.vpcId,
        tags: { ...args.tags, Name: `corpai-${name}` },
      },
      { parent: this },
    );
    const further = Object.entries(args.ports).map(([key, port]) => [`-${key}`, port] as const);
    for (const { from, description, securityGroupId } of admittedGroups(args))
      for (const [suffix, port] of [["", args.port] as const, ...further])
        new aws.vpc.SecurityGroupIngressRule(
          `${name}-from-${from}${suffix}`,
          {
            securityGroupId: group.id,
            description,
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
            referencedSecurityGroupId: securityGroupId,
          },
          { parent: this },
        );
    return group;
  }

  #createEndpoint(name: string, args: ConnectionArgs, group: aws.ec2.SecurityGroup): aws.ec2.VpcEndpoint {
    return new aws.ec2.VpcEndpoint(
      name,
      {
        vpcEndpointType: "Interface",
        serviceName: args.serviceName,
        ...(args.serviceRegion !== undefined && { serviceRegion: args.serviceRegion }),
        vpcId: args.vpcId,
        subnetIds: args.azIds.map(args.subnetIn),
        securityGroupIds: [group.id],
        privateDnsEnabled: args.privateDnsEnabled,
        tags: { ...args.tags, Name: args.displayName },
      },
      { parent: this },
    );
  }
}

interface AdmittedGroup {
  readonly from: string;
  readonly description: string;
  readonly securityGroupId: pulumi.Input<string>;
}

/** Whoever may use a connection: its tenants, or else all workloads. */
function admittedGroups({ workloadsSecurityGroupId, tenantSecurityGroupIds }: ConnectionArgs): AdmittedGroup[] {
  const tenants = Object.entries(tenantSecurityGroupIds).map(([tenant, securityGroupId]) => ({
    from: `tenant-${tenant}`,
    description: `MCP workloads of tenant ${tenant}`,
    securityGroupId,
  }));
  return tenants.length > 0
    ? tenants
    : [{ from: "workloads", description: "MCP workloads", securityGroupId: workloadsSecurityGroupId }];
}
