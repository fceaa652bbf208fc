// Proves what the schemas and the environment check refuse because AWS would: names taken twice, quotas, permissions, AZs, lists with duplicates, and what
// our programs never ask for. It starts from the committed demo files and breaks one thing at a time; no engine and no AWS takes part.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { describeProblem } from "../../model/problem.ts";
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
function problemsAfter(change: (files: Files) => void): string[] {
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
  return judgeEnvironment(sources, { today: "2026-11-21", class: "demo", branch: "main" }).problems.map(
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
      /corpai:registrations: given 51 connections of this environment: 30 in connections\.demo, 21 in connections\.demo\.second; and 10 endpoints to AWS's own services; allowed: at most 50 interface endpoints in a VPC.*corpai:interfaceEndpointQuota of network\.demo/,
      2,
    );
    const raised = problemsAfter((files) => {
      cells(files);
      files["network.demo"] = { ...files["network.demo"], "corpai:interfaceEndpointQuota": 61 };
    });
    assert.deepEqual(raised, []);
  });

  it("one service key twice, which would be one name of a load balancer", () => {
    refused(
      (files) => (files[`${DATA}2`] = read(DATA)),
      /customer-services\.demo\.data2: corpai:services\.clickhouse: given a key that customer-services\.demo\.data has as well; allowed: each service key once per environment/,
    );
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
      (files) => delete files[TOOLS_ROLES],
      /^delivery\.demo: corpai:leaveOut: given no settings for customer-services\.demo\.tools, customer-acceptance\.demo\.tools: no bootstrap stack of demo makes roles for deployments in 444455556666; allowed: settings for every stack/,
    );
    const leaveOut = {
      "customer-services.demo.tools": "Acme's own pipeline does",
      "customer-acceptance.demo.tools": "Acme's own pipeline does",
    };
    const problems = problemsAfter((files) => {
      delete files[TOOLS_ROLES];
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
        delete files[DELIVERY];
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
