import { createHash } from "node:crypto";
import type { ComponentModel, Registered, Registrar } from "../model.ts";
import { Refusal } from "../model.ts";
import { record } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN, hasUnknown, resourceReference } from "../wire.ts";

const refused = (message: string): Refusal => new Refusal("eks:index:Cluster", message);
const unsupported = (what: string): Refusal =>
  new Refusal("SandboxUnsupported", `eks:index:Cluster: the sandbox does not build ${what}`);

type Urns = readonly string[];

/** A role for a service with AWS-managed policies, as @pulumi/eks wraps it; `all` is what one depends on who needs the policies too. */
interface ServiceRole {
  readonly role: Registered;
  readonly all: Urns;
}

interface RoleRequest {
  readonly parent: string;
  readonly name: string;
  readonly service: string;
  readonly policies: readonly string[];
  readonly description?: string;
  readonly actions?: readonly string[];
  readonly tags: Value | undefined;
}

async function serviceRole(
  { parent, name, service, policies, description, actions, tags }: RoleRequest,
  registrar: Registrar,
): Promise<ServiceRole> {
  const arns = policies.map((policy) => `arn:aws:iam::aws:policy/${policy}`);
  const { urn } = await registrar.component({
    type: "eks:index:ServiceRole",
    name,
    parent,
    inputs: {
      service,
      description,
      managedPolicyArns: arns.map((arn) => ({ arn, id: arn })),
      assumeRoleActions: actions && [...actions],
      tags,
    },
  });
  const statement = { Action: actions ?? ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: [service] } };
  const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const role = await registrar.resource({
    type: "aws:iam/role:Role",
    name: `${name}-role`,
    parent: urn,
    inputs: { assumeRolePolicy, description, tags },
  });
  const all = [role.urn];
  for (const policyArn of arns) {
    const attachment = await registrar.resource({
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      name: `${name}-${createHash("sha1").update(policyArn).digest("hex").slice(0, 8)}`,
      parent: urn,
      inputs: { role: resourceReference(role), policyArn },
      propertyDependencies: { role: [role.urn] },
    });
    all.push(attachment.urn);
  }
  await registrar.outputs(urn, {});
  return { role, all };
}

/** The kubeconfig of `aws eks get-token`; unknown until the cluster is there. */
function kubeconfigOf({ name, endpoint, arn, certificateAuthority }: Properties): Value {
  if (hasUnknown([name ?? UNKNOWN, endpoint ?? UNKNOWN, arn ?? UNKNOWN, certificateAuthority ?? UNKNOWN]))
    return UNKNOWN;
  const region = String(arn).split(":")[3] ?? "";
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "kubernetes",
        cluster: { server: endpoint ?? "", "certificate-authority-data": record(certificateAuthority).data ?? "" },
      },
    ],
    contexts: [{ name: "aws", context: { cluster: "kubernetes", user: "aws" } }],
    "current-context": "aws",
    users: [
      {
        name: "aws",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["--region", region, "eks", "get-token", "--cluster-name", String(name), "--output", "json"],
            env: [{ name: "KUBERNETES_EXEC_INFO", value: `{"apiVersion": "client.authentication.k8s.io/v1beta1"}` }],
          },
        },
      },
    ],
  };
}

/** Lists joined; unknown as a whole where one of them is. */
const joined = (...lists: readonly (Value | undefined)[]): Value =>
  lists.includes(UNKNOWN) ? UNKNOWN : lists.flatMap((list) => (Array.isArray(list) ? list : []));

export const eksCluster: ComponentModel = {
  type: "eks:index:Cluster",
  arguments: [
    "name",
    "vpcId",
    "subnetIds",
    "privateSubnetIds",
    "publicSubnetIds",
    "version",
    "authenticationMode",
    "accessEntries",
    "autoMode",
    "endpointPrivateAccess",
    "endpointPublicAccess",
    "publicAccessCidrs",
    "enabledClusterLogTypes",
    "encryptionConfigKeyArn",
    "deletionProtection",
    "upgradePolicy",
    "kubernetesServiceIpAddressRange",
    "skipDefaultNodeGroup",
    "skipDefaultSecurityGroups",
    "createInstanceRole",
    "createOidcProvider",
    "corednsAddonOptions",
    "tags",
    "clusterTags",
  ],
  async construct({ name, urn: parent, inputs, inputDependencies }, registrar) {
    const autoMode = record(inputs.autoMode);
    if (autoMode.enabled !== true) throw unsupported("clusters without autoMode.enabled");
    if (inputs.createOidcProvider === true) throw unsupported("OIDC providers (createOidcProvider); use Pod Identity");
    if (inputs.skipDefaultSecurityGroups === false)
      throw unsupported("default security groups (skipDefaultSecurityGroups: false)");
    if (inputs.vpcId === undefined) throw unsupported("clusters in the default VPC; give vpcId");
    if (inputs.authenticationMode !== "API" && inputs.authenticationMode !== "API_AND_CONFIG_MAP") {
      throw refused(
        "Access entries are required when using EKS Auto Mode. Use the authentication mode 'API' or 'API_AND_CONFIG_MAP'.",
      );
    }
    if (inputs.authenticationMode === "API_AND_CONFIG_MAP")
      throw unsupported("the aws-auth ConfigMap; use the authentication mode 'API'");
    if (
      inputs.subnetIds !== undefined &&
      (inputs.publicSubnetIds !== undefined || inputs.privateSubnetIds !== undefined)
    ) {
      throw refused(
        "subnetIds, and the use of publicSubnetIds and/or privateSubnetIds are mutually exclusive. Choose a single approach.",
      );
    }
    if (inputs.publicAccessCidrs !== undefined && inputs.endpointPublicAccess === false)
      throw refused("`publicAccessCidrs` can only be set when `endpointPublicAccess` is true");

    const { tags } = inputs;
    const from = (...keys: readonly string[]): Urns => keys.flatMap((key) => inputDependencies[key] ?? []);
    const subnetKeys = ["subnetIds", "publicSubnetIds", "privateSubnetIds"];
    const subnetIds = inputs.subnetIds ?? joined(inputs.publicSubnetIds, inputs.privateSubnetIds);

    const controlPlane = await serviceRole(
      {
        parent,
        name: `${name}-eksRole`,
        service: "eks.amazonaws.com",
        description: "Allows EKS to manage clusters on your behalf.",
        policies: [
          "AmazonEKSClusterPolicy",
          "AmazonEKSComputePolicy",
          "AmazonEKSBlockStoragePolicy",
          "AmazonEKSLoadBalancingPolicy",
          "AmazonEKSNetworkingPolicy",
        ],
        actions: ["sts:AssumeRole", "sts:TagSession"],
        tags,
      },
      registrar,
    );
    const nodePolicies = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"];
    const nodes =
      autoMode.createNodeRole === false
        ? undefined
        : await serviceRole(
            { parent, name: `${name}-nodeRole`, service: "ec2.amazonaws.com", policies: nodePolicies, tags },
            registrar,
          );

    const computeConfig: Properties = {
      enabled: true,
      ...(nodes ? { nodeRoleArn: nodes.role.outputs.arn ?? UNKNOWN } : {}),
      nodePools: ["general-purpose", "system"],
      ...record(autoMode.computeConfig),
    };
    // The provider wants the three parts of Auto Mode known or unknown together.
    const together = (value: Value): Value => (hasUnknown(computeConfig) ? UNKNOWN : value);
    const nodeDependencies = [
      ...(nodes ? [nodes.role.urn] : []),
      ...from("autoMode", "kubernetesServiceIpAddressRange"),
    ];
    const cluster = await registrar.resource({
      type: "aws:eks/cluster:Cluster",
      name: `${name}-eksCluster`,
      parent,
      inputs: {
        name: inputs.name,
        roleArn: controlPlane.role.outputs.arn ?? UNKNOWN,
        version: inputs.version,
        accessConfig: { authenticationMode: inputs.authenticationMode, bootstrapClusterCreatorAdminPermissions: true },
        bootstrapSelfManagedAddons: false,
        computeConfig: together(computeConfig),
        storageConfig: together({ blockStorage: { enabled: true } }),
        kubernetesNetworkConfig: together(
          defined({
            serviceIpv4Cidr: inputs.kubernetesServiceIpAddressRange,
            ipFamily: "ipv4",
            elasticLoadBalancing: { enabled: true },
          }),
        ),
        vpcConfig: defined({
          subnetIds,
          endpointPrivateAccess: inputs.endpointPrivateAccess,
          endpointPublicAccess: inputs.endpointPublicAccess,
          publicAccessCidrs: inputs.publicAccessCidrs,
        }),
        enabledClusterLogTypes: inputs.enabledClusterLogTypes,
        encryptionConfig:
          inputs.encryptionConfigKeyArn === undefined
            ? undefined
            : { provider: { keyArn: inputs.encryptionConfigKeyArn }, resources: ["secrets"] },
        upgradePolicy: inputs.upgradePolicy,
        deletionProtection: inputs.deletionProtection,
        tags:
          inputs.clusterTags === UNKNOWN || tags === UNKNOWN
            ? UNKNOWN
            : { Name: `${name}-eksCluster`, ...record(inputs.clusterTags), ...record(tags) },
      },
      propertyDependencies: {
        roleArn: [controlPlane.role.urn],
        computeConfig: nodeDependencies,
        storageConfig: nodeDependencies,
        kubernetesNetworkConfig: nodeDependencies,
        vpcConfig: from(...subnetKeys, "endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs"),
        tags: from("tags", "clusterTags"),
        ...kept({
          name: from("name"),
          version: from("version"),
          enabledClusterLogTypes: from("enabledClusterLogTypes"),
          encryptionConfig: from("encryptionConfigKeyArn"),
          upgradePolicy: from("upgradePolicy"),
          deletionProtection: from("deletionProtection"),
        }),
      },
      // The policies too, or the cluster could come up before its role may do anything.
      dependsOn: [...controlPlane.all, ...(nodes?.all ?? [])],
    });
    const clusterName = cluster.outputs.name ?? UNKNOWN;
    const inCluster = { clusterName: [cluster.urn] };

    const kubeconfig = kubeconfigOf(cluster.outputs);
    const kubeconfigJson = kubeconfig === UNKNOWN ? UNKNOWN : JSON.stringify(kubeconfig);
    const provider = await registrar.resource({
      type: "pulumi:providers:kubernetes",
      name: `${name}-eks-k8s`,
      parent,
      inputs: { kubeconfig: kubeconfigJson },
      propertyDependencies: { kubeconfig: [cluster.urn] },
    });

    const accessEntries: Properties[] = [];
    async function accessEntry(key: string, entry: Properties, dependencies: Urns): Promise<void> {
      const { principalArn = UNKNOWN, accessPolicies, kubernetesGroups, tags: entryTags, type, username } = entry;
      accessEntries.push(entry);
      const made = await registrar.resource({
        type: "aws:eks/accessEntry:AccessEntry",
        name: `${name}-${key}`,
        parent,
        inputs: { clusterName, principalArn, kubernetesGroups, tags: entryTags, type, userName: username },
        propertyDependencies: { ...inCluster, principalArn: dependencies },
      });
      for (const [policyKey, policy] of Object.entries(record(accessPolicies))) {
        await registrar.resource({
          type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
          name: `${name}-${key}-${policyKey}`,
          parent: made.urn,
          inputs: {
            clusterName,
            principalArn,
            policyArn: record(policy).policyArn,
            accessScope: record(policy).accessScope,
          },
          propertyDependencies: { ...inCluster, principalArn: dependencies },
          dependsOn: [made.urn],
        });
      }
    }

    let instanceRole: ServiceRole | undefined;
    let instanceProfile: Registered | undefined;
    // Real @pulumi/eks makes this role for a node group that Auto Mode then never has, unless it is told not to.
    if (
      inputs.createInstanceRole === true ||
      (inputs.skipDefaultNodeGroup !== true && inputs.createInstanceRole === undefined)
    ) {
      const policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"];
      instanceRole = await serviceRole(
        { parent, name: `${name}-instanceRole`, service: "ec2.amazonaws.com", policies, tags },
        registrar,
      );
      const role = resourceReference(instanceRole.role);
      instanceProfile = await registrar.resource({
        type: "aws:iam/instanceProfile:InstanceProfile",
        name: `${name}-instanceProfile`,
        parent,
        inputs: { role },
        propertyDependencies: { role: instanceRole.all },
      });
      await accessEntry(
        "defaultNodeGroupInstanceRole",
        { principalArn: instanceRole.role.outputs.arn ?? UNKNOWN, type: "EC2_LINUX" },
        instanceRole.all,
      );
    }
    for (const [key, entry] of Object.entries(record(inputs.accessEntries)))
      await accessEntry(key, record(entry), from("accessEntries"));

    const coredns = record(inputs.corednsAddonOptions);
    if (coredns.enabled !== false) {
      const kubernetesVersion = cluster.outputs.version ?? UNKNOWN;
      const found = async (): Promise<Value> =>
        (
          await registrar.invoke("aws:eks/getAddonVersion:getAddonVersion", {
            addonName: "coredns",
            kubernetesVersion,
            mostRecent: true,
          })
        ).version ?? UNKNOWN;
      await registrar.resource({
        type: "aws:eks/addon:Addon",
        name: `${name}-coredns`,
        parent,
        inputs: {
          clusterName,
          addonName: "coredns",
          addonVersion: coredns.version ?? (kubernetesVersion === UNKNOWN ? UNKNOWN : await found()),
          preserve: true,
          resolveConflictsOnCreate: coredns.resolveConflictsOnCreate ?? "OVERWRITE",
          resolveConflictsOnUpdate: coredns.resolveConflictsOnUpdate ?? "OVERWRITE",
          configurationValues:
            coredns.configurationValues === undefined ? undefined : JSON.stringify(coredns.configurationValues),
          tags,
        },
        propertyDependencies: { ...inCluster, addonVersion: [cluster.urn] },
      });
    }

    const { outputs } = cluster;
    const groupId = record(outputs.vpcConfig).clusterSecurityGroupId ?? UNKNOWN;
    const identities = outputs.identities ?? UNKNOWN;
    const issuer = hasUnknown(identities)
      ? UNKNOWN
      : (/"issuer":"([^"]+)"/.exec(JSON.stringify(identities))?.[1] ?? "");
    const nodeRoleName = nodes?.role.outputs.name ?? "";
    const instanceRoles = instanceRole ? [resourceReference(instanceRole.role)] : [];
    const core = defined({
      cluster: resourceReference(cluster),
      clusterIamRole: resourceReference(controlPlane.role),
      endpoint: outputs.endpoint ?? UNKNOWN,
      provider: resourceReference(provider),
      vpcId: inputs.vpcId,
      subnetIds,
      publicSubnetIds: inputs.publicSubnetIds,
      privateSubnetIds: inputs.privateSubnetIds,
      instanceRoles,
      nodeGroupOptions: defined({
        version: inputs.version,
        instanceProfile: instanceProfile && resourceReference(instanceProfile),
      }),
      accessEntries,
      kubeconfig,
      storageClasses: {},
      tags,
      autoModeNodeRoleName: nodeRoleName,
    });
    const own = [cluster.urn];
    return {
      outputs: {
        eksCluster: resourceReference(cluster),
        core,
        instanceRoles,
        kubeconfig,
        kubeconfigJson,
        clusterSecurityGroupId: groupId,
        nodeSecurityGroupId: groupId,
        autoModeNodeRoleName: nodeRoleName,
        oidcProviderArn: "",
        oidcProviderUrl: issuer,
        oidcIssuer: issuer === UNKNOWN ? UNKNOWN : issuer.replace("https://", ""),
        clusterIngressRuleId: "",
        defaultNodeGroupAsgName: "",
        fargateProfileId: "",
        fargateProfileStatus: "",
      },
      dependencies: {
        eksCluster: own,
        core: [
          ...own,
          ...controlPlane.all,
          provider.urn,
          ...(instanceRole?.all ?? []),
          ...from("vpcId", ...subnetKeys),
        ],
        instanceRoles: instanceRole?.all ?? [],
        ...Object.fromEntries(
          [
            "kubeconfig",
            "kubeconfigJson",
            "clusterSecurityGroupId",
            "nodeSecurityGroupId",
            "oidcProviderUrl",
            "oidcIssuer",
          ].map((key) => [key, own]),
        ),
        autoModeNodeRoleName: nodes ? [nodes.role.urn] : [],
      },
    };
  },
};

const defined = (properties: Readonly<Record<string, Value | undefined>>): Properties =>
  Object.fromEntries(Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));

/** Without what depends on nothing. */
const kept = (dependencies: Readonly<Record<string, Urns>>): Readonly<Record<string, Urns>> =>
  Object.fromEntries(Object.entries(dependencies).filter(([, urns]) => urns.length > 0));
