import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { type Properties, type Reading, read } from "./guarded.ts";

/** A resource as far as one rule has been shown it, in one stack. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  /**
   * Its properties, first the inputs if they were shown. A stack rule is shown outputs only: of a component those it registers, never
   * what it was passed; in a preview, of a set with one unknown element, not even how many elements it has.
   */
  readonly views: readonly Properties[];
}

export type Registry = ReadonlyMap<string, Registered>;

/** What the resource half of a rule is shown, kept for its stack half: the engine shows every resource before it shows the stack. */
export class Inputs {
  readonly #registered = new Map<string, Registered>();

  get registry(): Registry {
    return this.#registered;
  }

  add({ urn, type, name, opts, props }: ResourceValidationArgs): Registered {
    const registered = { urn, type, name, parent: opts.parent, views: [props] };
    this.#registered.set(urn, registered);
    return registered;
  }

  /** The whole stack, each resource by its inputs first. */
  with(resources: readonly PolicyResource[]): Registry {
    return new Map(
      resources.map(({ urn, type, name, parent, props }) => {
        const inputs = this.#registered.get(urn)?.views ?? [];
        return [urn, { urn, type, name, parent: parent?.urn, views: [...inputs, props] }];
      }),
    );
  }
}

/** The first view that knows the property; else whether any of them will. */
export function readViews(views: readonly Properties[], key: string): Reading<unknown> {
  const readings = views.map((view) => read(view, key));
  return readings.find(({ is }) => is === "known") ?? readings.find(({ is }) => is === "unknown") ?? { is: "absent" };
}

/** From the parent up to the stack. */
export function ancestorsOf(registered: Registered, registry: Registry): readonly Registered[] {
  const parent = registered.parent === undefined ? undefined : registry.get(registered.parent);
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent, registry)];
}
