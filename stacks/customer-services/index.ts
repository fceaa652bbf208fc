import * as pulumi from "@pulumi/pulumi";
import { ConnectionNotifications } from "../../components/privatelink/connection-notifications.ts";
import type { NamedService } from "../../components/privatelink/endpoint-service.ts";
import { PrivateService } from "../../components/privatelink/private-service.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { type ForwardedService, portsOnTargets } from "../../model/forwarding.ts";
import { programTags } from "../../model/tags.ts";
import type { ServiceTls } from "../../model/tls.ts";
import type { ZoneNames } from "../../model/zones-explained.ts";
import { programContext } from "../context.ts";
import type { Environment } from "../environment.ts";
import { lastOutput } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import { zoneNames } from "../zone-names.ts";
import { accountOf } from "../provider-settings.ts";
import { required } from "../required.ts";
import { type Config, type OwnServiceConfig, type ServiceConfig, admittedTo, guestsOf, ownServices } from "./config.ts";
import { protects } from "../customer-protection.ts";
import { subnetsOf } from "../customer-subnets.ts";
import { tellRecord } from "./private-names.ts";
import { verifiedVpc } from "./verify.ts";

/** What CorpAI needs of one service. */
export interface OfferedService {
  readonly serviceName: string;
  readonly serviceId: string;
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
  const { name, config, environment, aws: settings } = programContext("customer-services");
  const built = Object.keys((await lastOutput("customer-services", "services")) ?? {});
  const vpcCidrs = await verifiedVpc(name, config, built);

  const own = ownServices(config.services);
  const estate = { vpcCidrs, zoneNames: await zoneNames(), environment };
  const services = own.flatMap(([key, service]) => offer(key, service, config, estate));
  if (config.notifications) {
    const ids = new Map(services.map(([key, { serviceId }]) => [key, serviceId]));
    new ConnectionNotifications("connections", {
      serviceIds: Object.fromEntries(own.map(([key]) => [key, required(ids.get(key), `no service ${key}`)])),
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
  readonly environment: Environment;
}

/** A service with a load balancer of its own, and those that share it. */
function offer(
  key: string,
  service: OwnServiceConfig,
  config: Config,
  { vpcCidrs, zoneNames: names, environment }: Estate,
): (readonly [string, Outputs<OfferedService>])[] {
  const { subnets } = subnetsOf(key, service, config);
  const guests = guestsOf(config.services, key);
  const built = new PrivateService(key, {
    ...forwarded(key, service),
    guests: guests.map(([guest, own]) => forwarded(guest, own)),
    vpcId: config.vpcId,
    vpcCidrs,
    clientCidr: config.clientCidr,
    subnets,
    inboundRulesOnPrivateLink: service.inboundRulesOnPrivateLink,
    deletionProtection: protects(service, environment),
    principals: admittedTo(service, config.principals),
    privateDns: service.privateDns,
    supportedRegions: service.supportedRegions,
    acceptanceRequired: service.acceptanceRequired,
    tags: programTags("customer-services"),
  });
  if (built.privateDns) tellRecord(key, built.privateDns);
  return [[key, service] as const, ...guests].map(([name, own]) => {
    if (!pulumi.runtime.isDryRun()) tellCorpai(name, own, built);
    return [
      name,
      {
        serviceName: built.serviceName,
        serviceId: built.serviceId,
        port: own.port,
        ports: portNumbers(own),
        azIds: subnets.map(({ azId }) => azId),
        zoneNames: Object.fromEntries(subnets.map(({ azId }) => [azId, names[azId] ?? ""])),
        acceptanceRequired: service.acceptanceRequired,
        tls: own.tls ?? null,
        privateDns: built.privateDns ?? null,
        openOnTargets: toOpen(name, own, built),
      },
    ] as const;
  });
}

const forwarded = (key: string, service: ServiceConfig): ForwardedService => ({
  service: key,
  port: service.port,
  ports: service.ports,
  targets: service.targets,
  healthCheck: service.healthCheck,
  targetSecurityGroupId: service.targetSecurityGroupId,
  openTargetSecurityGroup: service.openTargetSecurityGroup,
  proxyProtocol: service.proxyProtocol,
  idleTimeoutSeconds: service.idleTimeoutSeconds,
});

const portNumbers = ({ ports }: ServiceConfig): Record<string, number> =>
  Object.fromEntries(Object.entries(ports).map(([name, { port }]) => [name, port]));

const toOpen = (
  key: string,
  service: ServiceConfig,
  { loadBalancerSecurityGroupId }: PrivateService,
): Outputs<OfferedService["openOnTargets"]> =>
  service.openTargetSecurityGroup
    ? []
    : portsOnTargets(forwarded(key, service)).map((port) => ({
        securityGroupId: service.targetSecurityGroupId,
        fromSecurityGroupId: loadBalancerSecurityGroupId,
        port,
      }));

function tellCorpai(key: string, service: ServiceConfig, { serviceName }: PrivateService): void {
  const further = Object.entries(portNumbers(service)).map(([name, port]) => `, ${name} on ${port}`);
  void serviceName.apply((name) =>
    pulumi.log.info(
      `For CorpAI: register ${key} with service name ${name} and port ${service.port}${further.join("")}`,
    ),
  );
}
