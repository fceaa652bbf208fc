import {
  type Accepter,
  type Connection,
  type Endpoint,
  type NetworkGraph,
  type NetworkPlan,
  type Place,
  type Registration,
  type Service,
} from "./network-nodes.ts";
import { furtherPortsOf } from "./environment-facts.ts";
import { Offers } from "./network-offers.ts";
import { Places, addressed } from "./network-places.ts";
import { sourcesOf } from "./network-pods.ts";
import { privateConnectionNodes } from "./private-connection-graph.ts";
import type { PrivateConnectionNode } from "./private-connection-nodes.ts";
import {
  Records,
  type ResourceRecord,
  TYPE,
  UNKNOWN,
  type Unknown,
  argument,
  computed,
  fields,
  flag,
  integer,
  list,
  nodeId,
  text,
} from "./resource-record.ts";
import type { Direction, Rule, SecurityRules } from "./security-rules.ts";

/** What the records of an environment's stacks, and its files, say of the way from pods to services. */
export function networkGraph(resources: readonly ResourceRecord[], plan: NetworkPlan): NetworkGraph {
  const builder = new Builder(new Records(resources), plan);
  return {
    environment: plan.environment,
    clientCidr: plan.clientCidr,
    connections: plan.registrations.flatMap((registration) =>
      [undefined, ...furtherPortsOf(registration.service)].map((port) => builder.connection(registration, port)),
    ),
    privateConnections: builder.privateConnections(),
    security: builder.security(),
  };
}

class Builder {
  readonly #records: Records;
  readonly #plan: NetworkPlan;
  readonly #places: Places;
  readonly #offers: Offers;

  constructor(records: Records, plan: NetworkPlan) {
    this.#records = records;
    this.#plan = plan;
    this.#places = new Places(records, plan);
    this.#offers = new Offers(records, this.#places, plan);
  }

  privateConnections(): PrivateConnectionNode[] {
    const { privateConnections, vpcCidr } = this.#plan;
    return privateConnectionNodes(privateConnections, { records: this.#records, places: this.#places, vpcCidr });
  }

  security(): SecurityRules {
    const rulesOf = (type: string, direction: Direction): Rule[] =>
      this.#records.of(type).map((record) => this.#rule(record, direction));
    return {
      rules: [...rulesOf(TYPE.ingress, "ingress"), ...rulesOf(TYPE.egress, "egress")],
      // Rules inside a group are none of ours: one that has them may let through more than is seen here.
      managed: new Set(
        this.#records
          .of(TYPE.group)
          .filter(({ inputs }) => inputs.ingress === undefined && inputs.egress === undefined)
          .map(nodeId),
      ),
    };
  }

  #rule(record: ResourceRecord, direction: Direction): Rule {
    const group = (property: string): string | Unknown | undefined =>
      this.#records.reference(record, property, argument(record, property), TYPE.group);
    const cidr = text(argument(record, "cidrIpv4")) ?? text(argument(record, "cidrIpv6"));
    const peer = group("referencedSecurityGroupId");
    return {
      id: record.id === UNKNOWN ? record.name : record.id,
      direction,
      group: group("securityGroupId") ?? UNKNOWN,
      protocol: text(argument(record, "ipProtocol")),
      fromPort: integer(argument(record, "fromPort")),
      toPort: integer(argument(record, "toPort")),
      peer:
        peer !== undefined
          ? { group: peer }
          : cidr !== undefined
            ? { cidr }
            : argument(record, "prefixListId") === undefined
              ? undefined
              : UNKNOWN,
    };
  }

  connection(registration: Registration, portName: string | undefined): Connection {
    const { key, stack, service: named } = registration;
    const built = this.#records.of(TYPE.endpoint).find((record) => record.stack === stack && record.name === key);
    const endpoint = built && this.#endpoint(built);
    const service = this.#offers.find(registration, endpoint);
    const deciding = this.#plan.acceptances.filter((acceptance) => acceptance.service === service?.key);
    const listed = deciding.flatMap((acceptance) =>
      acceptance.endpoints
        .filter((one) => ("key" in one ? one.fromStack === stack && one.key === key : one.endpointId === endpoint?.id))
        .map((one) => ({
          stack: acceptance.stack,
          name: `${acceptance.service}-${"key" in one ? one.key : one.endpointId}`,
        })),
    );
    return {
      key,
      stack,
      portName,
      port: this.#portOf(named, portName),
      serverName: registration.serverName,
      privateName: registration.privateName,
      sources: sourcesOf({ key, portName }, endpoint, {
        records: this.#records,
        places: this.#places,
        plan: this.#plan,
      }),
      endpoint,
      service,
      offeredBy: "fromStack" in named ? named.fromStack : undefined,
      accepter: endpoint && service && this.#accepter(endpoint, service, listed),
      acceptance: listed.length > 0 ? "listed" : deciding.length > 0 ? "unlisted" : "elsewhere",
    };
  }

  /** By the files. */
  #portOf(named: Registration["service"], portName: string | undefined): number | undefined {
    const from: { readonly port: number; readonly ports?: Readonly<Record<string, number>> } | undefined =
      "port" in named
        ? named
        : this.#plan.services.find((one) => one.stack === named.fromStack && one.key === named.key);
    return portName === undefined ? from?.port : from?.ports?.[portName];
  }

  #accepter(
    endpoint: Endpoint,
    service: Service,
    listed: readonly { readonly stack: string; readonly name: string }[],
  ): Accepter | undefined {
    const record = this.#records.of(TYPE.accepter).find((one) => {
      const [endpointId, serviceId] = [argument(one, "vpcEndpointId"), argument(one, "vpcEndpointServiceId")];
      if (endpointId !== UNKNOWN && serviceId !== UNKNOWN)
        return endpointId === endpoint.id && serviceId === service.id;
      return listed.some(({ stack, name }) => one.stack === stack && one.name === name);
    });
    return record && { id: nodeId(record), stack: record.stack, state: text(computed(record, "vpcEndpointState")) };
  }

  #endpoint(record: ResourceRecord): Endpoint {
    const entries = list(computed(record, "dnsEntries"));
    return {
      id: nodeId(record),
      built: record.id !== UNKNOWN,
      stack: record.stack,
      vpcId: text(argument(record, "vpcId")),
      serviceName: text(argument(record, "serviceName")),
      state: text(computed(record, "state")),
      dnsNames:
        entries === UNKNOWN
          ? UNKNOWN
          : entries.flatMap((entry) => fields(entry).dnsName ?? []).filter((name) => typeof name === "string"),
      privateDns: flag(argument(record, "privateDnsEnabled")),
      // As it was asked for: AWS fills in the endpoint's own region.
      serviceRegion: text(record.inputs.serviceRegion),
      doors: this.#doors(record),
      groups: this.#records.references(record, "securityGroupIds", TYPE.group),
    };
  }

  #doors(record: ResourceRecord): readonly Place[] | Unknown {
    const subnets = this.#records.references(record, "subnetIds", TYPE.subnet);
    if (subnets === UNKNOWN) {
      const component = this.#records.ancestor(record, TYPE.connectionComponent);
      const known = list(component && argument(component, "azIds"));
      return known === UNKNOWN || known.length === 0 ? UNKNOWN : this.#places.plannedFor(record.stack, known);
    }
    return addressed(this.#places.of(subnets), computed(record, "subnetConfigurations"), "ipv4");
  }
}
