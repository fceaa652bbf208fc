/**
 * Tests a rule by a table: what it says of a resource, case by case, and what has to hold for every rule whatever its table says: it leaves other types
 * alone, exemptions hold until their day, remediation leaves nothing to say, order and unknown values change nothing for the worse, and the table
 * itself notices a rule that says nothing, or that says something of everything.
 */
import assert from "node:assert/strict";
import { type Finding, wording } from "../../../policy/frame/finding.ts";
import type { Rule } from "../../../policy/frame/rule.ts";
import type { Config } from "./analyzer.ts";
import { changed, type Declared, FakeStack, packOf, type Report, type Values } from "./stack.ts";
import { UNKNOWN } from "./unknown.ts";

export interface Case {
  /** Another type than the table's. */
  readonly type?: string;
  /** All of it, in place of what is sound. */
  readonly inputs?: Values;
  readonly outputs?: Values;
  readonly from?: Declared["from"];
  readonly provider?: Values;
  /** What differs from what is sound, by dotted path. */
  readonly set?: Values;
  readonly unset?: readonly string[];
  readonly unknown?: readonly string[];
  /** In place of the table's. */
  readonly beside?: readonly Declared[];
  readonly stack?: string;
  readonly options?: Values;
  /** Of the resource itself. */
  readonly finds?: readonly Finding[];
  /** Of others, by name. */
  readonly elsewhere?: Readonly<Record<string, readonly Finding[]>>;
}

export interface Table {
  readonly type: string;
  readonly name?: string;
  readonly stack?: string;
  /** Inputs that the rule has nothing to say of. */
  readonly sound: Values;
  readonly from?: Declared["from"];
  readonly beside?: readonly Declared[];
  /** What it says of a resource with no inputs at all. */
  readonly absent: readonly Finding[];
  /** The same, of what stands beside it. */
  readonly absentBeside?: Readonly<Record<string, readonly Finding[]>>;
  /** By the reason for each. */
  readonly cases: Readonly<Record<string, Case>>;
  /** What no remedy is certain about, by its message. */
  readonly beyondRemedy?: RegExp;
  /** Why nothing that decides it can be unknown, for a rule that is never undecided. */
  readonly alwaysKnown?: string;
}

const pathOf = (path: string): (string | number)[] =>
  path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** One stack to judge, and what is expected of it. */
interface Trial {
  readonly why: string;
  readonly stack: string;
  readonly resources: readonly Declared[];
  readonly options: Values;
  readonly expected: Readonly<Record<string, readonly Finding[]>>;
}

function trialOf(table: Table, why: string, one: Case): Trial {
  const { name = "thing" } = table;
  const overlaid = Object.entries(one.set ?? {}).reduce(
    (inputs, [path, value]) => changed(inputs, pathOf(path), value),
    one.inputs ?? table.sound,
  );
  const taken = (one.unset ?? []).reduce((inputs, path) => changed(inputs, pathOf(path), undefined), overlaid);
  const inputs = (one.unknown ?? []).reduce((all, path) => changed(all, pathOf(path), UNKNOWN), taken);
  const from = one.from ?? table.from;
  const thing: Declared = {
    type: one.type ?? table.type,
    name,
    inputs,
    ...(one.outputs && { outputs: one.outputs }),
    ...(from && { from }),
    ...(one.provider && { provider: one.provider }),
  };
  return {
    why,
    stack: one.stack ?? table.stack ?? "network.prod",
    resources: [...(one.beside ?? table.beside ?? []), thing],
    options: one.options ?? {},
    expected: { [name]: one.finds ?? [], ...one.elsewhere },
  };
}

function trialsOf(table: Table): readonly Trial[] {
  return [
    trialOf(table, "passes what is sound", {}),
    trialOf(table, "says what it makes of nothing being set", {
      inputs: {},
      from: {},
      finds: table.absent,
      elsewhere: table.absentBeside ?? {},
    }),
    ...Object.entries(table.cases).map(([why, one]) => trialOf(table, why, one)),
  ];
}

const LEVEL = { violation: "mandatory", undecided: "advisory", open: "advisory", allowed: "advisory" } as const;

const sorted = (reports: readonly Report[]): readonly Report[] =>
  reports.toSorted((a, b) => `${a.name}\n${a.message}`.localeCompare(`${b.name}\n${b.message}`));

function expectedOf(rule: Rule, { expected }: Trial): readonly Report[] {
  const reports = Object.entries(expected).flatMap(([name, findings]) =>
    findings.map((finding) => ({ name, level: LEVEL[finding.is], message: wording(name, finding, rule.fix) })),
  );
  return sorted(reports);
}

const configured = (
  rule: Rule,
  options: Values,
  enforcementLevel: "mandatory" | "remediate" = "mandatory",
): Config => ({
  [rule.name]: { enforcementLevel, ...options },
});

async function reportsOf(rule: Rule, { stack, resources, options }: Trial): Promise<readonly Report[]> {
  const fake = new FakeStack(stack, resources);
  const config = configured(rule, options);
  const [there, back] = [
    await fake.judgedBy(rule, { config }),
    await fake.judgedBy(rule, { config, arrange: (all) => all }),
  ];
  assert.deepEqual(there, back, "the order in which a stack is shown changes nothing");
  return sorted(there);
}

export function describeRule(rule: Rule, table: Table): void {
  const trials = trialsOf(table);
  const refused = trials.filter(({ expected }) =>
    Object.values(expected).some((findings) => findings.some(({ is }) => is === "violation")),
  );

  describe(rule.name, () => {
    for (const trial of trials) {
      it(trial.why, async () => {
        assert.deepEqual(await reportsOf(rule, trial), expectedOf(rule, trial));
      });
    }

    it("leaves resources of other types alone, whatever their properties are called", async () => {
      for (const trial of refused) {
        const others = trial.resources.map((one) => ({ ...one, type: "aws:other/thing:Thing" }));
        assert.deepEqual(await reportsOf(rule, { ...trial, resources: others }), [], trial.why);
      }
    });

    it("lets an exemption hold until its day, says whose it is, and refuses again after it", async () => {
      for (const trial of refused) await exempted(rule, trial);
    });

    it("has a case for what a preview cannot know", () => {
      const undecided = trials.some(({ expected }) =>
        Object.values(expected).some((findings) => findings.some(({ is }) => is === "undecided")),
      );
      assert.ok(refused.length > 0, "and one that it refuses");
      assert.equal(undecided, table.alwaysKnown === undefined, table.alwaysKnown);
    });

    it("never falls silent, and never grows stricter, because a value is not known yet", async () => {
      for (const trial of trials) await hidden(rule, trial);
    });

    if (rule.remedies.length > 0)
      it("has nothing to say once remediated, and sets the same whether or not values are known", async () => {
        await remedied(rule, refused, table.beyondRemedy);
      });

    it("would not pass this table if it said nothing, or something of everything, or passed what is not known", async () => {
      for (const [what, mutant] of mutantsOf(rule, table))
        assert.equal(await stands(mutant, rule, trials), false, `no case notices a rule that ${what}`);
    });
  });
}

async function exempted(rule: Rule, { stack, resources, options, expected, why }: Trial): Promise<void> {
  const fake = new FakeStack(stack, resources);
  const names = Object.keys(expected).filter((name) => expected[name]?.some(({ is }) => is === "violation"));
  const judged = async (expires: string): Promise<readonly Report[]> => {
    const exemptions = names.map((resource) => ({
      stack,
      resource,
      reason: "it goes with the old gateway",
      ticket: "SEC-12",
      expires,
    }));
    return fake.judgedByPack(packOf([rule]), configured(rule, { ...options, exemptions }));
  };
  const held = await judged("2026-11-20");
  assert.deepEqual(
    held.filter(({ level }) => level === "mandatory"),
    [],
    why,
  );
  for (const name of names)
    assert.ok(
      held.some((one) => one.name === name && /: exempted until 2026-11-20 \(SEC-12: it goes with/.test(one.message)),
      `${why}: it is said of ${name} that it is exempted`,
    );

  const ended = await judged("2026-11-19");
  for (const name of names) {
    assert.ok(
      ended.some(
        (one) =>
          one.name === name &&
          one.level === "mandatory" &&
          /Its exemption SEC-12 ended on 2026-11-19\.$/.test(one.message),
      ),
      `${why}: ${name} is refused again`,
    );
    assert.ok(
      ended.some(({ message }) => message.startsWith(`${name}: its exemption from ${rule.name} (SEC-12) ended`)),
      `${why}: the expired exemption is a finding itself`,
    );
  }
}

/** Every path to a value inside. */
function leaves(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => leaves(one, [...path, index]));
  if (typeof value === "object" && value !== null)
    return [
      ...(path.length > 0 ? [path] : []),
      ...Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key])),
    ];
  return [path];
}

async function hidden(rule: Rule, trial: Trial): Promise<void> {
  const before = await new FakeStack(trial.stack, trial.resources).judgedBy(rule, {
    config: configured(rule, trial.options),
  });
  const strict = ({ level }: Report): boolean => level === "mandatory";
  for (const [index, resource] of trial.resources.entries()) {
    for (const path of leaves(resource.inputs ?? {})) {
      const inputs = changed(resource.inputs ?? {}, path, UNKNOWN);
      const resources = trial.resources.with(index, { ...resource, inputs });
      const after = await new FakeStack(trial.stack, resources).judgedBy(rule, {
        config: configured(rule, trial.options),
      });
      const where = `${trial.why}, with ${path.join(".")} of ${resource.name} not known`;
      if (before.some(strict)) assert.notDeepEqual(after, [], where);
      else assert.deepEqual(after.filter(strict), [], where);
    }
  }
}

/** The same trial, and one for each value that a remedy may set with that value not known yet. */
function* veiled(rule: Rule, trial: Trial): Iterable<Trial> {
  yield trial;
  for (const [index, resource] of trial.resources.entries())
    for (const path of rule.remedies.flatMap(({ types, set }) => (types.has(resource.type) ? Object.keys(set) : [])))
      yield {
        ...trial,
        why: `${trial.why}, with ${path} not known`,
        resources: trial.resources.with(index, {
          ...resource,
          inputs: changed(resource.inputs ?? {}, pathOf(path), UNKNOWN),
        }),
      };
}

async function remedied(rule: Rule, refused: readonly Trial[], beyond: RegExp | undefined): Promise<void> {
  const hasRemedy = ({ type }: Declared): boolean => rule.remedies.some(({ types }) => types.has(type));
  const remediable = refused.filter(({ resources }) => resources.some(hasRemedy));
  assert.notDeepEqual(remediable, []);
  for (const refusal of remediable) {
    for (const { stack, resources, options, why } of veiled(rule, refusal)) {
      const fake = new FakeStack(stack, resources);
      const reports = await fake.judgedBy(rule, { config: configured(rule, options, "remediate") });
      const names = resources.filter(hasRemedy).map(({ name }) => name);
      const left = reports.filter(({ name, message }) => names.includes(name) && beyond?.test(message) !== true);
      assert.deepEqual(left, [], why);
    }
  }
}

class Everything extends Set<string> {
  override has(): boolean {
    return true;
  }
}

/** Rules that differ from this one in one respect in which no rule may be wrong. */
function mutantsOf(rule: Rule, table: Table): readonly (readonly [string, Rule])[] {
  const saying = (change: (findings: readonly Finding[]) => readonly Finding[]): Rule => ({
    ...rule,
    ...(rule.resource && { resource: (...args) => change([...(rule.resource?.(...args) ?? [])]) }),
    ...(rule.stack && {
      stack: (...args) =>
        [...(rule.stack?.(...args) ?? [])].flatMap(({ at, ...finding }) =>
          change([finding]).map((one) => ({ ...one, at })),
        ),
    }),
  });
  const everything: Rule = {
    ...rule,
    types: new Everything(),
    resource: () => [{ is: "violation", what: "it exists" }],
  };
  return [
    ["says nothing", saying(() => [])],
    ["says something of everything", everything],
    ["warns where it ought to refuse", saying((all) => all.map((one) => ({ ...one, is: "undecided" }) as const))],
    ...(table.alwaysKnown === undefined
      ? [["passes what is not known", saying((all) => all.filter(({ is }) => is !== "undecided"))] as const]
      : []),
  ];
}

async function stands(mutant: Rule, rule: Rule, trials: readonly Trial[]): Promise<boolean> {
  for (const trial of trials) {
    const expected = JSON.stringify(expectedOf(rule, trial));
    if (JSON.stringify(await reportsOf(mutant, trial)) !== expected) return false;
  }
  return true;
}
