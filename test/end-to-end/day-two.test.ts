// Proves what a living environment goes through after its first day: each exercise is an edit of one file whose preview changes exactly what is listed here and
// replaces nothing, all of them together are brought up as previewed, and what holds data is the same thing afterwards. Then it is destroyed right away, in the
// order that EKS needs, interrupted in the middle, and gone after the same command was given again.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { AWS_ENDPOINTS, AWS_GATEWAYS } from "../../model/aws-endpoints.ts";
import { Clone } from "./support/clone.ts";

interface Report {
  readonly stacks: readonly {
    readonly stack: string;
    readonly result: string;
    readonly resourceChanges?: readonly { readonly operation: string; readonly type: string; readonly name: string }[];
    readonly consequences?: { readonly outages: readonly unknown[] };
  }[];
}

/** `<operation> <type> <name>`, by stack; stacks that stay as they are left out. */
type Changes = Readonly<Record<string, readonly string[]>>;

const sorted = (changes: Changes): Changes =>
  Object.fromEntries(Object.entries(changes).map(([stack, own]) => [stack, own.toSorted()]));

interface Exercise {
  readonly what: string;
  readonly file: string;
  readonly edit: (text: string) => string;
  /** Programs to preview; all that depend on none of them are shown to stay as they are by the update. */
  readonly only: string;
  readonly changes: Changes;
  /** What follows from outputs that the update of another stack has to make first: the preview that `up` makes right before an update sees it. */
  readonly follows?: Changes;
}

const EXERCISES: readonly Exercise[] = [
  {
    what: "the next version of Kubernetes",
    file: "environments/Pulumi.cluster.demo.yaml",
    edit: (text) => text.replace('"1.35"', '"1.36"'),
    only: "cluster",
    // The component of @pulumi/eks, of which AWS knows nothing, and the cluster in it.
    changes: { "cluster.demo": ["update Cluster mcp", "update Cluster mcp-eksCluster"] },
  },
  {
    what: "a larger database and larger caches",
    file: "environments/Pulumi.data.demo.yaml",
    edit: (text) =>
      text
        .replace("db.t4g.micro", "db.t4g.small")
        .replace("storageGb: 20", "storageGb: 40")
        .replace("cache.t4g.micro", "cache.t4g.small"),
    only: "data",
    changes: { "data.demo": ["update Instance memory", "update ReplicationGroup sessions"] },
  },
  {
    what: "more pods of two servers",
    file: "environments/Pulumi.mcp-servers.demo.yaml",
    edit: (text) =>
      text
        .replace("{min: 2, max: 4}", "{min: 3, max: 6}")
        .replace(/(mcp-github@sha256:[0-9a-f]+\n)/, "$1      replicas: 4\n"),
    only: "mcp-servers",
    changes: {
      "mcp-servers.demo": ["update Deployment github-mcp", "update HorizontalPodAutoscaler memory-mcp"],
    },
  },
  {
    what: "one AZ more",
    file: "environments/Pulumi.network.demo.yaml",
    edit: (text) => text.replace("use1-az4", "use1-az4, use1-az6"),
    only: "mcp-servers",
    changes: {
      "network.demo": [
        // The two components whose inputs name AZs.
        "update Network corpai",
        "update Vpc corpai",
        ...[...AWS_ENDPOINTS, ...AWS_GATEWAYS].map(
          ({ service }) => `update VpcEndpoint corpai-aws-${service.replaceAll(".", "-")}`,
        ),
        ...["client", "data", "endpoint", "public"].flatMap((tier) => [
          `create Subnet corpai-${tier}-4`,
          `create RouteTable corpai-${tier}-4`,
          `create RouteTableAssociation corpai-${tier}-4`,
        ]),
        "create Route corpai-client-4",
        "create Route corpai-public-4",
      ],
      "data.demo": [
        "update PostgresStore memory",
        "update SubnetGroup memory",
        "update SubnetGroup sessions",
        "update ValkeyStore sessions",
      ],
      // GitHub's service stands in the new AZ, too; ClickHouse's does not.
      "connections.demo": ["update Connection github", "update VpcEndpoint github"],
    },
    // Nodes, pods' ways out and the load balancer go by the subnets that stand.
    follows: {
      "mcp-servers.demo": [
        "update NodeClass mcp-class",
        "update Service memory-mcp",
        ...["clickhouse-mcp", "github-mcp", "memory-mcp", "memory-roles"].map((name) => `update NetworkPolicy ${name}`),
      ],
      // A gateway keeps its subnets for life: a new one is in use before the old one goes.
      "private-connections.demo": [
        "create SecurityGroupEgressRule mcp-gateway-to-use1-az6-8080",
        "replace PrivateConnection memory",
        "replace ResourceConfiguration memory",
        "replace ResourceGateway mcp",
        "replace Service memory",
        "update Association memory-operations",
      ],
    },
  },
];

const HOLDS_DATA = [
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:ec2/vpc:Vpc",
  "aws:eks/cluster:Cluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:kms/key:Key",
  "aws:rds/instance:Instance",
];

describe("day two of an environment", function () {
  this.timeout(600_000);
  let clone: Clone;
  let standing: readonly string[];
  before(async () => {
    clone = Clone.create();
    await report("up", "demo");
    standing = holdingData();
    assert.ok(standing.length >= 10, standing.join(", "));
  });
  after(() => clone.remove());

  async function report(...args: readonly string[]): Promise<Report> {
    const { code, out, err } = await clone.corpai(...args, "--json");
    assert.equal(code, 0, out + err);
    return JSON.parse(out) as Report;
  }
  const holdingData = (): string[] =>
    clone
      .made()
      .filter((one) => HOLDS_DATA.includes(one.split(" ")[0] ?? ""))
      .sort();

  const changesIn = ({ stacks }: Report): Changes => {
    const told = stacks.map(
      ({ stack, resourceChanges = [] }) =>
        [
          stack,
          resourceChanges.map(({ operation, type, name }) => `${operation} ${type.split(":").at(-1) ?? type} ${name}`),
        ] as const,
    );
    return sorted(Object.fromEntries(told.filter(([, changes]) => changes.length > 0)));
  };

  for (const { what, file, edit, only, changes } of EXERCISES)
    it(`${what}: a preview changes what that means, replaces nothing, and breaks nothing`, async () => {
      const undo = clone.edit(file, edit);
      const previewed = await report("preview", "demo", "--only", only).finally(undo);
      assert.deepEqual(changesIn(previewed), sorted(changes));
      assert.deepEqual(
        previewed.stacks.flatMap(({ consequences }) => consequences?.outages ?? []),
        [],
      );
    });

  it("all of these are brought up together, exactly as previewed; what holds data is what it was, and all pods are ready", async () => {
    for (const { file, edit } of EXERCISES) clone.edit(file, edit);
    const wanted = Map.groupBy(
      EXERCISES.flatMap(({ changes, follows = {} }) => [...Object.entries(changes), ...Object.entries(follows)]),
      ([stack]) => stack,
    );
    assert.deepEqual(
      changesIn(await report("up", "demo")),
      sorted(Object.fromEntries([...wanted].map(([stack, parts]) => [stack, parts.flatMap(([, own]) => own)]))),
    );
    assert.deepEqual(holdingData(), standing);
    const { code, out, err } = await clone.corpai("status", "demo");
    assert.equal(code, 0, out + err);
  });

  it("is destroyed right after that, by two commands where the first is interrupted, and nothing is left, nor in the way", async () => {
    const before = clone.made().length;
    const run = clone.startCorpai("destroy", "demo", "--json");
    while (run.child.exitCode === null && clone.made().length > before / 2) await sleep(20);
    run.child.kill("SIGINT");
    assert.equal(await run.ended, 1, run.said());
    assert.match(run.said(), /interrupted: finishing what has begun/);
    assert.notDeepEqual(clone.made(), [], "it was in the middle");
    const { stacks } = await report("destroy", "demo");
    assert.ok(stacks.every(({ result }) => result === "succeeded"));
    assert.deepEqual(clone.made(), []);
    assert.deepEqual(clone.owned(), []);
    assert.deepEqual(clone.changedFiles().split("\n").length, EXERCISES.length + 1);
  });
});
