// Proves that dev, staging and prod are one platform in three sizes: what differs between them is a list, and anything else that differs is a mistake. What
// each class demands of what is built: test/end-to-end/other-environment.test.ts.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { betweenEnvironments } from "../../model/between-environments.ts";
import { planCidrs } from "../../model/cidr-plan.ts";
import { type EnvironmentFacts } from "../../model/environment-facts.ts";
import { describeProblem } from "../../model/problem.ts";
import { azIdPrefix } from "../../model/zones.ts";
import { SECURE } from "../../stacks/configuration.ts";
import {
  ENVIRONMENTS_FOLDER,
  environments,
  loadAmongOthers,
  loadEnvironment,
  stacksOf,
} from "../../stacks/environment.ts";
import { formatStackName } from "../../model/stack-name.ts";
import { readStackFile } from "../../stacks/stack-file.ts";

/** Everything below a configuration, by `<program> <path>`, in the environment's own words for its name, accounts and ids. */
function leavesOf(environment: string): Map<string, string> {
  const account = loadEnvironment(environment).facts.network?.account ?? "";
  const leaves = new Map<string, string>();
  const walk = (path: string, value: unknown): void => {
    if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(`${path}.${key}`, inner);
    else
      leaves.set(
        path,
        (value === SECURE ? "secure" : String(value))
          .replaceAll(account, "ACCOUNT")
          .replaceAll(new RegExp(`\\.${environment}\\b`, "g"), ".NAME")
          .replace(/-0ace[0-9a-f]{4}/, "-ID"),
      );
  };
  for (const stack of stacksOf(environment)) {
    const { raw } = readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.${formatStackName(stack)}.yaml`));
    walk(`${stack.program} ${stack.instance ?? ""}`, raw);
  }
  return leaves;
}

/** Accounts, CIDRs, AZs, ways to the internet and sizes. */
const MAY_DIFFER = [
  "network .corpai:vpcCidr",
  "network .corpai:azIds.2",
  "network .corpai:natGateways",
  "customer-services acme.corpai:clientCidr",
  "data .corpai:stores.memory.instanceClass",
  "data .corpai:stores.memory.storageGb",
  "data .corpai:stores.sessions.nodeType",
  "mcp-servers .corpai:servers.clickhouse-mcp.replicas.max",
  "mcp-servers .corpai:servers.clickhouse-mcp.replicas.min",
  "mcp-servers .corpai:servers.memory-mcp.replicas.max",
  "mcp-servers .corpai:servers.memory-mcp.replicas.min",
].sort();

describe("dev, staging and prod", () => {
  it("differ in accounts, CIDRs, AZs, NAT gateways and sizes, and in nothing else", () => {
    const all = ["dev", "staging", "prod"].map(leavesOf);
    const paths = [...new Set(all.flatMap((leaves) => [...leaves.keys()]))];
    assert.ok(paths.length > 60, "there is something to compare");
    const differing = paths.filter((path) => new Set(all.map((leaves) => leaves.get(path))).size > 1);
    assert.deepEqual(differing.sort(), MAY_DIFFER);
  });

  it("are sound, each by itself and beside the others", () => {
    for (const name of Object.keys(environments()))
      assert.deepEqual(loadAmongOthers(name).problems.map(describeProblem), [], name);
  });
});

describe("two environments", () => {
  const dev = loadEnvironment("dev").facts;
  /** Staging, as it would be in dev's account. */
  const beside = (changes: Partial<EnvironmentFacts> = {}): EnvironmentFacts => {
    const staging = loadEnvironment("staging").facts;
    const moved = <T extends { readonly account: string }>(one: T): T => ({
      ...one,
      account: dev.network?.account ?? "",
    });
    return {
      ...staging,
      network: staging.network && moved(staging.network),
      customerAccess: staging.customerAccess.map(moved),
      customerServices: staging.customerServices.map(moved),
      ...changes,
    };
  };
  const said = (own: EnvironmentFacts, other = dev): string[] => betweenEnvironments(own, other).map(describeProblem);

  it("in one account have VPCs apart, and each name once", () => {
    const problems = said(beside());
    assert.equal(problems.length, 2, problems.join("\n"));
    assert.match(problems[0] ?? "", /customer-access\.staging\.acme: .*one customer-access stack per account/);
    assert.match(problems[1] ?? "", /services\.clickhouse: .*the name corpai-clickhouse-nlb is taken once/);
    const { network } = beside();
    assert.ok(network);
    const overlapping = { ...network, vpcCidr: planCidrs(dev.network?.vpcCidr ?? "", []).clientCidr };
    assert.match(
      said(beside({ network: overlapping }))[0] ?? "",
      /given 10\.48\.0\.0\/17, which overlaps 10\.48\.0\.0\/16/,
    );
  });

  it("in accounts of their own may have everything alike, and class demo is in nobody's way", () => {
    const elsewhere = loadEnvironment("staging").facts;
    const { network } = elsewhere;
    assert.ok(network);
    assert.deepEqual(said({ ...elsewhere, network: { ...network, vpcCidr: "10.48.0.0/16" } }), []);
    assert.deepEqual(said(beside({ class: "demo" })), []);
  });

  it("in other regions may have services of one key", () => {
    const moved = beside().customerServices.map((one) => ({ ...one, region: "us-west-2" }));
    assert.deepEqual(said(beside({ customerAccess: [], customerServices: moved })), []);
  });
});

describe("ids of AZs", () => {
  it("begin with the region's abbreviation", () => {
    for (const [region, prefix] of [
      ["us-east-1", "use1"],
      ["us-gov-west-1", "usgw1"],
      ["eu-central-2", "euc2"],
      ["ap-northeast-1", "apne1"],
      ["ap-southeast-5", "apse5"],
      ["me-south-1", "mes1"],
      ["mx-central-1", "mxc1"],
    ] as const)
      assert.equal(azIdPrefix(region), prefix);
    assert.equal(azIdPrefix("us-iso-east-1"), undefined, "of a word that is not known, nothing is said");
  });
});
