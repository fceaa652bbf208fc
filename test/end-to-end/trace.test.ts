// Proves, by the command itself over the demo in the sandbox, that `corpai trace` explains both paths before and after the first update, and three broken
// variations with their fix, each where the sandbox's own packets stop; and that `handover` and `evidence` say what stands. It runs what people run; AWS
// itself is not asked.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Recorded } from "../components/support/recorder.ts";
import { fromPulumi, fromSteps, fromTemplate, inOrder } from "../model/support/handover-readers.ts";
import { Clone } from "./support/clone.ts";

interface TraceDocument {
  readonly environment: string;
  readonly connections: readonly {
    readonly key: string;
    readonly verdict: string;
    readonly hops: readonly Record<"hop" | "from" | "to" | "verdict" | "because", string>[];
    readonly blockedAt: string | null;
    readonly fix: string | null;
  }[];
}
type Traced = TraceDocument["connections"][number];

const SERVICES_FILE = "environments/Pulumi.customer-services.demo.data.yaml";
const DECIDED = [
  "dns",
  "source-group",
  "acceptance",
  "endpoint-group",
  "zone",
  "load-balancer-group",
  "listener",
  "target-registration",
];

describe("corpai trace demo", function () {
  this.timeout(600_000);
  const clone = Clone.create();
  after(() => clone.remove());

  async function traced(...args: string[]): Promise<{ readonly code: number; readonly of: (key: string) => Traced }> {
    const { code, out, err } = await clone.corpai("trace", "demo", "--json", ...args);
    assert.match(err, /^demo \(class demo\) in the sandbox: account/, `the first line says where\n${out}${err}`);
    const document = JSON.parse(out || assert.fail(err)) as TraceDocument;
    assert.deepEqual(Object.keys(document), ["environment", "connections", "privateConnections", "exposures"]);
    const of = (key: string): Traced => {
      const found = document.connections.find((one) => one.key === key);
      assert.ok(found, key);
      assert.deepEqual(Object.keys(found), ["key", "verdict", "hops", "blockedAt", "fix"]);
      for (const hop of found.hops)
        assert.deepEqual(Object.keys(hop), ["hop", "from", "to", "port", "verdict", "because"]);
      return found;
    };
    return { code, of };
  }
  const verdictsOf = ({ hops }: Traced, verdict: string): string[] => [
    ...new Set(hops.filter((hop) => hop.verdict === verdict).map(({ hop }) => hop)),
  ];

  async function pulumi(...args: string[]): Promise<string> {
    const settings = clone.sandbox.environment(await clone.sandbox.start());
    const { code, out, err } = await clone.run("pulumi", [...args, "--non-interactive", "--color", "never"], settings);
    assert.equal(code, 0, `${out}${err}`);
    return out;
  }

  /** What a stack has made, its own ids as the mocks of component tests have them; each resource's own id is among its inputs. */
  async function stateOf(stack: string): Promise<Recorded[]> {
    const { deployment } = JSON.parse(await pulumi("stack", "export", "--stack", stack)) as {
      deployment: { resources: { urn: string; type: string; id?: string; custom?: boolean; inputs?: object }[] };
    };
    const made = deployment.resources.filter(({ custom, type }) => custom && type.startsWith("aws:"));
    const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
    const plain = made.reduce(
      (text, { urn, id = "" }) =>
        text.replaceAll(`"${id}"`, `"${nameOf(urn)}-${id.startsWith("arn:") ? "arn" : "id"}"`),
      JSON.stringify(made.map(({ inputs }) => inputs)),
    );
    const inputs = JSON.parse(plain) as Record<string, unknown>[];
    return made.map(({ urn, type, id }, index) => ({ type, name: nameOf(urn), inputs: { ...inputs[index], id } }));
  }

  /** Where the sandbox's own packets stop, over all pods of a workload. */
  async function walkedTo(deployment: string): Promise<(string | undefined)[]> {
    const pods = (await clone.sandbox.pods("demo")).filter((pod) => pod.deployment === deployment);
    assert.ok(pods.length > 0, deployment);
    return [...new Set(pods.flatMap(({ walks }) => walks.map(({ blockedAt }) => blockedAt)))];
  }

  it("answers before the first update, from previews, and brings nothing up", async () => {
    const { code, of } = await traced();
    assert.equal(code, 0);
    for (const key of ["clickhouse", "github"]) {
      assert.deepEqual([of(key).verdict, of(key).blockedAt], ["undecided", null], key);
      for (const hop of ["acceptance", "zone", "load-balancer-group", "listener", "target-registration"])
        assert.ok(verdictsOf(of(key), "open").includes(hop), `${key}: ${hop} is known from the files`);
    }
    assert.deepEqual([clone.made(), clone.changedFiles()], [[], ""]);
  });

  describe("once it is up", () => {
    before(async () => {
      const { code, out, err } = await clone.corpai("up", "demo");
      assert.equal(code, 0, `${out}${err}`);
    });

    it("lets both connections through at every hop that Pulumi's data decides, as the sandbox does", async () => {
      const { code, of } = await traced();
      assert.equal(code, 0);
      assert.deepEqual(verdictsOf(of("clickhouse"), "open"), [...DECIDED, "target-group"]);
      assert.deepEqual(verdictsOf(of("clickhouse"), "undecided"), ["target-health", "target"]);
      assert.deepEqual(verdictsOf(of("github"), "open"), DECIDED);
      // Nobody opens GitHub's own group by program: its rules are the customer's.
      assert.deepEqual(verdictsOf(of("github"), "undecided"), ["target-health", "target-group", "target"]);
      assert.deepEqual([await walkedTo("clickhouse-mcp"), await walkedTo("github-mcp")], [[undefined], [undefined]]);
    });

    it("asks AWS itself, with --live, whether targets are healthy", async () => {
      const { code, out, err } = await clone.corpai("trace", "demo", "clickhouse", "--live", "--json");
      assert.equal(code, 0, out + err);
      const { connections } = JSON.parse(out) as {
        connections: { hops: { hop: string; verdict: string; because: string }[] }[];
      };
      const health = connections[0]?.hops.find(({ hop }) => hop === "target-health");
      assert.equal(health?.verdict, "open");
      assert.match(health.because, /i-0acedada0c11c0001:8443 is healthy.*as AWS sees it now/);
    });

    it("prints one line for each hop, with ids, AZs, ports and rules", async () => {
      const { code, out } = await clone.corpai("trace", "demo", "clickhouse");
      assert.equal(code, 0);
      assert.equal(out.split("\n").filter((line) => /^ +\d+ /.test(line)).length, 12);
      assert.match(
        out,
        /source-group +open +to vpce-[0-9a-f]{17} \(10\.40\.\d+\.\d+ \(subnet-[0-9a-f]{17}, use1-az1\).*, 8443\/tcp: out by rule sgr-[0-9a-f]{17} of sg-[0-9a-f]{17}/,
      );
      assert.doesNotMatch(out, /github/);
    });

    it("hands a service over as it stands: template, steps in the console and what the update has made are the same", async () => {
      const handed = async (format: string): Promise<string> => {
        const args = ["handover", "demo", "clickhouse", "--vpc-cidr", "10.20.0.0/16", "--format", format];
        const { code, out, err } = await clone.corpai(...args);
        assert.equal(code, 0, err);
        return out;
      };
      const standing = inOrder(fromPulumi(await stateOf("customer-services.demo.data")));
      assert.deepEqual(inOrder(fromTemplate(await handed("cloudformation"))), standing);
      assert.deepEqual(inOrder(fromSteps(await handed("console"))), standing);
      const { code, err } = await clone.corpai("handover", "demo", "snowflake", "--vpc-cidr", "10.20.0.0/16");
      assert.notEqual(code, 0);
      assert.match(err, /SERVICE: given "snowflake"; allowed: a service of the environment: clickhouse, github/);
    });

    it("puts one page of evidence before a reviewer, from what stands, with no secret in it", async () => {
      const { code, out } = await clone.corpai("evidence", "demo", "clickhouse");
      assert.equal(code, 0, out);
      const endpoint = (await stateOf("connections.demo")).find(
        ({ type, name }) => type.endsWith(":VpcEndpoint") && name === "clickhouse",
      );
      assert.ok(out.includes(String(endpoint?.inputs.id)), out);
      for (const says of [
        /^# Evidence: clickhouse \(ClickHouse Production\), environment demo/m,
        /state available/,
        /8443/,
        /10\.40\.0\.0\/17/,
        /may ask for a connection: arn:aws:iam::111122223333:role\/corpai-cross-account-access/,
        /clickhouse-mcp holds secrets clickhousePasswordSecret/,
        /^## What CorpAI can do in the customer's account/m,
      ])
        assert.match(out, says);
      assert.doesNotMatch(out, /\bv1:|password-/);
      const { code: missing, err } = await clone.corpai("evidence", "demo", "snowflake");
      assert.notEqual(missing, 0);
      assert.match(err, /there is no connection "snowflake" in demo\. The connections are: clickhouse, github/);
    });

    it("refuses a connection that there is not, and names those that there are", async () => {
      const { code, err } = await clone.corpai("trace", "demo", "snowflake");
      assert.notEqual(code, 0);
      assert.match(
        err,
        /there is no connection "snowflake" in demo\. The connections are: clickhouse, github, observability, memory\./,
      );
    });

    it("finds the load balancer's group without CorpAI's client CIDR, though AWS calls everything healthy", async () => {
      const { deployment } = JSON.parse(await pulumi("stack", "export", "--stack", "customer-services.demo.data")) as {
        deployment: { resources: { urn: string }[] };
      };
      const urn =
        deployment.resources
          .map((resource) => resource.urn)
          .find((name) => name.endsWith("::clickhouse-nlb-from-10.40.0.0/17")) ?? "";
      await pulumi("destroy", "--yes", "--skip-preview", "--stack", "customer-services.demo.data", "--target", urn);
      const { code, of } = await traced();
      assert.equal(code, 1);
      assert.deepEqual(
        [of("clickhouse").verdict, of("clickhouse").blockedAt, of("github").blockedAt],
        ["blocked", "load-balancer-group", null],
      );
      assert.match(
        of("clickhouse").hops.at(-1)?.because ?? "",
        /sg-\w+ of corpai-clickhouse-nlb admits no 8443\/tcp from the pods' own addresses, 10\.40\.0\.0\/20 .*enforced on PrivateLink traffic/,
      );
      assert.match(
        of("clickhouse").fix ?? "",
        /ingress rule for 10\.40\.0\.0\/17 back.*corpai:clientCidr in environments\/Pulumi\.customer-services\.demo\.data\.yaml, then npx corpai up demo --only customer-services\.demo\.data/,
      );
      assert.deepEqual(await walkedTo("clickhouse-mcp"), ["load-balancer-group"]);
      await pulumi("up", "--yes", "--skip-preview", "--stack", "customer-services.demo.data");
      assert.equal((await traced("clickhouse")).code, 0, "and the fix is one");
    });

    it("finds in a preview that a load balancer built again without a subnet leaves an AZ of the endpoint, before anything is changed", async () => {
      const undo = clone.edit(SERVICES_FILE, (text) => text.replace(/ +- \{ ?id: subnet-0acedada00000000c.*\n/, ""));
      const refused = await clone.corpai("trace", "demo", "clickhouse", "--preview");
      assert.match(
        refused.err,
        /corpai:subnets: .*AWS takes none away from one that endpoints use/,
        "a program says so first",
      );
      // Somebody who has taken that check out is told by the trace.
      const putBack = clone.edit("stacks/customer-services/standing.ts", (text) =>
        text.replace(/const lost = .*;/, "const lost: string[] = [];"),
      );
      const { code, of } = await traced("clickhouse", "--preview");
      undo();
      putBack();
      assert.equal(code, 1);
      assert.equal(of("clickhouse").blockedAt, "zone");
      assert.match(
        of("clickhouse").hops.at(-1)?.because ?? "",
        /\(subnet-\w+, use1-az4\), but the service's load balancer is only in use1-az1, use1-az2$/,
      );
      assert.match(
        of("clickhouse").fix ?? "",
        /add a subnet in use1-az4 to corpai:subnets in environments\/Pulumi\.customer-services\.demo\.data\.yaml/,
      );
      assert.equal((await traced("clickhouse")).of("clickhouse").blockedAt, null, "what stands is as it was");
    });

    it("finds that the acceptance is gone, before and after a refresh", async () => {
      await pulumi("destroy", "--yes", "--skip-preview", "--stack", "customer-acceptance.demo.data");
      const stale = await traced();
      assert.equal(stale.code, 1);
      assert.deepEqual([stale.of("clickhouse").blockedAt, stale.of("github").blockedAt], ["acceptance", null]);
      assert.match(
        stale.of("clickhouse").hops.at(-1)?.because ?? "",
        /vpce-svc-\w+ wants each connection accepted, and no program has accepted vpce-/,
      );
      assert.match(stale.of("clickhouse").fix ?? "", /npx corpai up demo --only customer-acceptance/);
      assert.deepEqual(await walkedTo("clickhouse-mcp"), ["acceptance"]);

      const { code, out, err } = await clone.corpai("refresh", "demo", "--only", "connections");
      assert.equal(code, 0, `${out}${err}`);
      const { of } = await traced("clickhouse");
      assert.equal(of("clickhouse").blockedAt, "acceptance");
      assert.match(of("clickhouse").hops.at(-1)?.because ?? "", /vpce-\w+ is rejected, as last recorded/);
      assert.match(of("clickhouse").fix ?? "", /the customer rejected clickhouse/);
    });

    it("leaves every file as it was", () => {
      assert.equal(clone.changedFiles(), "");
    });
  });
});
