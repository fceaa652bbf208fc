/** Proves what holds for every rule because the frame does it: faults, exemptions, options, levels, and where remedies are not applied. */
import assert from "node:assert/strict";
import { violation } from "../../policy/frame/finding.ts";
import { whole } from "../../policy/frame/options.ts";
import { nist } from "../../policy/frame/references.ts";
import { type Rule, rule } from "../../policy/frame/rule.ts";
import { Analyzer } from "./support/analyzer.ts";
import { type Config, type Declared, FakeStack, packOf, type RuleReport, type Values } from "./support/stack.ts";
import { UNKNOWN } from "./support/unknown.ts";

const TYPE = "aws:sqs/queue:Queue";
const described = {
  title: "Short queues",
  says: "A queue is short.",
  why: "Long ones are long.",
  severity: "low",
  set: "baseline",
  topics: ["tests"],
  references: nist("AC-1"),
  url: "https://example.com/",
  fix: "Make it shorter.",
  types: new Set([TYPE]),
} as const;

const short = rule({
  ...described,
  name: "short",
  options: { longest: whole("How long a queue may be", 3) },
  remedies: [{ types: new Set([TYPE]), set: { "policy.open": false } }],
  *resource(queue, { options: { longest } }) {
    const length = queue.number("length");
    if (length.is === "known" && length.value > longest) yield violation("it is too long");
    const open = queue.flag("policy.open");
    if (open.is === "known" && open.value) yield violation("it is open");
  },
});

const queue = (inputs: Values, name = "queue"): Declared => ({ type: TYPE, name, inputs });
const exemption = (more: Values = {}): Values => ({
  stack: "dev",
  resource: "queue",
  reason: "it is measured next week",
  ticket: "SEC-1",
  expires: "2026-12-31",
  ...more,
});

async function judged(
  resources: readonly Declared[],
  config: Config = {},
  rules: readonly Rule[] = [short],
): Promise<readonly RuleReport[]> {
  return new FakeStack("dev", resources).judgedByPack(packOf(rules), config);
}

const said = (reports: readonly RuleReport[]): string[] =>
  reports.map(({ rule: by, level, message }) => `${level} ${by}: ${message}`);

describe("a rule of the pack", () => {
  it("says what, where and how to mend it", async () => {
    assert.deepEqual(said(await judged([queue({ length: 4 })])), [
      "mandatory short: queue: it is too long. Make it shorter.",
    ]);
  });

  it("goes by its options, and by their defaults where none are set", async () => {
    assert.deepEqual(await judged([queue({ length: 4 })], { short: { longest: 4 } }), []);
    assert.equal((await judged([queue({ length: 4 })], { short: { longest: 2 } })).length, 1);
  });

  it("is as strict as it is configured, and silent where it is disabled", async () => {
    const [finding] = await judged([queue({ length: 4 })], { short: { enforcementLevel: "advisory" } });
    assert.equal(finding?.level, "advisory");
    assert.deepEqual(await judged([queue({ length: 4 })], { short: { enforcementLevel: "disabled" } }), []);
  });

  it("reports its own failure as a violation, since what it could not judge has not passed, without the error's own words", async () => {
    const fail = (): never => {
      throw new RangeError("hunter2");
    };
    const failing = rule({ ...described, name: "failing", resource: fail, stack: fail });
    const reports = await judged([queue({ length: 1 })], {}, [failing]);
    assert.equal(reports.length, 2, "by both of its halves");
    for (const { level, message } of reports) {
      assert.equal(level, "mandatory");
      assert.match(
        message,
        /^(queue|failing): the rule itself failed \(RangeError at frame\.test\.ts:\d+\)\. This is a fault in policy\/, not in (queue|failing); please report it\.$/,
      );
    }
  });

  it("prints no secret that it was shown", async () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
    const reports = await judged([queue({ length: 4, password: secret })]);
    assert.deepEqual(
      reports.map(({ message }) => message.includes("hunter2")),
      [false],
    );
  });
});

describe("an exemption", () => {
  const held = "advisory short: queue: exempted until 2026-12-31 (SEC-1: it is measured next week): it is too long.";
  const exempted = (more: Values = {}, others: readonly Values[] = []): Config => ({
    short: { exemptions: [exemption(more), ...others].map((one) => ({ ...one })) },
  });

  it("turns what the rule refuses into a warning that says whose it is", async () => {
    assert.deepEqual(said(await judged([queue({ length: 4 })], exempted())), [held]);
  });

  it("names its resource by name or by URN, and no other", async () => {
    const urn = `urn:pulumi:dev::corpai::${TYPE}::queue`;
    assert.deepEqual(said(await judged([queue({ length: 4 })], exempted({ resource: urn }))), [held]);
    const reports = said(await judged([queue({ length: 4 }), queue({ length: 4 }, "queue-2")], exempted()));
    assert.deepEqual(reports, [held, "mandatory short: queue-2: it is too long. Make it shorter."]);
  });

  it("takes no pattern for a name, since one that is too wide hides what comes later", async () => {
    const reports = said(await judged([queue({ length: 4 })], exempted({ resource: "*" })));
    assert.ok(reports.includes("mandatory short: queue: it is too long. Make it shorter."));
  });

  it("is itself a finding once its day has passed, or is no day", async () => {
    for (const expires of ["2026-11-19", "2026-13-01"]) {
      const reports = said(await judged([queue({ length: 4 })], exempted({ expires })));
      assert.deepEqual(reports, [
        `mandatory short: queue: it is too long. Make it shorter. Its exemption SEC-1 ended on ${expires}.`,
        `mandatory exemptions: queue: its exemption from short (SEC-1) ended on ${expires}. Remove it, or renew it with a reason.`,
      ]);
    }
  });

  it("holds beside an older one that has ended", async () => {
    const reports = said(
      await judged([queue({ length: 4 })], exempted({ expires: "2026-01-01", ticket: "SEC-0" }, [exemption()])),
    );
    assert.deepEqual(reports, [
      held,
      "mandatory exemptions: queue: its exemption from short (SEC-0) ended on 2026-01-01. Remove it, or renew it with a reason.",
    ]);
  });

  it("is itself a finding where nothing needs it, though one that stops nobody who has mended what it was for", async () => {
    for (const resources of [[queue({ length: 1 })], [queue({ length: 1 }, "another")]])
      assert.deepEqual(said(await judged(resources, exempted())), [
        "advisory exemptions: queue: its exemption from short (SEC-1) is not needed: the rule has nothing to say of it. Remove it.",
      ]);
  });

  it("of another stack is that stack's matter, since one configuration serves all of an environment", async () => {
    assert.deepEqual(await judged([queue({ length: 1 })], exempted({ stack: "prod" })), []);
    assert.equal((await judged([queue({ length: 4 })], exempted({ stack: "prod" }))).length, 1);
  });

  it("is judged anew in every run of the same process", async () => {
    const policies = packOf([short]);
    const needed = new FakeStack("dev", [queue({ length: 4 })]);
    const mended = new FakeStack("dev", [queue({ length: 1 })]);
    assert.deepEqual(said(await needed.judgedByPack(policies, exempted())), [held]);
    assert.match(said(await mended.judgedByPack(policies, exempted())).join(), /is not needed/);
    assert.deepEqual(said(await needed.judgedByPack(policies, exempted())), [held]);
  });
});

describe("a remedy", () => {
  const remediated = async (inputs: Values, set: Values = {}): Promise<Values> => {
    const analyzer = new Analyzer(packOf([short]), { short: { enforcementLevel: "remediate", ...set } });
    return new FakeStack("dev", [queue(inputs)]).remediatedBy(analyzer, "queue");
  };

  it("sets what decides, and leaves the rest as it is, unknown or secret", async () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
    const rest = { length: 1, arn: UNKNOWN, password: secret };
    assert.deepEqual(await remediated({ ...rest, policy: { open: true, name: UNKNOWN } }), {
      ...rest,
      policy: { open: false, name: UNKNOWN },
    });
    assert.deepEqual(await remediated(rest), rest, "what nobody has given, and need not");
  });

  it("sets the same when the value is not known yet, so that preview and update agree", async () => {
    assert.deepEqual(await remediated({ policy: { open: UNKNOWN } }), { policy: { open: false } });
  });

  it("cannot reach into what is not known as a whole", async () => {
    assert.deepEqual(await remediated({ policy: UNKNOWN }), { policy: UNKNOWN });
  });

  it("leaves alone what is exempted, and everything at another level", async () => {
    const inputs = { policy: { open: true } };
    assert.deepEqual(await remediated(inputs, { exemptions: [{ ...exemption() }] }), inputs);
    assert.deepEqual(await remediated(inputs, { enforcementLevel: "mandatory" }), inputs);
  });

  it("changes nothing a second time", async () => {
    const once = await remediated({ policy: { open: true } });
    assert.deepEqual(await remediated(once), once);
  });
});
