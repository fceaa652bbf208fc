// What the command says, and how it ends, without an engine. With one: test/end-to-end.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { main } from "../../cli/main.ts";
import { type Output, Printer } from "../../cli/print.ts";
import { exportLines, secondsOf } from "../../cli/sandbox-commands.ts";
import { programNames } from "../../stacks/catalog.ts";
import { environments } from "../../stacks/environment.ts";

async function corpai(
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { out: "", err: "" };
  const code = await main(argv, {
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
  });
  return { code, ...said };
}

describe("corpai", () => {
  it("alone lists every program with its side, and the commands", async () => {
    const { code, out } = await corpai();
    assert.equal(code, 0);
    for (const program of programNames) assert.match(out, new RegExp(`\\d +${program} +(CorpAI|customer|either) +\\S`));
    for (const command of ["preview", "up", "refresh", "destroy", "status", "affected", "check", "demo", "sandbox"])
      assert.match(out, new RegExp(`^ {2}${command} `, "m"));
  });

  it("names the known environments where one does not exist, on stderr only", async () => {
    const { code, out, err } = await corpai("up", "prdo", "--json");
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /there is no environment "prdo".*demo.*environments\/environments\.yaml/);
  });

  it("names the commands where one does not exist, and refuses what it does not know", async () => {
    assert.match((await corpai("frob")).err, /no command "frob".*preview, up/);
    assert.equal((await corpai("frob")).code, 1);
    assert.notEqual((await corpai("up")).code, 0);
    assert.match((await corpai("up", "demo", "--forse")).err, /unknown option '--forse'/);
  });

  it("repeats nothing that its terminal would obey", async () => {
    for (const argv of [
      ["\u001b[2J"],
      ["up", "\u001b[2J"],
      ["up", "demo", "--\u001b[2J"],
      ["sandbox", "reset", "\u001b[2J"],
    ]) {
      const { code, out, err } = await corpai(...argv);
      assert.notEqual(code, 0);
      assert.match(err, /\\u\{1b\}\[2J/, argv.join(" "));
      assert.doesNotMatch(out + err, /\u001b/);
    }
  });

  it("preview wants an environment or a change, and says so before anything runs", async () => {
    for (const [argv, says] of [
      [[], /preview: given no ENV without --since; allowed: ENV, or --since REF/],
      [["demo", "--markdown"], /preview: given --markdown without --since/],
      [["--since", "HEAD", "--markdown", "--json"], /'--markdown' cannot be used with option '--json'/],
      [["--since", "HEAD", "--only", "network"], /'--since <REF>' cannot be used with option '--only <names>'/],
      [["prdo", "--since", "HEAD"], /there is no environment "prdo"/],
      [["--since", "nowhere"], /--since: given nowhere; allowed: a commit, branch or tag/],
    ] as const) {
      const { code, out, err } = await corpai("preview", ...argv);
      assert.notEqual(code, 0);
      assert.deepEqual([out, says.test(err)], ["", true], err);
    }
  });

  it("check judges every environment", async () => {
    const { code, out } = await corpai("check", "--json");
    assert.deepEqual(
      [code, JSON.parse(out)],
      [
        0,
        { environments: Object.keys(environments()).map((environment) => ({ environment, problems: [] })), strays: [] },
      ],
    );
  });
});

describe("what is printed", () => {
  const printed = (json: boolean, stream: Partial<Output>, env: NodeJS.ProcessEnv): string => {
    let text = "";
    const output = { write: (more: string) => (text += more), ...stream };
    const printer = new Printer({ json, stdout: output, stderr: { write: () => undefined }, env });
    printer.line(printer.paint("red", "words"));
    printer.answer({ a: 1 });
    return text;
  };

  it("has colours on a terminal only, and not under NO_COLOR", () => {
    assert.match(printed(false, { isTTY: true }, {}), /\u001b\[31mwords/);
    assert.equal(printed(false, { isTTY: true }, { NO_COLOR: "1" }), "words\n");
    assert.equal(printed(false, {}, {}), "words\n");
  });

  it("is one JSON document under --json, and nothing else on stdout", () => {
    assert.deepEqual(JSON.parse(printed(true, {}, {})), { a: 1 });
  });
});

describe("corpai sandbox", () => {
  it("env quotes for every POSIX shell", () => {
    assert.deepEqual(exportLines({ A: "it's here" }, ["/x y", "/z"]), [
      `export PATH='/x y:/z':"$PATH"`,
      `export A='it'\\''s here'`,
    ]);
    assert.deepEqual(exportLines({}, []), [], "no folder of ours is needed where PATH has all");
  });

  it("advance reads times, and says what is one where it cannot", () => {
    assert.deepEqual(["30s", "1.5m", "8h", "7d"].map(secondsOf), [30, 90, 28800, 604800]);
    for (const wrong of ["8", "h", "-1h", "8 h", "eight"]) assert.throws(() => secondsOf(wrong), /is no time: .*8h/);
  });
});
