import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Connection } from "../../components/privatelink/connection.ts";
import { endpointZones, isRevoked, plannedZones } from "../../model/connection-check.ts";
import { type StackProblem } from "../../model/problem.ts";
import { allowedBy } from "../../model/quotas.ts";
import { programTags } from "../../model/tags.ts";
import type { ServiceTls } from "../../model/tls.ts";
import { type ZoneChoice, chooseRemoteZones, chooseZones, zoneChoiceFault } from "../../model/zones.ts";
import { type ZoneNames, explainZones } from "../../model/zones-explained.ts";
import { programContext, refuseAll } from "../context.ts";
import type { OfferedService } from "../customer-services/index.ts";
import type { Environment } from "../environment.ts";
import { asSoonAsAllowed, found } from "../lookup.ts";
import { type Last, lastOutputs } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import { subnetIn } from "../placement.ts";
import type { NetworkOutputs } from "../network/index.ts";
import { type Reader, type Upstream, reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";
import { zoneNames } from "../zone-names.ts";
import { capacityProblems } from "./capacity.ts";
import { cellStays, endpointSubnetsOf } from "./cell.ts";
import type { Registration } from "./config.ts";
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

type OwnZones = Pick<aws.GetAvailabilityZonesResult, "names" | "zoneIds">;

/** What is the same for all connections of a stack. */
interface Surroundings {
  readonly cell: string | undefined;
  readonly facts: Environment["facts"];
  /** This account's AZs, asked for once however many connections there are. */
  readonly ownZones: () => Promise<OwnZones | undefined>;
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

  let zonesAsked: Promise<OwnZones | undefined> | undefined;
  const ownZones = (): Promise<OwnZones | undefined> =>
    (zonesAsked ??= found(aws.getAvailabilityZones({ state: "available" })));
  const lastBuilt: Readonly<Record<string, Partial<BuiltConnection>>> = (await last("connections")) ?? {};
  const prepared = await Promise.all(
    Object.entries(config.registrations).map(async ([key, registration]) => {
      const service = await serviceOf(key, registration, read);
      const { choice, acceptanceRequired, problems } = await zonesOf(
        { stack: name, property: `corpai:registrations.${key}.service` },
        registration,
        service,
        { cell: config.cell, facts: environment.facts, ownZones },
      );
      const endpointId = lastBuilt[key]?.endpointId;
      const look = (): Promise<boolean> => mayHavePrivateName(endpointId, acceptanceRequired);
      const named = (await asSoonAsAllowed(`private name of ${key}`, look)) ?? false;
      const privateDnsName = named ? service.privateDnsName : pulumi.output(null);
      return { key, registration, service, choice, privateDnsName, problems };
    }),
  );
  refuseAll(prepared.flatMap(({ problems }) => problems));
  const room = (): Promise<StackProblem[]> =>
    roomProblems(name, prepared, { network, last, cell: config.cell, facts: environment.facts });
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
    readonly key: string;
    readonly registration: Registration;
    readonly service: NamedService;
    readonly choice: ZoneChoice;
  }[],
  {
    network,
    last,
    cell,
    facts,
  }: {
    readonly network: Upstream<NetworkOutputs>;
    readonly last: Last<"connections">;
    readonly cell: string | undefined;
    readonly facts: Environment["facts"];
  },
): Promise<StackProblem[]> {
  const vpcId = await network.peek("vpcId");
  const endpointSubnets =
    cell === undefined ? await network.peek("endpointSubnets") : (await network.peek("endpointCells"))?.[cell];
  if (!facts.network || vpcId === undefined || endpointSubnets === undefined) return [];
  const built = (await last("connections")) ?? {};
  const wanted = prepared.map(({ key, registration, service, choice }) => ({
    isBuilt: Object.hasOwn(built, key),
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

/**
 * The AZs of a connection: planned from the files of both sides, and compared with what AWS says of the service as soon as it exists. AWS answers with
 * the consumer's own AZ names, which makes the comparison by id safe across accounts.
 */
async function zonesOf(
  at: Pick<StackProblem, "stack" | "property">,
  registration: Registration,
  { knownServiceName }: NamedService,
  { cell, facts, ownZones }: Surroundings,
): Promise<Placed> {
  const { service, singleAz, serviceRegion } = registration;
  const planned = plannedZones(registration, { cell }, facts);
  const own = facts.connections.find(({ stack }) => stack === at.stack);
  // What stands stays as it is: AWS says nothing of the service any more to whoever was cut off.
  if (own && planned && isRevoked(service, own, facts)) return { choice: planned, problems: [] };
  const asked =
    knownServiceName === undefined
      ? undefined
      : await asSoonAsAllowed(`AZs of ${knownServiceName}`, async () => ({
          shown: await shownService(knownServiceName, serviceRegion, ownZones),
        }));
  const shown = asked?.shown;
  if (asked && shown === undefined) {
    // The same `corpai up` may bring the customer's service back before this stack's turn, so only an update insists.
    if (planned && pulumi.runtime.isDryRun()) {
      void pulumi.log.warn(
        `${knownServiceName} does not exist any more, or does not admit this account: checked at update`,
      );
      return { choice: planned, problems: [] };
    }
    const given = `${knownServiceName}, which AWS does not show to this account${serviceRegion === undefined ? "" : " in this region"}`;
    const wayOut = `Ask the customer to check the name and to add this account to the service's allowed principals${
      serviceRegion === undefined ? "" : ", and this region to its supported ones"
    }.`;
    const problem = { ...at, given, allowed: "an endpoint service that admits this account", wayOut };
    return { choice: chooseZones([], []), problems: [problem] };
  }
  const azIds = endpointZones({ cell }, facts) ?? [];
  const actual =
    shown && (serviceRegion === undefined ? chooseZones(azIds, shown.azIds) : chooseRemoteZones(azIds, serviceRegion));
  const fault = actual && zoneChoiceFault(actual, singleAz, facts.today);
  if (actual && fault) return { choice: actual, problems: [{ ...at, given: actual.explanation, ...fault }] };
  // Where the service already spans other AZs than its file says, an update has to use those that exist; a later one follows the file.
  return {
    choice: actual ?? planned ?? chooseZones([], []),
    acceptanceRequired: shown?.acceptanceRequired,
    problems: [],
  };
}

/** Where a connection is to stand, and what was learnt of its service on the way. */
interface Placed {
  readonly choice: ZoneChoice;
  /** Undefined where AWS has not been asked. */
  readonly acceptanceRequired?: boolean | undefined;
  readonly problems: StackProblem[];
}

/** A service as AWS shows it to this account, undefined where it does not. Of one in another region the provider answers with no AZs. */
async function shownService(
  serviceName: string,
  serviceRegion: string | undefined,
  ownZones: Surroundings["ownZones"],
): Promise<{ readonly azIds: string[]; readonly acceptanceRequired: boolean } | undefined> {
  const zones = await ownZones();
  const elsewhere = serviceRegion === undefined ? {} : { serviceRegions: [serviceRegion] };
  const service = await found(aws.ec2.getVpcEndpointService({ serviceName, ...elsewhere }));
  return (
    service && {
      azIds: service.availabilityZones.map((zone) => zones?.zoneIds[zones.names.indexOf(zone)] ?? zone),
      acceptanceRequired: service.acceptanceRequired,
    }
  );
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
