import { z } from "zod";
import {
  EGRESS_RULE,
  INGRESS_RULE,
  INSTANCE,
  SECURITY_GROUP,
  SUBNET,
  VPC,
  arn,
  cidrFailure,
  cidrHolds,
  contains,
  interfaceObject,
  overlap,
} from "./aws/network.ts";
import { standingBalancer } from "./aws/application-load-balancers.ts";
import { HOSTED_ZONE } from "./aws/hosted-zones.ts";
import { ATTACHMENT } from "./aws/iam.ts";
import { raisedQuotaFault } from "./aws/quotas.ts";
import { bornWith, subnetOutputs } from "./aws/vpc.ts";
import { readEstate } from "./estate-file.ts";
import type { Properties } from "./wire.ts";
import type { Facts, HostFacts, WorldObject } from "./world.ts";

const cidr = z.string().superRefine((value, context) => {
  const failure = cidrFailure(value, [0, 32]);
  if (failure !== undefined) context.addIssue({ code: "custom", message: failure });
});
const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{17}$`), `must be ${prefix}- and 17 hex digits`);
const tags = z.record(z.string(), z.string()).default({});
const port = z.int().min(0).max(65535);

const rule = z
  .strictObject({
    protocol: z.enum(["tcp", "udp", "-1"]),
    fromPort: port.optional(),
    toPort: port.optional(),
    cidr: cidr.optional(),
    group: id("sg").optional(),
    description: z.string().optional(),
  })
  .refine((value) => (value.cidr === undefined) !== (value.group === undefined), "give either cidr or group")
  .refine(
    (value) => value.protocol === "-1" || (value.fromPort !== undefined && value.toPort !== undefined),
    "tcp and udp need fromPort and toPort",
  );

const listens = z.array(
  z.strictObject({
    port,
    protocol: z.enum(["TCP", "HTTP", "HTTPS"]),
    paths: z.record(z.string().startsWith("/"), z.int()).optional(),
    certificateNames: z.array(z.string()).min(1).optional(),
    signedBy: z.string().includes("-----BEGIN CERTIFICATE-----").optional(),
  }),
);
const host = z.strictObject({ subnet: id("subnet"), securityGroups: z.array(id("sg")).min(1).max(5), listens });

const hostName = z.string().regex(/^[a-z0-9*.-]+$/, "must be a host name in lower case");

/** With one listener that chooses by the Host header; see application-load-balancers.ts. */
const applicationLoadBalancer = z.strictObject({
  internal: z.boolean().default(true),
  number: z.string().regex(/^[0-9a-f]{16}$/, "must be 16 hex digits"),
  /** Subnet to the address of its node there. */
  nodes: z.record(id("subnet"), z.ipv4()),
  securityGroups: z.array(id("sg")).min(1).max(5),
  port,
  /** Without them it speaks HTTP. */
  certificateNames: z.array(hostName).min(1).optional(),
  /** The backend of hosts that no rule names; without one it answers 404. */
  defaultBackend: z.string().optional(),
  backends: z.record(
    z.string(),
    z.strictObject({
      hosts: z.array(hostName).min(1),
      port,
      healthPath: z.string().startsWith("/"),
      addresses: z.array(z.ipv4()).min(1),
    }),
  ),
});

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region's name");

const vpc = z.strictObject({
  cidr,
  /** The estate's region by default. */
  region: region.optional(),
  /** Networks that its route tables lead to over a peering, a transit gateway or a VPN. */
  routesTo: z.array(cidr).default([]),
  applicationLoadBalancers: z.record(z.string(), applicationLoadBalancer).default({}),
  enableDnsHostnames: z.boolean().default(true),
  tags,
  subnets: z.record(id("subnet"), z.strictObject({ cidr, zone: z.string(), tags })).default({}),
  securityGroups: z
    .record(
      id("sg"),
      z.strictObject({
        name: z.string(),
        description: z.string(),
        tags,
        ingress: z.array(rule).default([]),
        egress: z.array(rule).default([]),
      }),
    )
    .default({}),
  instances: z.record(id("i"), host.extend({ ip: z.ipv4(), tags })).default({}),
  hosts: z.record(z.ipv4(), host).default({}),
});
type Vpc = z.infer<typeof vpc>;

const schema = z.strictObject({
  /** Of all that says no other. */
  region,
  accounts: z.record(
    z.string().regex(/^\d{12}$/, "must be a twelve-digit account"),
    z.strictObject({
      zones: z.record(z.string(), z.string()),
      roles: z
        .record(
          z.string(),
          z.strictObject({
            description: z.string().default(""),
            assumeRolePolicy: z.string().optional(),
            /** Names of AWS's own policies, such as AdministratorAccess. */
            managedPolicies: z.array(z.string()).default([]),
            tags,
          }),
        )
        .default({}),
      vpcs: z.record(id("vpc"), vpc).default({}),
      /** Quotas that AWS has raised, by Service Quotas' code. */
      quotas: z.record(z.string(), z.int()).default({}),
      /** Actions that a service control policy denies everybody in the account. */
      deniedActions: z.array(z.string()).default([]),
      /** Regions that the account has not switched on. */
      regionsOff: z.array(region).default([]),
      /** Public hosted zones of Route 53, by id. */
      hostedZones: z.record(z.string().regex(/^Z[A-Z0-9]{3,31}$/), z.strictObject({ name: hostName })).default({}),
    }),
  ),
  /** Accounts that share with each other without invitations. */
  organizations: z.array(z.array(z.string())).default([]),
  /** Host name to its addresses: known everywhere, or in some VPCs alone. */
  names: z
    .record(hostName, z.strictObject({ addresses: z.array(z.ipv4()).min(1), vpcs: z.array(id("vpc")).optional() }))
    .default({}),
  /** An organization in Pulumi Cloud: where Pulumi's app is installed, packs that are published, pools of agents. */
  pulumiCloud: z
    .strictObject({
      organization: z.string(),
      repositories: z.array(z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must be owner/name")).default([]),
      policyPacks: z.record(z.string(), z.array(z.string())).default({}),
      agentPools: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
  operator: z.strictObject({ reachesPrivateApis: z.boolean() }).default({ reachesPrivateApis: false }),
  /** Service of AWS's, such as `eks-auth`, to the zone ids in which it has no interface endpoints. */
  servicesMissingIn: z.record(z.string(), z.array(z.string())).default({}),
  /** Repository to the digests of the images that a pipeline pushes into it as soon as it exists. */
  pushes: z
    .record(z.string(), z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hex digits")))
    .default({}),
  images: z
    .record(
      z.string(),
      z.strictObject({
        readyWhenReaches: z
          .array(
            z.strictObject({
              host: z.string(),
              port: z.string(),
              certificateFor: z.string().optional(),
              caBundle: z.string().optional(),
              user: z.string().optional(),
              database: z.string().optional(),
            }),
          )
          .default([]),
        runsSql: z
          .strictObject({
            host: z.string(),
            port: z.string(),
            database: z.string(),
            secret: z.string(),
            file: z.string(),
          })
          .optional(),
      }),
    )
    .default({}),
});
export type EstateDocument = z.input<typeof schema>;

export interface Estate {
  readonly facts: Facts;
  readonly objects: WorldObject[];
}

/** What stands in AWS before anybody runs a program. */
export function loadEstate(file: string): Estate {
  return estateOf(readEstate(file) as EstateDocument, file);
}

/** @param name how errors call the document */
export function estateOf(document: EstateDocument, name = "estate"): Estate {
  const result = schema.safeParse(document);
  const problems = result.success
    ? inconsistencies(result.data)
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  if (!result.success || problems.length > 0)
    throw new Error(`${name} is no valid estate:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  const { region, accounts, images, operator, servicesMissingIn, pushes, organizations, names, pulumiCloud } =
    result.data;

  const objects: WorldObject[] = [];
  const hosts: Record<string, HostFacts> = {};
  for (const [account, { zones, roles, vpcs, hostedZones }] of Object.entries(accounts)) {
    for (const [zoneId, { name: domain }] of Object.entries(hostedZones))
      objects.push(zoneObject(account, region, zoneId, domain));
    for (const [role, given] of Object.entries(roles))
      objects.push(
        roleObject(account, region, role, given),
        ...attachments(account, region, role, given.managedPolicies),
      );
    for (const [vpcId, given] of Object.entries(vpcs)) {
      const place = { account, region: given.region ?? region };
      objects.push(...vpcObjects(place, zones, vpcId, given));
      for (const [key, { subnet: subnetId, ip, securityGroups, listens: ports }] of hostsOf(vpcId, given))
        hosts[key] = { vpcId, subnetId, ip, securityGroupIds: securityGroups, listens: ports };
    }
  }
  const zones = Object.fromEntries(Object.entries(accounts).map(([account, { zones: names }]) => [account, names]));
  const facts: Facts = {
    zones,
    images,
    hosts,
    servicesMissingIn,
    pushes,
    organizations,
    pulumiCloud,
    names: Object.fromEntries(
      Object.entries(names).map(([name, { addresses, vpcs }]) => [name, { addresses, vpcIds: vpcs }]),
    ),
    routes: Object.fromEntries(
      Object.values(accounts).flatMap(({ vpcs }) => Object.entries(vpcs).map(([key, { routesTo }]) => [key, routesTo])),
    ),
    regionsOff: Object.fromEntries(Object.entries(accounts).map(([account, { regionsOff }]) => [account, regionsOff])),
    denied: Object.fromEntries(
      Object.entries(accounts).map(([account, { deniedActions }]) => [account, deniedActions]),
    ),
    quotas: Object.fromEntries(Object.entries(accounts).map(([account, { quotas }]) => [account, quotas])),
    ...operator,
  };
  return { facts, objects };
}

const zoneObject = (account: string, region: string, zoneId: string, name: string): WorldObject => ({
  type: HOSTED_ZONE,
  id: zoneId,
  account,
  region,
  inputs: { name },
  computed: { zoneId, arn: `arn:aws:route53:::hostedzone/${zoneId}` },
  readyAt: 0,
  estate: true,
});

type Host = z.infer<typeof host> & { readonly ip: string };

/** Instances by id, other hosts by `<vpc id>/<ip>`. */
const hostsOf = (vpcId: string, { instances, hosts }: Vpc): [string, Host][] => [
  ...Object.entries(instances),
  ...Object.entries(hosts).map(([ip, given]): [string, Host] => [`${vpcId}/${ip}`, { ...given, ip }]),
];

function vpcObjects(
  place: { readonly account: string; readonly region: string },
  zones: Readonly<Record<string, string>>,
  vpcId: string,
  given: Vpc,
): WorldObject[] {
  const base = { ...place, readyAt: 0, estate: true };
  const object = (type: string, objectId: string, inputs: Properties, computed: Properties): WorldObject => ({
    ...base,
    type,
    id: objectId,
    inputs,
    computed,
  });
  const born = bornWith(vpcId, place, true);
  const vpcInputs = {
    cidrBlock: given.cidr,
    instanceTenancy: "default",
    enableDnsSupport: true,
    enableDnsHostnames: given.enableDnsHostnames,
    tags: given.tags,
  };
  const objects = [
    object(VPC, vpcId, vpcInputs, {
      ...born.computed,
      enableDnsHostnames: given.enableDnsHostnames,
      enableNetworkAddressUsageMetrics: false,
    }),
    ...born.objects,
  ];

  const subnets = new Map<string, WorldObject>();
  for (const [subnetId, { cidr: cidrBlock, zone, tags: own }] of Object.entries(given.subnets)) {
    const computed = {
      ...subnetOutputs(subnetId, place),
      availabilityZone: zone,
      availabilityZoneId: zones[zone] ?? "",
    };
    subnets.set(
      subnetId,
      object(
        SUBNET,
        subnetId,
        {
          vpcId,
          cidrBlock,
          availabilityZone: zone,
          mapPublicIpOnLaunch: false,
          assignIpv6AddressOnCreation: false,
          tags: own,
        },
        computed,
      ),
    );
  }
  objects.push(...subnets.values());

  for (const [groupId, { name, description, ingress, egress, tags: own }] of Object.entries(given.securityGroups)) {
    const computed = {
      arn: arn("ec2", place, `security-group/${groupId}`),
      ownerId: place.account,
      region: place.region,
      vpcId,
      namePrefix: "",
      ingress: [],
      egress: [],
    };
    objects.push(object(SECURITY_GROUP, groupId, { name, description, vpcId, tags: own }, computed));
    for (const [type, rules] of [
      [INGRESS_RULE, ingress],
      [EGRESS_RULE, egress],
    ] as const) {
      rules.forEach((one, index) => {
        const ruleId = `sgr-${groupId.slice(3, 16)}${type === INGRESS_RULE ? "1" : "2"}${String(index).padStart(3, "0")}`;
        const source: Properties =
          one.group === undefined ? { cidrIpv4: one.cidr ?? "" } : { referencedSecurityGroupId: one.group };
        const ports: Properties =
          one.fromPort === undefined || one.toPort === undefined ? {} : { fromPort: one.fromPort, toPort: one.toPort };
        const inputs: Properties = {
          securityGroupId: groupId,
          ipProtocol: one.protocol,
          ...ports,
          ...source,
          ...(one.description === undefined ? {} : { description: one.description }),
        };
        objects.push(
          object(type, ruleId, inputs, {
            arn: arn("ec2", place, `security-group-rule/${ruleId}`),
            securityGroupRuleId: ruleId,
            region: place.region,
          }),
        );
      });
    }
  }

  hostsOf(vpcId, given).forEach(([key, { subnet: subnetId, ip, securityGroups }], index) => {
    const subnet = subnets.get(subnetId);
    if (!subnet) return;
    const interfaceId = `eni-${vpcId.slice(4, 17)}${String(index).padStart(4, "0")}`;
    if (key.startsWith("i-")) {
      const inputs = {
        subnetId,
        privateIp: ip,
        vpcSecurityGroupIds: securityGroups,
        availabilityZone: subnet.computed.availabilityZone ?? "",
        tags: given.instances[key]?.tags ?? {},
      };
      objects.push(
        object(INSTANCE, key, inputs, {
          arn: arn("ec2", place, `instance/${key}`),
          instanceState: "running",
          primaryNetworkInterfaceId: interfaceId,
          region: place.region,
          _vpcId: vpcId,
        }),
      );
    }
    objects.push(
      interfaceObject(
        place,
        interfaceId,
        { owner: key, subnet, securityGroupIds: securityGroups, description: "", ip },
        true,
      ),
    );
  });
  for (const [name, { nodes, securityGroups, ...balancer }] of Object.entries(given.applicationLoadBalancers))
    objects.push(
      ...standingBalancer(place, vpcId, {
        ...balancer,
        certificateNames: balancer.certificateNames,
        defaultBackend: balancer.defaultBackend,
        name,
        securityGroupIds: securityGroups,
        subnets: Object.entries(nodes).flatMap(([subnetId, ip]) => {
          const subnet = subnets.get(subnetId);
          return subnet ? [{ subnet, ip }] : [];
        }),
      }),
    );
  return objects;
}

function roleObject(
  account: string,
  region: string,
  name: string,
  {
    description,
    assumeRolePolicy,
    tags: own,
  }: { description: string; assumeRolePolicy?: string; tags: Record<string, string> },
): WorldObject {
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" }],
  });
  const inputs = {
    name,
    description,
    path: "/",
    maxSessionDuration: 3600,
    forceDetachPolicies: false,
    assumeRolePolicy: assumeRolePolicy ?? trust,
    tags: own,
  };
  const uniqueId = `AROA${Buffer.from(`${account}${name}`).toString("hex").toUpperCase().slice(0, 17)}`;
  return {
    type: "aws:iam/role:Role",
    id: name,
    account,
    region,
    inputs,
    computed: { arn: `arn:aws:iam::${account}:role/${name}`, uniqueId, createDate: "2026-01-01T00:00:00Z" },
    readyAt: 0,
    estate: true,
  };
}

const attachments = (account: string, region: string, role: string, managed: readonly string[]): WorldObject[] =>
  managed.map((name) => {
    const policyArn = `arn:aws:iam::aws:policy/${name}`;
    const [id, inputs] = [`${role}/${policyArn}`, { role, policyArn }];
    return { type: ATTACHMENT, id, account, region, inputs, computed: {}, readyAt: 0, estate: true };
  });

/** What each part may be by itself but not together. */
function inconsistencies({ region, accounts }: z.infer<typeof schema>): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  const once = (path: string, objectId: string): void => {
    if (seen.has(objectId)) problems.push(`${path}: ${objectId} occurs twice`);
    seen.add(objectId);
  };
  for (const [account, { zones, vpcs, quotas }] of Object.entries(accounts)) {
    for (const [code, value] of Object.entries(quotas)) {
      const fault = raisedQuotaFault(code, value);
      if (fault !== undefined) problems.push(`accounts.${account}.quotas.${code}: ${fault}`);
    }
    const regions = [...new Set([region, ...Object.values(vpcs).map((one) => one.region ?? region)])];
    for (const zone of Object.keys(zones))
      if (!regions.some((one) => zone.startsWith(one)))
        problems.push(`accounts.${account}.zones: ${zone} is not in ${regions.join(" or ")}`);
    if (new Set(Object.values(zones)).size < Object.keys(zones).length)
      problems.push(`accounts.${account}.zones: two names stand for one AZ id`);
    for (const [vpcId, given] of Object.entries(vpcs)) {
      const path = `accounts.${account}.vpcs.${vpcId}`;
      once(path, vpcId);
      const subnets = Object.entries(given.subnets);
      subnets.forEach(([subnetId, subnet], index) => {
        once(`${path}.subnets`, subnetId);
        if (zones[subnet.zone] === undefined)
          problems.push(
            `${path}.subnets.${subnetId}.zone: account ${account} has no zone ${subnet.zone}, only ${Object.keys(zones).join(", ")}`,
          );
        if (!subnet.zone.startsWith(given.region ?? region))
          problems.push(
            `${path}.subnets.${subnetId}.zone: ${subnet.zone} is not in ${given.region ?? region}, as the VPC is`,
          );
        if (!contains(given.cidr, subnet.cidr))
          problems.push(`${path}.subnets.${subnetId}.cidr: ${subnet.cidr} is not within ${given.cidr}`);
        for (const [otherId, other] of subnets.slice(0, index))
          if (overlap(subnet.cidr, other.cidr))
            problems.push(`${path}.subnets.${subnetId}.cidr: ${subnet.cidr} overlaps ${otherId}`);
      });
      for (const [groupId, { ingress, egress }] of Object.entries(given.securityGroups)) {
        once(`${path}.securityGroups`, groupId);
        for (const { group } of [...ingress, ...egress])
          if (group !== undefined && !given.securityGroups[group])
            problems.push(`${path}.securityGroups.${groupId}: no group ${group} in this VPC`);
      }
      for (const [name, { nodes, securityGroups, backends, defaultBackend }] of Object.entries(
        given.applicationLoadBalancers,
      )) {
        if (defaultBackend !== undefined && !Object.hasOwn(backends, defaultBackend))
          problems.push(`${path}: ${name} has no backend ${defaultBackend}`);
        for (const [subnet, ip] of Object.entries(nodes)) {
          const where = given.subnets[subnet];
          if (!where || !cidrHolds(where.cidr, ip))
            problems.push(`${path}: ${name} has ${ip}, which is not in ${subnet}`);
        }
        for (const group of securityGroups)
          if (!given.securityGroups[group])
            problems.push(`${path}: ${name} names group ${group}, which is not in this VPC`);
      }
      for (const [key, { subnet, ip, securityGroups }] of hostsOf(vpcId, given)) {
        once(path, key.startsWith("i-") ? key : `${vpcId}/${ip}`);
        const where = given.subnets[subnet];
        if (!where) problems.push(`${path}: ${key} stands in ${subnet}, which is not in this VPC`);
        else if (!cidrHolds(where.cidr, ip))
          problems.push(`${path}: ${key} has ${ip}, which is not in ${subnet} (${where.cidr})`);
        for (const group of securityGroups)
          if (!given.securityGroups[group])
            problems.push(`${path}: ${key} names group ${group}, which is not in this VPC`);
      }
    }
  }
  return problems;
}
