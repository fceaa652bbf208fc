// Proves that no configuration whatever crashes the schemas or the environment check: it yields a plan that holds its invariants, or problems in clear
// words. Environments start from a sound one and suffer random mutations, so that many are almost right. What AWS says to a plan is not proved here.
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { cidrContains, parseCidr, planCidrs } from "../../model/cidr-plan.ts";
import { plannedZones } from "../../model/connection-check.ts";
import type { EnvironmentFacts } from "../../model/environment-facts.ts";
import { describeProblem } from "../../model/problem.ts";
import { formatStackName } from "../../model/stack-name.ts";
import { MINIMUM_AZS } from "../../model/zones.ts";
import type { RawConfiguration } from "../../stacks/configuration.ts";
import { ENVIRONMENTS_FOLDER, type StackSource, judgeEnvironment, stacksOf } from "../../stacks/environment.ts";
import { readStackFile } from "../../stacks/stack-file.ts";

const RUNS = 10_000;
const today = "2026-11-21";

const sound: readonly StackSource[] = stacksOf("demo").map((stack) => ({
  stack,
  ...readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.${formatStackName(stack)}.yaml`)),
}));

/** Values that people mistype, and values that attackers type. */
const values = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, 0, -1, 65535, 65536, 8443.5, Number.NaN, Infinity, "", " ", "8443", "none", "single", "*"],
    ...[
      "use1-az1",
      "use1-az2",
      "use1-az3",
      "use1-az9",
      "usw2-az2",
      "us-east-1a",
      "eu-west-1",
      "10.40.0.0/16",
      "10.40.0.0/17",
      "10.0.0.0/30",
      "0.0.0.0/0",
      "::/0",
    ],
    ...[
      "clickhouse",
      "github",
      "connections.demo",
      "customer-services.demo.data",
      "customer-services.demo.none",
      "111122223333",
      "arn:aws:iam::111122223333:root",
    ],
    ...[
      "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
      "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",
      "vpc-0123456789abcdef0",
    ],
    ...[
      "__proto__",
      "constructor",
      "../../etc/passwd",
      "\u0000",
      "\u001b[31m",
      "a".repeat(300),
      "💥",
      "${jndi:x}",
      "2026-12-31",
      "x\ny",
    ],
  ),
  fc.string(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 2 }),
);
const keys = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "clickhouse",
    "github",
    "port",
    "fromStack",
    "secret",
    "xSecret",
    "a".repeat(40),
  ),
  fc.string(),
);

/** One mutation: where, by numbers that pick among what is there, and what happens. */
const mutations = fc.array(
  fc.record({
    stack: fc.nat(),
    path: fc.array(fc.nat(), { maxLength: 6 }),
    action: fc.constantFrom("replace", "remove", "add", "copy"),
    key: keys,
    value: values,
  }),
  { minLength: 0, maxLength: 4 },
);

type Mutation = (typeof mutations extends fc.Arbitrary<infer T> ? T : never)[number];

function mutate(target: unknown, path: readonly number[], { action, key, value }: Mutation): unknown {
  const entries = Array.isArray(target)
    ? target.map((inner, index) => [index, inner] as const)
    : typeof target === "object" && target !== null
      ? Object.entries(target)
      : [];
  const [step, ...rest] = path;
  const chosen = step === undefined ? undefined : entries[step % entries.length];
  if (!chosen) return action === "replace" || entries.length === 0 ? value : target;
  const copy = Array.isArray(target)
    ? [...(target as unknown[])]
    : Object.assign(Object.create(null) as object, target);
  const set = (name: string | number, inner: unknown): void =>
    void Object.defineProperty(copy, name, { value: inner, enumerable: true, configurable: true, writable: true });
  const [name, inner] = chosen;
  if (rest.length > 0) set(name, mutate(inner, rest, { action, key, value } as Mutation));
  else if (action === "remove") Reflect.deleteProperty(copy, name);
  else if (action === "add") set(Array.isArray(copy) ? copy.length : key, value);
  else set(name, action === "copy" ? structuredCloneOr(inner) : value);
  return Array.isArray(copy) ? copy.flat(0) : { ...copy };
}

/** A value beside itself, as a mistaken paste makes it. */
const structuredCloneOr = (value: unknown): unknown =>
  Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : value;

const mutated = mutations.map((list) =>
  sound.map((source, index): StackSource => {
    const raw = list
      .filter(({ stack }) => stack % sound.length === index)
      .reduce<unknown>((before, mutation) => mutate(before, mutation.path, mutation), source.raw);
    return { ...source, raw: (raw ?? {}) as RawConfiguration };
  }),
);

/** What holds of every plan that is not refused. */
function assertInvariants({
  network,
  customerServices,
  connections,
  acceptances,
  mcpServers,
  ...facts
}: EnvironmentFacts): void {
  assert.ok(network);
  assert.ok(network.azIds.length >= MINIMUM_AZS);
  const plan = planCidrs(network.vpcCidr, network.azIds);
  const planned = Object.values(plan.subnets).flatMap((tiers) => Object.values(tiers));
  assert.ok(planned.length >= 3 * network.azIds.length, "each AZ has every tier");
  for (const [index, cidr] of planned.entries()) {
    assert.ok(parseCidr(cidr) && cidrContains(network.vpcCidr, cidr), `${cidr} is inside the VPC`);
    for (const other of planned.slice(0, index))
      assert.ok(!cidrContains(cidr, other) && !cidrContains(other, cidr), `${cidr} and ${other} do not overlap`);
  }
  for (const azId of network.azIds)
    assert.ok(cidrContains(plan.clientCidr, plan.subnets[azId]?.client ?? ""), "clients are inside what is published");
  for (const { clientCidr, services } of customerServices) {
    assert.equal(clientCidr, plan.clientCidr);
    for (const { azIds } of Object.values(services)) assert.ok(new Set(azIds).size >= MINIMUM_AZS);
  }
  for (const { region, cell, registrations } of connections) {
    for (const { service, singleAz } of Object.values(registrations)) {
      if ("serviceName" in service) continue;
      const offering = customerServices.find(({ stack }) => stack === service.fromStack);
      assert.ok(offering && Object.hasOwn(offering.services, service.key), "every service is offered by somebody");
      assert.equal(offering.region, region);
      const choice = plannedZones({ service }, { cell }, { network, customerServices });
      assert.ok(choice && choice.shared.length >= (singleAz ? 1 : MINIMUM_AZS), choice?.explanation);
      for (const azId of choice.shared)
        assert.ok(network.azIds.includes(azId) && offering.services[service.key]?.azIds.includes(azId), azId);
    }
  }
  const keysOf = (stack: string): string[] =>
    Object.keys(connections.find((one) => one.stack === stack)?.registrations ?? {});
  for (const endpoint of acceptances.flatMap(({ accept }) => Object.values(accept).flat()))
    assert.ok(
      !("fromStack" in endpoint) || keysOf(endpoint.fromStack).includes(endpoint.key),
      "accepted is registered",
    );
  const keys = connections.flatMap(({ stack }) => keysOf(stack));
  assert.equal(new Set(keys).size, keys.length, "each key once");
  for (const used of Object.values(mcpServers?.servers ?? {}).flatMap(({ connectionVariables }) =>
    Object.values(connectionVariables),
  ))
    assert.ok(keys.includes(used), `${used} is registered`);
  assert.deepEqual(facts.unsound, []);
}

describe(`${RUNS} random environments`, function () {
  this.timeout(240_000);

  it("are planned soundly or refused in clear words, and never crash", () => {
    let refused = 0;
    fc.assert(
      fc.property(mutated, (sources) => {
        const { problems, facts, stacks } = judgeEnvironment(sources, { today, class: "demo", branch: "main" });
        for (const problem of problems) {
          const { stack, property, given, allowed, wayOut } = problem;
          assert.ok(
            [stack, property, given, allowed, wayOut].every((part) => part.length > 0),
            describeProblem(problem),
          );
          assert.ok(!describeProblem(problem).includes("[object Object]"), describeProblem(problem));
          assert.doesNotMatch(describeProblem(problem), /\p{Cc}/u, "no control character reaches a terminal");
        }
        if (problems.length > 0) {
          refused++;
          return;
        }
        assert.equal(stacks.length, sources.length, "nothing is planned in part");
        assertInvariants(facts);
      }),
      { numRuns: RUNS, seed: 20261121 },
    );
    assert.ok(
      refused > RUNS / 3 && refused < RUNS,
      `the mutations were worth something: ${refused} of ${RUNS} were refused`,
    );
  });
});
