// Proves what the schemas and the environment check refuse because AWS would: names taken twice, quotas, permissions, AZs, lists with duplicates, and what
// our programs never ask for. It starts from the committed demo files and breaks one thing at a time; no engine and no AWS takes part.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { describeProblem } from "../../model/problem.ts";
import type { StatedQuotas } from "../../model/quotas.ts";
import { formatStackName } from "../../model/stack-name.ts";
import {
  ENVIRONMENTS_FOLDER,
  type StackSource,
  judgeEnvironment,
  stackNamed,
  stacksOf,
} from "../../stacks/environment.ts";
import { readStackFile } from "../../stacks/stack-file.ts";

type Config = Record<string, unknown>;
type Files = Record<string, Config>;

const read = (stack: string): Config =>
  structuredClone<Config>({ ...readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.${stack}.yaml`)).raw });

/** All that is wrong with the demo's files after a change; stacks may be added and removed. */
function problemsAfter(change: (files: Files) => void, quotas: StatedQuotas = {}): string[] {
  const names = stacksOf("demo").map(formatStackName);
  // Secure values are symbols, which no clone can hold, and no test here needs.
  const files: Files = Object.fromEntries(
    names.filter((name) => !["mcp-servers.demo", "private-connections.demo"].includes(name)).map((n) => [n, read(n)]),
  );
  change(files);
  const sources = Object.entries(files).map(([name, raw]): StackSource => ({
    stack: stackNamed(name),
    raw,
    problems: [],
  }));
  return judgeEnvironment(sources, { today: "2026-11-21", class: "demo", branch: "main", quotas }).problems.map(
    describeProblem,
  );
}

/** Exactly one problem, and that in these words. */
function refused(change: (files: Files) => void, says: RegExp, stacks = 1): void {
  const problems = problemsAfter(change);
  assert.equal(problems.length, stacks, problems.join("\n"));
  for (const problem of problems) assert.match(problem, says);
}

const part = (files: Files, stack: string, key: string): unknown => files[stack]?.[key] ?? assert.fail(stack);
const DATA = "customer-services.demo.data";
const ACCOUNT = "111122223333";
interface Service {
  targets: Record<string, unknown>;
  [key: string]: unknown;
}
const clickhouse = (files: Files): Service =>
  (part(files, DATA, "corpai:services") as Record<string, Service>).clickhouse ?? assert.fail("no clickhouse");
const registrations = (count: number, prefix = "c"): Config =>
  Object.fromEntries(
    Array.from({ length: count }, (_none, index) => [
      `${prefix}${index}`,
      { displayName: `Service ${index}`, service: { fromStack: DATA, key: "clickhouse" } },
    ]),
  );
const withoutAcceptances = (files: Files): void => {
  for (const name of Object.keys(files))
    if (name.startsWith("customer-acceptance")) files[name] = { ...files[name], "corpai:accept": {} };
};

describe("files that AWS would refuse half-way", () => {
  it("are none of the demo's", () =>
    assert.deepEqual(
      problemsAfter(() => undefined),
      [],
    ));

  it("more connections than a VPC may have endpoints, over all cells, unless AWS has raised the quota", () => {
    const cells = (files: Files): void => {
      withoutAcceptances(files);
      const first = files["connections.demo"] ?? {};
      files["connections.demo"] = { ...first, "corpai:registrations": registrations(30) };
      files["connections.demo.second"] = { ...first, "corpai:registrations": registrations(21, "d") };
    };
    refused(
      cells,
      /corpai:registrations: given 61 interface endpoints in CorpAI's VPC: for 51 connections, 30 in connections\.demo, 21 in connections\.demo\.second, and 10 to AWS's own services; allowed: at most 50, AWS's quota "Interface VPC endpoints per VPC" \(vpc L-29B6F2EB\)\. Let AWS raise it in account 111122223333 and state the new value as quotas\.111122223333\.interfaceEndpointsPerVpc/,
      2,
    );
    assert.deepEqual(problemsAfter(cells, { [ACCOUNT]: { interfaceEndpointsPerVpc: 61 } }), []);
    assert.equal(problemsAfter(cells, { [ACCOUNT]: { interfaceEndpointsPerVpc: 60 } }).length, 2);
    assert.equal(problemsAfter(cells, { "444455556666": { interfaceEndpointsPerVpc: 61 } }).length, 2);
  });

  it("more connections than endpoint subnets have addresses, unless some of them stand in a cell", () => {
    const quotas = { [ACCOUNT]: { interfaceEndpointsPerVpc: 1000 } };
    const many = (common: number, inCell: number) => (files: Files) => {
      withoutAcceptances(files);
      const first = files["connections.demo"] ?? {};
      files["network.demo"] = { ...files["network.demo"], "corpai:endpointCells": { east: { block: 2 } } };
      files["connections.demo"] = { ...first, "corpai:registrations": registrations(common) };
      files["connections.demo.east"] = {
        ...first,
        "corpai:cell": "east",
        "corpai:registrations": registrations(inCell, "d"),
      };
    };
    assert.deepEqual(problemsAfter(many(497, 251), quotas), []);
    const common = problemsAfter(many(498, 251), quotas);
    assert.equal(common.length, 3, common.join("\n"));
    assert.match(
      common.join("\n"),
      /connections\.demo: corpai:registrations: given 498 connections in use1-az1, of 508 endpoints that its subnet 10\.40\.144\.0\/23 would hold; allowed: at most 507 endpoints/,
    );
    const cell = problemsAfter(many(497, 252), quotas);
    assert.match(
      cell.join("\n"),
      /connections\.demo\.east: .*given 252 connections in use1-az1, of 252 endpoints that its subnet 10\.40\.200\.0\/24/,
    );
  });

  it("a cell that the network does not have, two cells in one block, a cell's AZ that is not the network's, cells in a small VPC", () => {
    const network = (files: Files, endpointCells: object, more: Config = {}) =>
      (files["network.demo"] = { ...files["network.demo"], "corpai:endpointCells": endpointCells, ...more });
    refused((files) => {
      network(files, { east: { block: 1 } });
      files["connections.demo"] = { ...files["connections.demo"], "corpai:cell": "west" };
    }, /connections\.demo: corpai:cell: given "west"; allowed: cells of network\.demo: east/);
    refused(
      (files) => network(files, { east: { block: 1 }, west: { block: 1 } }),
      /endpointCells\.west: given block 1, which east has as well/,
    );
    refused(
      (files) => network(files, { east: { block: 1, azIds: ["use1-az1", "use1-az6"] } }),
      /endpointCells\.east: given \["use1-az6"\]; allowed: AZs of the network/,
    );
    refused((files) => network(files, { east: { block: 9 } }), /endpointCells\.east\.block: .*from 1 to 8/);
    const small = problemsAfter((files) =>
      network(files, { east: { block: 1 } }, { "corpai:vpcCidr": "10.40.0.0/21" }),
    );
    assert.match(
      small.join("\n"),
      /endpointCells: given 1 cells in 10\.40\.0\.0\/21; allowed: cells in a VPC of \/20 or larger/,
    );
  });

  it("more listeners, load balancers and rules than AWS allows, each with AWS's own name for the quota", () => {
    const ports = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_none, index) => [`p${index}`, { port: 9000 + index }]));
    refused(
      (files) => (clickhouse(files).ports = ports(50)),
      /corpai:services\.clickhouse: given 51 listeners .*at most 50, AWS's quota "Listeners per Network Load Balancer" \(elasticloadbalancing L-57A373D6\)\. AWS raises it for nobody: give some/,
    );
    const services = (files: Files): void => {
      const own = Object.fromEntries(Array.from({ length: 50 }, (_none, index) => [`s${index}`, clickhouse(files)]));
      files[DATA] = { ...files[DATA], "corpai:services": { clickhouse: clickhouse(files), ...own } };
    };
    refused(
      services,
      /corpai:services: given 51 load balancers of account 111122223333 in us-east-1, over customer-services\.demo\.data; allowed: at most 50.*L-69A177A2.*loadBalancersPerRegion/,
    );
    assert.deepEqual(problemsAfter(services, { [ACCOUNT]: { loadBalancersPerRegion: 51 } }), []);
    refused((files) => {
      const tenants = Array.from({ length: 61 }, (_none, index) => `t${index}`);
      files["network.demo"] = { ...files["network.demo"], "corpai:tenants": tenants };
      const own = part(files, "connections.demo", "corpai:registrations") as Record<string, Config>;
      own.clickhouse = { ...own.clickhouse, tenants };
    }, /registrations\.clickhouse: given 61 rules in its group: 61 groups of servers on 1 ports; allowed: at most 60/);
  });

  it("a policy of more names of services than IAM takes characters", () => {
    refused((files) => {
      const serviceNames = Array.from(
        { length: 100 },
        (_none, index) => `com.amazonaws.vpce.us-east-1.vpce-svc-${String(index).padStart(17, "0")}`,
      );
      files["customer-access.demo.data"] = {
        ...files["customer-access.demo.data"],
        "corpai:limits": { vpcId: "vpc-0acedada000000001", serviceNames },
      };
    }, /limits\.serviceNames: given \d{4} characters, which 100 names of services make the policy; allowed: at most 6144/);
  });

  it("one service key twice, which would be one name of a load balancer", () => {
    refused(
      (files) => (files[`${DATA}2`] = read(DATA)),
      /customer-services\.demo\.data2: corpai:services\.clickhouse: given a key that customer-services\.demo\.data has as well; allowed: each service key once per environment/,
    );
  });

  it("a service's own name for an endpoint whose role may not have one, and twice in a VPC", () => {
    const named = (files: Files): void => {
      clickhouse(files).privateDns = { name: "clickhouse.acme.example", recordPublished: true };
    };
    refused(
      named,
      /customer-access\.demo\.data: corpai:reach\.privateNames: given false; allowed: true, since clickhouse is to go by its service's own name/,
    );
    refused((files) => {
      named(files);
      files["customer-access.demo.data"] = {
        ...read("customer-access.demo.data"),
        "corpai:reach": { privateNames: true },
      };
      withoutAcceptances(files);
      files["connections.demo"] = { ...files["connections.demo"], "corpai:registrations": registrations(2) };
    }, /corpai:registrations\.c1\.service: given a service named clickhouse\.acme\.example, which c0 of connections\.demo is as well/);
  });

  it("a service in another region that the registration does not name, or that names its own", () => {
    refused(
      (files) => (clickhouse(files).supportedRegions = ["us-east-1"]),
      /customer-services\.demo\.data: corpai:services\.clickhouse\.supportedRegions: given us-east-1; allowed: regions other than us-east-1/,
    );
    refused((files) => {
      const all = part(files, "connections.demo", "corpai:registrations") as Record<string, Config>;
      all.clickhouse = { ...all.clickhouse, serviceRegion: "us-east-1" };
    }, /registrations\.clickhouse\.serviceRegion: given "us-east-1"; allowed: no key, since the service is in us-east-1 as well/);
  });

  it("keys that differ and still make one name of a target group", () => {
    refused((files) => {
      const own = { ...clickhouse(files), loadBalancerOf: "clickhouse", acceptanceRequired: undefined, port: 8444 };
      clickhouse(files).ports = { logs: { port: 9000 } };
      const services = part(files, DATA, "corpai:services") as Record<string, unknown>;
      services["clickhouse-logs"] = own;
      delete (own as Config).acceptanceRequired;
    }, /services\.clickhouse-logs: given a name that makes the target group "corpai-clickhouse-logs-tg", as corpai:services\.clickhouse\.ports\.logs of customer-services\.demo\.data does/);
  });

  it("one name of a policy for two stacks of an account", () => {
    refused(
      (files) => (files["customer-access.demo.again"] = read("customer-access.demo.data")),
      /customer-access\.demo\.again: aws:allowedAccountIds: given 111122223333, the account of customer-access\.demo\.data as well/,
    );
  });

  it("a role that gets no permission for what connections does", () => {
    refused(
      (files) =>
        (files["customer-access.demo.data"] = { ...read("customer-access.demo.data"), "corpai:forPulumi": false }),
      /connections\.demo: aws:assumeRoles: given arn:\S+; allowed: a role with CorpAIPrivateServiceConnectivityForPulumi/,
    );
  });

  it("a role other than the one that gets the permissions", () => {
    refused(
      (files) =>
        (files["customer-access.demo.data"] = { ...read("customer-access.demo.data"), "corpai:roleName": "other" }),
      /connections\.demo: aws:assumeRoles: given \S+corpai-cross-account-access; allowed: the role other, to which customer-access\.demo\.data attaches/,
    );
  });

  it("AZs of which only one can hold EKS's control plane", () => {
    const problems = problemsAfter((files) => {
      files["network.demo"] = { ...files["network.demo"], "corpai:azIds": ["use1-az3", "use1-az2"] };
    });
    assert.match(
      problems.join("\n"),
      /network\.demo: corpai:azIds: given \["use1-az3","use1-az2"\]; allowed: AZs of which at least 2 can hold EKS's control plane/,
    );
  });

  it("one AZ twice, for CorpAI's subnets and for a load balancer's", () => {
    refused(
      (files) => (part(files, "network.demo", "corpai:azIds") as string[]).push("use1-az1"),
      /network\.demo: corpai:azIds: .*allowed: each AZ id once/,
    );
    refused(
      (files) =>
        (part(files, DATA, "corpai:subnets") as object[]).push({ id: "subnet-0acedada00000000d", azId: "use1-az1" }),
      /corpai:subnets: .*allowed: one subnet per AZ/,
    );
  });

  it("one target twice, and more than a load balancer may have", () => {
    const twice = ["i-0acedada0c11c0001", "i-0acedada0c11c0001"];
    refused(
      (files) => (clickhouse(files).targets = { type: "instance", instanceIds: twice }),
      /services\.clickhouse\.targets\.instanceIds: .*allowed: each instance once/,
    );
    refused(
      (files) => (clickhouse(files).targets = { type: "ip", addresses: ["10.20.0.21", "10.20.0.21"] }),
      /services\.clickhouse\.targets\.addresses: .*allowed: each address once/,
    );
    const many = Array.from({ length: 501 }, (_none, index) => `10.20.${index >> 8}.${index & 255}`);
    refused(
      (files) => (clickhouse(files).targets = { type: "ip", addresses: many }),
      /services\.clickhouse\.targets\.addresses: .*allowed: at most 500/,
    );
  });

  it("one endpoint accepted twice, one principal twice, and principals with a path", () => {
    const endpoint = { fromStack: "connections.demo", key: "clickhouse" };
    refused(
      (files) =>
        (files["customer-acceptance.demo.data"] = {
          ...files["customer-acceptance.demo.data"],
          "corpai:accept": { clickhouse: [endpoint, { ...endpoint }] },
        }),
      /corpai:accept\.clickhouse: .*allowed: each endpoint once/,
    );
    const root = "arn:aws:iam::111122223333:root";
    refused(
      (files) => (files[DATA] = { ...files[DATA], "corpai:principals": [root, root] }),
      /corpai:principals: .*allowed: each principal once/,
    );
    refused(
      (files) => (files[DATA] = { ...files[DATA], "corpai:principals": ["arn:aws:iam::111122223333:role/a/b"] }),
      /corpai:principals\.0: .*allowed: the ARN of an account, role or user, without a path/,
    );
  });

  for (const [what, key, value] of [
    ["an endpoint policy", "policy", "{}"],
    ["private DNS", "privateDnsEnabled", true],
    ["automatic acceptance", "autoAccept", true],
    ["subnets of its own", "subnetIds", ["subnet-0acedada00000000a", "subnet-0acedada00000000b"]],
  ] as const) {
    it(`${what} for a connection, which no customer's service offers or our programs choose`, () => {
      refused(
        (files) => {
          const all = part(files, "connections.demo", "corpai:registrations") as Record<string, Config>;
          all.clickhouse = { ...all.clickhouse, [key]: value };
        },
        new RegExp(`registrations\\.clickhouse\\.${key}: given a key that nobody reads`),
      );
    });
  }

  it("deletion of a service to which a connection of this environment leads", () => {
    refused((files) => {
      withoutAcceptances(files);
      const services = part(files, DATA, "corpai:services") as Record<string, Service>;
      services.postgres = { ...clickhouse(files) };
      delete services.clickhouse;
    }, /connections\.demo: corpai:registrations\.clickhouse\.service\.key: given clickhouse; allowed: a key of customer-services\.demo\.data: postgres/);
  });
});

describe("how an environment is delivered", () => {
  const DELIVERY = "delivery.demo";
  const TOOLS_ROLES = "bootstrap.demo.tools";

  it("leaves no stack without settings: an account without roles is refused, with the stacks that it has", () => {
    refused(
      (files) => void Reflect.deleteProperty(files, TOOLS_ROLES),
      /^delivery\.demo: corpai:leaveOut: given no settings for customer-services\.demo\.tools, customer-acceptance\.demo\.tools: no bootstrap stack of demo makes roles for deployments in 444455556666; allowed: settings for every stack/,
    );
    const leaveOut = {
      "customer-services.demo.tools": "Acme's own pipeline does",
      "customer-acceptance.demo.tools": "Acme's own pipeline does",
    };
    const problems = problemsAfter((files) => {
      Reflect.deleteProperty(files, TOOLS_ROLES);
      files[DELIVERY] = { ...files[DELIVERY], "corpai:leaveOut": leaveOut };
    });
    assert.deepEqual(problems, []);
  });

  it("needs a branch", () => {
    const sources = ["bootstrap.demo", DELIVERY].map((name): StackSource => ({
      stack: stackNamed(name),
      raw: read(name),
      problems: [],
    }));
    const { problems } = judgeEnvironment(sources, { today: "2026-11-21", class: "demo" });
    const own = problems.filter(({ stack }) => stack === DELIVERY).map(describeProblem);
    assert.equal(own.length, 1);
    assert.match(
      own[0] ?? "",
      /environments\.yaml: demo: given no branch; allowed: the branch from which .*branch: main/,
    );
  });

  it("leaves out, and narrows, what there is", () => {
    refused((files) => {
      files[DELIVERY] = { ...files[DELIVERY], "corpai:leaveOut": { "network.prod": "It is not of this one" } };
    }, /corpai:leaveOut: given "network\.prod"; allowed: stacks of demo: network\.demo, /);
    refused((files) => {
      files[DELIVERY] = { ...files[DELIVERY], "corpai:paths": { networks: ["stacks/**"] } };
    }, /corpai:paths: given "networks"; allowed: programs of demo: network, /);
  });

  it("is of one repository and one organization: roles that trust another cannot be assumed", () => {
    refused((files) => {
      files[TOOLS_ROLES] = { ...files[TOOLS_ROLES], "corpai:repository": "acme/other" };
    }, /^bootstrap\.demo\.tools: corpai:repository: given "acme\/other"; allowed: "acme\/connect", that of delivery\.demo/);
    refused((files) => {
      files[TOOLS_ROLES] = { ...files[TOOLS_ROLES], "corpai:organization": "globex" };
    }, /^bootstrap\.demo\.tools: corpai:organization: given "globex"; allowed: "acme"/);
  });

  it("has one pair of roles in an account", () => {
    refused((files) => {
      files["bootstrap.demo.again"] = structuredClone(files[TOOLS_ROLES] ?? assert.fail(TOOLS_ROLES));
    }, /corpai:repository: given a stack in 444455556666, where bootstrap\.demo\.(tools|again) makes the environment's roles as well/);
  });

  it("makes neither states nor roles from nothing, and no deployments' roles without a repository", () => {
    const only =
      (config: Config): ((files: Files) => void) =>
      (files) => {
        const { "aws:region": region, "aws:allowedAccountIds": accounts } = files[TOOLS_ROLES] ?? {};
        Reflect.deleteProperty(files, DELIVERY);
        files[TOOLS_ROLES] = {
          "aws:region": region,
          "aws:allowedAccountIds": accounts,
          "corpai:side": "customer",
          ...config,
        };
      };
    refused(only({}), /bootstrap\.demo\.tools: corpai:?.*: given neither; allowed: stateBucket, repository, or both/);
    refused(
      only({ "corpai:stateBucket": "acme-state", "corpai:organization": "acme" }),
      /bootstrap\.demo\.tools: corpai:organization: given "acme"; allowed: a repository beside it/,
    );
  });
});
