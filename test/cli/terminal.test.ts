// Proves what people see while stacks run, on a terminal, on a poor one and on none: lines that count the time and leave nothing behind, and nothing of
// somebody else's text that a terminal would obey. The terminal is a model that wraps and reflows as today's do.
import assert from "node:assert/strict";
import { mock } from "node:test";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { NO_CHANGES } from "../../cli/engine-events.ts";
import { Printer } from "../../cli/print.ts";
import { LineProgress } from "../../cli/progress.ts";
import { printConnections } from "../../cli/status-view.ts";
import { cutToWidth, displayWidth } from "../../cli/width.ts";
import { Terminal } from "./support/terminal.ts";

const STACKS = ["network.demo", "customer-services.demo.data"];
const SUCCEEDED = { result: "succeeded", changes: { ...NO_CHANGES, create: 3 } } as const;

const on = (stdout: Terminal, env: NodeJS.ProcessEnv = {}): Printer =>
  new Printer({ json: false, stdout, stderr: { write: () => assert.fail("not on stderr") }, env });

/** Where there is no terminal. */
function piped(print: (printer: Printer) => void, env: NodeJS.ProcessEnv = {}): string {
  let text = "";
  const stream = { write: (more: string) => (text += more) };
  print(new Printer({ json: false, stdout: stream, stderr: stream, env }));
  return text;
}

describe("while stacks run", () => {
  const clock = { now: 0 };
  beforeEach(() => {
    clock.now = 0;
    mock.timers.enable({ apis: ["setInterval"] });
  });
  afterEach(() => mock.timers.reset());
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      clock.now += 1000;
      mock.timers.tick(1000);
    }
  };
  const progressOn = (printer: Printer): LineProgress => new LineProgress(printer, STACKS, () => clock.now);
  function bothRun(printer: Printer): LineProgress {
    const progress = progressOn(printer);
    progress.phase("updates");
    progress.begins("network.demo", "up");
    pass(1);
    progress.begins("customer-services.demo.data", "up");
    return progress;
  }
  const done = (progress: LineProgress, stack: string, seconds: number): void =>
    progress.ends({ stack, ...SUCCEEDED }, "up", seconds);

  it("a terminal has a line for each, with the time that it has taken so far", () => {
    const terminal = new Terminal(100);
    bothRun(on(terminal));
    pass(64);
    assert.equal(
      terminal.screen,
      [
        "",
        "updates",
        "  network.demo                 update  1 min 5 s",
        "  customer-services.demo.data  update  1 min 4 s",
      ].join("\n"),
    );
  });

  it("what is done or said stands above what goes on, and in the end nothing else is left", () => {
    const terminal = new Terminal(100);
    const printer = on(terminal);
    const progress = bothRun(printer);
    pass(1);
    printer.line("interrupted: finishing what has begun");
    assert.match(terminal.screen, /interrupted: finishing what has begun\n {2}network\.demo +update {2}2 s\n/);
    done(progress, "network.demo", 2);
    assert.match(
      terminal.screen,
      /network\.demo +update {2}ok .*\n {2}customer-services\.demo\.data {2}update {2}1 s$/,
    );
    pass(7);
    done(progress, "customer-services.demo.data", 8);
    pass(5);
    assert.equal(
      terminal.screen,
      [
        "",
        "updates",
        "interrupted: finishing what has begun",
        "  network.demo                 update  ok       3 created  2.0 s",
        "  customer-services.demo.data  update  ok       3 created  8.0 s",
      ].join("\n"),
    );
  });

  it("windows of any width, changed at any moment, never keep a rest of a line that counts", () => {
    const step = fc.oneof(
      fc.record({ columns: fc.integer({ min: 12, max: 120 }) }),
      fc.record({ seconds: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ says: fc.constantFrom("waiting for a lock", "数据库 is ready") }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 120 }), fc.array(step, { maxLength: 12 }), (columns, steps) => {
        const terminal = new Terminal(columns);
        const printer = on(terminal);
        const progress = bothRun(printer);
        const said: string[] = [];
        for (const one of steps) {
          if ("columns" in one) terminal.resize(one.columns);
          else if ("seconds" in one) pass(one.seconds);
          else {
            printer.line(one.says);
            said.push(one.says);
          }
        }
        for (const stack of STACKS) done(progress, stack, 1);
        terminal.resize(200);
        assert.deepEqual(terminal.screen.split("\n"), [
          "",
          "updates",
          ...said,
          ...STACKS.map((stack) => `  ${stack.padEnd(27)}  update  ok       3 created  1.0 s`),
        ]);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it("more stacks than the window has rows show as many as fit", () => {
    const terminal = new Terminal(80);
    terminal.rows = 4;
    on(terminal).live(["1", "2", "3", "4", "5"]);
    assert.equal(terminal.screen, "1\n2\n3");
    const unsized = new Terminal(80);
    unsized.rows = 0;
    on(unsized).live(["1", "2"]);
    assert.equal(unsized.screen, "1\n2", "zero rows: a terminal that does not know its size");
  });

  it("a pipe gets plain lines: one for each stack that is done, and each minute one for what still runs", () => {
    const text = piped((printer) => {
      const progress = bothRun(printer);
      pass(61);
      done(progress, "network.demo", 62);
      done(progress, "customer-services.demo.data", 62);
      pass(300);
    });
    assert.equal(
      text,
      [
        "",
        "updates",
        "  network.demo                 update  1 min, still running",
        "  customer-services.demo.data  update  59 s, still running",
        "  network.demo                 update  ok       3 created  62.0 s",
        "  customer-services.demo.data  update  ok       3 created  62.0 s",
        "",
      ].join("\n"),
    );
  });

  for (const [what, env] of [
    ["a dumb terminal", { TERM: "dumb" }],
    ["a terminal of a CI system, which keeps every line", { CI: "true", NO_COLOR: "1" }],
  ] as const) {
    it(`${what} gets plain lines, too`, () => {
      const terminal = new Terminal(80);
      const progress = bothRun(on(terminal, env));
      pass(5);
      done(progress, "network.demo", 6);
      done(progress, "customer-services.demo.data", 5);
      assert.doesNotMatch(terminal.written, /[\u001b\r]/);
      assert.equal(terminal.written.split("\n").length, 5);
    });
  }

  it("NO_COLOR takes the colours and leaves the lines that count; without it there are colours", () => {
    const codesOf = (env: NodeJS.ProcessEnv): Set<string> => {
      const terminal = new Terminal(80);
      const progress = bothRun(on(terminal, env));
      pass(2);
      for (const stack of STACKS) done(progress, stack, 1);
      return new Set(
        [...terminal.written.matchAll(/\u001b\[[\d;]*[A-Za-z]/g)].map(([code]) => code.replace(/\d/g, "")),
      );
    };
    assert.deepEqual(codesOf({ NO_COLOR: "1" }), new Set(["\u001b[A", "\u001b[J"]));
    assert.ok(codesOf({ NO_COLOR: "" }).has("\u001b[m"), "an empty NO_COLOR says nothing");
  });
});

describe("somebody else's text", () => {
  const HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egnp.exe\rok \u2028\ud800";

  it("reaches a terminal with all that it would obey written out, in lines, findings, errors and live lines", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(HOSTILE), fc.string({ unit: "binary" })), (text) => {
        const terminal = new Terminal(80);
        const printer = on(terminal);
        printer.live([text]);
        printer.line(`${printer.paint("red", text)}: ${text}`);
        const progress = new LineProgress(printer, ["a.demo"]);
        const findings = [{ policy: text, level: "mandatory", resource: text, message: text }];
        progress.ends({ stack: "a.demo", result: "failed", changes: NO_CHANGES, findings, error: text }, "up", 1);
        printer.live([]);
        const others = terminal.written.replace(/\u001b\[(\d*m|\d+A|J)/g, "");
        assert.doesNotMatch(others.replaceAll("\r", ""), /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        assert.ok(
          [...terminal.written.matchAll(/\u001b\[(\d+)m/g)].every(([, code]) =>
            /^(1|2|22|3[1-3]|39)$/.test(code ?? ""),
          ),
        );
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("is shown escaped, not dropped", () => {
    assert.match(
      piped((printer) => printer.line(HOSTILE)),
      /^\\u\{1b\}\]0;owned\\u\{7\}\\u\{1b\}\[2J\\u\{9b\}31m\\u\{202e\}gnp\.exe\\u\{d\}ok \\u\{2028\}\\u\{d800\}\n$/,
    );
  });

  it("in a JSON answer is the same text to whoever reads it, and harmless to a terminal that it is printed on", () => {
    let out = "";
    const stdout = { write: (more: string) => (out += more) };
    const document = { displayName: HOSTILE, keys: { [HOSTILE]: "\u{e0001}" } };
    new Printer({ json: true, stdout, stderr: stdout, env: {} }).answer(document);
    assert.deepEqual(JSON.parse(out), document);
    assert.doesNotMatch(out, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });

  it("of any script keeps a table's columns in line", () => {
    const names = ["ClickHouse", "数据仓库", "Ünïcödé", "👩‍💻 tools", "e\u0301te\u0301"];
    const statuses = names.map((displayName, index) => ({
      ...{ key: `k${index}`, displayName, serviceName: null, port: 1, state: null, host: null, endpointId: null },
      ...{ azIds: ["use1-az1"], usedBy: [], next: null },
    }));
    const rows = piped((printer) => printConnections(statuses, printer)).split("\n");
    const starts = rows
      .filter((row) => row.includes("use1-az1"))
      .map((row) => displayWidth(row.slice(0, row.indexOf("use1-az1"))));
    assert.deepEqual([starts.length, new Set(starts).size], [names.length, 1]);
    assert.deepEqual(names.map(displayWidth), [10, 8, 7, 8, 3]);
  });

  it("is cut between characters", () => {
    assert.deepEqual(
      [3, 4, 5].map((columns) => cutToWidth("数据库", columns)),
      ["数", "数据", "数据"],
    );
    assert.equal(cutToWidth("👩‍💻x", 1), "");
  });
});
