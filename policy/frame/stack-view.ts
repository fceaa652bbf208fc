import type { PolicyResource } from "@pulumi/policy";
import { isComponent } from "../../model/resource-record.ts";
import type { Path } from "./fields.ts";
import type { Shown, Subject } from "./shown.ts";

/** What a property refers to. `elsewhere`: to something that is not in this stack. `open`: nobody knows yet. */
export type Referent =
  | { readonly is: "found"; readonly subjects: readonly Subject[] }
  | { readonly is: "absent" }
  | { readonly is: "elsewhere" }
  | { readonly is: "open" };

/** A whole stack, as a rule judges it: by what it is given, what AWS answered, and where each value comes from. */
export class StackView {
  /** In a fixed order. */
  readonly all: readonly Subject[];
  readonly #registry: ReadonlyMap<string, Subject>;
  readonly #dependencies: ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;
  readonly #byType = new Map<string, Subject[]>();

  constructor(resources: readonly PolicyResource[], shown: Shown) {
    this.#registry = shown.whole(resources);
    this.all = [...this.#registry.values()];
    this.#dependencies = new Map(
      resources.map(({ urn, propertyDependencies }) => [
        urn,
        Object.fromEntries(
          Object.entries(propertyDependencies).map(([property, from]) => [property, from.map((one) => one.urn).sort()]),
        ),
      ]),
    );
    for (const subject of this.all) {
      const same = this.#byType.get(subject.type);
      if (same) same.push(subject);
      else this.#byType.set(subject.type, [subject]);
    }
  }

  get registry(): ReadonlyMap<string, Subject> {
    return this.#registry;
  }

  of(types: Iterable<string>): readonly Subject[] {
    return [...types].flatMap((type) => this.#byType.get(type) ?? []);
  }

  /** By property, the URNs that its value comes from. The engine knows them in a preview too. */
  dependenciesOf({ urn }: Subject): Readonly<Record<string, readonly string[]>> {
    return this.#dependencies.get(urn) ?? {};
  }

  /**
   * The resources of some types that a property's value came from. A value that came from a whole component (awsx's VPC) depends on that alone, and so
   * on any of the resources in it.
   */
  behind(subject: Subject, properties: readonly string[], types: Iterable<string>): readonly Subject[] {
    const dependencies = this.dependenciesOf(subject);
    const sources = new Set(properties.flatMap((property) => dependencies[property] ?? []));
    if (sources.size === 0) return [];
    const components = new Set([...sources].filter((urn) => isComponent(this.#registry.get(urn) ?? { type: "aws:" })));
    return this.of(types).filter(
      (each) => sources.has(each.urn) || each.ancestors.some(({ urn }) => components.has(urn)),
    );
  }

  /**
   * The resources of some types that a property names, by id or ARN.
   *
   * @param path where the id stands; a path into a list element reads that one
   */
  referents(subject: Subject, path: Path, types: readonly string[]): Referent {
    const property = typeof path === "string" ? (path.split(".")[0] ?? path) : (path[0] ?? "");
    const list = subject.list(path);
    const values = list.is === "known" ? list.value : [subject.read(path)];
    const named = new Set(values.flatMap((value) => (value.is === "known" ? [value.value] : [])));
    const found = this.of(types).filter((each) => namesOf(each).some((name) => named.has(name)));
    if (list.is !== "known" && values[0]?.is === "absent") return { is: "absent" };
    if (found.length >= values.length) return { is: "found", subjects: found };
    if (!values.some(({ is }) => is === "unknown")) return { is: "elsewhere" };

    // What an unknown value came from is what it will name, unless that is a component which has more of them than are wanted.
    const dependencies = this.dependenciesOf(subject)[property] ?? [];
    const behind = this.behind(subject, [property], types).filter((each) => !found.includes(each));
    const inside = behind.filter(({ urn }) => !dependencies.includes(urn));
    const told = behind.length > 0 && inside.length <= values.length - found.length;
    return told ? { is: "found", subjects: [...found, ...behind] } : { is: "open" };
  }
}

/** What others name a resource by, as far as it is known. */
function namesOf(subject: Subject): readonly string[] {
  return ["id", "arn", "bucket"].flatMap((property) => {
    const name = subject.text(property);
    return name.is === "known" ? [name.value] : [];
  });
}
