import {
  type Balancer,
  type Endpoint,
  type Listener,
  type NetworkPlan,
  type Place,
  type Registration,
  type Service,
  type Target,
  type TargetGroup,
} from "./network-nodes.ts";
import { type Places, addressed } from "./network-places.ts";
import {
  type Plain,
  type Records,
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

/** AWS's default of a load balancer that has security groups. */
const ENFORCED_BY_DEFAULT = "on";

/** The customer's side: from the endpoint service to its targets. */
export class Offers {
  readonly #records: Records;
  readonly #places: Places;
  readonly #plan: NetworkPlan;

  constructor(records: Records, places: Places, plan: NetworkPlan) {
    this.#records = records;
    this.#places = places;
    this.#plan = plan;
  }

  find({ service: named }: Registration, endpoint: Endpoint | undefined): Service | undefined {
    const name = endpoint?.serviceName ?? ("serviceName" in named ? named.serviceName : UNKNOWN);
    const record = this.#records.of(TYPE.service).find((one) => {
      if (name !== UNKNOWN) return computed(one, "serviceName") === name;
      return "fromStack" in named && one.stack === named.fromStack && this.#keyOf(one) === this.#hostOf(named);
    });
    return record && this.#service(record);
  }

  #keyOf(record: ResourceRecord): string | undefined {
    const own = [TYPE.serviceComponent, TYPE.standingServiceComponent].map((type) =>
      this.#records.ancestor(record, type),
    );
    return own.find((one) => one !== undefined)?.name;
  }

  /** The service behind whose endpoint service a service is. */
  #hostOf({ fromStack, key }: { readonly fromStack: string; readonly key: string }): string {
    return this.#plan.services.find((one) => one.stack === fromStack && one.key === key)?.behind ?? key;
  }

  /** The service for whose port a target group is: several may share a load balancer. */
  #forwardedFor(group: ResourceRecord): string | undefined {
    const service = this.#records.ancestor(group, TYPE.forwarding)?.inputs.service;
    return typeof service === "string" ? service : this.#keyOf(group);
  }

  #service(record: ResourceRecord): Service {
    const balancers = this.#records.references(record, "networkLoadBalancerArns", TYPE.balancer);
    const found =
      balancers === UNKNOWN
        ? []
        : balancers.map((id) => this.#records.of(TYPE.balancer).find((one) => nodeId(one) === id));
    return {
      id: nodeId(record),
      stack: record.stack,
      key: this.#keyOf(record),
      serviceName: text(computed(record, "serviceName")),
      acceptanceRequired: flag(argument(record, "acceptanceRequired")),
      // One that no program of these manages hides the rest of the way.
      balancers:
        balancers === UNKNOWN || found.includes(undefined)
          ? UNKNOWN
          : found.flatMap((one) => (one ? [this.#balancer(one)] : [])),
    };
  }

  #balancer(record: ResourceRecord): Balancer {
    const groups = this.#records.references(record, "securityGroups", TYPE.group);
    const enforce = text(computed(record, "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"));
    return {
      name: String(text(argument(record, "name")) ?? record.name),
      nodes: this.#nodesOf(record),
      // No groups at its birth means none ever: that is known before AWS answers.
      groups: record.id === UNKNOWN && record.inputs.securityGroups === undefined ? [] : groups,
      enforced: enforce === UNKNOWN ? UNKNOWN : (enforce ?? ENFORCED_BY_DEFAULT) !== "off",
      crossZone: flag(argument(record, "enableCrossZoneLoadBalancing")),
      listeners: this.#records.of(TYPE.listener).flatMap((listener) => this.#listener(listener, nodeId(record))),
    };
  }

  #nodesOf(record: ResourceRecord): readonly Place[] | Unknown {
    const mappings = list(computed(record, "subnetMappings"));
    const subnets = this.#records.references(record, "subnets", TYPE.subnet);
    const mapped =
      mappings === UNKNOWN
        ? []
        : mappings.map((mapping) => fields(mapping).subnetId).filter((id) => typeof id === "string");
    // Each of the two is computed where only the other was given.
    const known = subnets === UNKNOWN || (subnets.length === 0 && mapped.length > 0) ? mapped : subnets;
    if (known.length === 0 && (mappings === UNKNOWN || subnets === UNKNOWN)) return UNKNOWN;
    return addressed(this.#places.of(known), mappings, "privateIpv4Address");
  }

  #listener(record: ResourceRecord, balancer: string): Listener[] {
    const owner = this.#records.reference(
      record,
      "loadBalancerArn",
      argument(record, "loadBalancerArn"),
      TYPE.balancer,
    );
    if (owner !== UNKNOWN && owner !== balancer) return [];
    const actions = list(argument(record, "defaultActions"));
    const named: readonly Plain[] = actions === UNKNOWN ? [UNKNOWN] : actions.flatMap(forwardedTo);
    const [first] = named.map((value) => this.#records.reference(record, "defaultActions", value, TYPE.targetGroup));
    const group =
      typeof first === "string" ? this.#records.of(TYPE.targetGroup).find((one) => nodeId(one) === first) : undefined;
    return [
      {
        port: owner === UNKNOWN ? UNKNOWN : integer(argument(record, "port")),
        targetGroup: first === undefined ? undefined : group ? this.#targetGroup(group) : UNKNOWN,
      },
    ];
  }

  #targetGroup(record: ResourceRecord): TargetGroup {
    const own = this.#records.of(TYPE.attachment).map((attachment) => ({
      attachment,
      group: this.#records.reference(
        attachment,
        "targetGroupArn",
        argument(attachment, "targetGroupArn"),
        TYPE.targetGroup,
      ),
    }));
    const override = text(computed(record, "loadBalancingCrossZoneEnabled"));
    return {
      id: nodeId(record),
      name: String(text(argument(record, "name")) ?? record.name),
      targets: own
        .filter(({ group }) => group === nodeId(record))
        .map(({ attachment }) => this.#target(attachment, record)),
      maybeMore: own.some(({ group }) => group === UNKNOWN),
      healthCheck: healthCheckOf(record),
      // In a preview the load balancer's own setting is the best guess, since nobody gave another.
      crossZone:
        override === UNKNOWN || (override !== "true" && override !== "false") ? undefined : override === "true",
    };
  }

  #target(attachment: ResourceRecord, group: ResourceRecord): Target {
    const id = text(argument(attachment, "targetId")) ?? "";
    const port = integer(argument(attachment, "port")) ?? integer(argument(group, "port"));
    const known = id === UNKNOWN ? "a target that is not known yet" : id;
    if (argument(attachment, "availabilityZone") === "all")
      return { id: known, port, azId: undefined, range: hostRange(id), groups: [] };
    const instance = this.#records.of(TYPE.instance).find((record) => record.id === id);
    if (instance) {
      const subnet = text(argument(instance, "subnetId"));
      const [place] = typeof subnet === "string" ? this.#places.of([subnet]) : [];
      return {
        id: known,
        port,
        azId: place?.azId ?? UNKNOWN,
        range: hostRange(text(computed(instance, "privateIp")) ?? UNKNOWN),
        groups: this.#records.references(instance, "vpcSecurityGroupIds", TYPE.group),
      };
    }
    const type = text(argument(group, "targetType"));
    const key = this.#forwardedFor(group);
    const stated = this.#plan.services.find((one) => one.stack === group.stack && one.key === key);
    return {
      id: known,
      port,
      // An application load balancer is one target for all AZs.
      azId: type === "alb" ? undefined : UNKNOWN,
      range: type === "ip" ? hostRange(id) : UNKNOWN,
      groups: stated?.targetSecurityGroupId === undefined ? UNKNOWN : [stated.targetSecurityGroupId],
    };
  }
}

const hostRange = (address: string | Unknown): string | Unknown => (address === UNKNOWN ? UNKNOWN : `${address}/32`);

function forwardedTo(action: Plain): Plain[] {
  const { targetGroupArn, forward } = fields(action);
  if (targetGroupArn !== undefined) return [targetGroupArn];
  const groups = list(fields(forward).targetGroups);
  return groups === UNKNOWN ? [UNKNOWN] : groups.flatMap((group) => fields(group).arn ?? []);
}

function healthCheckOf(record: ResourceRecord): TargetGroup["healthCheck"] {
  const value = computed(record, "healthCheck");
  if (value === UNKNOWN) return UNKNOWN;
  const { enabled, port = "traffic-port", protocol } = fields(value);
  if (enabled === false) return undefined;
  return {
    protocol: typeof protocol === "string" ? protocol : "TCP",
    port: port === "traffic-port" ? port : (integer(port) ?? UNKNOWN),
  };
}
