// Proves in which order pods take connections that succeed each other, and what no file may say of that. That pods go over without a gap:
// end-to-end/connection.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ConnectionsFacts } from "../../model/environment-facts.ts";
import { describeProblem } from "../../model/problem.ts";
import { lineOf, successionProblems, successorOf } from "../../model/succession.ts";

type Registrations = ConnectionsFacts["registrations"];
const service = { fromStack: "customer-services.demo.data", key: "warehouse" };

const facts = (registrations: Registrations) => ({
  connections: [{ stack: "connections.demo", region: "us-east-1", account: "111122223333", registrations }],
});
const problems = (registrations: Registrations): string[] =>
  successionProblems(facts(registrations)).map(describeProblem);

describe("a connection that succeeds another", () => {
  it("comes before it for pods, and its own successor before both", () => {
    const all = facts({
      old: { service },
      next: { service, succeeds: "old" },
      last: { service, succeeds: "next" },
      other: { service },
    });
    assert.deepEqual(lineOf("old", all), ["last", "next", "old"]);
    assert.deepEqual(lineOf("next", all), ["last", "next"]);
    assert.deepEqual(lineOf("other", all), ["other"]);
    assert.equal(successorOf("old", all), "next");
    assert.deepEqual(successionProblems(all), []);
  });

  const refused: readonly [string, Registrations, RegExp][] = [
    [
      "nobody",
      { next: { service, succeeds: "gone" }, other: { service } },
      /registrations\.next\.succeeds: given "gone"; allowed: another connection of this environment: other\. .* once the old connection is gone/,
    ],
    ["itself", { next: { service, succeeds: "next" } }, /given "next"; allowed: a connection that comes before it/],
    [
      "what succeeds it in turn",
      { one: { service, succeeds: "two" }, two: { service, succeeds: "one" } },
      /registrations\.one\.succeeds: .*they go round/,
    ],
    [
      "one that another succeeds already",
      { old: { service }, next: { service, succeeds: "old" }, again: { service, succeeds: "old" } },
      /registrations\.again\.succeeds: given "old", which next succeeds already/,
    ],
    [
      "one with ports that it lacks",
      { old: { service: { ...service, ports: ["native"] } }, next: { service, succeeds: "old" } },
      /it lacks native\. Add them to ports/,
    ],
    [
      "one of all servers, being for one tenant",
      { old: { service }, next: { service, tenants: ["risk"], succeeds: "old" } },
      /old admits all servers\. Give both the same tenants/,
    ],
    [
      "one of two tenants, being for one of them",
      {
        old: { service, tenants: ["risk", "retail"] },
        next: { service, tenants: ["risk"], succeeds: "old" },
      },
      /old admits retail/,
    ],
  ];
  for (const [what, registrations, says] of refused)
    it(`does not succeed ${what}`, () => {
      const found = problems(registrations);
      assert.match(found.join("\n"), says);
    });
});
