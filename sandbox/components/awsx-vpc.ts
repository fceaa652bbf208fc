import { rangeOf, toIp } from "../aws/network.ts";
import type { ComponentModel, Registered } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, integer, record, records, text, texts } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN, resourceReference } from "../wire.ts";

const TYPES = ["Public", "Private", "Isolated", "Unused"] as const;
type SubnetType = (typeof TYPES)[number];

/** One kind of subnet, as the program gives it. */
interface Spec {
  readonly type: SubnetType;
  readonly name: string;
  readonly mask: number | undefined;
  readonly blocks: readonly string[] | undefined;
  readonly tags: Properties;
}

/** One subnet of one AZ. */
interface Subnet {
  readonly zone: string;
  readonly name: string;
  readonly block: string;
  readonly spec: Spec;
}

const wrong = (message: string): Refusal => new Refusal("awsx:ec2:Vpc", message);
const unsupported = (what: string): Refusal =>
  new Refusal("SandboxUnsupported", `awsx:ec2:Vpc: the sandbox does not build ${what}`);

function specOf(given: Properties): Spec {
  const foreign = Object.keys(given).filter(
    (key) => !["type", "name", "cidrMask", "cidrBlocks", "size", "tags"].includes(key),
  );
  if (foreign.length > 0) throw unsupported(`subnetSpecs with ${foreign.join(", ")}`);
  const type = TYPES.find((known) => known.toLowerCase() === text(given.type)?.toLowerCase());
  if (type === undefined) throw wrong(`unknown subnet type ${String(given.type)}`);
  const size = integer(given.size);
  const mask = integer(given.cidrMask) ?? (size === undefined ? undefined : 32 - Math.log2(size));
  return {
    type,
    name: text(given.name) ?? type.toLowerCase(),
    mask,
    blocks: given.cidrBlocks === undefined ? undefined : texts(given.cidrBlocks),
    tags: record(given.tags),
  };
}

const bitsFor = (count: number): number => Math.ceil(Math.log2(count));

/** awsx's layout by mask: the VPC in equal parts, one per AZ; in each part the specs one after the other, each aligned to its own size. */
function byMask(specs: readonly Spec[], zones: readonly string[], vpcBlock: string): readonly (readonly string[])[] {
  const vpc = given(rangeOf(vpcBlock), "VPC range");
  const zoneMask = vpc.bits + bitsFor(zones.length);
  const masks = specs.map(({ mask }) => mask ?? zoneMask + bitsFor(specs.length));
  const needed = masks.reduce((sum, mask) => sum + 2 ** (32 - mask), 0);
  const available = 2 ** (32 - zoneMask);
  if (needed > available)
    throw wrong(
      `Subnets are too large for VPC. VPC has ${available} addresses, but subnets require ${needed} addresses.`,
    );
  return zones.map((_zone, index) => {
    let next = vpc.first + index * available;
    return masks.map((mask) => {
      const size = 2 ** (32 - mask);
      const first = Math.ceil(next / size) * size;
      next = first + size;
      return `${toIp(first)}/${mask}`;
    });
  });
}

function layout(name: string, specs: readonly Spec[], zones: readonly string[], vpcBlock: string): readonly Subnet[] {
  if (specs.length === 0) throw wrong("No subnets specified");
  const issues: string[] = [];
  const explicit = specs.some(({ blocks }) => blocks !== undefined);
  specs.forEach(({ blocks, mask }, index) => {
    if (explicit && blocks === undefined)
      issues.push("If any subnet spec has explicit cidrBlocks, all subnets must have explicit cidrBlocks.");
    if (blocks !== undefined && blocks.length !== zones.length)
      issues.push(
        `The number of CIDR blocks in subnetSpecs[${index}] must match the number of availability zones (${zones.length}).`,
      );
    if (blocks?.some((block) => rangeOf(block) === undefined))
      issues.push(`subnetSpecs[${index}] has an invalid CIDR block`);
    if (mask !== undefined && blocks?.some((block) => rangeOf(block)?.bits !== mask))
      issues.push(`The cidrMask in subnetSpecs[${index}] must match all cidrBlocks or be left undefined.`);
  });
  if (issues.length > 0) throw wrong(`Invalid subnet specifications:\n - ${issues.join("\n - ")}`);
  const blocks = explicit
    ? zones.map((_zone, index) => specs.map((spec) => spec.blocks?.[index] ?? ""))
    : byMask(specs, zones, vpcBlock);
  return zones.flatMap((zone, index) =>
    specs.map((spec, of) => ({
      zone,
      name: `${name}-${spec.name}-${index + 1}`,
      block: blocks[index]?.[of] ?? "",
      spec,
    })),
  );
}

const range = ({ block }: Subnet): { readonly first: number; readonly last: number } =>
  given(rangeOf(block), `range of ${block}`);

function refuseOverlaps(subnets: readonly Subnet[]): void {
  const clashing = subnets.filter((one) =>
    subnets.some(
      (other) => other !== one && range(one).first <= range(other).last && range(other).first <= range(one).last,
    ),
  );
  if (clashing.length === 0) return;
  const lines = clashing.map(({ name, block }, index) => `${index + 1}. ${name}: ${block}`);
  throw wrong(
    `The following subnets overlap with at least one other subnet. Make the CIDR for the VPC larger, reduce the size of the subnets per AZ, or use less Availability Zones:\n\n${lines.join("\n")}\n`,
  );
}

/** Strategy "Exact" wants the VPC filled from its first address to its last, in the order of the specs. */
function refuseGaps(subnets: readonly Subnet[], vpcBlock: string): void {
  const vpc = given(rangeOf(vpcBlock), "VPC range");
  const gaps: string[] = [];
  subnets.forEach((subnet, index) => {
    const before = subnets[index - 1];
    if (!before && range(subnet).first !== vpc.first)
      gaps.push(`${subnet.name} (${subnet.block}) does not start at the beginning of the VPC (${vpcBlock})`);
    if (before && range(subnet).first !== range(before).last + 1)
      gaps.push(`${before.name} (${before.block}) <=> ${subnet.name} (${subnet.block})`);
  });
  const last = subnets.at(-1);
  if (last && range(last).last !== vpc.last)
    gaps.push(`${last.name} (ending ${toIp(range(last).last)}) ends before VPC ends (at ${toIp(vpc.last)})`);
  if (gaps.length > 0)
    throw wrong(`There are gaps in the subnet ranges. Please fix the following gaps: ${gaps.join(", ")}`);
}

/** awsx's defaults where no specs are given. */
const defaults = (zoneBits: number): Properties[] => [
  { type: "Private", cidrMask: Math.max(zoneBits, 16) + 1 },
  { type: "Public", cidrMask: Math.max(zoneBits, 16) + 2 },
];

/** The real one's order of building within an AZ: public subnets first, because they hold what private ones route to. */
const ORDER: readonly SubnetType[] = ["Public", "Private", "Isolated"];

export const awsxVpc: ComponentModel = {
  type: "awsx:ec2:Vpc",
  arguments: [
    "cidrBlock",
    "availabilityZoneNames",
    "numberOfAvailabilityZones",
    "subnetStrategy",
    "subnetSpecs",
    "natGateways",
    "enableDnsHostnames",
    "enableDnsSupport",
    "tags",
  ],
  async construct({ name, urn, inputs, inputDependencies }, registrar) {
    const strategy = text(inputs.subnetStrategy) ?? "Legacy";
    if (strategy !== "Auto" && strategy !== "Exact")
      throw unsupported(`subnetStrategy "${strategy}"; it builds "Auto" and "Exact"`);
    if (inputs.availabilityZoneNames !== undefined && inputs.numberOfAvailabilityZones !== undefined)
      throw wrong("Only one of [availabilityZoneNames] and [numberOfAvailabilityZones] can be specified");
    const nat = (text(record(inputs.natGateways).strategy) ?? "OnePerAz").toLowerCase();
    if (!["none", "single", "oneperaz"].includes(nat)) throw wrong(`Unknown NatGatewayStrategy '${nat}'`);
    if (record(inputs.natGateways).elasticIpAllocationIds !== undefined)
      throw unsupported("natGateways.elasticIpAllocationIds");

    const zones =
      inputs.availabilityZoneNames === undefined
        ? await firstZones(integer(inputs.numberOfAvailabilityZones) ?? 3)
        : texts(inputs.availabilityZoneNames);
    async function firstZones(count: number): Promise<readonly string[]> {
      const names = texts((await registrar.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {})).names);
      if (names.length < count)
        throw wrong(
          `The configured region for this provider does not have at least ${count} Availability Zones. Either specify an explicit list of zones in availabilityZoneNames or choose a region with at least ${count} AZs.`,
        );
      return names.slice(0, count);
    }
    const block = text(inputs.cidrBlock) ?? "10.0.0.0/16";
    const vpcRange = rangeOf(block);
    if (!vpcRange) throw wrong(`Invalid CIDR block ${block}`);
    const specs = (
      inputs.subnetSpecs === undefined ? defaults(vpcRange.bits + bitsFor(zones.length)) : records(inputs.subnetSpecs)
    ).map(specOf);
    const planned = layout(name, specs, zones, block);
    refuseOverlaps(planned);
    if (strategy === "Exact") refuseGaps(planned, block);
    if (
      nat !== "none" &&
      !(specs.some(({ type }) => type === "Public") && specs.some(({ type }) => type === "Private"))
    ) {
      throw wrong(
        "If NAT Gateway strategy is 'OnePerAz' or 'Single', both private and public subnets must be declared. The private subnet creates the need for a NAT Gateway, and the public subnet is required to host the NAT Gateway resource.",
      );
    }

    const own = record(inputs.tags);
    const shared = { Name: name, ...own };
    const tagged: Record<string, readonly string[]> =
      inputDependencies.tags === undefined ? {} : { tags: inputDependencies.tags };
    const made = {
      subnets: [] as { readonly type: SubnetType; readonly subnet: Registered }[],
      tables: [] as Registered[],
      associations: [] as Registered[],
      routes: [] as Registered[],
      gateways: [] as Registered[],
      eips: [] as Registered[],
    };

    const vpc = await registrar.resource({
      type: "aws:ec2/vpc:Vpc",
      name,
      parent: urn,
      inputs: {
        cidrBlock: block,
        enableDnsHostnames: inputs.enableDnsHostnames,
        enableDnsSupport: inputs.enableDnsSupport,
        tags: shared,
      },
      propertyDependencies: tagged,
    });
    const inVpc = { vpcId: [vpc.urn], ...tagged };
    // Real awsx makes one even where nothing is public: it costs nothing.
    const internetGateway = await registrar.resource({
      type: "aws:ec2/internetGateway:InternetGateway",
      name,
      parent: vpc.urn,
      inputs: { vpcId: vpc.id, tags: shared },
      propertyDependencies: inVpc,
    });

    for (const [zoneIndex, zone] of zones.entries()) {
      const here = planned.filter((subnet) => subnet.zone === zone && subnet.spec.type !== "Unused");
      here.sort((one, other) => ORDER.indexOf(one.spec.type) - ORDER.indexOf(other.spec.type));
      for (const { name: subnetName, block: cidrBlock, spec } of here) {
        const subnet = await registrar.resource({
          type: "aws:ec2/subnet:Subnet",
          name: subnetName,
          parent: vpc.urn,
          inputs: {
            vpcId: vpc.id,
            availabilityZone: zone,
            mapPublicIpOnLaunch: spec.type === "Public",
            assignIpv6AddressOnCreation: false,
            cidrBlock,
            tags: { ...shared, ...spec.tags, Name: subnetName, SubnetType: spec.type },
          },
          propertyDependencies: inVpc,
        });
        made.subnets.push({ type: spec.type, subnet });

        const table = await registrar.resource({
          type: "aws:ec2/routeTable:RouteTable",
          name: subnetName,
          parent: subnet.urn,
          inputs: { vpcId: vpc.id, tags: { ...shared, Name: subnetName, SubnetType: spec.type } },
          propertyDependencies: inVpc,
          dependsOn: [subnet.urn],
        });
        made.tables.push(table);
        made.associations.push(
          await registrar.resource({
            type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
            name: subnetName,
            parent: table.urn,
            inputs: { routeTableId: table.id, subnetId: subnet.id },
            propertyDependencies: { routeTableId: [table.urn], subnetId: [subnet.urn] },
          }),
        );

        if (spec.type === "Public" && nat !== "none" && made.gateways.length < (nat === "single" ? 1 : zoneIndex + 1)) {
          const called = `${name}-${zoneIndex + 1}`;
          const tags = { ...own, Name: called };
          const eip = await registrar.resource({
            type: "aws:ec2/eip:Eip",
            name: called,
            parent: subnet.urn,
            inputs: { tags },
            propertyDependencies: tagged,
            dependsOn: [subnet.urn],
          });
          made.eips.push(eip);
          made.gateways.push(
            await registrar.resource({
              type: "aws:ec2/natGateway:NatGateway",
              name: called,
              parent: subnet.urn,
              inputs: { subnetId: subnet.id, allocationId: eip.outputs.allocationId ?? UNKNOWN, tags },
              propertyDependencies: { subnetId: [subnet.urn], allocationId: [eip.urn], ...tagged },
            }),
          );
        }

        const gateway = nat === "single" ? made.gateways[0] : made.gateways[zoneIndex];
        const target: readonly [property: string, Registered] | undefined =
          spec.type === "Public"
            ? ["gatewayId", internetGateway]
            : spec.type === "Private" && nat !== "none" && gateway
              ? ["natGatewayId", gateway]
              : undefined;
        if (!target) continue;
        made.routes.push(
          await registrar.resource({
            type: "aws:ec2/route:Route",
            name: subnetName,
            parent: table.urn,
            inputs: { routeTableId: table.id, [target[0]]: target[1].id, destinationCidrBlock: "0.0.0.0/0" },
            propertyDependencies: { routeTableId: [table.urn], [target[0]]: [target[1].urn] },
          }),
        );
      }
    }

    const of = (...types: readonly SubnetType[]): Registered[] =>
      made.subnets.flatMap(({ type, subnet }) => (types.includes(type) ? [subnet] : []));
    const lists = {
      subnets: of(...ORDER),
      publicSubnets: of("Public"),
      privateSubnets: of("Private"),
      isolatedSubnets: of("Isolated"),
      routeTables: made.tables,
      routeTableAssociations: made.associations,
      routes: made.routes,
      natGateways: made.gateways,
      eips: made.eips,
      vpcEndpoints: [],
    };
    const ids = {
      publicSubnetIds: lists.publicSubnets,
      privateSubnetIds: lists.privateSubnets,
      isolatedSubnetIds: lists.isolatedSubnets,
    };
    const map = <Result>(
      from: Readonly<Record<string, readonly Registered[]>>,
      to: (one: Registered) => Result,
    ): Record<string, Result[]> => Object.fromEntries(Object.entries(from).map(([key, all]) => [key, all.map(to)]));
    const subnetLayout = specs.map(({ type, name: specName, mask, blocks }): Value => ({
      type,
      ...(specName === type.toLowerCase() ? {} : { name: specName }),
      ...(blocks === undefined ? {} : { cidrBlocks: [...blocks] }),
      ...(mask === undefined ? {} : { cidrMask: mask, ...(blocks === undefined ? { size: 2 ** (32 - mask) } : {}) }),
    }));
    return {
      outputs: {
        vpcId: vpc.id,
        vpc: resourceReference(vpc),
        internetGateway: resourceReference(internetGateway),
        subnetLayout,
        ...map(lists, resourceReference),
        ...map(ids, ({ id }) => id),
      },
      dependencies: {
        vpcId: [vpc.urn],
        vpc: [vpc.urn],
        internetGateway: [internetGateway.urn],
        ...map({ ...lists, ...ids }, (one) => one.urn),
      },
    };
  },
};
