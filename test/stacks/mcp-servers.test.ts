// Proves what the files of MCP servers may say: each mistake is exactly one clear error, before any engine runs. It starts from the committed demo and breaks one
// thing at a time.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { describeProblem } from "../../model/problem.ts";
import { ENVIRONMENTS_FOLDER, loadEnvironment } from "../../stacks/environment.ts";

const STACK = "mcp-servers.demo";
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "environments-"));
  cpSync(ENVIRONMENTS_FOLDER, folder, { recursive: true });
  // A private connection leads to one of these servers, and would have its say.
  rmSync(join(folder, "Pulumi.private-connections.demo.yaml"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function problemsAfter(from: string | RegExp, to: string, stack = STACK): string[] {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const text = readFileSync(file, "utf8");
  const changed = text.replace(from, to);
  assert.notEqual(changed, text, "the test changed nothing");
  writeFileSync(file, changed);
  return loadEnvironment("demo", { folder }).problems.map(describeProblem);
}

const REPLICAS = /replicas: \{ ?min: 2, max: 4 ?\}/;
const EXPOSE = "expose: true";

describe("MCP servers' files", () => {
  const mistakes: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
    [
      "an unknown connection",
      "connection: github, value: host",
      "connection: gitlab, value: host",
      /servers\.github-mcp\.env\.GITHUB_HOST\.connection: given "gitlab"; allowed: a connection of this environment: clickhouse, github/,
    ],
    [
      "an unknown store",
      "store: memory, value: host",
      "store: memories, value: host",
      /servers\.memory-mcp\.env\.MEMORY_HOST\.store: given "memories"; allowed: a store of this environment: memory, sessions\. .*corpai:stores/,
    ],
    [
      "a value that a store's engine does not have",
      "store: sessions, value: user",
      "store: sessions, value: database",
      /env\.SESSIONS_USER\.value: given "database" of sessions, which is valkey; allowed: "host" or "port" or "user"/,
    ],
    [
      "a value that no store has",
      "store: memory, value: user",
      "store: memory, value: password",
      /env\.MEMORY_USER\.value: given "password"; allowed: "host" or "port" or "database" or "user"/,
    ],
    [
      "a database, but nothing to make roles in it",
      /.*databaseClientImage.*\n/,
      "",
      /corpai:databaseClientImage: given nothing; allowed: an image by digest, since memory-mcp uses database memory/,
    ],
    [
      "a database client by tag",
      /database-client@sha256:[0-9a-f]+/,
      "database-client:17",
      /corpai:databaseClientImage.*an image by digest/,
    ],
    [
      "a range of replicas upside down",
      REPLICAS,
      "replicas: {min: 4, max: 2}",
      /servers\.memory-mcp\.replicas: given \{"min":4,"max":2\}; allowed: a range whose min is at most its max/,
    ],
    ["no replica at all", REPLICAS, "replicas: 0", /servers\.memory-mcp\.replicas: given 0; allowed: at least one/],
    [
      "a budget that keeps as many pods as there are at least, so that none could ever go",
      EXPOSE,
      "disruptions: {minAvailable: 2}",
      /servers\.memory-mcp\.disruptions: given \{"minAvailable":2\}; allowed: a budget that lets at least one pod go/,
    ],
    [
      "a budget that lets no pod go",
      EXPOSE,
      "disruptions: {maxUnavailable: 0}",
      /servers\.memory-mcp\.disruptions: given \{"maxUnavailable":0\}; allowed: a budget that lets at least one pod go/,
    ],
    [
      "a load balancer in one AZ",
      EXPOSE,
      "expose: {azIds: [use1-az1]}",
      /servers\.memory-mcp\.expose\.azIds: given \["use1-az1"\]; allowed: at least 2 AZ ids, each once/,
    ],
    [
      "a load balancer in the same AZ twice",
      EXPOSE,
      "expose: {azIds: [use1-az1, use1-az1]}",
      /servers\.memory-mcp\.expose\.azIds: .*at least 2 AZ ids, each once/,
    ],
    [
      "a load balancer in an AZ that the network does not have",
      EXPOSE,
      "expose: {azIds: [use1-az1, use1-az6]}",
      /servers\.memory-mcp\.expose\.azIds: given "use1-az6"; allowed: AZs of network\.demo: use1-az1, use1-az2, use1-az4/,
    ],
    [
      "a load balancer for nobody",
      EXPOSE,
      "expose: {from: []}",
      /servers\.memory-mcp\.expose\.from: given \[\]; allowed: at least one CIDR/,
    ],
    [
      "a variable twice",
      "        MEMORY_PORT: {store: memory, value: port}",
      "        MEMORY_HOST: {store: memory, value: port}",
      /Map keys must be unique/,
    ],
    [
      "a variable that EKS sets itself",
      "MEMORY_PORT: {store: memory",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI: {store: memory",
      /AWS_CONTAINER_CREDENTIALS_FULL_URI.*names that EKS does not set itself/,
    ],
    [
      "a switch by which Node.js verifies no certificate",
      "GITHUB_PORT: {connection: github, value: port}",
      'GITHUB_PORT: {connection: github, value: port}\n        NODE_TLS_REJECT_UNAUTHORIZED: "0"',
      /servers\.github-mcp\.env\.NODE_TLS_REJECT_UNAUTHORIZED: given "0"; allowed: nothing that keeps clients from checking whom they talk to.*serverName and caBundle/,
    ],
    [
      "encryption that does not look at the name",
      "GITHUB_PORT: {connection: github, value: port}",
      "GITHUB_PORT: {connection: github, value: port}\n        PGSSLMODE: require",
      /servers\.github-mcp\.env\.PGSSLMODE: given "require"; allowed: nothing that keeps clients/,
    ],
    [
      "a switch that a secret would hide",
      "GITHUB_TOKEN: {secret",
      "GITHUB_SSL_VERIFY: {secret",
      /servers\.github-mcp\.env\.GITHUB_SSL_VERIFY: .*allowed: nothing that keeps clients/,
    ],
    [
      "the server name of a service whose owner states none",
      "GITHUB_PORT: {connection: github, value: port}",
      "GITHUB_PORT: {connection: github, value: port}\n        GITHUB_SERVER_NAME: {connection: github, value: serverName}",
      /servers\.github-mcp\.env\.GITHUB_SERVER_NAME\.value: given "serverName" of github, whose service states none; allowed: "host" or "port"\. .*tls\.serverName/,
    ],
    [
      "requests above the limits",
      EXPOSE,
      "resources: {requests: {memory: 1Gi}}",
      /servers\.memory-mcp\.resources: given .*"memory":"1Gi".*; allowed: requests of at most the limits/,
    ],
    [
      "requests of CPU above the limits, in other units",
      EXPOSE,
      "resources: {requests: {cpu: 1500m}, limits: {cpu: '1.2'}}",
      /servers\.memory-mcp\.resources: .*requests of at most the limits/,
    ],
    [
      "a quantity that is none",
      EXPOSE,
      "resources: {limits: {memory: 512MB}}",
      /servers\.memory-mcp\.resources\.limits\.memory: given "512MB"; allowed: bytes such as "512Mi"/,
    ],
  ];
  for (const [what, from, to, says] of mistakes) {
    it(`${what} is one clear error`, () => {
      const problems = problemsAfter(from, to);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", says);
      assert.match(problems[0] ?? "", /^mcp-servers\.demo: /);
    });
  }

  const sound: readonly (readonly [string, string | RegExp, string])[] = [
    ["a single replica with the budget of one by default", REPLICAS, "replicas: 1"],
    ["a budget that leaves one to go", EXPOSE, "disruptions: {minAvailable: 1}"],
    [
      "a load balancer in two of three AZs, for some clients, on a port of its own",
      EXPOSE,
      "expose: {azIds: [use1-az1, use1-az2], from: [10.40.0.0/17], port: 443}",
    ],
    [
      "requests as high as the limits, in other units",
      EXPOSE,
      "resources: {requests: {cpu: 1000m, memory: 1Gi}, limits: {cpu: '1', memory: 1024Mi}}",
    ],
  ];
  for (const [what, from, to] of sound) it(`${what} is sound`, () => assert.deepEqual(problemsAfter(from, to), []));

  describe("with a service that speaks TLS", () => {
    const AUTHORITY = readFileSync(join(import.meta.dirname, "../fixtures/acme-authority.pem"), "utf8");
    const LEAF = readFileSync(join(import.meta.dirname, "../fixtures/acme.example.pem"), "utf8");
    const SERVICES = "customer-services.demo.tools";
    const speaks = (serverName: string, caBundle?: string): string[] => {
      const tls = { serverName, ...(caBundle !== undefined && { caBundle }) };
      return problemsAfter(
        /( *)acceptanceRequired: false/,
        `$1acceptanceRequired: false\n$1tls: ${JSON.stringify(tls)}`,
        SERVICES,
      );
    };
    const NAME = "github.acme.example";

    it("a server that goes there has to be told the server name, and the bundle where there is one", () => {
      assert.match(
        speaks(NAME, AUTHORITY).join("\n"),
        /^mcp-servers\.demo: corpai:servers\.github-mcp\.env: given the host of github, and no variable with its serverName; allowed: a variable \{ connection: github, value: serverName \} .*for github\.acme\.example, which is not the endpoint's name.*\n.*no variable with its caBundle; .*signed by an authority of its owner's/,
      );
      assert.deepEqual(
        problemsAfter(
          "GITHUB_PORT: {connection: github, value: port}",
          "GITHUB_PORT: {connection: github, value: port}\n        GITHUB_SERVER_NAME: {connection: github, value: serverName}\n        GITHUB_CA: {connection: github, value: caBundle}",
        ),
        [],
      );
    });

    it("a bundle is wanted of it only where its owner states one", () => {
      assert.match(speaks(NAME).join("\n"), /^[^\n]*no variable with its serverName[^\n]*$/);
    });

    it("a bundle that is no certificate, or none that could ever be that of the service, is one clear error", () => {
      assert.match(
        speaks(NAME, "no certificate").join("\n"),
        /^customer-services\.demo\.tools: corpai:services\.github\.tls\.caBundle: .*; allowed: X\.509 certificates as PEM[^\n]*$/,
      );
      cpSync(join(ENVIRONMENTS_FOLDER, `Pulumi.${SERVICES}.yaml`), join(folder, `Pulumi.${SERVICES}.yaml`));
      assert.match(
        speaks("github.other.example", LEAF).join("\n"),
        /tls\.caBundle: .*; allowed: an authority, or a certificate for the server name: this one would shut every client out/,
      );
    });
  });

  it("an environment without stores has servers without stores", () => {
    rmSync(join(folder, "Pulumi.data.demo.yaml"));
    const problems = loadEnvironment("demo", { folder }).problems.map(describeProblem);
    assert.equal(problems.length, 7, "one for each of the variables that name one");
    assert.ok(
      problems.every((problem) => problem.includes("no store, since this environment has none")),
      problems.join("\n"),
    );
    rmSync(join(folder, "Pulumi.mcp-servers.demo.yaml"));
    cpSync(join(ENVIRONMENTS_FOLDER, "Pulumi.mcp-servers.demo.yaml"), join(folder, "Pulumi.mcp-servers.demo.yaml"));
    assert.deepEqual(problemsAfter(/ {4}memory-mcp:\n(?: {6}.*\n)+/, ""), []);
  });

  it("nothing is said of stores while their own file is wrong", () => {
    const problems = problemsAfter("engine: valkey", "engine: redis", "data.demo");
    assert.ok(
      problems.every((problem) => problem.startsWith("data.demo")),
      problems.join("\n"),
    );
  });
});

describe("images in a network without NAT gateways", () => {
  const EAST = "444455556666.dkr.ecr.us-east-1.amazonaws.com";
  const images = (registry: string): string[] => {
    problemsAfter("natGateways: single", "natGateways: none", "network.demo");
    return problemsAfter(/public\.ecr\.aws/g, registry);
  };

  it("come from ECR's private registries of the region, in any account", () => assert.deepEqual(images(EAST), []));

  for (const [what, registry] of [
    ["a public registry, for which AWS has no endpoint", "ghcr.io"],
    ["another region's registry, to which the network's endpoints do not lead", EAST.replace("us-east-1", "eu-west-1")],
    ["a registry that only seems to be ECR's", `${EAST}.example.com`],
  ] as const)
    it(`from ${what} are one clear error each`, () => {
      const problems = images(registry);
      assert.equal(problems.length, 4, problems.join("\n"));
      for (const problem of problems)
        assert.match(
          problem,
          /^mcp-servers\.demo: corpai:(servers\.\S+\.image|databaseClientImage): given "\S+"; allowed: images in ECR's private registries of the region, <account>\.dkr\.ecr\.us-east-1\.amazonaws\.com\/…, since network\.demo has natGateways: none\. .*or set corpai:natGateways of network\.demo/,
        );
      assert.ok(problems.some((problem) => problem.includes("corpai:databaseClientImage")));
    });

  it("come from anywhere where there are some", () =>
    assert.deepEqual(problemsAfter(/public\.ecr\.aws/g, "ghcr.io"), []));
});
