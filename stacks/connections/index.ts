import * as pulumi from "@pulumi/pulumi";
import { Connection } from "../../components/privatelink/connection.ts";
import { type StackProblem } from "../../model/problem.ts";
import { privateNameOf } from "../../model/private-name.ts";
import { allowedBy } from "../../model/quotas.ts";
import { programTags } from "../../model/tags.ts";
import type { ServiceTls } from "../../model/tls.ts";
import type { ZoneChoice } from "../../model/zones.ts";
import { type ZoneNames, explainZones } from "../../model/zones-explained.ts";
import { programContext, refuseAll } from "../context.ts";
import type { OfferedService } from "../customer-services/index.ts";
import type { Environment } from "../environment.ts";
import { asSoonAsAllowed } from "../lookup.ts";
import { lastOutputs } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import { subnetIn } from "../placement.ts";
import type { NetworkOutputs } from "../network/index.ts";
import { type Reader, type Upstream, reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";
import { zoneNames } from "../zone-names.ts";
import { capacityProblems } from "./capacity.ts";
import { cellStays, endpointSubnetsOf } from "./cell.ts";
import type { Registration } from "./config.ts";
import { ownZonesOnce, placed } from "./placement.ts";
import { mayHavePrivateName } from "./private-names.ts";

/** A built connection. What state it is in is looked up where it matters, never stored here. */
export interface BuiltConnection {
  readonly displayName: string;
  readonly serviceName: string;
  readonly port: number;
  /** Further ports, by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly endpointId: string;
  /** Account that holds the endpoint. */
  readonly ownerAccount: string;
  readonly azIds: readonly string[];
  /** By what clients make sure that it is the service; null where it speaks no TLS. */
  readonly tls: ServiceTls | null;
  /** The service's own name that the endpoint answers to; null where it goes by AWS's. */
  readonly privateDnsName: string | null;
}

export interface ConnectionsOutputs {
  readonly connections: Readonly<Record<string, BuiltConnection>>;
  /** The cell of the network in which they stand; none where they stand in the common endpoint subnets. */
  readonly cell?: string;
}

/** A service as a registration names it: unknown where the customer's stack has never been brought up. */
interface NamedService {
  readonly serviceName: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /** Further ports that the registration asks for, by name. */
  readonly ports: Readonly<Record<string, pulumi.Output<number>>>;
  readonly tls: pulumi.Output<ServiceTls | null>;
  /** Its own name, once AWS has verified it; null until then. */
  readonly privateDnsName: pulumi.Output<string | null>;
  /** Known before anything is created, except in a first preview. */
  readonly knownServiceName: string | undefined;
  /** What the customer calls its AZs, where their stack says so. */
  readonly zoneNames: ZoneNames;
}

export default async function connections(): Promise<Outputs<ConnectionsOutputs>> {
  const { name, config, environment } = programContext("connections");
  const read = reader("connections", environment);
  const network = read.program("network");
  const networkStack = `network.${environment.name}`;
  const last = lastOutputs("connections");
  await cellStays(name, config.cell, last);
  const endpointSubnetIn = subnetIn(endpointSubnetsOf(config.cell, network, networkStack), networkStack);

  const tenantGroup = (tenant: string): pulumi.Output<string> =>
    network
      .output("tenantSecurityGroupIds")
      .apply((groups) =>
        required(
          groups[tenant],
          `network.${environment.name} has no tenant ${tenant} yet. ${bringUpFirst(`network.${environment.name}`)}`,
        ),
      );

  const ownZones = ownZonesOnce();
  const lastBuilt: Readonly<Record<string, Partial<BuiltConnection>>> = (await last("connections")) ?? {};
  const prepared = await Promise.all(
    Object.entries(config.registrations).map(async ([key, registration]) => {
      const service = await serviceOf(key, registration, read);
      const { choice, acceptanceRequired, problems } = await placed(
        { stack: name, property: `corpai:registrations.${key}.service` },
        registration,
        service.knownServiceName,
        { cell: config.cell, facts: environment.facts, ownZones },
      );
      // Most have none, and then nothing has to be asked.
      const named =
        privateNameOf(registration.service, environment.facts) !== undefined &&
        (await mayHavePrivateName(key, lastBuilt[key]?.endpointId, acceptanceRequired));
      const privateDnsName = named ? service.privateDnsName : pulumi.output(null);
      const isBuilt = Object.hasOwn(lastBuilt, key);
      return { key, isBuilt, registration, service, choice, privateDnsName, problems };
    }),
  );
  refuseAll(prepared.flatMap(({ problems }) => problems));
  const room = (): Promise<StackProblem[]> =>
    roomProblems(name, prepared, { network, cell: config.cell, facts: environment.facts });
  refuseAll((await asSoonAsAllowed("room for endpoints", room)) ?? []);

  const names = (await asSoonAsAllowed("names of AZs", zoneNames)) ?? {};
  for (const { key, service, choice } of prepared)
    tellZones(key, explainZones(choice, { consumer: names, service: service.zoneNames }));

  const built = prepared.map(({ key, registration, service, choice, privateDnsName }) => {
    const connection = new Connection(key, {
      displayName: registration.displayName,
      serviceName: service.serviceName,
      serviceRegion: registration.serviceRegion,
      privateDnsEnabled: privateDnsName.apply((name) => name !== null),
      port: service.port,
      ports: service.ports,
      vpcId: network.output("vpcId"),
      azIds: choice.shared,
      subnetIn: endpointSubnetIn,
      workloadsSecurityGroupId: network.output("workloadsSecurityGroupId"),
      tenantSecurityGroupIds: Object.fromEntries(registration.tenants.map((tenant) => [tenant, tenantGroup(tenant)])),
      singleAz: registration.singleAz,
      tags: programTags("connections"),
    });
    tellCustomer(key, connection);
    return [
      key,
      {
        displayName: registration.displayName,
        serviceName: service.serviceName,
        port: service.port,
        ports: service.ports,
        endpointId: connection.endpointId,
        ownerAccount: connection.ownerAccount,
        azIds: choice.shared,
        tls: service.tls,
        privateDnsName,
      },
    ] as const;
  });
  return { connections: Object.fromEntries(built), ...(config.cell !== undefined && { cell: config.cell }) };
}

/** Nothing where the network has yet to be built: then there is room. */
async function roomProblems(
  stack: string,
  prepared: readonly {
    /** Whether the last update built it. */
    readonly isBuilt: boolean;
    readonly registration: Registration;
    readonly service: NamedService;
    readonly choice: ZoneChoice;
  }[],
  {
    network,
    cell,
    facts,
  }: {
    readonly network: Upstream<NetworkOutputs>;
    readonly cell: string | undefined;
    readonly facts: Environment["facts"];
  },
): Promise<StackProblem[]> {
  const vpcId = await network.peek("vpcId");
  const endpointSubnets =
    cell === undefined ? await network.peek("endpointSubnets") : (await network.peek("endpointCells"))?.[cell];
  if (!facts.network || vpcId === undefined || endpointSubnets === undefined) return [];
  const wanted = prepared.map(({ isBuilt, registration, service, choice }) => ({
    isBuilt,
    displayName: registration.displayName,
    serviceName: service.knownServiceName,
    azIds: choice.shared,
  }));
  const { account } = facts.network;
  const quota = allowedBy("interfaceEndpointsPerVpc", account, facts.quotas);
  return capacityProblems(stack, wanted, { account, vpcId, endpointSubnets, quota });
}

async function serviceOf(key: string, { service }: Registration, read: Reader<"connections">): Promise<NamedService> {
  if ("serviceName" in service) {
    return {
      serviceName: pulumi.output(service.serviceName),
      port: pulumi.output(service.port),
      ports: Object.fromEntries(Object.entries(service.ports).map(([name, port]) => [name, pulumi.output(port)])),
      tls: pulumi.output(service.tls ?? null),
      privateDnsName: pulumi.output(service.privateDnsName ?? null),
      knownServiceName: service.serviceName,
      zoneNames: {},
    };
  }
  const upstream = read.stack("customer-services", service.fromStack);
  const offered = upstream
    .output("services")
    .apply((services) =>
      required(
        services[service.key],
        `${service.fromStack} does not offer ${service.key} yet, which ${key} needs. ${bringUpFirst(service.fromStack)}`,
      ),
    );
  const known = (await upstream.peek("services"))?.[service.key];
  const portNamed = (name: string): pulumi.Output<number> =>
    offered.apply(({ ports }) =>
      required(
        ports[name],
        `${service.fromStack} does not offer port ${name} of ${service.key} yet, which ${key} needs. ${bringUpFirst(service.fromStack)}`,
      ),
    );
  return {
    serviceName: offered.serviceName,
    port: offered.port,
    ports: Object.fromEntries(service.ports.map((name) => [name, portNamed(name)])),
    // A stack that was brought up before there was such a thing says nothing of it.
    tls: offered.apply(({ tls = null }: Partial<OfferedService>) => tls),
    privateDnsName: offered.apply(({ privateDns = null }: Partial<OfferedService>) =>
      privateDns?.verified === true ? privateDns.name : null,
    ),
    knownServiceName: known?.serviceName,
    zoneNames: (known as Partial<OfferedService> | undefined)?.zoneNames ?? {},
  };
}

/** Once nothing is undecided any more: a preview may come before the customer's service. */
function tellZones(key: string, lines: readonly string[]): void {
  if (!pulumi.runtime.isDryRun())
    void pulumi.log.info(`AZs of ${key}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

function tellCustomer(key: string, { endpointId, ownerAccount }: Connection): void {
  if (pulumi.runtime.isDryRun()) return;
  void pulumi
    .all([endpointId, ownerAccount])
    .apply(([endpoint, owner]) =>
      pulumi.log.info(`For the customer of ${key}: endpoint ${endpoint}, owner account ${owner}`),
    );
}
