import { holdsPublicAddresses } from "./public-addresses.ts";
import {
  type Plain,
  type Properties,
  type Records,
  type ResourceRecord,
  UNKNOWN,
  type Unknown,
  argument,
  fields,
  list,
  nodeId,
  text,
} from "./resource-record.ts";

/** Type tokens of what leads to the internet. */
export const WAY_TYPE = {
  subnet: "aws:ec2/subnet:Subnet",
  route: "aws:ec2/route:Route",
  table: "aws:ec2/routeTable:RouteTable",
  defaultTable: "aws:ec2/defaultRouteTable:DefaultRouteTable",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  mainAssociation: "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
  internetGateway: "aws:ec2/internetGateway:InternetGateway",
  vpc: "aws:ec2/vpc:Vpc",
} as const;

/** What a route leads through. By an internet gateway the internet can come in as well; by the other two it cannot. */
export type Gateway = "internet gateway" | "NAT gateway" | "egress-only gateway";

/** A way from a subnet to the internet. */
export interface Way {
  /** Where the route is written: a route, or a table that has it inline. */
  readonly route: ResourceRecord;
  readonly through: Gateway | Unknown;
  /** Whether its destination is known to be the internet, and not only perhaps. */
  readonly sure: boolean;
}

/** The ways out of a subnet. */
export interface Ways {
  readonly ways: readonly Way[];
  /** Those that may be its own as well: which table it has, or which table they are in, is not known yet. */
  readonly perhaps: readonly Way[];
}

/** Which subnets have ways to the internet, by all the spellings that AWS's provider has for a route. */
export class InternetWays {
  readonly #records: Records;
  readonly #waysOfTable = new Map<string, Way[]>();
  /** By subnet, its tables; by VPC, its main tables. */
  readonly #tablesOf = new Map<string, string[]>();
  /** Ways of routes whose table is not known yet. */
  readonly #loose: Way[] = [];
  /** Whether a table may be any subnet's. */
  #looseTables = false;

  constructor(records: Records) {
    this.#records = records;
    for (const route of records.of(WAY_TYPE.route)) this.#addRoute(route);
    for (const type of [WAY_TYPE.table, WAY_TYPE.defaultTable])
      for (const table of records.of(type)) this.#addInline(table);
    for (const association of records.of(WAY_TYPE.association))
      this.#associate(association, "subnetId", WAY_TYPE.subnet);
    for (const association of records.of(WAY_TYPE.mainAssociation)) this.#associate(association, "vpcId", WAY_TYPE.vpc);
    for (const table of records.of(WAY_TYPE.defaultTable)) this.#addDefault(table);
  }

  of(subnet: ResourceRecord): Ways {
    const own = this.#tablesOf.get(nodeId(subnet));
    const vpc = this.#records.among(subnet, "vpcId", argument(subnet, "vpcId"), WAY_TYPE.vpc).nodes;
    // Without a table of its own, a subnet has its VPC's main one, which in itself leads nowhere.
    const tables = own ?? vpc.flatMap((node) => this.#tablesOf.get(node) ?? []);
    return {
      ways: tables.flatMap((table) => this.#waysOfTable.get(table) ?? []),
      perhaps:
        own === undefined && this.#looseTables
          ? [...this.#loose, ...[...this.#waysOfTable.values()].flat()]
          : this.#loose,
    };
  }

  #addRoute(route: ResourceRecord): void {
    const { inputs, outputs } = route;
    const way = this.#wayOf(route, { ...outputs, ...inputs });
    if (way === undefined) return;
    const { nodes, perhaps, more } = this.#records.among(
      route,
      "routeTableId",
      argument(route, "routeTableId"),
      WAY_TYPE.table,
    );
    if (more || perhaps.length > 0) this.#loose.push(way);
    for (const table of nodes) this.#add(this.#waysOfTable, table, way);
  }

  #addInline(table: ResourceRecord): void {
    // What a table answers lists the routes that stand alone as well.
    const routes = list(table.inputs.routes);
    if (routes === UNKNOWN)
      this.#add(this.#waysOfTable, nodeId(table), { route: table, through: UNKNOWN, sure: false });
    for (const one of routes === UNKNOWN ? [] : routes) {
      const way = one === UNKNOWN ? { route: table, through: UNKNOWN, sure: false } : this.#wayOf(table, fields(one));
      if (way) this.#add(this.#waysOfTable, nodeId(table), way);
    }
  }

  /** Undefined for a route that leads elsewhere than to the internet. */
  #wayOf(record: ResourceRecord, route: Properties): Way | undefined {
    const destinations = ["destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock"].flatMap(
      (property) => text(route[property]) ?? [],
    );
    const sure = destinations.some((cidr) => cidr !== UNKNOWN && holdsPublicAddresses(cidr) === true);
    if (!sure && !destinations.includes(UNKNOWN)) return undefined;
    const through = this.#gatewayOf(record, route);
    return through && { route: record, through, sure };
  }

  #gatewayOf(record: ResourceRecord, route: Properties): Gateway | Unknown | undefined {
    const given = (property: string): boolean => {
      const value = route[property];
      return value !== undefined && value !== null && value !== "";
    };
    if (given("natGatewayId")) return "NAT gateway";
    if (given("egressOnlyGatewayId")) return "egress-only gateway";
    return given("gatewayId") ? this.#isInternetGateway(record, route["gatewayId"]) : undefined;
  }

  #isInternetGateway(record: ResourceRecord, gateway: Plain | undefined): Gateway | Unknown | undefined {
    if (typeof gateway === "string")
      return gateway.startsWith("igw-") || this.#names(gateway) ? "internet gateway" : undefined;
    const property = record.type === WAY_TYPE.route ? "gatewayId" : "routes";
    const { nodes } = this.#records.among(record, property, UNKNOWN, WAY_TYPE.internetGateway);
    return nodes.length > 0 ? "internet gateway" : UNKNOWN;
  }

  #names(id: string): boolean {
    return this.#records.of(WAY_TYPE.internetGateway).some((gateway) => gateway.id === id);
  }

  #associate(association: ResourceRecord, property: "subnetId" | "vpcId", type: string): void {
    const owners = this.#records.among(association, property, argument(association, property), type);
    const tables = this.#records.among(
      association,
      "routeTableId",
      argument(association, "routeTableId"),
      WAY_TYPE.table,
    );
    if ([owners, tables].some(({ more, perhaps }) => more || perhaps.length > 0)) this.#looseTables = true;
    for (const owner of owners.nodes) for (const table of tables.nodes) this.#add(this.#tablesOf, owner, table);
  }

  #addDefault(table: ResourceRecord): void {
    const value = argument(table, "defaultRouteTableId");
    const vpcs = this.#records.of(WAY_TYPE.vpc).filter((vpc) => vpc.outputs.defaultRouteTableId === value);
    const origins = this.#records.among(table, "defaultRouteTableId", UNKNOWN, WAY_TYPE.vpc).nodes;
    for (const vpc of vpcs.length > 0 && value !== UNKNOWN ? vpcs.map(nodeId) : origins)
      this.#add(this.#tablesOf, vpc, nodeId(table));
  }

  #add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
    const values = map.get(key);
    if (values) values.push(value);
    else map.set(key, [value]);
  }
}
