/** EKS with Auto Mode: the control plane, who may join it, and what it creates on its own. */
import { Buffer } from "node:buffer";
import type { CheckFailure, Context, FunctionModel, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import {
  VERSIONS,
  checkSupportType,
  invalid,
  judgeEncryption,
  judgeVersion,
  provideLogGroup,
  publicCidrs,
  serviceCidr,
} from "./eks-rules.ts";
import { roleByArn, trusts } from "./iam.ts";
import {
  EGRESS_RULE,
  INGRESS_RULE,
  SECURITY_GROUP,
  arn,
  attach,
  interfaces,
  leaveBehind,
  newId,
  ownedSubnet,
  ownedVpc,
  regroup,
} from "./network.ts";

export const CLUSTER = "aws:eks/cluster:Cluster";
export const ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry";
export const ACCESS_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
export const ADDON = "aws:eks/addon:Addon";
export const POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation";

const NO_CLUSTERS_IN = ["use1-az3", "usw1-az2", "cac1-az3"];
const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
const DELETION_SECONDS = 240;
/** After that. AWS gives no number; people wait for minutes. */
const INTERFACES_LINGER = 300;
const BUILT_IN_POOLS = ["general-purpose", "system"];

/** The cluster behind an API server's URL. */
export const clusterAt = (world: World, endpoint: string): WorldObject | undefined =>
  world.all(CLUSTER, ({ computed }) => computed.endpoint === endpoint)[0];

function ownedCluster({ world, caller }: Context, name: string): WorldObject {
  const cluster = world.get(CLUSTER, name, caller.account);
  if (!cluster || cluster.region !== caller.region)
    throw new Refusal("ResourceNotFoundException", `No cluster found for name: ${name}.`);
  return cluster;
}

export const vpcIdOf = ({ computed }: WorldObject): string => text(computed["vpcConfig.vpcId"]) ?? "";
export const clusterGroupOf = ({ computed }: WorldObject): string =>
  text(computed["vpcConfig.clusterSecurityGroupId"]) ?? "";
export const autoMode = ({ inputs }: WorldObject): boolean => record(inputs.computeConfig).enabled === true;
/** EKS lets the role of its own node pools in by itself; any other node role needs an access entry. */
export const builtInPools = ({
  inputs,
}: WorldObject): { readonly pools: readonly string[]; readonly roleArn: string | undefined } => {
  const config = record(inputs.computeConfig);
  return { pools: texts(config.nodePools), roleArn: text(config.nodeRoleArn) };
};

/** Whether the provider's machine, which stands outside of the VPC, reaches the API server. */
export const publicEndpoint = ({ inputs }: WorldObject): boolean =>
  record(inputs.vpcConfig).endpointPublicAccess !== false;

const cluster: ResourceModel = {
  type: CLUSTER,
  arguments: {
    name: { replace: true },
    roleArn: { required: true, replace: true },
    vpcConfig: { required: true },
    version: {},
    accessConfig: {},
    bootstrapSelfManagedAddons: { default: true, replace: true },
    computeConfig: {},
    deletionProtection: {},
    enabledClusterLogTypes: { set: true },
    encryptionConfig: {},
    kubernetesNetworkConfig: {},
    storageConfig: {},
    upgradePolicy: {},
    tags: {},
  },
  autoname: { property: "name", limit: 100 },
  computed: [
    "arn",
    "endpoint",
    "certificateAuthority",
    "status",
    "version",
    "platformVersion",
    "createdAt",
    "identities",
    "clusterId",
    "region",
    "deletionProtection",
    "vpcConfig.vpcId",
    "vpcConfig.clusterSecurityGroupId",
    "vpcConfig.publicAccessCidrs",
    "kubernetesNetworkConfig.serviceIpv4Cidr",
    "accessConfig.authenticationMode",
    "upgradePolicy.supportType",
  ],
  replaces: (olds, news) => [
    ...(["ipFamily", "serviceIpv4Cidr"].some(
      (field) => record(olds.kubernetesNetworkConfig)[field] !== record(news.kubernetesNetworkConfig)[field],
    )
      ? ["kubernetesNetworkConfig"]
      : []),
    ...(olds.encryptionConfig !== undefined && news.encryptionConfig === undefined ? ["encryptionConfig"] : []),
  ],
  unknownOnUpdate: (changed) => (changed.includes("version") ? ["platformVersion"] : []),
  check(inputs) {
    const failures: CheckFailure[] = [];
    const name = text(inputs.name);
    if (name !== undefined && !/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name))
      failures.push([
        "name",
        `invalid value for name (must begin with an alphanumeric, then alphanumerics, - and _, at most 100): ${name}`,
      ]);
    const foreign = texts(inputs.enabledClusterLogTypes).find((type) => !LOG_TYPES.includes(type));
    if (foreign !== undefined)
      failures.push([
        "enabledClusterLogTypes",
        `expected enabled_cluster_log_types to be one of [${LOG_TYPES.join(" ")}], got ${foreign}`,
      ]);
    failures.push(...checkSupportType(inputs));
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.get(CLUSTER, name, caller.account))
      throw new Refusal("ResourceInUseException", `Cluster already exists with name: ${name}`);
    const version = text(inputs.version) ?? "1.35";
    judgeVersion(version, inputs);
    judgeEncryption(inputs, context);
    const role = roleByArn(world, text(inputs.roleArn) ?? "");
    if (!role || !trusts(role, "eks.amazonaws.com"))
      throw invalid(
        `Role with arn: ${text(inputs.roleArn)}, could not be assumed because it does not exist or the trusted entity is not correct`,
      );
    const subnets = placed(inputs, context);
    judgeAutoMode(inputs);
    const vpcId = text(subnets[0]?.inputs.vpcId) ?? "";
    const serviceIpv4Cidr = serviceCidr(inputs, ownedVpc(context, vpcId));
    const publicAccessCidrs = publicCidrs(inputs);
    provideLogGroup(name, inputs, context);
    const groupId = newId(context, "sg");
    clusterGroup(groupId, name, vpcId, context).forEach((object) => world.put(object));
    // The control plane stands in two of the subnets.
    for (const subnet of subnets.slice(0, 2))
      attach(context, {
        owner: name,
        subnet,
        securityGroupIds: [groupId, ...texts(record(inputs.vpcConfig).securityGroupIds)],
        description: `Amazon EKS ${name}`,
      });
    const hex = world.hex(32).toUpperCase();
    const certificate = `-----BEGIN CERTIFICATE-----\n${Buffer.from(`the sandbox's ${name}`).toString("base64")}\n-----END CERTIFICATE-----\n`;
    return {
      id: name,
      computed: {
        arn: arn("eks", caller, `cluster/${name}`),
        endpoint: `https://${hex}.gr7.${caller.region}.eks.amazonaws.com`,
        certificateAuthority: { data: Buffer.from(certificate).toString("base64") },
        identities: [{ oidcs: [{ issuer: `https://oidc.eks.${caller.region}.amazonaws.com/id/${hex}` }] }],
        status: "ACTIVE",
        version,
        platformVersion: "eks.8",
        createdAt: "2026-01-01T00:00:00Z",
        clusterId: "",
        region: caller.region,
        deletionProtection: inputs.deletionProtection ?? false,
        "vpcConfig.vpcId": vpcId,
        "vpcConfig.clusterSecurityGroupId": groupId,
        "vpcConfig.publicAccessCidrs": publicAccessCidrs,
        "kubernetesNetworkConfig.serviceIpv4Cidr": serviceIpv4Cidr,
        "accessConfig.authenticationMode": record(inputs.accessConfig).authenticationMode ?? "CONFIG_MAP",
        "upgradePolicy.supportType": record(inputs.upgradePolicy).supportType ?? "EXTENDED",
        _zones: [...new Set(subnets.map(zoneOf))],
        // Whoever makes the cluster is let in by an entry that EKS makes.
        ...(record(inputs.accessConfig).bootstrapClusterCreatorAdminPermissions === false
          ? {}
          : { _creator: principalOf(caller) }),
      },
    };
  },
  update(object, inputs, context) {
    const [old, version] = [
      text(object.computed.version) ?? "",
      text(inputs.version) ?? text(object.computed.version) ?? "",
    ];
    judgeVersion(version, inputs);
    const step = VERSIONS.indexOf(version) - VERSIONS.indexOf(old);
    if (step < 0 || step > 1) throw invalid(`Unsupported Kubernetes minor version update from ${old} to ${version}`);
    const subnets = placed(inputs, context);
    if (subnets.some((subnet) => subnet.inputs.vpcId !== object.computed["vpcConfig.vpcId"]))
      throw invalid("Provided subnets must belong to the same VPC as the existing subnets");
    const foreign = subnets.filter((subnet) => !texts(object.computed._zones).includes(zoneOf(subnet)));
    if (foreign.length > 0)
      throw invalid(
        `Provided subnets ${foreign.map(({ id }) => id).join(", ")} must belong to the set of AZs that the cluster was created in`,
      );
    judgeAutoMode(inputs);
    if (object.inputs.encryptionConfig === undefined) judgeEncryption(inputs, context);
    provideLogGroup(object.id, inputs, context);
    return {
      version,
      deletionProtection: inputs.deletionProtection ?? false,
      "vpcConfig.publicAccessCidrs": publicCidrs(inputs),
      "accessConfig.authenticationMode":
        record(inputs.accessConfig).authenticationMode ?? object.computed["accessConfig.authenticationMode"] ?? "",
      "upgradePolicy.supportType": record(inputs.upgradePolicy).supportType ?? "EXTENDED",
    };
  },
  remove(object, { world }) {
    if (flag(object.computed.deletionProtection))
      throw new Refusal(
        "InvalidRequestException",
        "Cluster deletion is not allowed because deletion protection is enabled on the cluster. Disable deletion protection and retry.",
      );
    const groupId = clusterGroupOf(object);
    // The control plane's interfaces outlive it for some minutes, without the cluster's group.
    regroup(world, object.id, texts(record(object.inputs.vpcConfig).securityGroupIds));
    leaveBehind(world, object.id, DELETION_SECONDS + INTERFACES_LINGER);
    if (interfaces(world, ({ securityGroupIds }) => securityGroupIds.includes(groupId)).length === 0) {
      world.objects
        .filter(({ id, inputs }) => id === groupId || inputs.securityGroupId === groupId)
        .forEach((gone) => world.remove(gone));
    }
    // With the control plane goes all that lived in it.
    const inside = world.objects.filter(
      ({ account, inputs }) =>
        account === object.computed.endpoint || (account === object.account && inputs.clusterName === object.id),
    );
    inside.forEach((gone) => world.remove(gone));
  },
  seconds: { create: 600, delete: DELETION_SECONDS },
  calls: {
    arn: "eks:cluster/{name}",
    create: [["eks:CreateCluster", "self"]],
    within: { roleArn: [["iam:PassRole", "roleArn"]] },
    read: [["eks:DescribeCluster", "self"]],
    update: {
      version: [["eks:UpdateClusterVersion", "self"]],
      encryptionConfig: [["eks:AssociateEncryptionConfig", "self"]],
      ...each(
        [
          "accessConfig",
          "computeConfig",
          "deletionProtection",
          "enabledClusterLogTypes",
          "kubernetesNetworkConfig",
          "storageConfig",
          "upgradePolicy",
          "vpcConfig",
        ],
        ["eks:UpdateClusterConfig", "self"],
      ),
    },
    delete: [
      ["eks:DeleteCluster", "self"],
      ["eks:DescribeCluster", "self"],
    ],
  },
};

const zoneOf = ({ computed }: WorldObject): string => text(computed.availabilityZoneId) ?? "";

/** The cluster's subnets, in places that EKS accepts. */
function placed(inputs: Properties, context: Context): readonly WorldObject[] {
  const config = record(inputs.vpcConfig);
  const subnets = texts(config.subnetIds).map((id) => {
    try {
      return ownedSubnet(context, id);
    } catch {
      throw invalid(`The subnet ID '${id}' does not exist`);
    }
  });
  const zones = new Set(subnets.map(zoneOf));
  if (zones.size < 2) throw invalid("Subnets specified must be in at least two different AZs");
  if (new Set(subnets.map((subnet) => subnet.inputs.vpcId)).size > 1)
    throw invalid("Subnets specified must belong to the same VPC");
  const excluded = [...zones].find((zone) => NO_CLUSTERS_IN.includes(zone));
  if (excluded !== undefined)
    throw new Refusal(
      "UnsupportedAvailabilityZoneException",
      `Cannot create cluster '${text(inputs.name)}' because ${excluded}, the targeted availability zone, does not currently have sufficient capacity to support the cluster.`,
    );
  if (config.endpointPublicAccess === false && config.endpointPrivateAccess !== true)
    throw invalid("Private and public endpoint access cannot both be disabled");
  return subnets;
}

/** Auto Mode is one switch in three places. */
function judgeAutoMode(inputs: Properties): void {
  const compute = record(inputs.computeConfig);
  const switches = [
    compute.enabled,
    record(record(inputs.kubernetesNetworkConfig).elasticLoadBalancing).enabled,
    record(record(inputs.storageConfig).blockStorage).enabled,
  ].map((value) => value === true);
  if (new Set(switches).size > 1) {
    throw invalid(
      "For EKS Auto Mode, please ensure that all required configs, including computeConfig, kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled.",
    );
  }
  if (switches[0] !== true) return;
  if (inputs.bootstrapSelfManagedAddons !== false)
    throw invalid("When EKS Auto Mode is enabled, bootstrapSelfManagedAddons must be set to false");
  const mode = record(inputs.accessConfig).authenticationMode;
  if (mode !== "API" && mode !== "API_AND_CONFIG_MAP")
    throw invalid("EKS Auto Mode requires the authentication mode API or API_AND_CONFIG_MAP");
  const [pools, role] = [texts(compute.nodePools), text(compute.nodeRoleArn)];
  const foreign = pools.find((pool) => !BUILT_IN_POOLS.includes(pool));
  if (foreign !== undefined)
    throw invalid(`Invalid node pool: ${foreign}; valid values are ${BUILT_IN_POOLS.join(", ")}`);
  if (role !== undefined && pools.length === 0)
    throw invalid("When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided.");
  if (role === undefined && pools.length > 0)
    throw invalid("When Compute Config nodePools are provided, nodeRoleArn must be provided.");
}

/** The group that EKS itself creates, for control plane and nodes: it trusts itself and lets everything out. */
function clusterGroup(id: string, name: string, vpcId: string, context: Context): WorldObject[] {
  const { account, region } = context.caller;
  const called = `eks-cluster-sg-${name}-${Number.parseInt(context.world.hex(8), 16)}`;
  const tags = { Name: called, [`kubernetes.io/cluster/${name}`]: "owned", "aws:eks:cluster-name": name };
  const base = { account, region, readyAt: 0, estate: false };
  const rule = (type: string, source: Properties): WorldObject => {
    const ruleId = newId(context, "sgr");
    const computed = {
      arn: arn("ec2", context.caller, `security-group-rule/${ruleId}`),
      securityGroupRuleId: ruleId,
      region,
    };
    return { ...base, type, id: ruleId, inputs: { securityGroupId: id, ipProtocol: "-1", ...source }, computed };
  };
  const description =
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.";
  return [
    {
      ...base,
      type: SECURITY_GROUP,
      id,
      inputs: { name: called, description, vpcId, tags },
      computed: { arn: arn("ec2", context.caller, `security-group/${id}`), ownerId: account, vpcId, region },
    },
    rule(INGRESS_RULE, { referencedSecurityGroupId: id }),
    rule(EGRESS_RULE, { cidrIpv4: "0.0.0.0/0" }),
  ];
}

// ---- who may join and who may look

const ENTRY_TYPES = ["STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"];
const ACCESS_POLICIES = [
  "AmazonEKSAdminPolicy",
  "AmazonEKSClusterAdminPolicy",
  "AmazonEKSAdminViewPolicy",
  "AmazonEKSEditPolicy",
  "AmazonEKSViewPolicy",
  "AmazonEKSSecretReaderPolicy",
  "AmazonEKSAutoNodePolicy",
  "AmazonEKSNetworkingPolicy",
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
];

const entryId = (clusterName: string, principalArn: string): string => `${clusterName}:${principalArn}`;

/** The caller as EKS knows it: its role or, without one, its user. */
const principalOf = ({ account, role }: Context["caller"]): string =>
  `arn:aws:iam::${account}:${role === undefined ? "user/sandbox" : `role/${role}`}`;

/** A role of an account that the sandbox has must exist; of others nobody knows. */
function knownPrincipal({ world }: Context, principal: string): void {
  const account = /^arn:aws:iam::(\d{12}):(?:role|user)\/.+$/.exec(principal)?.[1];
  const missing =
    account !== undefined &&
    world.facts.zones[account] !== undefined &&
    principal.includes(":role/") &&
    roleByArn(world, principal) === undefined;
  if (account === undefined || missing) throw invalid("The specified principalArn is invalid: invalid principal.");
}

const accessEntry: ResourceModel = {
  type: ACCESS_ENTRY,
  arguments: {
    clusterName: { required: true, replace: true },
    principalArn: { required: true, replace: true },
    type: { default: "STANDARD", replace: true },
    kubernetesGroups: { set: true },
    userName: {},
    tags: {},
  },
  computed: ["accessEntryArn", "createdAt", "modifiedAt", "kubernetesGroups", "userName", "region"],
  check({ type }) {
    const given = text(type);
    return given === undefined || ENTRY_TYPES.includes(given)
      ? []
      : [["type", `expected type to be one of [${ENTRY_TYPES.join(" ")}], got ${given}`]];
  },
  create(inputs, context) {
    const [clusterName, principal] = [text(inputs.clusterName) ?? "", text(inputs.principalArn) ?? ""];
    const of = ownedCluster(context, clusterName);
    if (of.computed["accessConfig.authenticationMode"] === "CONFIG_MAP")
      throw new Refusal(
        "InvalidRequestException",
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
      );
    knownPrincipal(context, principal);
    const id = entryId(clusterName, principal);
    const { pools, roleArn } = builtInPools(of);
    const byItself = of.computed._creator === principal || (pools.length > 0 && roleArn === principal);
    if (context.world.get(ACCESS_ENTRY, id, context.caller.account) || byItself) {
      throw new Refusal(
        "ResourceInUseException",
        "The specified access entry resource is already in use on this cluster.",
      );
    }
    if (inputs.type !== "STANDARD" && texts(inputs.kubernetesGroups).length > 0)
      throw invalid(`The kubernetesGroups cannot be set for access entries of type ${text(inputs.type)}`);
    const name = principal.split("/").at(-1) ?? "";
    const userName =
      inputs.userName ??
      (inputs.type === "STANDARD"
        ? `${principal.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/{{SessionName}}`
        : "system:node:{{EC2PrivateDNSName}}");
    const { region } = context.caller;
    const accessEntryArn = arn(
      "eks",
      context.caller,
      `access-entry/${clusterName}/role/${context.caller.account}/${name}/${context.world.hex(8)}`,
    );
    return {
      id,
      computed: {
        accessEntryArn,
        createdAt: "2026-01-01T00:00:00Z",
        modifiedAt: "2026-01-01T00:00:00Z",
        kubernetesGroups: inputs.kubernetesGroups ?? [],
        userName,
        region,
      },
    };
  },
  update: ({ computed }, inputs) => ({ kubernetesGroups: inputs.kubernetesGroups ?? computed.kubernetesGroups ?? [] }),
  // AWS drops an entry's policies with it.
  remove({ account, inputs }, { world }) {
    const policies = world.all(
      ACCESS_POLICY,
      (other) =>
        other.account === account &&
        other.inputs.clusterName === inputs.clusterName &&
        other.inputs.principalArn === inputs.principalArn,
    );
    policies.forEach((policy) => world.remove(policy));
  },
  seconds: { create: 2 },
  calls: {
    arn: "eks:access-entry/{clusterName}/*",
    create: [["eks:CreateAccessEntry", "clusterName"]],
    read: [["eks:DescribeAccessEntry", "self"]],
    update: each(["kubernetesGroups", "userName"], ["eks:UpdateAccessEntry", "self"]),
    delete: [["eks:DeleteAccessEntry", "self"]],
  },
};

const accessPolicyAssociation: ResourceModel = {
  type: ACCESS_POLICY,
  arguments: {
    clusterName: { required: true, replace: true },
    principalArn: { required: true, replace: true },
    policyArn: { required: true, replace: true },
    accessScope: { required: true, replace: true },
  },
  computed: ["associatedAt", "modifiedAt", "region"],
  create(inputs, context) {
    const [clusterName, principal, policy] = [
      text(inputs.clusterName) ?? "",
      text(inputs.principalArn) ?? "",
      text(inputs.policyArn) ?? "",
    ];
    ownedCluster(context, clusterName);
    const entry = context.world.get(ACCESS_ENTRY, entryId(clusterName, principal), context.caller.account);
    if (!entry)
      throw new Refusal(
        "ResourceNotFoundException",
        "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
      );
    if (entry.inputs.type !== "STANDARD" && entry.inputs.type !== "EC2")
      throw new Refusal(
        "InvalidRequestException",
        `Access policies cannot be associated with access entries of type ${text(entry.inputs.type)}`,
      );
    const name = /^arn:aws:eks::aws:cluster-access-policy\/(.+)$/.exec(policy)?.[1];
    if (name === undefined || !ACCESS_POLICIES.includes(name))
      throw new Refusal("ResourceNotFoundException", `The specified policyArn could not be found: ${policy}`);
    const scope = record(inputs.accessScope);
    if (scope.type !== "cluster" && scope.type !== "namespace")
      throw invalid("The accessScope type must be cluster or namespace");
    if ((scope.type === "namespace") !== texts(scope.namespaces).length > 0)
      throw invalid("Namespaces must be given for the access scope namespace, and only for it");
    return {
      id: [clusterName, principal, policy].join("#"),
      computed: {
        associatedAt: "2026-01-01T00:00:00Z",
        modifiedAt: "2026-01-01T00:00:00Z",
        region: context.caller.region,
      },
    };
  },
  seconds: { create: 2 },
  calls: {
    create: [["eks:AssociateAccessPolicy", "clusterName"]],
    read: [["eks:ListAssociatedAccessPolicies", "clusterName"]],
    delete: [["eks:DisassociateAccessPolicy", "clusterName"]],
  },
};

/** Whether nodes of a role are let in: Auto Mode's own, or by an entry of type EC2 with the policy for nodes. */
export function nodesMayJoin(world: World, of: WorldObject, roleArn: string): boolean {
  const { pools, roleArn: ownRole } = builtInPools(of);
  if (pools.length > 0 && roleArn === ownRole) return true;
  const entry = world.get(ACCESS_ENTRY, entryId(of.id, roleArn), of.account);
  const isNodePolicy = ({ account, inputs }: WorldObject): boolean =>
    account === of.account &&
    inputs.clusterName === of.id &&
    inputs.principalArn === roleArn &&
    inputs.policyArn === "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";
  return entry?.inputs.type === "EC2" && world.all(ACCESS_POLICY, isNodePolicy).length > 0;
}

// ---- add-ons and pod identity

/** Name → version; the part after the dash is EKS's own. */
const ADDONS: Readonly<Record<string, string>> = {
  coredns: "v1.12.4-eksbuild.1",
  "kube-proxy": "v1.35.0-eksbuild.2",
  "vpc-cni": "v1.20.4-eksbuild.1",
  "eks-pod-identity-agent": "v1.3.9-eksbuild.3",
  "aws-ebs-csi-driver": "v1.52.1-eksbuild.1",
  "metrics-server": "v0.8.0-eksbuild.2",
  "amazon-cloudwatch-observability": "v4.6.0-eksbuild.1",
};

function addonVersion(name: string): string {
  const version = ADDONS[name];
  if (version === undefined)
    throw invalid(`Addon ${name} specified is not supported (the sandbox knows ${Object.keys(ADDONS).join(", ")})`);
  return version;
}

const addon: ResourceModel = {
  type: ADDON,
  arguments: {
    clusterName: { required: true, replace: true },
    addonName: { required: true, replace: true },
    addonVersion: {},
    configurationValues: {},
    preserve: {},
    resolveConflictsOnCreate: {},
    resolveConflictsOnUpdate: {},
    serviceAccountRoleArn: {},
    tags: {},
  },
  computed: ["arn", "addonVersion", "configurationValues", "createdAt", "modifiedAt", "region"],
  create(inputs, context) {
    const [clusterName, name] = [text(inputs.clusterName) ?? "", text(inputs.addonName) ?? ""];
    const of = ownedCluster(context, clusterName);
    const known = addonVersion(name);
    const version = text(inputs.addonVersion) ?? known;
    if (version !== known)
      throw invalid(`Addon version specified is not supported (${version}; the sandbox has ${name} ${known})`);
    const id = `${clusterName}:${name}`;
    if (context.world.get(ADDON, id, of.account)) throw new Refusal("ResourceInUseException", "Addon already exists.");
    const { region } = context.caller;
    return {
      id,
      computed: {
        arn: arn("eks", context.caller, `addon/${clusterName}/${name}/${context.world.hex(8)}`),
        addonVersion: version,
        configurationValues: inputs.configurationValues ?? "",
        createdAt: "2026-01-01T00:00:00Z",
        modifiedAt: "2026-01-01T00:00:00Z",
        region,
      },
    };
  },
  seconds: { create: 45, delete: 10 },
  calls: {
    arn: "eks:addon/{clusterName}/{addonName}/*",
    create: [["eks:CreateAddon", "clusterName"]],
    within: { serviceAccountRoleArn: [["iam:PassRole", "serviceAccountRoleArn"]] },
    read: [["eks:DescribeAddon", "self"]],
    update: {
      ...each(["addonVersion", "configurationValues", "serviceAccountRoleArn"], ["eks:UpdateAddon", "self"]),
      ...each(["preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"]),
    },
    delete: [
      ["eks:DeleteAddon", "self"],
      ["eks:DescribeAddon", "self"],
    ],
  },
};

const podIdentityAssociation: ResourceModel = {
  type: POD_IDENTITY,
  arguments: {
    clusterName: { required: true, replace: true },
    namespace: { required: true, replace: true },
    serviceAccount: { required: true, replace: true },
    roleArn: { required: true },
    targetRoleArn: {},
    disableSessionTags: {},
    tags: {},
  },
  computed: ["associationArn", "associationId", "externalId", "disableSessionTags", "region"],
  create(inputs, context) {
    const clusterName = text(inputs.clusterName) ?? "";
    ownedCluster(context, clusterName);
    if (!roleByArn(context.world, text(inputs.roleArn) ?? ""))
      throw invalid("Role provided in the request does not exist.");
    const twin = context.world.all(
      POD_IDENTITY,
      (other) =>
        other.account === context.caller.account &&
        ["clusterName", "namespace", "serviceAccount"].every((key) => other.inputs[key] === inputs[key]),
    )[0];
    if (twin) throw new Refusal("ResourceInUseException", `Association already exists: ${twin.id}`);
    const id = newId(context, "a");
    const { region } = context.caller;
    return {
      id,
      computed: {
        associationId: id,
        associationArn: arn("eks", context.caller, `podidentityassociation/${clusterName}/${id}`),
        externalId: "",
        disableSessionTags: inputs.disableSessionTags ?? false,
        region,
      },
    };
  },
  seconds: { create: 2 },
  calls: {
    arn: "eks:podidentityassociation/{clusterName}/*",
    create: [["eks:CreatePodIdentityAssociation", "clusterName"]],
    within: { roleArn: [["iam:PassRole", "roleArn"]] },
    read: [["eks:DescribePodIdentityAssociation", "self"]],
    update: each(["roleArn", "targetRoleArn", "disableSessionTags"], ["eks:UpdatePodIdentityAssociation", "self"]),
    delete: [["eks:DeletePodIdentityAssociation", "self"]],
  },
};

// ---- look-ups

const getCluster: FunctionModel = {
  token: "aws:eks/getCluster:getCluster",
  arguments: ["name"],
  calls: [["eks:DescribeCluster", "name"]],
  call({ name }, context) {
    const { id, inputs, computed, region } = ownedCluster(context, text(name) ?? "");
    const config = record(inputs.vpcConfig);
    return {
      id,
      name: id,
      region,
      arn: computed.arn ?? "",
      endpoint: computed.endpoint ?? "",
      certificateAuthorities: [computed.certificateAuthority ?? {}],
      status: computed.status ?? "",
      version: computed.version ?? "",
      platformVersion: computed.platformVersion ?? "",
      roleArn: inputs.roleArn ?? "",
      createdAt: computed.createdAt ?? "",
      identities: computed.identities ?? [],
      enabledClusterLogTypes: inputs.enabledClusterLogTypes ?? [],
      deletionProtection: computed.deletionProtection ?? false,
      accessConfigs: [
        {
          authenticationMode: computed["accessConfig.authenticationMode"] ?? "",
          bootstrapClusterCreatorAdminPermissions: false,
        },
      ],
      upgradePolicies: [{ supportType: computed["upgradePolicy.supportType"] ?? "" }],
      kubernetesNetworkConfigs: [
        {
          ...record(inputs.kubernetesNetworkConfig),
          serviceIpv4Cidr: computed["kubernetesNetworkConfig.serviceIpv4Cidr"] ?? "",
        },
      ],
      computeConfigs: inputs.computeConfig === undefined ? [] : [inputs.computeConfig],
      vpcConfig: {
        clusterSecurityGroupId: computed["vpcConfig.clusterSecurityGroupId"] ?? "",
        endpointPrivateAccess: config.endpointPrivateAccess ?? false,
        endpointPublicAccess: config.endpointPublicAccess ?? true,
        publicAccessCidrs: computed["vpcConfig.publicAccessCidrs"] ?? [],
        securityGroupIds: config.securityGroupIds ?? [],
        subnetIds: config.subnetIds ?? [],
        vpcId: computed["vpcConfig.vpcId"] ?? "",
      },
      tags: inputs.tags ?? {},
    };
  },
};

const getAddonVersion: FunctionModel = {
  token: "aws:eks/getAddonVersion:getAddonVersion",
  arguments: ["addonName", "kubernetesVersion", "mostRecent"],
  calls: [["eks:DescribeAddonVersions"]],
  call({ addonName, kubernetesVersion, mostRecent }) {
    const [name, version] = [text(addonName) ?? "", text(kubernetesVersion) ?? ""];
    if (kubernetesVersion !== UNKNOWN && !VERSIONS.includes(version))
      throw invalid(`unsupported Kubernetes version (${version}; EKS offers ${VERSIONS.join(", ")})`);
    return {
      id: name,
      addonName: name,
      kubernetesVersion: version,
      mostRecent: mostRecent ?? false,
      version: addonVersion(name),
    };
  },
};

export const eksModels: readonly ResourceModel[] = [
  cluster,
  accessEntry,
  accessPolicyAssociation,
  addon,
  podIdentityAssociation,
];
export const eksFunctions: readonly FunctionModel[] = [getCluster, getAddonVersion];
