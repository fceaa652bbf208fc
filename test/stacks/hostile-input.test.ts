// Proves that files written by mistake or in bad faith are refused with one clear error each: no crash, nothing silently dropped or read in two ways, and
// nothing in the error that a terminal would obey. It looks at text and file names; random values behind a sound text are in random-environments.test.ts,
// and what programs say under plain `pulumi` in test/end-to-end/bad-input.test.ts.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { describeProblem, describeProblems } from "../../model/problem.ts";
import {
  ENVIRONMENTS_FOLDER,
  environments,
  judgeEnvironment,
  loadEnvironment,
  stackFiles,
  stackNamed,
  stackOfFile,
} from "../../stacks/environment.ts";
import { stackFileOf } from "../../stacks/stack-file.ts";
import { yamlOf } from "../../stacks/yaml-file.ts";

const NETWORK = { program: "network", environment: "demo", instance: undefined } as const;
const TODAY = "2026-11-21";

const HEAD = `config:
  aws:region: us-east-1
  aws:allowedAccountIds: ["111122223333"]
  aws:defaultTags: { tags: { ManagedBy: corpai-terraform } }
  corpai:azIds: [use1-az1, use1-az2]
`;
const VPC = "  corpai:vpcCidr: 10.40.0.0/16\n";

function problemsOf(yaml: string | Uint8Array): string[] {
  const bytes = typeof yaml === "string" ? Buffer.from(yaml) : yaml;
  const { problems } = judgeEnvironment([{ stack: NETWORK, ...stackFileOf(yamlOf(bytes)) }], {
    today: TODAY,
    class: "demo",
  });
  return problems.map(describeProblem);
}

/** What a terminal may get of somebody else's text. */
function assertHarmless(text: string): void {
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
}

describe("a file's text", () => {
  it("may have CRLF line ends and a byte order mark", () => {
    assert.deepEqual(problemsOf(HEAD + VPC), []);
    assert.deepEqual(problemsOf(`\ufeff${HEAD}${VPC}`.replaceAll("\n", "\r\n")), []);
  });

  const bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n";
  const unquoted = /in line \d+ \S+ without quotes.*Add quotes, or write the number that is meant/;
  const cases: [what: string, yaml: string | Uint8Array, says: RegExp][] = [
    ["a bomb of aliases", `${bomb}d: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n${HEAD}${VPC}`, /in line 2 the alias \*a/],
    ["an alias of itself, which has no end", `${HEAD}  corpai:vpcCidr: &a [*a]\n`, /in line 6 the alias \*a/],
    ["a merge key", `${HEAD}${VPC}  <<: { corpai:natGateways: none }\n`, /<<: given a key that nobody reads/],
    ["a key twice", `${HEAD}${VPC}  "corpai:vpcCidr": 10.41.0.0/16\n`, /Map keys must be unique at line 7/],
    ["a key twice, deep inside", `${HEAD}${VPC}  corpai:natGateways: { a: 1, a: 2 }\n`, /Map keys must be unique/],
    [
      "a tag that would construct something",
      `${HEAD}  corpai:vpcCidr: !!js/function "x"\n`,
      /in line 6 the tag \S+js\/function/,
    ],
    [
      "a tag that readers drop",
      `${HEAD}  corpai:vpcCidr: !cidr 10.40.0.0/16\n`,
      /the tag !cidr; allowed: values without tags/,
    ],
    ["bytes in a tag", `${HEAD}  corpai:vpcCidr: !!binary aGVsbG8=\n`, /the tag \S+binary/],
    [
      "another version of YAML, in which words mean other things",
      `%YAML 1.1\n---\n${HEAD}${VPC}`,
      /directive %YAML 1\.1/,
    ],
    ["a second document", `${HEAD}${VPC}---\nconfig: {}\n`, /multiple documents/],
    ["no mapping at all", "- 1\n- 2\n", /allowed: a map of namespace:key to value/],
    ["a configuration that is a list", "config: [1]\n", /allowed: a map of namespace:key to value/],
    ["broken text", "config: {", /given .*; allowed: valid YAML/],
    [
      "broken text with a terminal's commands in it",
      `${HEAD}  x: \u001b]0;owned\u0007"a: b: {\n`,
      /allowed: valid YAML/,
    ],
    ["brackets without an end", `${HEAD}  corpai:vpcCidr: ${"[".repeat(100_000)}\n`, /nested without an end/],
    [
      "a value deeper than any schema",
      `${HEAD}  corpai:vpcCidr: ${"[".repeat(300)}${"]".repeat(300)}\n`,
      /at most 50 levels/,
    ],
    [
      "a key __proto__, which a schema would drop silently",
      `${HEAD}${VPC}  __proto__: { x: 1 }\n`,
      /the key __proto__, which nobody reads/,
    ],
    ["a key __proto__ beside config", `${HEAD}${VPC}__proto__: { x: 1 }\n`, /in line 7 the key __proto__/],
    [
      "a key constructor",
      `${HEAD}${VPC}  corpai:constructor: { x: 1 }\n`,
      /corpai:constructor: given a key that nobody reads/,
    ],
    ["a key that is a list", `${HEAD}${VPC}  ? [a, b]\n  : c\n`, /in line 7 a key that is no text/],
    ["a key that is a number", `${HEAD}${VPC}  1: c\n`, /in line 7 a key that is no text/],
    [
      "bytes that are no UTF-8, even in a comment",
      Buffer.concat([Buffer.from(`${HEAD}${VPC}# `), Buffer.of(0xff, 0xfe)]),
      /no UTF-8/,
    ],
    ["UTF-16", Buffer.from(`\ufeff${HEAD}${VPC}`, "utf16le"), /no UTF-8/],
    ["a file of two megabytes", `${HEAD}${VPC}# ${"x".repeat(2 << 20)}\n`, /\d+ bytes; allowed: at most 1048576 bytes/],
    [
      "a very long key",
      `${HEAD}${VPC}  ? corpai:${"x".repeat(100_000)}\n  : 1\n`,
      /x{100}\.\.\.: given a key that nobody reads/,
    ],
    [
      "a very long value",
      `${HEAD}  corpai:vpcCidr: "${"1".repeat(1_000_000)}"\n`,
      /given "1{100,200}\.\.\.; allowed: an IPv4 CIDR/,
    ],
    // Pulumi's parser takes these for 291, 1000, infinity, 16, not a number and a time.
    ...[
      "0443",
      "1_000",
      "1e999",
      "0x10",
      ".nan",
      "2026-12-31",
      "2026-12-31T00:00:00Z",
      "-.inf",
      "0b11",
      "1".repeat(40),
    ].map((text): [string, string, RegExp] => [
      `${text.slice(0, 25)} without quotes, which Pulumi reads differently`,
      `${HEAD}${VPC}  corpai:flowLogRetentionDays: ${text}\n`,
      unquoted,
    ]),
    [
      "a terminal's commands in a value",
      `${HEAD}  corpai:vpcCidr: "\\e[31m\\x9b2J\\u202e"\n`,
      /given "\\u001b\[31m\\u\{9b\}2J\\u\{202e\}"/,
    ],
    [
      "a terminal's commands in a key",
      `${HEAD}${VPC}  "corpai:\\e]0;x\\a": 1\n`,
      /corpai:\\u\{1b\}\]0;x\\u\{7\}: given a key that nobody reads/,
    ],
  ];
  for (const [what, yaml, says] of cases) {
    it(`${what}: is one error`, () => {
      const problems = problemsOf(yaml);
      assert.equal(problems.length, 1, problems.join("\n"));
      for (const problem of problems) {
        assert.match(problem, says);
        assertHarmless(problem);
        assert.ok(problem.length < 1200, `${problem.length} characters`);
      }
    });
  }

  it("whose text or number every reader reads alike is let through to the schema", () => {
    for (const text of ["8443", "-1", "1.35", '"0443"', "10.40.0.9", "4f1c6cbd", "12:30", "off", "1.2.3", "2026-w1"]) {
      const { problems } = yamlOf(Buffer.from(`x: ${text}\n`));
      assert.deepEqual(problems, [], text);
    }
  });

  it("whatever its bytes, is a value or a problem, and never a crash", () => {
    const files = readdirSync(ENVIRONMENTS_FOLDER).map((name) => readFileSync(join(ENVIRONMENTS_FOLDER, name)));
    const scraps = fc.oneof(
      fc.constantFrom(
        ...[
          "&a ",
          "*a",
          "!!map ",
          "__proto__:",
          "constructor: ",
          "? ",
          ": ",
          "- ",
          "{",
          "}",
          "[",
          "]",
          '"',
          "'",
          "|",
          ">",
          "%",
          "#",
        ],
        ...[
          "\n",
          "\t",
          "\r",
          "\u0000",
          "\u001b[2J",
          "\u202e",
          "\u2028",
          "<<: ",
          "---\n",
          "...\n",
          "~",
          "1e999",
          "secure: ",
          "\\u",
        ],
      ),
      fc.string({ unit: "binary", maxLength: 8 }),
    );
    const edits = fc.array(fc.record({ at: fc.nat(), drop: fc.nat(40), put: scraps }), { minLength: 1, maxLength: 5 });
    const seen = { refused: 0 };
    fc.assert(
      fc.property(fc.nat(), edits, (which, list) => {
        const bytes = list.reduce<Buffer>(
          (text, { at, drop, put }) => {
            const from = at % (text.length + 1);
            return Buffer.concat([text.subarray(0, from), Buffer.from(put), text.subarray(from + drop)]);
          },
          files[which % files.length] ?? Buffer.of(),
        );
        const { problems } = judgeEnvironment([{ stack: NETWORK, ...stackFileOf(yamlOf(bytes)) }], {
          today: TODAY,
          class: "demo",
        });
        for (const problem of problems) assertHarmless(describeProblem(problem));
        if (problems.length > 0) seen.refused++;
      }),
      { numRuns: 3000, seed: 20261124 },
    );
    assert.ok(seen.refused > 1000, `${seen.refused} of 3000 were refused`);
  }).timeout(60_000);
});

describe("names", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "environments-"));
    cpSync(ENVIRONMENTS_FOLDER, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const problemsIn = (): string[] => loadEnvironment("demo", { folder, today: TODAY }).problems.map(describeProblem);

  const files: [name: string, says: RegExp][] = [
    ["Pulumi.network.demo.\u001b[2J.yaml", /network\.demo\.\\u\{1b\}\[2J.*given a file that nobody reads/],
    ["Pulumi.network.demo\n.yaml", /^$/],
    ["Pulumi.customer-services.demo.x\ny.yaml", /\\u\{a\}y.*is no instance name/],
    ["Pulumi.customer-services.demo.\u202edata.yaml", /\\u\{202e\}data.*is no instance name/],
    ["Pulumi.customer-services.demo...yaml", /is not a stack of this project/],
    ["Pulumi.customer-services.demo.__proto__.yaml", /"__proto__" is no instance name/],
    ["Pulumi.__proto__.demo.yaml", /there is no program "__proto__"/],
    ["Pulumi.constructor.demo.yaml", /there is no program "constructor"/],
    ["Pulumi.network.demo.yml", /Pulumi reads Pulumi\.network\.demo\.yaml, and nothing that ends otherwise/],
    [`Pulumi.customer-services.demo.${"x".repeat(200)}.yaml`, /has 223 characters\. Pulumi allows 100/],
  ];
  for (const [name, says] of files) {
    it(`a file ${JSON.stringify(name).slice(0, 60)} is one error, or none of this environment`, () => {
      writeFileSync(join(folder, name), "config: {}\n");
      const problems = problemsIn();
      assert.ok(problems.length <= 1, problems.join("\n"));
      assert.match(problems.join("\n"), says);
      assertHarmless(problems.join(""));
    });
  }

  it("a file whose environment is nobody's is found among all files", () => {
    const name = "Pulumi.network.demo\n\u001b[2J.yaml";
    writeFileSync(join(folder, name), "config: {}\n");
    const stray = stackFiles(folder).find(({ file }) => file === name);
    assert.ok(stray);
    assert.throws(
      () => stackOfFile(stray, folder),
      ({ message }: Error) => {
        assertHarmless(message);
        return message.includes('there is no environment "demo\\u{a}\\u{1b}[2J"');
      },
    );
  });

  it("a folder, and a link to itself, in a file's place are errors in words", () => {
    mkdirSync(join(folder, "Pulumi.connections.demo.folder.yaml"));
    symlinkSync("Pulumi.connections.demo.link.yaml", join(folder, "Pulumi.connections.demo.link.yaml"));
    const problems = problemsIn();
    assert.match(problems.join("\n"), /demo\.folder: the file: given EISDIR.*allowed: a YAML file that can be read/);
    assert.match(problems.join("\n"), /demo\.link: the file: given ELOOP.*allowed: a YAML file that can be read/);
  });

  it("of stacks are refused where they are paths or commands, and say so harmlessly", () => {
    for (const name of [
      "../network.demo",
      "network/../../etc.demo",
      "network.demo.../x",
      "\u001b[2J.demo",
      "__proto__.demo",
      "",
    ])
      assert.throws(
        () => stackNamed(name),
        (error: Error) => {
          assertHarmless(error.message);
          return error.message.length < 700;
        },
        name,
      );
  });

  it("of environments are judged, one clear error each, and none is dropped", () => {
    const cases: [yaml: string, says: RegExp][] = [
      [
        "demo: { class: demo }\n__proto__: { class: prod }\n",
        /environments\.yaml: the file: given in line 2 the key __proto__/,
      ],
      [
        "demo: { class: demo }\n../prod: { class: prod }\n",
        /\.\.\/prod: given "\.\.\/prod"; allowed: lower-case letters/,
      ],
      [
        'demo: { class: demo }\n"\\e[2J": { class: prod }\n',
        /\\u\{1b\}\[2J: given "\\u001b\[2J"; allowed: lower-case letters/,
      ],
      [
        "demo: { class: production }\n",
        /demo\.class: given "production"; allowed: "demo" or "dev" or "staging" or "prod"/,
      ],
      ["demo: { class: demo, klass: x }\n", /demo\.klass: given a key that nobody reads/],
      ["[]\n", /given \[\]; allowed: a value of type record/],
    ];
    for (const [yaml, says] of cases) {
      writeFileSync(join(folder, "environments.yaml"), yaml);
      assert.throws(
        () => environments(folder),
        ({ message }: Error) => {
          assertHarmless(message);
          assert.match(message, says);
          return true;
        },
      );
    }
  });

  const inFiles: [what: string, stack: string, change: (text: string) => string, says: RegExp][] = [
    [
      "a path as a registration's key",
      "connections.demo",
      (text) => text.replace("    github:", "    ../github:"),
      /registrations\.\.\.\/github: given "\.\.\/github"; allowed: lower-case letters, digits and single hyphens/,
    ],
    [
      "a registration called constructor, to which every JavaScript object has an answer",
      "connections.demo",
      (text) => text.replace("    github:", "    constructor:"),
      /registrations\.constructor: given "constructor"; allowed: any other key/,
    ],
    [
      "a path as the name of another stack",
      "connections.demo",
      (text) => text.replace("customer-services.demo.tools", "../../customer-services.demo.tools"),
      /fromStack: given "\.\.\/\.\.\/customer-services\.demo\.tools"; allowed: a full stack name/,
    ],
    [
      "a terminal's commands in a display name",
      "connections.demo",
      (text) => text.replace("GitHub Enterprise", '"\\e]8;;http://evil\\aGitHub\\u202e"'),
      /displayName: given "\\u001b\]8;;http:\/\/evil\\u0007GitHub\\u\{202e\}"; allowed: one line without control characters/,
    ],
    [
      "a display name of two lines",
      "connections.demo",
      (text) => text.replace("GitHub Enterprise", '"GitHub\\nclickhouse: available"'),
      /displayName: given .*; allowed: one line without control characters/,
    ],
    [
      "a NUL in a pod's variable",
      "mcp-servers.demo",
      (text) => text.replace("      env:\n", '      env:\n        MODE: "a\\0b"\n'),
      /env\.MODE: given "a\\u0000b"; allowed: text without control characters/,
    ],
    [
      "a path as a role's name",
      "customer-access.demo.data",
      (text) => text.replace("encryptionsalt", "  corpai:roleName: ../admin\nencryptionsalt"),
      /roleName: given "\.\.\/admin"; allowed: a role's name of at most 64 characters, without a path/,
    ],
    [
      "a health check's path that ends a line",
      "customer-services.demo.data",
      (text) => text.replace("/ping", '"/ping\\r\\nHost: evil"'),
      /healthCheck\.path: given "\/ping\\r\\nHost: evil"; allowed: a path from \//,
    ],
    [
      "AZs of two regions, whose numbers would claim the same subnets",
      "network.demo",
      (text) => text.replace(/corpai:azIds: .*/, "corpai:azIds: [use1-az1, use1-az2, use1-az4, usw2-az2]"),
      /corpai:azIds: given .*; allowed: AZ ids of one region/,
    ],
  ];
  for (const [what, stack, change, says] of inFiles) {
    it(`${what}: is one error`, () => {
      const file = join(folder, `Pulumi.${stack}.yaml`);
      const text = readFileSync(file, "utf8");
      assert.notEqual(change(text), text, "the test changed nothing");
      writeFileSync(file, change(text));
      const own = loadEnvironment("demo", { folder, today: TODAY }).problems.filter(
        (problem) => problem.stack === stack,
      );
      assert.equal(own.length, 1, describeProblems(own));
      assert.match(describeProblems(own), says);
      assertHarmless(describeProblems(own));
    });
  }

  it("may be in any script: what people call a connection is theirs", () => {
    const file = join(folder, "Pulumi.connections.demo.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("GitHub Enterprise", "数据库 – Москва 👩‍💻"));
    assert.deepEqual(problemsIn(), []);
  });
});
