// Proves what the MCP components ask of Kubernetes and AWS, under Pulumi's mocks: pods, their identity, what they may send and receive, how many there are and
// how they end, the Job that makes database roles; and that every manifest fits Kubernetes' own schemas. How a cluster takes all this is proved in test/sandbox.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import { kubeconfig } from "../../components/mcp/kubeconfig.ts";
import { RestrictedNamespace } from "../../components/mcp/restricted-namespace.ts";
import { databaseUser, rolesSql } from "../../model/database-roles.ts";
import { CUSTOM_KINDS, schemaFaults, sent } from "../support/kubernetes-schema.ts";
import { DATABASE, EXPOSURE, caches, nodes, policyController, roles, server } from "./support/mcp.ts";
import { recorder, value } from "./support/recorder.ts";

const T = {
  deployment: "kubernetes:apps/v1:Deployment",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  budget: "kubernetes:policy/v1:PodDisruptionBudget",
  autoscaler: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  service: "kubernetes:core/v1:Service",
  namespace: "kubernetes:core/v1:Namespace",
  configMap: "kubernetes:core/v1:ConfigMap",
  job: "kubernetes:batch/v1:Job",
  role: "aws:iam/role:Role",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  association: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
} as const;

interface Manifest {
  readonly metadata: {
    readonly name: string;
    readonly annotations: Record<string, string>;
    readonly labels: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
  readonly data: Record<string, string>;
}
const only = (type: string): Manifest => recorder.only(type).inputs as unknown as Manifest;
const podOf = ({ spec }: Manifest) =>
  (spec.template as { spec: Record<string, unknown> & { containers: Record<string, unknown>[] } }).spec;

describe("the MCP nodes and servers", () => {
  it("carry the workloads' group on their pods, with the pods' subnets beside it, as Auto Mode wants the two together", async () => {
    await recorder.build(() => nodes("mcp"));
    const spec = recorder.only("kubernetes:eks.amazonaws.com/v1:NodeClass").inputs.spec as Record<string, unknown>;
    assert.deepEqual(spec.podSecurityGroupSelectorTerms, [{ id: "sg-workloads" }]);
    assert.deepEqual(spec.podSubnetSelectorTerms, [{ id: "subnet-1" }, { id: "subnet-2" }]);
    assert.deepEqual(spec.securityGroupSelectorTerms, [{ id: "sg-cluster" }]);
  });

  it("run non-root with a read-only root file system, limits, and probes that outlast a connection's warm-up of 15 s", async () => {
    await recorder.build(() => server("clickhouse-mcp"));
    const deployment = only(T.deployment);
    assert.equal(deployment.metadata.annotations["pulumi.com/skipAwait"], "true");
    const pod = podOf(deployment);
    const [container] = pod.containers;
    assert.ok(container);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.equal((pod.securityContext as { runAsNonRoot: boolean }).runAsNonRoot, true);
    assert.equal(pod.automountServiceAccountToken, false);
    for (const name of ["startupProbe", "livenessProbe", "readinessProbe"])
      assert.ok((container[name] as { timeoutSeconds: number }).timeoutSeconds > 15, name);
    assert.deepEqual(Object.keys((container.resources as { limits: object }).limits), ["cpu", "memory"]);
  });

  it("read each connection's certificate bundle from a file of a ConfigMap that Pulumi names, so that another bundle rolls them", async () => {
    await recorder.build(() =>
      server("tools", { env: {}, caBundles: { clickhouse: "PEM of one", github: pulumi.output("PEM of another") } }),
    );
    const map = recorder.only("kubernetes:core/v1:ConfigMap").inputs;
    assert.deepEqual(map.data, { "clickhouse.pem": "PEM of one", "github.pem": "PEM of another" });
    assert.equal((map.metadata as { name?: string }).name, undefined);
    const deployment = JSON.stringify(recorder.only("kubernetes:apps/v1:Deployment").inputs);
    assert.match(
      deployment,
      /"mountPath":"\/etc\/corpai\/connections","name":"bundles","readOnly":true|"name":"bundles","mountPath":"\/etc\/corpai\/connections","readOnly":true/,
    );
    assert.match(deployment, /"name":"bundles","configMap":\{|"configMap":\{[^}]*\},"name":"bundles"/);
  });

  it("keep secrets out of the Deployment: a variable names the Secret, and the Secret is a secret in Pulumi too", async () => {
    await recorder.build(() => server("clickhouse-mcp"));
    const deployment = recorder.only(T.deployment).inputs;
    assert.ok(!JSON.stringify(deployment).includes("canary"));
    assert.match(JSON.stringify(deployment), /"PASSWORD","valueFrom":\{"secretKeyRef"/);
    assert.equal(recorder.of("kubernetes:core/v1:Secret").length, 1);
  });

  it("reach the API by a kubeconfig that holds no credential", async () => {
    const text = await value(
      kubeconfig({ region: "us-east-1", name: "mcp", endpoint: "https://cluster", certificateAuthority: "Q0E=" }),
    );
    const config = JSON.parse(text) as { users: { user: { exec: { args: string[] } } }[] };
    assert.deepEqual(config.users[0]?.user.exec.args, [
      "eks",
      "get-token",
      "--region",
      "us-east-1",
      "--cluster-name",
      "mcp",
    ]);
    assert.ok(!/"token"|password|client-key/.test(text));
  });
});

describe("the MCP nodes' network policies", () => {
  it("are enforced: both switches of Auto Mode are set, and a pod without a policy may do nothing", async () => {
    await recorder.build(() => {
      nodes("mcp");
      policyController("network-policies");
    });
    const { metadata, data } = only(T.configMap);
    assert.deepEqual(
      [metadata, data],
      [{ name: "amazon-vpc-cni", namespace: "kube-system" }, { "enable-network-policy-controller": "true" }],
    );
    const { spec } = recorder.only("kubernetes:eks.amazonaws.com/v1:NodeClass").inputs as unknown as Manifest;
    assert.deepEqual([spec.networkPolicy, spec.networkPolicyEventLogs], ["DefaultDeny", "Enabled"]);
  });

  it("deny everything in a namespace, whose pods are held to the standard restricted in a fixed version", async () => {
    await recorder.build(() => new RestrictedNamespace("corpai-mcp"));
    assert.deepEqual(only(T.namespace).metadata.labels, {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": "v1.35",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/audit-version": "v1.35",
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/warn-version": "v1.35",
    });
    assert.deepEqual(only(T.policy).spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("let a server send to what it is told, each port by itself, and let nobody in", async () => {
    const egress = [
      { cidrs: ["172.20.0.10/32"], port: 53, protocols: ["UDP", "TCP"] },
      { cidrs: ["10.40.144.0/23", "10.40.146.0/23"], port: 8443, protocols: ["TCP"] },
    ] as const;
    await recorder.build(() => server("clickhouse-mcp", { egress }));
    assert.deepEqual(only(T.policy).spec, {
      podSelector: { matchLabels: { "app.kubernetes.io/name": "clickhouse-mcp" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [],
      egress: [
        {
          to: [{ ipBlock: { cidr: "172.20.0.10/32" } }],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        {
          to: [{ ipBlock: { cidr: "10.40.144.0/23" } }, { ipBlock: { cidr: "10.40.146.0/23" } }],
          ports: [{ protocol: "TCP", port: 8443 }],
        },
      ],
    });
  });

  it("let in a server's load balancer, from its own subnets and to the server's port only", async () => {
    await recorder.build(() => server("clickhouse-mcp", { exposure: EXPOSURE }));
    assert.deepEqual(only(T.policy).spec.ingress, [
      {
        from: [{ ipBlock: { cidr: "10.40.144.0/23" } }, { ipBlock: { cidr: "10.40.146.0/23" } }],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
    ]);
  });
});

describe("the number of a server's pods", () => {
  it("is fixed, or zero as long as it waits; one at a time may be taken away, and always one that is not ready", async () => {
    await recorder.build(() => server("clickhouse-mcp", { replicas: 3 }));
    assert.equal(only(T.deployment).spec.replicas, 3);
    assert.deepEqual(only(T.budget).spec, {
      maxUnavailable: 1,
      selector: { matchLabels: { "app.kubernetes.io/name": "clickhouse-mcp" } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
    assert.deepEqual(recorder.of(T.autoscaler), []);
    await recorder.build(() => server("clickhouse-mcp", { replicas: 3, waits: true }));
    assert.equal(only(T.deployment).spec.replicas, 0);
  });

  it("is left to the autoscaler where it is a range, else each update would undo what that has decided; zero still switches it off", async () => {
    const replicas = { min: 2, max: 6, cpuPercent: 70 };
    await recorder.build(() => server("clickhouse-mcp", { replicas }));
    assert.ok(!("replicas" in only(T.deployment).spec));
    const { scaleTargetRef, minReplicas, maxReplicas, metrics } = only(T.autoscaler).spec;
    assert.deepEqual(
      [scaleTargetRef, minReplicas, maxReplicas],
      [{ apiVersion: "apps/v1", kind: "Deployment", name: "clickhouse-mcp" }, 2, 6],
    );
    assert.match(JSON.stringify(metrics), /"cpu".*"averageUtilization":70/);
    await recorder.build(() => server("clickhouse-mcp", { replicas, waits: true }));
    assert.equal(only(T.deployment).spec.replicas, 0);
  });

  it("is spread over AZs and nodes, counted within one rollout", async () => {
    await recorder.build(() => server("clickhouse-mcp"));
    const constraints = podOf(only(T.deployment)).topologySpreadConstraints as {
      topologyKey: string;
      matchLabelKeys: string[];
    }[];
    assert.deepEqual(
      constraints.map(({ topologyKey, matchLabelKeys }) => [topologyKey, matchLabelKeys]),
      [
        ["topology.kubernetes.io/zone", ["pod-template-hash"]],
        ["kubernetes.io/hostname", ["pod-template-hash"]],
      ],
    );
  });

  it("goes down gently: a pod serves on while somebody still sends to it, then has as long as an idle connection lives", async () => {
    const ending = async (more: Parameters<typeof server>[1]): Promise<readonly [number, number]> => {
      await recorder.build(() => server("clickhouse-mcp", more));
      const pod = podOf(only(T.deployment));
      const { preStop } = pod.containers[0]?.lifecycle as { preStop: { sleep: { seconds: number } } };
      return [preStop.sleep.seconds, Number(pod.terminationGracePeriodSeconds)];
    };
    const [inside, grace] = await ending({});
    assert.ok(grace - inside >= 350, "an NLB and an endpoint keep an idle connection for 350 s");
    const [exposed, longer] = await ending({ exposure: EXPOSURE });
    assert.ok(longer - exposed >= 350);
    const annotations = only(T.service).metadata.annotations;
    const attributes = annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"] ?? "";
    const delay = Number(/deregistration_delay\.timeout_seconds=(\d+)/.exec(attributes)?.[1]);
    assert.ok(exposed >= delay, "as long as the load balancer may send new connections");
  });
});

describe("a server's load balancer", () => {
  it("is made by Auto Mode on request: internal, in the given subnets, tagged as ours, for the given clients, for ready pods", async () => {
    const built = await recorder.build(() => server("clickhouse-mcp", { exposure: EXPOSURE }));
    const { metadata, spec } = only(T.service);
    const annotation = (name: string) => metadata.annotations[`service.beta.kubernetes.io/aws-load-balancer-${name}`];
    assert.deepEqual(
      ["scheme", "subnets", "additional-resource-tags", "nlb-target-type", "healthcheck-path"].map(annotation),
      ["internal", "subnet-a,subnet-b", "ManagedBy=corpai-terraform", "ip", "/ready"],
    );
    assert.deepEqual(
      [spec.type, spec.loadBalancerClass, spec.loadBalancerSourceRanges],
      ["LoadBalancer", "eks.amazonaws.com/nlb", ["10.40.0.0/16"]],
    );
    assert.match(annotation("target-group-attributes") ?? "", /preserve_client_ip.enabled=false/);
    assert.ok(built.host);
    assert.equal(await value(built.host), "k8s-clickhouse-mcp.elb.us-east-1.amazonaws.com");
  });

  it("is none where nobody asked", async () => {
    const built = await recorder.build(() => server("clickhouse-mcp"));
    assert.deepEqual([built.host, recorder.of(T.service)], [undefined, []]);
  });
});

describe("a pod's identity", () => {
  it("is a role that only its own service account gets, with the given rights and nothing else", async () => {
    await recorder.build(() => server("tools-mcp"));
    const trust = JSON.parse(String(recorder.only(T.role).inputs.assumeRolePolicy)) as {
      Statement: Record<string, unknown>[];
    };
    assert.deepEqual(trust.Statement, [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-name": "mcp",
            "aws:RequestTag/kubernetes-namespace": "corpai-mcp",
            "aws:RequestTag/kubernetes-service-account": "tools-mcp",
          },
        },
      },
    ]);
    const policy = JSON.parse(String(recorder.only(T.rolePolicy).inputs.policy)) as {
      Statement: Record<string, unknown>[];
    };
    assert.deepEqual(
      policy.Statement.map(({ Action, Resource }) => [Action, Resource]),
      [["rds-db:connect", "arn:aws:rds-db:us-east-1:111122223333:dbuser:db-ABC/mcp_tools_mcp"]],
    );
    const { namespace, serviceAccount, roleArn } = recorder.only(T.association).inputs;
    assert.deepEqual(
      [namespace, serviceAccount, roleArn],
      ["corpai-mcp", "tools-mcp", "arn:aws:iam::111122223333:role/tools-mcp"],
    );
  });

  it("is none where it uses nothing of AWS", async () => {
    await recorder.build(() => server("github-mcp", { permissions: undefined }));
    assert.deepEqual(
      [T.role, T.rolePolicy, T.association].flatMap((type) => recorder.of(type)),
      [],
    );
  });
});

describe("the Job that makes database roles", () => {
  const jobName = async (more: Parameters<typeof roles>[1] = {}): Promise<string> =>
    value((await recorder.build(() => roles("tools-roles", more))).jobName);

  it("is named by its content: another set of roles, image or database makes another one, the same in another order does not", async () => {
    const users = [databaseUser("a"), databaseUser("b")];
    const name = await jobName({ users });
    assert.match(name, /^tools-roles-[0-9a-f]{10}$/);
    assert.equal(await jobName({ users: users.toReversed() }), name);
    const others = [
      await jobName({ users: users.slice(0, 1) }),
      await jobName({ users, image: "registry/psql@sha256:1" }),
      await jobName({ users, database: pulumi.output({ ...DATABASE, resourceId: "db-DEF" }) }),
    ];
    assert.equal(new Set([name, ...others]).size, 4);
  });

  it("brings the SQL that model/ computes, in a ConfigMap that never changes, and no password", async () => {
    await recorder.build(() => roles("tools-roles"));
    const { data, metadata } = only(T.configMap);
    assert.equal(data["roles.sql"], rolesSql("tools", ["mcp_tools_mcp"]));
    assert.equal(recorder.only(T.configMap).inputs.immutable, true);
    assert.equal(metadata.name, only(T.job).metadata.name);
    assert.deepEqual(podOf(only(T.job)).containers[0]?.env, [
      { name: "HOME", value: "/tmp" },
      { name: "PGHOST", value: DATABASE.host },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: "tools" },
      { name: "MASTER_SECRET_ARN", value: DATABASE.masterSecretArn },
    ]);
  });

  it("alone may read the master's secret, and its key only through Secrets Manager", async () => {
    await recorder.build(() => roles("tools-roles"));
    const policy = JSON.parse(String(recorder.only(T.rolePolicy).inputs.policy)) as {
      Statement: Record<string, unknown>[];
    };
    assert.deepEqual(
      policy.Statement.map(({ Action, Resource, Condition }) => [Action, Resource, Condition]),
      [
        ["secretsmanager:GetSecretValue", DATABASE.masterSecretArn, undefined],
        [
          "kms:Decrypt",
          DATABASE.masterSecretKeyArn,
          { StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" } },
        ],
      ],
    );
  });

  it("tries some times and then fails for good, is made again by the next update, and is kept when it has ended", async () => {
    await recorder.build(() => roles("tools-roles"));
    const { metadata, spec } = only(T.job);
    assert.equal(metadata.annotations["pulumi.com/replaceUnready"], "true");
    assert.equal(metadata.annotations["pulumi.com/skipAwait"], undefined, "an update says that it failed");
    assert.deepEqual([typeof spec.backoffLimit, typeof spec.activeDeadlineSeconds], ["number", "number"]);
    assert.ok(!("ttlSecondsAfterFinished" in spec), "a Job that Kubernetes deletes by itself would show as drift");
  });
});

describe("every manifest", () => {
  it("fits Kubernetes' own schemas, in which an unknown field is an error", async () => {
    await recorder.build(() => {
      nodes("mcp");
      policyController("network-policies");
      new RestrictedNamespace("corpai-mcp");
      server("plain");
      server("scaled", {
        replicas: { min: 2, max: 4, cpuPercent: 70 },
        exposure: EXPOSURE,
        disruptions: { minAvailable: 1 },
      });
      roles("tools-roles");
      caches("scaled-cache");
    });
    const manifests = recorder.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    const faults = await Promise.all(
      manifests.map(async ({ type, name, inputs }) =>
        (await schemaFaults(sent(inputs) as Record<string, unknown>)).map((fault) => `${type} ${name} ${fault}`),
      ),
    );
    assert.deepEqual(faults.flat(), []);
    const kinds = new Set(manifests.map(({ inputs }) => `${String(inputs.apiVersion)} ${String(inputs.kind)}`));
    assert.ok(
      CUSTOM_KINDS.every((kind) => kinds.has(kind)),
      "those that no schema covers are EKS's and Karpenter's own",
    );
    assert.equal(kinds.size - CUSTOM_KINDS.length, 10, "of as many kinds of Kubernetes");
  });

  it("would be refused with a misspelt field, at any depth, and with a value of another type", async () => {
    await recorder.build(() => server("plain"));
    const deployment = recorder.only(T.deployment).inputs;
    const spoilt = (change: (copy: Manifest) => void): Record<string, unknown> => {
      const copy = structuredClone(deployment);
      change(copy as unknown as Manifest);
      return copy;
    };
    assert.deepEqual(await schemaFaults(spoilt(({ spec }) => Object.assign(spec, { replica: 2 }))), [
      "/spec/replica: unknown field",
    ]);
    const deep = spoilt((copy) => Object.assign(podOf(copy).containers[0]?.lifecycle as object, { preStopp: {} }));
    assert.match((await schemaFaults(deep)).join(), /lifecycle\/preStopp: unknown field/);
    assert.match(
      (await schemaFaults(spoilt(({ spec }) => Object.assign(spec, { replicas: "2" })))).join(),
      /"integer"/,
    );
    assert.match((await schemaFaults(spoilt(({ spec }) => delete spec.selector))).join(), /required/);
    assert.match((await schemaFaults({ apiVersion: "extensions/v1beta1", kind: "Ingress" })).join(), /no schema/);
  });
});
