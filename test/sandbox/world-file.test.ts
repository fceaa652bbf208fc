// Proves that a world is the same when it is read again after any story, ended at any moment, and that what is kept of it does not grow with its age.
// Not proved: what a disk does with what was written when the machine itself fails.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { World, type WorldObject } from "../../sandbox/world.ts";

const NO_FACTS = { zones: {}, images: {}, hosts: {} };

type Deed = readonly ["make" | "change" | "remove" | "advance", number];

const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.tuple(fc.constantFrom("make", "change", "remove", "advance"), fc.nat(20)),
  { maxLength: 600, size: "max" },
);

const object = (id: string, serial: string): WorldObject => ({
  type: "aws:ec2/networkInterface:NetworkInterface",
  id,
  account: "111122223333",
  region: "us-east-1",
  inputs: { subnetId: `subnet-${id}`, serial },
  computed: { _owner: "vpce-1" },
  readyAt: 0,
  estate: false,
});

function act(world: World, [deed, number]: Deed): void {
  const id = `eni-${number}`;
  const standing = world.get("aws:ec2/networkInterface:NetworkInterface", id);
  if (deed === "make") world.put(object(id, world.hex(8)));
  else if (deed === "advance") world.advance(number);
  else if (standing && deed === "remove") world.remove(standing, number * 10);
  else if (standing) {
    standing.inputs = { ...standing.inputs, serial: world.hex(8) };
    world.changed(...(number % 2 === 0 ? [standing] : []));
  }
}

const seen = (world: World) => ({
  clock: world.clock,
  objects: world.objects,
  owned: world.by("aws:ec2/networkInterface:NetworkInterface", "vpce-1"),
  lingering: world.lingering("aws:ec2/networkInterface:NetworkInterface"),
});

describe("A world's files", () => {
  let folder: string;
  let count = 0;
  const file = (): string => join(folder, `${(count += 1)}.json`);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "corpai-world-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("bring back exactly what was there, whatever happened, and new ids go on where they were", () => {
    fc.assert(
      fc.property(deeds, (story) => {
        const path = file();
        const world = new World("test", NO_FACTS, [object("eni-0", "estate")], path);
        world.advance(0);
        for (const deed of story) act(world, deed);
        world.advance(0);
        const again = new World("test", NO_FACTS, [], path);
        assert.deepEqual(seen(again), seen(world));
        assert.equal(again.hex(8), world.hex(8));
      }),
      { numRuns: 40 },
    );
  });

  it("forgive a last line that was never finished: nobody had been told of it", () => {
    const path = file();
    const world = new World("test", NO_FACTS, [], path);
    world.put(object("eni-1", "a"));
    world.put(object("eni-2", "b"));
    const journal = path.replace(/json$/, "journal");
    const line = readFileSync(journal, "utf8");
    writeFileSync(journal, line + line.slice(0, 40));
    const ids = (of: World): string[] => of.objects.map(({ id }) => id);
    const next = new World("test", NO_FACTS, [], path);
    assert.deepEqual(ids(next), ["eni-1", "eni-2"]);
    next.put(object("eni-3", "c"));
    next.put(object("eni-4", "d"));
    assert.deepEqual(ids(new World("test", NO_FACTS, [], path)), ["eni-1", "eni-2", "eni-3", "eni-4"]);
  });

  it("cost a change as much in an old and large world as in a new one, and grow with what stands, not with what happened", () => {
    const path = file();
    const world = new World("test", NO_FACTS, [], path);
    for (let index = 0; index < 2000; index += 1) world.put(object(`eni-${index}`, "a"));
    const journal = path.replace(/json$/, "journal");
    const before = statSync(journal).size;
    world.put(object("eni-2000", "a"));
    assert.ok(statSync(journal).size - before < 1000, "one line more, and no second copy of the world");
    for (let index = 0; index < 6000; index += 1) world.put(object("eni-1", "a"));
    const lines = readFileSync(journal, "utf8").split("\n").length;
    assert.ok(lines <= 2001 + 1, `${lines} lines for 2001 objects`);
  });
});
