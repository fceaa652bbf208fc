import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Lingering, WorldObject } from "./world.ts";

/** A world as its files keep it. */
export interface Stored {
  readonly clock: number;
  readonly serial: number;
  readonly objects: readonly WorldObject[];
  readonly lingering: readonly Lingering[];
}

/** One line of the journal. */
interface Entry extends Pick<Stored, "clock" | "serial"> {
  /** Before what is put, which may take its place. */
  readonly removed?: WorldObject;
  readonly put?: readonly WorldObject[];
  readonly lingers?: Lingering;
}

/** Journals shorter than this are not worth a new snapshot. */
const LEAST_ENTRIES = 200;

/** What tells objects apart. */
export const keyOf = ({ type, account, id }: Pick<WorldObject, "type" | "account" | "id">): string =>
  [type, account, id].join("\n");

/**
 * Where a world is kept: a snapshot, and beside it a journal of what has happened since, a line for each change. So what a change costs does not grow with
 * the world, and whoever kills the process loses nothing that somebody has been told of. A new snapshot comes after as many changes as there are objects.
 */
export class WorldFile {
  readonly #snapshot: string;
  readonly #journal: string;
  /** Lines since the snapshot; undefined where the next change has to begin with a new one. */
  #entries: number | undefined;

  /** @param snapshot a path that ends in `.json` */
  constructor(snapshot: string) {
    this.#snapshot = snapshot;
    this.#journal = snapshot.replace(/json$/, "journal");
  }

  /** Undefined where nothing was ever kept. */
  read(): Stored | undefined {
    const text = readIfThere(this.#snapshot);
    if (text === undefined) return undefined;
    const { clock, serial, objects, lingering } = JSON.parse(text) as Stored;
    const byKey = new Map(objects.map((object) => [keyOf(object), object]));
    const world = { clock, serial, lingering: [...lingering] };
    const journal = readIfThere(this.#journal) ?? "";
    const entries = entriesOf(journal);
    for (const entry of entries) {
      Object.assign(world, { clock: entry.clock, serial: entry.serial });
      if (entry.removed) byKey.delete(keyOf(entry.removed));
      for (const object of entry.put ?? []) byKey.set(keyOf(object), object);
      if (entry.lingers) world.lingering.push(entry.lingers);
    }
    // Nothing can be written behind an unfinished line: then the next change makes a new snapshot.
    this.#entries = journal === "" || journal.endsWith("\n") ? entries.length : undefined;
    return { ...world, objects: [...byKey.values()] };
  }

  /** @param world the whole of it, for when a snapshot is due */
  append(entry: Entry, world: () => Stored): void {
    if (this.#entries === undefined) return this.#write(world());
    appendFileSync(this.#journal, `${JSON.stringify(entry)}\n`);
    this.#entries += 1;
    if (this.#entries < LEAST_ENTRIES) return;
    const whole = world();
    if (this.#entries >= whole.objects.length) this.#write(whole);
  }

  remove(): void {
    for (const file of [this.#journal, this.#snapshot]) rmSync(file, { force: true });
    this.#entries = undefined;
  }

  #write(world: Stored): void {
    mkdirSync(dirname(this.#snapshot), { recursive: true });
    const temporary = `${this.#snapshot}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(world, null, 1));
    renameSync(temporary, this.#snapshot);
    // Where this is never reached, the journal tells once more what the snapshot holds already.
    rmSync(this.#journal, { force: true });
    this.#entries = 0;
  }
}

/** A line that was being written when the process was killed is nothing that anybody was told of. */
const entriesOf = (text: string): readonly Entry[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry);

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
