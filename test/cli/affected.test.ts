// Proves which stacks a change of each kind touches, exactly, in a scratch clone; and that the imports it goes by are those that Node.js follows. What a
// touched stack would become, only its preview says: test/end-to-end/pull-request.test.ts.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { affectedBy } from "../../cli/affected.ts";
import { changeSince } from "../../cli/git-tree.ts";
import { ProjectView } from "../../model/project-view.ts";
import type { Lockfile } from "../../model/lockfile.ts";
import { programNames } from "../../stacks/catalog.ts";
import { environments, stacksOf } from "../../stacks/environment.ts";
import { formatStackName } from "../../model/stack-name.ts";
import { Clone } from "../end-to-end/support/clone.ts";
import { severalCustomers } from "../end-to-end/support/customers.ts";

const ROOT = join(import.meta.dirname, "../..");
const ENVIRONMENTS = Object.keys(environments());
/** What is about all other stacks of its environment comes with any of them, and is asked about by itself. */
const isDelivery = (stack: string): boolean => stack.startsWith("delivery.");
const stacksIn = (environment: string): string[] =>
  stacksOf(environment)
    .map(formatStackName)
    .filter((stack) => !isDelivery(stack));
const ALL = ENVIRONMENTS.flatMap(stacksIn);
const of = (...programs: readonly string[]): string[] =>
  ALL.filter((stack) => programs.includes(stack.split(".")[0] ?? ""));
/** What runs on connections, and on whether they are accepted. */
const BEHIND_CONNECTIONS = ["connections", "customer-acceptance", "mcp-servers", "private-connections"];
/** What runs on the data of agents. */
const BEHIND_AGENT_DATA = ["agentcore-tools", "agentcore-runtime"];

describe("what a change touches", function () {
  this.timeout(120_000);
  let clone: Clone;
  let [first, base] = ["", ""];
  before(() => {
    clone = Clone.create();
    first = base = clone.git("rev-parse", "HEAD").trim();
  });
  afterEach(() => {
    base = first;
    clone.git("checkout", "--quiet", "--force", "main");
    clone.git("reset", "--quiet", "--hard", first);
    clone.git("clean", "--quiet", "-fd");
  });
  after(() => clone.remove());

  const edit = (file: string, change: (text: string) => string = (text) => `${text}\n`): void => {
    clone.edit(file, change);
  };
  const write = (file: string, text: string): void => {
    mkdirSync(join(clone.folder, file, ".."), { recursive: true });
    writeFileSync(join(clone.folder, file), text);
  };
  /** Each touched stack, with the ways by which the change comes to it. */
  function touched(since = base): Record<string, string> {
    const all = affectedBy(changeSince(since, clone.folder));
    const found = all.filter(({ stack }) => !isDelivery(stack));
    if (found.some(({ environment }) => environment === "demo"))
      assert.equal(all.at(-1)?.stack, "delivery.demo", "what sets up the others' delivery comes after them");
    return Object.fromEntries(
      found.map(({ stack, because }) => [stack, [...new Set(because.map(({ through }) => through))].sort().join(" ")]),
    );
  }
  const each = (stacks: readonly string[], through: string): Record<string, string> =>
    Object.fromEntries(stacks.map((stack) => [stack, through]));
  /** The code of servers alone, and what reads them. */
  const SERVERS = { ...each(of("mcp-servers"), "code"), ...each(of("private-connections"), "upstream") };
  const lockfile = (change: (packages: Record<string, Lockfile[string]>) => void): void =>
    edit("package-lock.json", (text) => {
      const lock = JSON.parse(text) as { packages: Record<string, Lockfile[string]> };
      change(lock.packages);
      return JSON.stringify(lock, null, 2);
    });
  const raised =
    (place: string) =>
    (packages: Record<string, Lockfile[string]>): void => {
      const entry = packages[place];
      assert.ok(entry, place);
      packages[place] = { ...entry, version: "99.0.0" };
    };

  describe("by code:", () => {
    it("a component touches the program that imports it, and those that read this one", () => {
      edit("components/data/place.ts");
      assert.deepEqual(touched(), {
        ...each(of("data", "agentcore-data"), "code"),
        ...each(of("mcp-servers", "private-connections", ...BEHIND_AGENT_DATA), "upstream"),
      });
    });

    it("a component of two programs touches both", () => {
      edit("components/logging/encrypted-log-group.ts");
      const behind = of("data", "agentcore-data", "agentcore-runtime", ...BEHIND_CONNECTIONS);
      assert.deepEqual(touched(), {
        ...each(of("network", "agentcore-network"), "code"),
        ...each(of("cluster", "agentcore-tools"), "code upstream"),
        ...each(behind, "upstream"),
        ...each(of("private-connections"), "code upstream"),
      });
    });

    it("a module that one program alone uses touches nothing else, at the end of the line", () => {
      edit("model/database-roles.ts");
      assert.deepEqual(touched(), SERVERS);
    });

    it("what every program judges its files by touches all", () => {
      edit("model/problem.ts");
      assert.deepEqual(Object.keys(touched()).sort(), ALL.toSorted());
    });

    it("a module that is imported for its types only touches nothing: they are erased", () => {
      write("components/data/shapes.ts", "export interface Shape { readonly size: number }\n");
      edit("components/data/place.ts", (text) => `import type { Shape } from "./shapes.ts";\n${text}`);
      base = clone.commit("shapes");
      edit("components/data/shapes.ts");
      assert.deepEqual(touched(), {});
    });

    it("a module that nobody imports any more touches whom it did: it ran there before", () => {
      edit("components/mcp/mcp-server.ts", (text) => text.replace(/^import .*pod-defaults.*\n/m, ""));
      rmSync(join(clone.folder, "components/mcp/pod-defaults.ts"));
      assert.deepEqual(touched(), SERVERS);
      const [{ because } = { because: [] }] = affectedBy(changeSince(base, clone.folder));
      assert.ok(because.some(({ what }) => what.startsWith("components/mcp/pod-defaults.ts, imported by ")));
    });

    it("a renamed module touches the same stacks as an edited one", () => {
      clone.git("mv", "components/data/place.ts", "components/data/site.ts");
      const importers = clone.git("grep", "--name-only", "/place.ts", "--", "components", "stacks").trim().split("\n");
      for (const path of importers) edit(path, (text) => text.replaceAll("/place.ts", "/site.ts"));
      const found = affectedBy(changeSince(base, clone.folder));
      assert.deepEqual(
        found
          .map(({ stack }) => stack)
          .filter((stack) => !isDelivery(stack))
          .sort(),
        of("data", "agentcore-data", "mcp-servers", "private-connections", ...BEHIND_AGENT_DATA).sort(),
      );
      const data = found.find(({ stack }) => stack === "data.prod")?.because.map(({ what }) => what) ?? [];
      assert.ok(
        data.some((what) => what.startsWith("components/data/place.ts, imported by ")),
        "the name that is gone",
      );
      assert.ok(
        data.some((what) => what.startsWith("components/data/site.ts, imported by ")),
        "and the new one",
      );
    });

    it("where a module imports what only running it would tell, any other may be what it imports", () => {
      edit("components/data/place.ts", (text) => `${text}\nexport const load = (name: string) => import(name);\n`);
      base = clone.commit("computed");
      edit("components/network/flow-logs.ts");
      const found = touched();
      assert.deepEqual(
        Object.keys(found).sort(),
        of(
          "network",
          "cluster",
          "data",
          "agentcore-network",
          "agentcore-data",
          ...BEHIND_AGENT_DATA,
          ...BEHIND_CONNECTIONS,
        ).sort(),
      );
      assert.match(found["data.prod"] ?? "", /code/);
      assert.doesNotMatch(found["cluster.prod"] ?? "", /code/);
    });

    it("a file beside the modules that is none touches all: who reads it is not known", () => {
      write("components/network/ranges.json", "{}");
      assert.deepEqual(touched(), { ...each(ALL, "code"), ...withUpstream("code") });
    });
  });

  /** Stacks that read others. */
  const withUpstream = (through: string): Record<string, string> =>
    each(of("cluster", "data", "agentcore-data", ...BEHIND_AGENT_DATA, ...BEHIND_CONNECTIONS), `${through} upstream`);

  describe("by configuration:", () => {
    it("a stack's file touches the stack, and those that read it, in its environment only", () => {
      edit("environments/Pulumi.connections.dev.yaml");
      assert.deepEqual(touched(), {
        "connections.dev": "configuration",
        "customer-acceptance.dev.acme": "upstream",
        "mcp-servers.dev": "upstream",
      });
    });

    it("of several cells, the one whose registrations name the stack", () => {
      severalCustomers(clone);
      base = clone.commit("several customers");
      edit("environments/Pulumi.customer-access.demo.globex.yaml");
      const after = ["connections.demo.a", "connections.demo.b"];
      const acceptances = ["data", "globex", "tools"].map((name) => `customer-acceptance.demo.${name}`);
      const rest = each([...after, ...acceptances, "mcp-servers.demo", ...of("private-connections")], "upstream");
      assert.deepEqual(touched(), { "customer-access.demo.globex": "configuration", ...rest });

      clone.git("checkout", "--quiet", "--", "environments");
      edit("environments/Pulumi.customer-services.demo.tools.yaml");
      const named = each(
        [...acceptances, "connections.demo.b", "mcp-servers.demo", ...of("private-connections")],
        "upstream",
      );
      assert.deepEqual(touched(), { "customer-services.demo.tools": "configuration", ...named });
    });

    it("a renamed stack is one that is gone and one that is new", () => {
      clone.git("mv", "environments/Pulumi.connections.dev.yaml", "environments/Pulumi.connections.dev.a.yaml");
      const found = affectedBy(changeSince(base, clone.folder));
      assert.deepEqual(
        found.map(({ stack, removed }) => [stack, removed]),
        [
          ["connections.dev", true],
          ["connections.dev.a", false],
          ["customer-acceptance.dev.acme", false],
          ["mcp-servers.dev", false],
          ["delivery.demo", false],
        ],
      );
      assert.deepEqual(found[0]?.because, [
        { through: "configuration", what: "environments/Pulumi.connections.dev.yaml is gone" },
      ]);
    });

    it("a file that cannot be read may name any stack", () => {
      write("environments/Pulumi.connections.dev.yaml", "config: [");
      base = clone.commit("broken");
      edit("environments/Pulumi.customer-services.prod.acme.yaml");
      assert.ok("connections.dev" in touched());
    });

    it("an environment's class touches its stacks, and a new environment none but its own", () => {
      edit(
        "environments/environments.yaml",
        (text) => `${text.replace("dev: { class: dev, ", "dev: { class: staging, ")}qa: { class: dev }\n`,
      );
      const found = touched();
      assert.deepEqual(Object.keys(found).sort(), stacksIn("dev").sort());
      assert.ok(Object.values(found).every((through) => through.startsWith("configuration")));
    });
  });

  describe("of what is about all other stacks of its environment:", () => {
    const delivery = (): readonly { readonly through: string; readonly what: string }[] =>
      affectedBy(changeSince(base, clone.folder)).find(({ stack }) => isDelivery(stack))?.because ?? [];

    it("it is touched with any of these, and says with which", () => {
      edit("components/mcp/scaling.ts");
      assert.deepEqual(
        delivery().map(({ through, what }) => [through, what]),
        [
          ["upstream", "mcp-servers.demo, whose delivery it sets up"],
          ["upstream", "private-connections.demo, whose delivery it sets up"],
        ],
      );
    });

    it("and by a file that is new or gone, since path filters name files; by no document", () => {
      write("model/unused.ts", "export const UNUSED = 1;\n");
      assert.deepEqual(touched(), {});
      assert.deepEqual(delivery(), [
        { through: "code", what: "model/unused.ts: path filters name it or leave it out" },
      ]);
      rmSync(join(clone.folder, "model/unused.ts"));
      write("docs/unused.md", "# Unused\n");
      assert.deepEqual(delivery(), []);
    });

    it("and by nothing of another environment", () => {
      edit("environments/Pulumi.connections.dev.yaml");
      assert.deepEqual(delivery(), []);
    });

    it("its own code touches nothing else", () => {
      edit("components/delivery/stack-policies.ts");
      assert.deepEqual(touched(), {});
      assert.deepEqual(delivery(), [
        { through: "code", what: "components/delivery/stack-policies.ts, imported by stacks/delivery/index.ts" },
      ]);
    });
  });

  describe("by packages:", () => {
    it("one that a program imports touches it", () => {
      lockfile(raised("node_modules/@pulumi/eks"));
      assert.deepEqual(touched(), {
        ...each(of("cluster"), "lockfile"),
        ...each(of("mcp-servers", "private-connections"), "upstream"),
      });
    });

    it("one that another package needs touches whoever imports that", () => {
      const text = readFileSync(join(clone.folder, "package-lock.json"), "utf8");
      const { packages } = JSON.parse(text) as { packages: Lockfile };
      const [needed] = Object.keys(packages["node_modules/@pulumi/awsx"]?.dependencies ?? {}).filter(
        (name) => !name.startsWith("@pulumi/") && !(name in (packages[""]?.dependencies ?? {})),
      );
      assert.ok(needed, "@pulumi/awsx needs a package that is not of ours");
      lockfile(raised(`node_modules/${needed}`));
      const found = touched();
      assert.match(found["network.prod"] ?? "", /lockfile/);
      assert.equal(found["customer-services.prod.acme"], undefined);
    });

    it("one of the policy pack's touches all, by policy", () => {
      lockfile(raised("node_modules/@pulumi/policy"));
      assert.deepEqual(touched(), { ...each(ALL, "policy"), ...withUpstream("policy") });
    });

    it("one of the tests' touches nothing, nor does a package that merely more need than before", () => {
      lockfile((packages) => {
        raised("node_modules/mocha")(packages);
        packages["node_modules/zod"] = { ...packages["node_modules/zod"], dev: true } as Lockfile[string];
      });
      assert.deepEqual(touched(), {});
    });

    it("a lockfile that cannot be read touches all", () => {
      write("package-lock.json", "{");
      assert.deepEqual(touched(), { ...each(ALL, "lockfile"), ...withUpstream("lockfile") });
    });
  });

  describe("by policy:", () => {
    it("a rule touches all", () => {
      edit("policy/rules/nlb-internal.ts");
      assert.deepEqual(touched(), { ...each(ALL, "policy"), ...withUpstream("policy") });
    });

    it("what the pack does not load touches nothing", () => {
      edit("policy/document.ts");
      assert.deepEqual(touched(), {});
    });

    it("how strict the pack is with an environment touches that environment", () => {
      edit("environments/policies.demo.json");
      assert.deepEqual(Object.keys(touched()).sort(), stacksIn("demo").sort());
    });

    it("the common set touches those environments that have none of their own", () => {
      edit("policy/sets/strict.json");
      assert.deepEqual(
        Object.keys(touched()).sort(),
        ENVIRONMENTS.filter((name) => name !== "demo")
          .flatMap(stacksIn)
          .sort(),
      );
    });
  });

  describe("by all else:", () => {
    it("documents, tests and the command itself touch nothing", () => {
      for (const file of ["README.md", "docs/operator.md", "test/cli/affected.test.ts", "cli/main.ts", ".ci/run"])
        edit(file);
      assert.deepEqual(touched(), {});
    });

    it("the sandbox touches the environments that run in it", () => {
      edit("sandbox/aws/vpc.ts");
      assert.deepEqual(Object.keys(touched()).sort(), stacksIn("demo").sort());
    });

    for (const file of ["Pulumi.yaml", "setup.mjs", "tsconfig.json"])
      it(`${file} touches all`, () => {
        edit(file);
        assert.deepEqual(touched(), { ...each(ALL, "project"), ...withUpstream("project") });
      });

    it("a file of which nothing is known touches all", () => {
      write("Dockerfile", "FROM scratch\n");
      assert.deepEqual(Object.keys(touched()).sort(), ALL.toSorted());
    });

    it("of package.json, what Node.js finds modules by touches all, and a script nothing", () => {
      edit("package.json", (text) => text.replace('"lint": ', '"linted": '));
      assert.deepEqual(touched(), {});
      edit("package.json", (text) => text.replace('"type": "module",', '"type": "module", "imports": {},'));
      assert.deepEqual(Object.keys(touched()).sort(), ALL.toSorted());
    });
  });

  describe("is counted", () => {
    it("from the commit's files to those of the folder, committed or not", () => {
      edit("components/mcp/scaling.ts");
      clone.commit("one");
      edit("environments/Pulumi.data.dev.yaml");
      write("environments/Pulumi.customer-access.dev.globex.yaml", "config: {}\n");
      assert.deepEqual(touched(), {
        ...SERVERS,
        "data.dev": "configuration",
        "customer-access.dev.globex": "configuration",
        ...each(["connections.dev", "customer-acceptance.dev.acme"], "upstream"),
        "mcp-servers.dev": "code upstream",
      });
    });

    it("also from a commit that is no ancestor: what it had is undone", () => {
      clone.git("checkout", "--quiet", "-b", "dropped");
      edit("components/mcp/scaling.ts");
      const dropped = clone.commit("dropped");
      clone.git("checkout", "--quiet", "main");
      assert.deepEqual(touched(dropped), SERVERS);
    });

    it("by corpai affected, in words and in JSON, in the order in which stacks come up", async () => {
      edit("environments/Pulumi.connections.dev.yaml");
      const said = await clone.corpai("affected", "--since", "main");
      assert.equal(said.code, 0, said.err);
      assert.match(said.out, /connections\.dev\n {2}configuration {2}environments\/Pulumi\.connections\.dev\.yaml\n/);
      const { out } = await clone.corpai("affected", "--since", "main", "--json");
      assert.deepEqual(JSON.parse(out), {
        since: base,
        environments: [{ environment: "dev", class: "dev", needsKubernetesApi: true }],
        stacks: [
          {
            stack: "connections.dev",
            because: [{ through: "configuration", what: "environments/Pulumi.connections.dev.yaml" }],
          },
          {
            stack: "customer-acceptance.dev.acme",
            because: [{ through: "upstream", what: "connections.dev, whose outputs it reads" }],
          },
          {
            stack: "mcp-servers.dev",
            because: [
              { through: "upstream", what: "connections.dev, whose outputs it reads" },
              { through: "upstream", what: "customer-acceptance.dev.acme, which changes what it finds in AWS" },
            ],
          },
        ],
      });
    });

    it("from nothing but a commit that there is, in a clone that has a history", () => {
      for (const reference of ["nowhere", "--output=/tmp/x", ""])
        assert.throws(
          () => changeSince(reference, clone.folder),
          /--since: given .*; allowed: a commit, branch or tag that this clone has\. .*fetch-depth/,
        );
      assert.throws(
        () => changeSince("HEAD", tmpdir()),
        /a folder whose history git does not tell.*Clone the repository/,
      );
    });
  });
});

describe("the imports that it goes by", function () {
  this.timeout(120_000);
  const paths = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT, encoding: "utf8" });
  const files = new Set(paths.split("\0").filter((path) => path !== ""));
  const read = (path: string): string | undefined =>
    files.has(path) ? readFileSync(join(ROOT, path), "utf8") : undefined;
  const view = new ProjectView({ paths: files, read }, new Map());
  /** @returns files that Node.js loads, by what they are */
  function loaded(...modules: readonly string[]): { readonly ours: string[]; readonly places: Set<string> } {
    const helper = join(import.meta.dirname, "support/loaded.mjs");
    const out = execFileSync(process.execPath, [helper, ...modules], {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    const lines = out.trim().split("\n");
    const places = lines.flatMap((line) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(line)?.[0] ?? []);
    return { ours: lines.filter((line) => !line.includes("node_modules/")).sort(), places: new Set(places) };
  }

  for (const program of programNames)
    it(`of ${program} are the files that Node.js loads, no more and no fewer`, () => {
      const actual = loaded("stacks/index.ts", `stacks/${program}/index.ts`);
      const reached = view.ofProgram(program);
      assert.deepEqual([...reached.modules.keys()].sort(), actual.ours);
      const places = view.placesOf(reached);
      assert.deepEqual(
        [...actual.places].filter((place) => !places.has(place)),
        [],
        "and packages that it loads",
      );
    });

  it("of the policy pack are those as well", () => {
    // The pack's entry would begin to serve.
    const actual = loaded("policy/compile-cache.mjs", "policy/rules.ts", "policy/frame/pack.ts");
    const reached = view.ofPolicies();
    const own = [...reached.modules.keys()].filter((path) => !["policy/pack.mjs", "policy/index.ts"].includes(path));
    assert.deepEqual(own.sort(), actual.ours);
    assert.deepEqual(reached.computed, []);
  });
});
