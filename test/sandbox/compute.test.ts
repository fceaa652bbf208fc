import assert from "node:assert/strict";
import { UNKNOWN } from "../../sandbox/wire.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { K, admitNodes, clusterArguments, startCluster, trust, textOf } from "./support/cluster.ts";
import type { Cluster } from "./support/cluster.ts";
import { SUBNET_A, SUBNET_B, T, consumer } from "./support/connection.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor } from "./support/world.ts";

const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

const allow = (statement: Properties): Properties => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", ...statement }],
});

describe("IAM", () => {
  let data: Actor;
  beforeEach(() => {
    data = actor(demoWorld(), DATA);
  });
  const role = (more: Properties = {}): ReturnType<Actor["make"]> =>
    data.make(K.role, { name: "reader", assumeRolePolicy: trust("ec2.amazonaws.com"), ...more });
  const policy = (document: unknown, name = "read"): ReturnType<Actor["make"]> =>
    data.make(POLICY, { name, policy: JSON.stringify(document) });

  it("names a role once per account, in Pulumi's way where it has no name", () => {
    assert.equal(role({ path: "/corpai/" }).arn, "arn:aws:iam::111122223333:role/corpai/reader");
    assert.throws(() => role(), /EntityAlreadyExists: Role with name reader already exists/);
    assert.match(data.make(K.role, { assumeRolePolicy: trust("ec2.amazonaws.com") }, "flow").id, /^flow-[0-9a-f]{7}$/);
  });

  it("takes a policy document as object or text, and refuses text that is no JSON before any call", () => {
    assert.equal(
      typeof role({ assumeRolePolicy: JSON.parse(trust("ec2.amazonaws.com")) as Properties }).assumeRolePolicy,
      "string",
    );
    assert.throws(
      () => role({ name: "two", assumeRolePolicy: "{" }),
      /assumeRolePolicy: "assumeRolePolicy" contains an invalid JSON policy/,
    );
  });

  it("judges documents by IAM's grammar", () => {
    assert.throws(
      () => policy({ Statement: [] }),
      /MalformedPolicyDocument: The policy must contain a valid version string/,
    );
    assert.throws(() => policy({ Version: "2012-10-17" }), /MalformedPolicyDocument: Syntax errors in policy/);
    assert.throws(() => policy(allow({ Resource: "*" })), /Policy statement must contain actions/);
    assert.throws(() => policy(allow({ Action: "DescribeVpcs", Resource: "*" })), /prefixed by a vendor/);
    assert.throws(() => policy(allow({ Action: "ec2:DescribeVpcs" })), /Policy statement must contain resources/);
    assert.throws(
      () => policy(allow({ Action: "s3:GetObject", Resource: "my-bucket" })),
      /must be in ARN format or "\*"/,
    );
    assert.throws(() => policy(allow({ Sid: "not allowed", Action: "s3:*", Resource: "*" })), /SID.*alpha-numeric/);
    assert.throws(
      () => role({ assumeRolePolicy: JSON.stringify(allow({ Action: "sts:AssumeRole" })) }),
      /Missing required field Principal/,
    );
    assert.throws(
      () =>
        role({ assumeRolePolicy: JSON.stringify(allow({ Action: "sts:AssumeRole", Principal: "*", Resource: "*" })) }),
      /prohibited field Resource/,
    );
  });

  it("has quotas: 6144 characters in a policy, ten policies on a role", () => {
    assert.throws(
      () =>
        policy(
          allow({
            Action: "s3:GetObject",
            Resource: Array.from({ length: 200 }, (_, index) => `arn:aws:s3:::bucket-number-${index}/*`),
          }),
        ),
      /LimitExceeded: Cannot exceed quota for PolicySize: 6144/,
    );
    role();
    for (let index = 0; index < 10; index += 1)
      data.make(ATTACHMENT, {
        role: "reader",
        policyArn: policy(allow({ Action: "s3:*", Resource: "*" }), `read-${index}`).id,
      });
    assert.throws(
      () => data.make(ATTACHMENT, { role: "reader", policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
      /quota for PoliciesPerRole: 10/,
    );
  });

  it("attaches what exists to what exists, the estate's roles included", () => {
    const made = policy(allow({ Action: "ec2:*", Resource: "*" }));
    assert.ok(data.make(ATTACHMENT, { role: "corpai-cross-account-access", policyArn: made.id }).id);
    assert.throws(
      () => data.make(ATTACHMENT, { role: "nobody", policyArn: made.id }),
      /NoSuchEntity: The role with name nobody cannot be found/,
    );
    assert.throws(
      () =>
        data.make(ATTACHMENT, {
          role: "corpai-cross-account-access",
          policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolcy",
        }),
      /NoSuchEntity: Policy .*AmazonEKSClusterPolcy does not exist/,
    );
    assert.throws(
      () =>
        data.make(ATTACHMENT, {
          role: "corpai-cross-account-access",
          policyArn: "arn:aws:iam::111122223333:policy/other",
        }),
      /NoSuchEntity/,
    );
  });

  it("deletes neither a role nor a policy that is in use", () => {
    role();
    const made = policy(allow({ Action: "ec2:*", Resource: "*" }));
    const attachment = data.make(ATTACHMENT, { role: "reader", policyArn: made.id });
    assert.throws(
      () => data.unmake(K.role, "reader"),
      /DeleteConflict: Cannot delete entity, must detach all policies first/,
    );
    assert.throws(() => data.unmake(POLICY, made.id), /DeleteConflict: Cannot delete a policy attached to entities/);
    data.unmake(ATTACHMENT, attachment.id);
    data.make("aws:iam/instanceProfile:InstanceProfile", { name: "reader", role: "reader" });
    assert.throws(() => data.unmake(K.role, "reader"), /must remove roles from instance profile first/);
  });

  it("looks roles up by name", () => {
    assert.match(
      textOf(data.look("aws:iam/getRole:getRole", { name: "corpai-cross-account-access" }).arn),
      /^arn:aws:iam::111122223333:role\/corpai-cross-account-access$/,
    );
    assert.throws(() => data.look("aws:iam/getRole:getRole", { name: "corpai-cross-acount-access" }), /NoSuchEntity/);
  });
});

describe("CloudWatch log groups", () => {
  it("are named once, and keep their logs for one of AWS's spans", () => {
    const data = actor(demoWorld(), DATA);
    assert.equal(
      data.make(LOG_GROUP, { name: "/corpai/flow" }).arn,
      "arn:aws:logs:us-east-1:111122223333:log-group:/corpai/flow",
    );
    assert.throws(() => data.make(LOG_GROUP, { name: "/corpai/flow" }), /ResourceAlreadyExistsException/);
    assert.throws(
      () => data.make(LOG_GROUP, { name: "/corpai/other", retentionInDays: 42 }),
      /retentionInDays: expected retention_in_days to be one of/,
    );
  });
});

describe("EKS", () => {
  let data: Actor;
  let subnets: string[];
  beforeEach(() => {
    data = actor(demoWorld(), DATA);
    subnets = Object.values(consumer(data, ["use1-az1", "use1-az2"]).subnets);
  });
  const refuses = (more: Properties, pattern: RegExp): void =>
    assert.throws(() => startCluster(data, subnets, more), pattern);

  it("takes ten minutes to an ACTIVE cluster with an endpoint, a certificate and a group of its own", () => {
    const { cluster } = startCluster(data, subnets);
    assert.match(textOf(cluster.endpoint), /^https:\/\/[0-9A-F]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com$/);
    assert.deepEqual(
      [cluster.status, cluster.version, cluster.arn],
      ["ACTIVE", "1.35", "arn:aws:eks:us-east-1:111122223333:cluster/mcp"],
    );
    assert.ok(data.context.world.clock >= 600);
    const config = cluster.vpcConfig as Properties;
    const group = data.context.world.get(T.group, textOf(config.clusterSecurityGroupId));
    assert.match(textOf(group?.inputs.name), /^eks-cluster-sg-mcp-\d+$/);
    assert.deepEqual(config.subnetIds, subnets);
    assert.equal(
      data.context.world.all(T.ingress, ({ inputs }) => inputs.securityGroupId === group?.id)[0]?.inputs
        .referencedSecurityGroupId,
      group?.id,
    );
  });

  it("stands in its subnets, so they cannot go before it does; its group goes with it, its interfaces some minutes later", () => {
    const before = data.context.world.objects.length;
    const made = startCluster(data, subnets);
    assert.throws(() => data.unmake(T.subnet, subnets[0] ?? ""), /DependencyViolation/);
    data.unmake(K.cluster, made.cluster.id);
    for (const role of ["mcp-cluster", "mcp-nodes"]) data.unmake(K.role, role);
    const deleted = data.context.world.clock;
    const interfaces = data.context.world.all("aws:ec2/networkInterface:NetworkInterface", ({ inputs }) =>
      textOf(inputs.description).startsWith("Amazon EKS"),
    );
    assert.equal(data.context.world.objects.length, before + interfaces.length, "nothing else is left of it");
    for (const subnet of subnets) data.unmake(T.subnet, subnet);
    assert.ok(data.context.world.clock >= deleted + 300, "the provider waits for its interfaces, which outlive it");
    assert.equal(data.context.world.objects.length, before - subnets.length);
  });

  it("wants subnets that exist, in two AZs of one VPC", () => {
    assert.throws(
      () => startCluster(data, subnets.slice(0, 1)),
      /InvalidParameterException: Subnets specified must be in at least two different AZs/,
    );
    assert.throws(
      () => startCluster(actor(demoWorld(), DATA), ["subnet-0", SUBNET_A]),
      /The subnet ID 'subnet-0' does not exist/,
    );
    assert.throws(() => {
      const world = demoWorld();
      const other = consumer(actor(world, DATA), ["use1-az2"]).subnets;
      startCluster(actor(world, DATA), [SUBNET_A, ...Object.values(other)]);
    }, /must belong to the same VPC/);
    startCluster(actor(demoWorld(), DATA), [SUBNET_A, SUBNET_B]);
  });

  it("wants a version that EKS offers", () => {
    refuses({ version: "1.30" }, /unsupported Kubernetes version/);
  });

  it("has Auto Mode wholly on or wholly off", () => {
    refuses(
      { storageConfig: { blockStorage: { enabled: false } } },
      /computeConfig, kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled/,
    );
  });

  it("wants access entries for Auto Mode", () => {
    refuses({ accessConfig: { authenticationMode: "CONFIG_MAP" } }, /requires the authentication mode API/);
  });

  it("wants a node role exactly where it brings node pools", () => {
    refuses({ computeConfig: { enabled: true, nodePools: ["general-purpose"] } }, /nodeRoleArn must be provided/);
  });

  it("wants an endpoint that is open to somebody", () => {
    refuses(
      { vpcConfig: { subnetIds: subnets, endpointPrivateAccess: false, endpointPublicAccess: false } },
      /cannot both be disabled/,
    );
  });

  it("wants a role that EKS may assume", () => {
    data.make(K.role, { name: "wrong", assumeRolePolicy: trust("ec2.amazonaws.com") });
    assert.throws(
      () => data.make(K.cluster, clusterArguments("arn:aws:iam::111122223333:role/wrong", subnets)),
      /could not be assumed because it does not exist or the trusted entity is not correct/,
    );
  });

  it("goes up one minor version at a time and never down", () => {
    const { cluster } = startCluster(data, subnets, { version: "1.34" });
    const at = (version: string): Properties => clusterArguments(textOf(cluster.roleArn), subnets, { version });
    assert.throws(
      () => data.change(K.cluster, "mcp", at("1.36")),
      /Unsupported Kubernetes minor version update from 1\.34 to 1\.36/,
    );
    assert.equal(data.change(K.cluster, "mcp", at("1.35")).version, "1.35");
    assert.throws(() => data.change(K.cluster, "mcp", at("1.34")), /Unsupported Kubernetes minor version update/);
  });

  it("is not deleted while deletion protection is on", () => {
    startCluster(data, subnets, { deletionProtection: true });
    assert.throws(() => data.unmake(K.cluster, "mcp"), /InvalidRequestException.*deletion protection/);
  });

  it("leaves what lies inside a known argument open in a preview", async () => {
    const { overlaid } = await import("../../sandbox/resource.ts");
    const shown = overlaid(
      { vpcConfig: { subnetIds: ["a"] }, accessConfig: UNKNOWN },
      { "vpcConfig.vpcId": UNKNOWN, "accessConfig.authenticationMode": UNKNOWN, endpoint: UNKNOWN },
    );
    assert.deepEqual(shown, {
      vpcConfig: { subnetIds: ["a"], vpcId: UNKNOWN },
      accessConfig: UNKNOWN,
      endpoint: UNKNOWN,
    });
  });

  describe("access", () => {
    let made: Cluster;
    beforeEach(() => {
      made = startCluster(data, subnets);
    });
    const entry = (more: Properties = {}): Properties => ({
      clusterName: "mcp",
      principalArn: made.nodeRole.arn ?? "",
      ...more,
    });
    const association = (more: Properties = {}): Properties => ({
      ...entry(),
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy",
      accessScope: { type: "cluster" },
      ...more,
    });

    it("takes one entry per principal that exists", () => {
      data.make(K.entry, entry());
      assert.throws(() => data.make(K.entry, entry()), /ResourceInUseException/);
      assert.throws(
        () => data.make(K.entry, entry({ principalArn: "arn:aws:iam::111122223333:role/nobody" })),
        /invalid principal/,
      );
      assert.throws(
        () => data.make(K.entry, entry({ clusterName: "other" })),
        /ResourceNotFoundException: No cluster found for name: other/,
      );
      assert.throws(() => data.make(K.entry, entry({ type: "EC2-LINUX" })), /type: expected type to be one of/);
    });

    it("associates EKS's own policies, with entries that may have them", () => {
      assert.throws(
        () => data.make(K.policy, association()),
        /ResourceNotFoundException: .*principalArn could not be found/,
      );
      data.make(K.entry, entry({ type: "EC2_LINUX" }));
      assert.throws(
        () => data.make(K.policy, association()),
        /InvalidRequestException: .*cannot be associated with access entries of type EC2_LINUX/,
      );
      data.unmake(K.entry, `mcp:${textOf(made.nodeRole.arn)}`);
      admitNodes(data, made);
      assert.throws(
        () => data.make(K.policy, association({ policyArn: "arn:aws:iam::aws:policy/AmazonEKSAutoNodePolicy" })),
        /ResourceNotFoundException: .*policyArn could not be found/,
      );
    });

    it("has the entry for the role of Auto Mode's own pools already", () => {
      const world = actor(demoWorld(), DATA);
      const nodes = world.make(K.role, { name: "own-nodes", assumeRolePolicy: trust("ec2.amazonaws.com") });
      startCluster(world, [SUBNET_A, SUBNET_B], { nodeRoleArn: nodes.arn ?? "" });
      assert.throws(
        () => world.make(K.entry, { clusterName: "mcp", principalArn: nodes.arn ?? "", type: "EC2" }),
        /ResourceInUseException/,
      );
    });

    it("offers add-ons by name and version, and pod identities for roles that exist, one per service account", () => {
      assert.match(
        textOf(data.make(K.addon, { clusterName: "mcp", addonName: "coredns" }).addonVersion),
        /^v1\.\d+\.\d+-eksbuild\.\d+$/,
      );
      assert.throws(
        () => data.make(K.addon, { clusterName: "mcp", addonName: "core-dns" }),
        /Addon core-dns specified is not supported/,
      );
      assert.throws(
        () => data.make(K.addon, { clusterName: "mcp", addonName: "kube-proxy", addonVersion: "v0" }),
        /Addon version specified is not supported/,
      );
      const identity = {
        clusterName: "mcp",
        namespace: "mcp",
        serviceAccount: "clickhouse",
        roleArn: made.nodeRole.arn ?? "",
      };
      data.make(K.identity, identity);
      assert.throws(() => data.make(K.identity, identity), /ResourceInUseException: Association already exists/);
      assert.throws(
        () =>
          data.make(K.identity, { ...identity, serviceAccount: "x", roleArn: "arn:aws:iam::111122223333:role/nobody" }),
        /Role provided in the request does not exist/,
      );
    });

    it("looks clusters and add-on versions up", () => {
      const found = data.look("aws:eks/getCluster:getCluster", { name: "mcp" });
      assert.equal(found.endpoint, made.cluster.endpoint);
      assert.deepEqual(found.certificateAuthorities, [made.cluster.certificateAuthority]);
      assert.throws(
        () => data.look("aws:eks/getCluster:getCluster", { name: "mpc" }),
        /No cluster found for name: mpc/,
      );
      assert.throws(
        () => data.look("aws:eks/getAddonVersion:getAddonVersion", { addonName: "coredns", kubernetesVersion: "1.20" }),
        /unsupported Kubernetes version/,
      );
    });
  });
});
