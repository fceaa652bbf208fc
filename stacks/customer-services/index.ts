import * as pulumi from "@pulumi/pulumi";
import { ConnectionNotifications } from "../../components/privatelink/connection-notifications.ts";
import type { NamedService } from "../../components/privatelink/endpoint-service.ts";
import { PrivateService } from "../../components/privatelink/private-service.ts";
import { StandingService } from "../../components/privatelink/standing-service.ts";
import { protectionOf, secondsToHealth } from "../../model/environment-class.ts";
import { portsOnTargets } from "../../model/forwarding.ts";
import { programTags } from "../../model/tags.ts";
import type { ServiceTls } from "../../model/tls.ts";
import type { ZoneNames } from "../../model/zones-explained.ts";
import { programContext, refuseAll } from "../context.ts";
import { lastOutput } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import { zoneNames } from "../zone-names.ts";
import { accountOf } from "../provider-settings.ts";
import { required } from "../required.ts";
import { type Adoption, adoptionOf, forgottenAdoptions } from "./adoption.ts";
import type { Wish } from "./adoption-wish.ts";
import {
  type OwnServiceConfig,
  type ServiceConfig,
  type StandingServiceConfig,
  admittedTo,
  guestsOf,
  offeredServices,
} from "./config.ts";
import { forwardedService } from "./forwarded-service.ts";
import { protects } from "../customer-protection.ts";
import { subnetsOf } from "../customer-subnets.ts";
import { tellRecord } from "./private-names.ts";
import { verifiedVpc } from "./verify.ts";

/** What CorpAI needs of one service. */
export interface OfferedService {
  readonly serviceName: string;
  readonly serviceId: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  /** Further ports, by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly azIds: readonly string[];
  /** What the customer's account calls these AZs, by id. */
  readonly zoneNames: Readonly<Record<string, string>>;
  readonly acceptanceRequired: boolean;
  /** By what clients make sure that it is the service; null where it speaks no TLS. */
  readonly tls: ServiceTls | null;
  /** Its own DNS name; null where it has none. */
  readonly privateDns: NamedService | null;
  /** What the targets' own group has to admit where this program does not open it; empty where it does. */
  readonly openOnTargets: readonly {
    readonly securityGroupId: string;
    readonly fromSecurityGroupId: string;
    readonly port: number;
  }[];
}

export interface CustomerServicesOutputs {
  readonly services: Readonly<Record<string, OfferedService>>;
}

export default async function customerServices(): Promise<Outputs<CustomerServicesOutputs>> {
  const context = programContext("customer-services");
  const { name, config, environment, aws: settings } = context;
  const last = (await lastOutput("customer-services", "services")) ?? {};
  const vpcCidrs = await verifiedVpc(context, Object.keys(last));
  const offered = await Promise.all(
    offeredServices(config.services).map(async ([key, service]): Promise<Offer> => {
      const isProtected = "targets" in service && protects(service, environment);
      const wish = { stack: name, key, service, config, region: settings.region, isProtected, built: last[key] };
      return { wish, adoption: await adoptionOf(wish) };
    }),
  );
  refuseAll([...forgottenAdoptions(name, config, last), ...offered.flatMap(({ adoption }) => adoption.problems)]);

  const estate = {
    vpcCidrs,
    zoneNames: await zoneNames(),
    usualSecondsToHealth: secondsToHealth(environment.class),
  };
  const services = offered.flatMap((one) => offer(one, estate));
  if (config.notifications) {
    const ids = new Map(services.map(([key, { serviceId }]) => [key, serviceId]));
    new ConnectionNotifications("connections", {
      serviceIds: Object.fromEntries(
        offered.map(({ wish: { key } }) => [key, required(ids.get(key), `no service ${key}`)]),
      ),
      place: { account: accountOf(settings), region: settings.region },
      emails: config.notifications.emails,
      keyDeletionDays: protectionOf(environment.class).keyDeletionDays,
      tags: programTags("customer-services"),
    });
  }
  return { services: Object.fromEntries(services) };
}

/** What was looked up of the customer's account. */
interface Estate {
  readonly vpcCidrs: readonly string[];
  readonly zoneNames: ZoneNames;
  /** Where a service does not say how long its targets take. */
  readonly usualSecondsToHealth: number;
}

/** A service with an endpoint service of its own, and what of it stands already. */
interface Offer {
  readonly wish: Wish;
  readonly adoption: Adoption;
}

/** What CorpAI needs of a service however it is built. */
type Built = Pick<
  PrivateService,
  "serviceId" | "serviceName" | "privateDns" | "loadBalancerArn" | "loadBalancerSecurityGroupIds"
>;

/** One, and those that share its load balancer. */
function offer({ wish, adoption }: Offer, estate: Estate): (readonly [string, Outputs<OfferedService>])[] {
  const { key, service, config } = wish;
  const built =
    "targets" in service
      ? front({ ...wish, service }, adoption, estate)
      : behindStanding({ ...wish, service }, adoption);
  const { subnets } = subnetsOf(key, service, config);
  if (built.privateDns) tellRecord(key, built.privateDns);
  return [[key, service] as const, ...guestsOf(config.services, key)].map(([name, own]) => {
    if (!pulumi.runtime.isDryRun()) tellCorpai(name, own, built);
    return [
      name,
      {
        serviceName: built.serviceName,
        serviceId: built.serviceId,
        loadBalancerArn: built.loadBalancerArn,
        port: own.port,
        ports: portNumbers(own),
        azIds: subnets.map(({ azId }) => azId),
        zoneNames: Object.fromEntries(subnets.map(({ azId }) => [azId, estate.zoneNames[azId] ?? ""])),
        acceptanceRequired: service.acceptanceRequired,
        tls: own.tls ?? null,
        privateDns: built.privateDns ?? null,
        openOnTargets: toOpen(name, own, built),
      },
    ] as const;
  });
}

/** With a load balancer of its own, built or taken over. */
function front(
  { key, service, config, isProtected, built }: Wish<OwnServiceConfig>,
  { loadBalancer, endpointService }: Adoption,
  { vpcCidrs, usualSecondsToHealth }: Estate,
): Built {
  return new PrivateService(key, {
    ...forwardedService(key, service),
    guests: guestsOf(config.services, key).map(([guest, own]) => forwardedService(guest, own)),
    vpcId: config.vpcId,
    vpcCidrs,
    clientCidr: config.clientCidr,
    subnets: subnetsOf(key, service, config).subnets,
    inboundRulesOnPrivateLink: service.inboundRulesOnPrivateLink,
    deletionProtection: isProtected,
    // What is built for the first time serves nobody yet.
    settleSeconds: built ? (service.secondsToHealth ?? usualSecondsToHealth) : 0,
    adopted: loadBalancer,
    adoptedService: endpointService,
    principals: admittedTo(service, config.principals),
    privateDns: service.privateDns,
    supportedRegions: service.supportedRegions,
    acceptanceRequired: service.acceptanceRequired,
    tags: programTags("customer-services"),
  });
}

/** Behind a load balancer that stays the customer's. */
function behindStanding({ key, service, config }: Wish<StandingServiceConfig>, { endpointService }: Adoption): Built {
  const { serviceId, serviceName, privateDns } = new StandingService(key, {
    service: key,
    loadBalancerArn: service.loadBalancerArn,
    adopted: endpointService,
    principals: admittedTo(service, config.principals),
    privateDns: service.privateDns,
    supportedRegions: service.supportedRegions,
    acceptanceRequired: service.acceptanceRequired,
    tags: programTags("customer-services"),
  });
  const loadBalancerArn = pulumi.output(service.loadBalancerArn);
  return { serviceId, serviceName, privateDns, loadBalancerArn, loadBalancerSecurityGroupIds: pulumi.output([]) };
}

const portNumbers = ({ ports }: ServiceConfig): Record<string, number> =>
  Object.fromEntries(Object.entries(ports).map(([name, { port }]) => [name, port]));

const toOpen = (
  key: string,
  service: ServiceConfig,
  { loadBalancerSecurityGroupIds }: Built,
): Outputs<OfferedService["openOnTargets"]> | pulumi.Output<OfferedService["openOnTargets"]> =>
  !("targets" in service) || service.openTargetSecurityGroup
    ? []
    : loadBalancerSecurityGroupIds.apply((groups) =>
        portsOnTargets(forwardedService(key, service)).flatMap((port) =>
          groups.map((fromSecurityGroupId) => ({
            securityGroupId: service.targetSecurityGroupId,
            fromSecurityGroupId,
            port,
          })),
        ),
      );

function tellCorpai(key: string, service: ServiceConfig, { serviceName }: Built): void {
  const further = Object.entries(portNumbers(service)).map(([name, port]) => `, ${name} on ${port}`);
  void serviceName.apply((name) =>
    pulumi.log.info(
      `For CorpAI: register ${key} with service name ${name} and port ${service.port}${further.join("")}`,
    ),
  );
}
