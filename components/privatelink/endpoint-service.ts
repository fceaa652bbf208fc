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
  readonly privateDns: PrivateDns | undefined;
  /** Regions other than its own whose endpoints may reach it; none by default, as AWS has it. */
  readonly supportedRegions: readonly string[];
  /** What stands and is taken over, in place of a new one. */
  readonly adopted?: AdoptedEndpointService | undefined;
  readonly tags: Tags;
}

/** A DNS name that endpoints are to answer to, and how its owner shows that it is theirs. */
export interface PrivateDns {
  readonly name: string;
  /** Public hosted zone into which the TXT record is put; undefined where its owner publishes it by other means. */
  readonly hostedZoneId?: string | undefined;
  /** Whether it is published by other means. */
  readonly recordPublished: boolean;
}

/** What becomes of the name. */
export interface NamedService {
  readonly name: string;
  /** What the owner of the domain publishes: at this name, or at that of a domain above. */
  readonly record: { readonly name: string; readonly type: string; readonly value: string };
  /** Whether AWS has found the record, so that consumers may use the name. */
  readonly verified: boolean;
}

/** AWS answers in minutes for a record that is there. */
const VERIFICATION_PATIENCE = "30m";
const RECORD_TTL_SECONDS = 300;

/**
 * The PrivateLink front of a load balancer, IPv4.
 *
 * Creates one endpoint service, or takes one over; where it has a name of its own, the TXT record in the hosted zone, if one is given, and the verification, which waits until AWS
 * has found the record, and fails where it does not. https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
 */
export class EndpointService extends pulumi.ComponentResource {
  /** `vpce-svc-…` */
  readonly serviceId: pulumi.Output<string>;
  /** `com.amazonaws.vpce.<region>.vpce-svc-…`: what CorpAI registers. */
  readonly serviceName: pulumi.Output<string>;
  /** Undefined where it has no name of its own. */
  readonly privateDns: pulumi.Output<NamedService> | undefined;

  constructor(name: string, args: EndpointServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:EndpointService", name, {}, opts);

    const service = new aws.ec2.VpcEndpointService(
      name,
      {
        networkLoadBalancerArns: [args.loadBalancerArn],
        acceptanceRequired: args.acceptanceRequired,
        allowedPrincipals: [...args.principals],
        supportedIpAddressTypes: ["ipv4"],
        ...(args.privateDns && { privateDnsName: args.privateDns.name }),
        ...(args.supportedRegions.length > 0 && { supportedRegions: [...args.supportedRegions] }),
        tags: args.adopted?.tags ?? { ...args.tags, Name: serviceNames(args.service).endpointService },
      },
      { parent: this, ...takenOver(args.adopted?.id) },
    );

    this.serviceId = service.id;
    this.serviceName = service.serviceName;
    this.privateDns = args.privateDns && this.#show(name, args.privateDns, service);
    this.registerOutputs({
      serviceId: this.serviceId,
      serviceName: this.serviceName,
      privateDns: this.privateDns,
    });
  }

  #show(name: string, privateDns: PrivateDns, service: aws.ec2.VpcEndpointService): pulumi.Output<NamedService> {
    const record = service.privateDnsNameConfigurations.apply(([first]) => ({
      name: first?.name ?? "",
      type: first?.type ?? "TXT",
      value: first?.value ?? "",
    }));
    const { hostedZoneId, recordPublished } = privateDns;
    const published =
      hostedZoneId === undefined
        ? undefined
        : new aws.route53.Record(
            `${name}-ownership`,
            {
              zoneId: hostedZoneId,
              name: record.name,
              type: "TXT",
              ttl: RECORD_TTL_SECONDS,
              records: [record.value],
            },
            { parent: this },
          );
    // It asks AWS to look, and that is worth it only once there is something to find.
    const verification =
      published || recordPublished
        ? new aws.vpc.EndpointServicePrivateDnsVerification(
            name,
            {
              serviceId: service.id,
              waitForVerification: true,
              timeouts: { create: VERIFICATION_PATIENCE },
            },
            // Another name has to be shown anew.
            { parent: this, dependsOn: published ? [published] : [], replacementTrigger: privateDns.name },
          )
        : undefined;
    const verified = verification ? verification.id.apply(() => true) : pulumi.output(false);
    return pulumi.all([record, verified]).apply(([{ name: label, type, value }, isVerified]) => ({
      name: privateDns.name,
      record: { name: `${label}.${privateDns.name}`, type, value },
      verified: isVerified,
    }));
  }
}
