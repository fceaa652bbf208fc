// Proves what the schemas and the environment check refuse, each with one clear error, before any engine runs.
// It starts from the committed demo files and breaks one thing at a time; look-ups (subnets, VPC tags) are proved end to end.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { describeProblem } from "../../model/problem.ts";
import { programNames, upstreamOf } from "../../stacks/catalog.ts";
import { SECURE, judgeConfiguration } from "../../stacks/configuration.ts";
import { ENVIRONMENTS_FOLDER, loadEnvironment, stackNamed, stacksOf } from "../../stacks/environment.ts";
import { schemas } from "../../stacks/program-configs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "environments-"));
  cpSync(ENVIRONMENTS_FOLDER, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Changes a file of the copy and answers all problems of the environment. */
function problemsAfter(stack: string, change: (text: string) => string): string[] {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const text = readFileSync(file, "utf8");
  const changed = change(text);
  assert.notEqual(changed, text, "the test changed nothing");
  writeFileSync(file, changed);
  return loadEnvironment("demo", { folder, today: "2026-11-21" }).problems.map(describeProblem);
}

const replace = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);

describe("the demo environment", () => {
  it("has no problem, and its stacks in an order that respects the catalog", () => {
    const { problems, stacks } = loadEnvironment("demo", { folder });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      stacks.map(({ name }) => name),
      stacksOf("demo", folder).map((stack) =>
        [stack.program, stack.environment, stack.instance].filter(Boolean).join("."),
      ),
    );
    for (const program of programNames) {
      for (const upstream of upstreamOf(program))
        assert.ok(programNames.indexOf(upstream) < programNames.indexOf(program), `${upstream} before ${program}`);
    }
  });

  it("has a schema for every program of the catalog", () => assert.deepEqual(Object.keys(schemas), programNames));
});

const literal = (serviceName: string, port: number | string) =>
  `service: { serviceName: ${serviceName}, port: ${port} }`;

describe("bad input is one clear error", () => {
  const cases: [what: string, stack: string, change: (text: string) => string, says: RegExp][] = [
    [
      "a malformed service name",
      "connections.demo",
      literalClickhouse("com.amazonaws.vpce.us-east-1.vpce-svc-xyz", 8443),
      /registrations\.clickhouse\.service\.serviceName: given "com.*vpce-svc-xyz"; allowed: an endpoint service's name such as/,
    ],
    [
      "a service of another region",
      "connections.demo",
      literalClickhouse("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0", 8443),
      /a service in eu-west-1; allowed: services in us-east-1/,
    ],
    [
      "a port above 65535 in a registration",
      "connections.demo",
      literalClickhouse("com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", 70000),
      /service\.port: given 70000; allowed: a port from 1 to 65535/,
    ],
    [
      "port 0 of a service",
      "customer-services.demo.data",
      replace("port: 8443", "port: 0"),
      /services\.clickhouse\.port: given 0; allowed: a port from 1 to 65535/,
    ],
    [
      "a port with a fraction",
      "customer-services.demo.data",
      replace("port: 8443", "port: 84.43"),
      /services\.clickhouse\.port: given 84\.43; allowed: a whole number/,
    ],
    [
      "a service name that makes a physical name longer than 32 characters",
      "customer-services.demo.data",
      replace("    clickhouse:", "    clickhouse-analytics-production:"),
      /corpai-clickhouse-analytics-production-nlb.*43 characters.*allowed: names of at most 32 characters|at most 32/,
    ],
    [
      "customer subnets in one AZ",
      "customer-services.demo.data",
      (text) => text.replaceAll(/azId: use1-az\d/g, "azId: use1-az1"),
      /corpai:subnets.*at least 2 AZs/,
    ],
    [
      "a CIDR with host bits",
      "network.demo",
      replace("10.40.0.0/16", "10.40.0.1/16"),
      /corpai:vpcCidr: given "10\.40\.0\.1\/16"; allowed: an IPv4 CIDR/,
    ],
    [
      "a VPC too small for the plan",
      "network.demo",
      replace("10.40.0.0/16", "10.40.0.0/24"),
      /a VPC from \/16 to \/21/,
    ],
    [
      "one AZ of CorpAI",
      "network.demo",
      replace(/corpai:azIds: .*/, "corpai:azIds: [use1-az1]"),
      /corpai:azIds: given \["use1-az1"\]; allowed: at least 2 AZ ids/,
    ],
    [
      "a VPC that overlaps the addresses of Services",
      "network.demo",
      replace("10.40.0.0/16", "172.20.0.0/16"),
      /corpai:vpcCidr: given 172\.20\.0\.0\/16; allowed: a CIDR that does not overlap 172\.20\.0\.0\/16, the addresses of Services/,
    ],
    [
      "AZs of which only one takes a control plane",
      "network.demo",
      replace(/corpai:azIds: .*/, "corpai:azIds: [use1-az1, use1-az3]"),
      /corpai:azIds: given \["use1-az1","use1-az3"\]; allowed: AZs of which at least 2 can hold EKS's control plane/,
    ],
    [
      "a region without the endpoints that it would take",
      "network.demo",
      replace("us-east-1", "mx-central-1"),
      /aws:region: given mx-central-1, which offers no interface endpoint for eks; allowed: regions/,
    ],
    [
      "a version that EKS no longer serves",
      "cluster.demo",
      replace('"1.35"', '"1.29"'),
      /corpai:version: given "1\.29"; allowed: versions in EKS's standard support: "1\.34" \(until 2026-12-02\), "1\.35"/,
    ],
    [
      "a version whose standard support has ended",
      "cluster.demo",
      replace('"1.35"', '"1.33"'),
      /corpai:version: given "1\.33".*Standard support of 1\.33 ended on 2026-07-29/,
    ],
    [
      "a version without quotes",
      "cluster.demo",
      replace('"1.35"', "1.35"),
      /corpai:version: given 1\.35; allowed: a minor version in quotes/,
    ],
    [
      "a public Kubernetes API outside of class dev",
      "cluster.demo",
      (text) => text.replace("  corpai:access:", "  corpai:publicAccessCidrs: [203.0.113.0/24]\n  corpai:access:"),
      /corpai:publicAccessCidrs: given \["203\.0\.113\.0\/24"\]; allowed: none in an environment of class demo: only dev/,
    ],
    [
      "a principal of the Kubernetes API that is a whole account",
      "cluster.demo",
      replace("role/acme-mcp-developers", "root"),
      /access\.mcp-developers\.principal: given "arn:aws:iam::111122223333:root"; allowed: the ARN of one role or user/,
    ],
    [
      "one principal of the Kubernetes API in two entries",
      "cluster.demo",
      replace("role/acme-mcp-developers", "role/acme-platform-engineers"),
      /corpai:access: given .*allowed: each principal once/,
    ],
    [
      "a grant that EKS does not have",
      "cluster.demo",
      replace("cluster-admin: cluster", "root: cluster"),
      /access\.platform-engineers\.grants.*: given "root"; allowed: cluster-admin, admin, edit, view, admin-view/,
    ],
    [
      "a grant in no namespace",
      "cluster.demo",
      replace("edit: [corpai-mcp]", "edit: []"),
      /access\.mcp-developers\.grants\.edit: given \[\]; allowed: "cluster", or at least one namespace/,
    ],
    [
      "an AZ name in place of an id",
      "network.demo",
      replace("use1-az1", "us-east-1a"),
      /corpai:azIds\.0: given "us-east-1a"; allowed: an AZ id/,
    ],
    [
      "no AZ id in common, with both sides' ids",
      "network.demo",
      replace(/corpai:azIds: .*/, "corpai:azIds: [use1-az3, use1-az5]"),
      /connections\.demo: corpai:registrations\.github\.service.*use1-az3, use1-az5.*use1-az2, use1-az4, use1-az6.*in common: none/,
    ],
    [
      "an instance class that RDS does not have",
      "data.demo",
      replace("db.t4g.micro", "db.t4g.8xlarge"),
      /^data\.demo: corpai:stores\.memory\.instanceClass: given "db\.t4g\.8xlarge"; allowed: db\.t4g\.micro to 2xlarge/,
    ],
    [
      "a node type that ElastiCache does not have",
      "data.demo",
      replace("cache.t4g.micro", "db.t4g.micro"),
      /stores\.sessions\.nodeType: given "db\.t4g\.micro"; allowed: cache\.t4g\.micro to medium/,
    ],
    [
      "a PostgreSQL out of standard support",
      "data.demo",
      replace('version: "17"', 'version: "13"'),
      /stores\.memory\.version: given "13"; allowed: PostgreSQL in RDS's standard support: 14, 15, 16, 17, 18/,
    ],
    [
      "a minor version that RDS no longer makes",
      "data.demo",
      replace('version: "17"', 'version: "17.4"'),
      /stores\.memory\.version: given "17\.4"; allowed: "17", or 17\.5 and later/,
    ],
    [
      "a version that is no text",
      "data.demo",
      replace('version: "17"', "version: 17"),
      /stores\.memory\.version: given 17; allowed: a value of type string/,
    ],
    [
      "a Valkey that ElastiCache does not serve",
      "data.demo",
      replace('version: "8.2"', 'version: "7.1"'),
      /stores\.sessions\.version: given "7\.1"; allowed: "7\.2", "8\.0"/,
    ],
    [
      "an engine that is neither",
      "data.demo",
      replace("engine: valkey", "engine: redis"),
      /stores\.sessions\.engine: given "redis"; allowed: "postgres" or "valkey"/,
    ],
    [
      "too little storage",
      "data.demo",
      replace("storageGb: 20", "storageGb: 10"),
      /stores\.memory\.storageGb: given 10; allowed: whole GiB from 20 to 65536/,
    ],
    [
      "a database name that needs quoting",
      "data.demo",
      replace("databaseName: memory", "databaseName: mcp-memory"),
      /databaseName: given "mcp-memory"; allowed: up to 63 lower-case letters, digits and underscores/,
    ],
    [
      "a database name of PostgreSQL's own",
      "data.demo",
      replace("databaseName: memory", "databaseName: postgres"),
      /databaseName: given "postgres"; allowed: a name that is not PostgreSQL's or RDS's own/,
    ],
    [
      "a cache whose name AWS would not take",
      "data.demo",
      replace("    sessions:", "    sessions-of-all-servers-together:"),
      /corpai-demo-sessions-of-all-servers-together" \(44 characters\); allowed: names of at most 40 characters, so keys of at most 28 in demo/,
    ],
    [
      "a permission to remove a store without a reason",
      "data.demo",
      replace("databaseName: memory", 'databaseName: memory\n      release: { reason: "", until: "2026-12-31" }'),
      /stores\.memory\.release\.reason: given ""; allowed: a text of at least 10 characters/,
    ],
    [
      "no store at all",
      "data.demo",
      replace(/corpai:stores:[^]*?\n(?=encryptionsalt)/, "corpai:stores: {}\n"),
      /corpai:stores: given \{\}; allowed: at least one store/,
    ],
    [
      "stores without a network",
      "data.demo",
      (text) => {
        rmSync(join(folder, "Pulumi.network.demo.yaml"));
        return `${text}\n`;
      },
      /data\.demo: the environment: given no file of program network, which data\.demo reads/,
    ],
    [
      "an unknown connection key in an MCP server",
      "mcp-servers.demo",
      replace("connection: clickhouse, value: host", "connection: clikhouse, value: host"),
      /servers\.clickhouse-mcp\.env\.CLICKHOUSE_HOST\.connection: given "clikhouse"; allowed: a connection of this environment: clickhouse, github/,
    ],
    [
      "two connections with one key in a file",
      "connections.demo",
      (text) => text.replace("    github:", "    clickhouse:"),
      /Map keys must be unique/,
    ],
    [
      "a key that nobody reads",
      "network.demo",
      (text) => text.replace("corpai:natGateways", "corpai:natGateway"),
      /corpai:natGateway: given a key that nobody reads/,
    ],
    [
      "a key that nobody reads, deep inside",
      "customer-services.demo.data",
      replace("path: /ping", "pth: /ping"),
      /healthCheck\.pth: given a key that nobody reads|healthCheck\.path/,
    ],
    [
      "a namespace that nobody reads",
      "network.demo",
      (text) => text.replace("corpai:natGateways", "corpia:natGateways"),
      /corpia:natGateways: given a key that nobody reads/,
    ],
    ["no account", "network.demo", replace(/.*allowedAccountIds.*\n/, ""), /aws:allowedAccountIds: given nothing/],
    [
      "an account number without quotes",
      "network.demo",
      replace(/"111122223333"/, "111122223333"),
      /aws:allowedAccountIds\.0/,
    ],
    [
      "another client CIDR than CorpAI publishes",
      "customer-services.demo.tools",
      replace("10.40.0.0/17", "10.41.0.0/17"),
      /corpai:clientCidr: given 10\.41\.0\.0\/17; allowed: 10\.40\.0\.0\/17/,
    ],
    [
      "a service that does not admit CorpAI's account",
      "customer-services.demo.tools",
      replace("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"),
      /corpai:principals.*admits account 111122223333/,
    ],
    [
      "everybody as principal",
      "customer-services.demo.tools",
      replace('"arn:aws:iam::111122223333:root"', '"*"'),
      /corpai:principals\.0: given "\*"/,
    ],
    [
      "a registration of a stack that does not exist",
      "connections.demo",
      replace("customer-services.demo.data", "customer-services.demo.dta"),
      /fromStack: given customer-services\.demo\.dta; allowed: a stack of this environment: customer-services\.demo\.data/,
    ],
    [
      "a registration of a service that is not offered",
      "connections.demo",
      replace("key: clickhouse}", "key: clickhose}"),
      /service\.key: given clickhose; allowed: a key of customer-services\.demo\.data: clickhouse/,
    ],
    [
      "an acceptance of an unknown connection",
      "customer-acceptance.demo.data",
      replace(/key: clickhouse ?\}/, "key: clickhose}"),
      /accept\.clickhouse\.0\.key: given clickhose/,
    ],
    [
      "a secret that is not set",
      "mcp-servers.demo",
      replace(/ {2}corpai:githubTokenSecret:\n.*\n/, ""),
      /corpai:githubTokenSecret: given nothing; allowed: a secure value/,
    ],
    [
      "a secret in clear",
      "mcp-servers.demo",
      replace(/corpai:githubTokenSecret:\n.*\n/, "corpai:githubTokenSecret: hunter2\n"),
      /corpai:githubTokenSecret: given a value in clear/,
    ],
    [
      "a secure value inside an object",
      "mcp-servers.demo",
      replace("GITHUB_TOKEN: {secret: githubTokenSecret}", "GITHUB_TOKEN: {secure: 'v1:x:y'}"),
      /a secure value inside.*state in clear/,
    ],
    [
      "an image by tag",
      "mcp-servers.demo",
      replace(/mcp-github@sha256:[0-9a-f]+/, "mcp-github:latest"),
      /servers\.github-mcp\.image.*an image by digest/,
    ],
    [
      "missing default tags, which @pulumi/eks needs",
      "cluster.demo",
      replace(/.*defaultTags.*\n/, ""),
      /aws:defaultTags: given nothing/,
    ],
    [
      "default tags on the customer's side",
      "customer-access.demo.data",
      (text) => text.replace("config:\n", "config:\n  aws:defaultTags: { tags: { corpai: privatelink } }\n"),
      /aws:defaultTags.*Remove aws:defaultTags/,
    ],
    [
      "a role of another account",
      "connections.demo",
      replace("iam::111122223333:role", "iam::444455556666:role"),
      /aws:assumeRoles.*a role of account 111122223333/,
    ],
  ];

  function literalClickhouse(serviceName: string, port: number): (text: string) => string {
    return (text) =>
      text.replace(
        /service: ?\{ ?fromStack: customer-services\.demo\.data, key: clickhouse ?\}/,
        literal(serviceName, port),
      );
  }
  for (const [what, stack, change, says] of cases) {
    it(what, () => {
      const problems = problemsAfter(stack, change);
      assert.ok(
        problems.some((problem) => says.test(problem)),
        `expected ${says} among:\n${problems.join("\n")}`,
      );
      assert.ok(
        problems.every((problem) => !problem.includes("hunter2")),
        "no secret in a message",
      );
    });
  }

  it("two connections with one key in two instances", () => {
    writeFileSync(
      join(folder, "Pulumi.connections.demo.second.yaml"),
      readFileSync(join(folder, "Pulumi.connections.demo.yaml"), "utf8"),
    );
    const problems = loadEnvironment("demo", { folder }).problems.map(describeProblem);
    assert.ok(
      problems.some((problem) =>
        /connections\.demo\.second: corpai:registrations\.clickhouse: given a key that connections\.demo has as well/.test(
          problem,
        ),
      ),
      problems.join("\n"),
    );
  });

  it("two services with one key of two customers, which their acceptances could not tell apart", () => {
    const problems = problemsAfter("customer-services.demo.tools", replace("    github:", "    clickhouse:"));
    assert.match(
      problems.join("\n"),
      /customer-services\.demo\.tools: corpai:services\.clickhouse: given a key that customer-services\.demo\.data has as well; allowed: each service key once per environment/,
    );
  });

  it("an acceptance in another account than the service's, where AWS would know neither", () => {
    assert.deepEqual(
      problemsAfter("customer-acceptance.demo.data", replace("clickhouse: [", "github: [")).filter((problem) =>
        problem.includes("corpai:accept"),
      ),
      [
        "customer-acceptance.demo.data: corpai:accept.github: given a service that customer-services.demo.tools offers, in account 444455556666; allowed: services in account 111122223333, the one in aws:allowedAccountIds. Move it to the customer-acceptance stack of that account.",
      ],
    );
  });

  describe("two cells of connections", () => {
    /** The demo's one file as two, `a` with ClickHouse and `b` with GitHub. */
    function split(): void {
      const text = readFileSync(join(folder, "Pulumi.connections.demo.yaml"), "utf8");
      rmSync(join(folder, "Pulumi.connections.demo.yaml"));
      writeFileSync(join(folder, "Pulumi.connections.demo.a.yaml"), text.replace(/ {4}github:\n.*\n.*\n/, ""));
      writeFileSync(join(folder, "Pulumi.connections.demo.b.yaml"), text.replace(/ {4}clickhouse:\n.*\n.*\n/, ""));
      for (const [customer, cell] of [
        ["data", "a"],
        ["tools", "b"],
      ] as const) {
        const file = join(folder, `Pulumi.customer-acceptance.demo.${customer}.yaml`);
        writeFileSync(file, readFileSync(file, "utf8").replace("connections.demo,", `connections.demo.${cell},`));
      }
    }

    it("are as sound as one, and pods use connections of both", () => {
      split();
      const { problems, stacks, facts } = loadEnvironment("demo", { folder });
      assert.deepEqual(problems, []);
      assert.equal(stacks.length, stacksOf("demo").length + 1);
      assert.deepEqual(
        facts.connections.map(({ stack, registrations }) => [stack, Object.keys(registrations)]),
        [
          ["connections.demo.a", ["clickhouse"]],
          ["connections.demo.b", ["github"]],
        ],
      );
    });

    it("are both named where a pod's connection is in neither", () => {
      split();
      assert.deepEqual(
        problemsAfter("mcp-servers.demo", (text) =>
          text.replace("connection: github, value: host", "connection: gitlab, value: host"),
        ),
        [
          'mcp-servers.demo: corpai:servers.github-mcp.env.GITHUB_HOST.connection: given "gitlab"; allowed: a connection of this environment: clickhouse, github. Correct the key, or register the connection under corpai:registrations of a connections stack.',
        ],
      );
    });

    it("are named in full by the customer: a cell without the connection, and a stack that is no more, are errors", () => {
      split();
      assert.match(
        problemsAfter("customer-acceptance.demo.tools", replace("connections.demo.b", "connections.demo.a")).join("\n"),
        /^customer-acceptance\.demo\.tools: corpai:accept\.github\.0\.key: given github; allowed: a key of connections\.demo\.a: clickhouse\. Correct the key\.$/,
      );
      assert.match(
        problemsAfter("customer-acceptance.demo.tools", replace("connections.demo.a", "connections.demo")).join("\n"),
        /fromStack: given connections\.demo; allowed: a stack of this environment: connections\.demo\.a, connections\.demo\.b/,
      );
    });
  });

  it("one AZ in common without permission, and none with it", () => {
    const narrow = replace(/corpai:azIds: .*/, "corpai:azIds: [use1-az1, use1-az2]");
    assert.match(
      problemsAfter("network.demo", narrow).join("\n"),
      /registrations\.github\.service.*at least 2 AZ ids in common/,
    );
    const permitted = replace(
      "displayName: GitHub Enterprise",
      'displayName: GitHub Enterprise\n      singleAz: { reason: "their third AZ comes in spring", until: "2027-04-01" }',
    );
    assert.deepEqual(problemsAfter("connections.demo", permitted), []);
  });

  it("every problem of a file at once", () => {
    const problems = problemsAfter("customer-services.demo.data", (text) =>
      text.replace("port: 8443", "port: 0").replace("/ping", "ping").replace("10.40.0.0/17", "10.40.0.9/17"),
    );
    assert.equal(
      problems.filter((problem) => problem.startsWith("customer-services.demo.data")).length,
      3,
      problems.join("\n"),
    );
  });

  it("an unknown program or environment in a stack's name", () => {
    assert.throws(() => stackNamed("netwrok.demo", folder), /there is no program "netwrok"/);
    assert.throws(() => stackNamed("network.demmo", folder), /there is no environment "demmo"/);
    assert.throws(
      () => loadEnvironment("demmo", { folder }),
      /there is no environment "demmo".*The environments are: demo/,
    );
  });

  it("a wrong file is reported once, and nothing false is said of the files that refer to it", () => {
    const problems = problemsAfter("connections.demo", replace("    github:", "    clickhouse:"));
    assert.equal(problems.length, 1, problems.join("\n"));
    const longKey = problemsAfter(
      "customer-services.demo.data",
      replace("    clickhouse:", "    clickhouse-analytics-production:"),
    );
    assert.equal(longKey.length, 2, longKey.join("\n"));
    assert.match(
      longKey.join("\n"),
      /given "clickhouse-analytics-production", which makes the load balancer's name "corpai-clickhouse-analytics-production-nlb" \(42 characters\); allowed: names of at most 32/,
    );
  });

  it("a key beside config is a key that nobody reads", () => {
    assert.match(
      problemsAfter("network.demo", (text) => `foo: { x: 1 }\n${text}`).join("\n"),
      /network\.demo: foo: given a key that nobody reads/,
    );
  });

  it("a program without one that it reads", () => {
    rmSync(join(folder, "Pulumi.network.demo.yaml"));
    const problems = loadEnvironment("demo", { folder }).problems.map(describeProblem);
    assert.ok(
      problems.some((problem) =>
        /connections\.demo: the environment: given no file of program network.*Add environments\/Pulumi\.network\.demo\.yaml/.test(
          problem,
        ),
      ),
      problems.join("\n"),
    );
  });

  it("a service that admits another role than the one that asks", () => {
    assert.match(
      problemsAfter(
        "customer-services.demo.data",
        replace("role/corpai-cross-account-access", "role/somebody-else"),
      ).join("\n"),
      /corpai:principals.*admits account 111122223333/,
    );
  });

  it("a file that no stack reads is a problem of its own, and of no other stack", () => {
    writeFileSync(join(folder, "Pulumi.netwrok.demo.yaml"), "config: {}\n");
    const { problems, stacks } = loadEnvironment("demo", { folder });
    assert.equal(stacks.length, stacksOf("demo").length);
    assert.match(
      problems.map(describeProblem).join("\n"),
      /^netwrok\.demo: environments\/Pulumi\.netwrok\.demo\.yaml: given a file that nobody reads.*there is no program "netwrok"/,
    );
  });

  it("prototype keys are keys like any other", () => {
    const raw = JSON.parse(
      '{"aws:region":"us-east-1","aws:allowedAccountIds":["111122223333"],"corpai:__proto__":{"x":1},"corpai:vpcCidr":"10.0.0.0/16","corpai:azIds":["use1-az1","use1-az2"]}',
    ) as Record<string, unknown>;
    const { problems } = judgeConfiguration({ program: "network", environment: "demo", instance: undefined }, raw);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.property ?? "", /__proto__/);
  });

  it("a secret is known by name only: its value never enters a schema", () => {
    const raw = {
      "aws:region": "us-east-1",
      "aws:allowedAccountIds": ["111122223333"],
      "corpai:xSecret": SECURE,
      "corpai:servers": {},
    };
    const { problems } = judgeConfiguration({ program: "mcp-servers", environment: "demo", instance: undefined }, raw);
    assert.ok(problems.length >= 1);
  });
});

describe("the Kubernetes API of an environment of class dev", () => {
  const problemsWith = (cidrs: string): string[] => {
    writeFileSync(join(folder, "environments.yaml"), "demo: { class: dev, branch: main }\n");
    return problemsAfter("cluster.demo", (text) =>
      text.replace("  corpai:access:", `  corpai:publicAccessCidrs: ${cidrs}\n  corpai:access:`),
    );
  };

  it("may be open to networks that are named", () => assert.deepEqual(problemsWith("[203.0.113.0/24]"), []));

  for (const [what, cidrs, says] of [
    ["to everybody", "[0.0.0.0/0]", /publicAccessCidrs\.0: given "0\.0\.0\.0\/0"; allowed: CIDRs from \/16 to \/32/],
    ["to half of the internet", "[128.0.0.0/1]", /allowed: CIDRs from \/16 to \/32/],
    ["to addresses that are not public", "[10.0.0.0/16]", /allowed: public addresses, which EKS sees/],
    ["to nobody in particular", "[]", /allowed: at least one CIDR/],
    [
      "to more networks than EKS takes",
      `[${Array.from({ length: 41 }, (_none, index) => `203.0.113.${index}/32`).join(", ")}]`,
      /allowed: at most 40 CIDRs, EKS's limit/,
    ],
  ] as const)
    it(`is never open ${what}`, () => {
      const problems = problemsWith(cidrs);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", says);
    });
});

describe("a Kubernetes version", () => {
  const onDay = (today: string): string[] =>
    loadEnvironment("demo", { folder, today })
      .problems.map(describeProblem)
      .filter((text) => text.includes("corpai:version"));

  it("is refused from the day on which its standard support has ended, not a day earlier", () => {
    assert.deepEqual(onDay("2027-03-26"), []);
    assert.match(onDay("2027-03-27")[0] ?? "", /Standard support of 1\.35 ended on 2027-03-27/);
  });
});
