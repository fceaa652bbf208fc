import type { PolicyProviderResource, PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import type { Properties } from "./guarded.ts";
import { Fields } from "./fields.ts";

/** What the engine says of a resource besides its properties. */
interface Identity {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly provider: PolicyProviderResource | undefined;
}

/** A rule is not told the stack's name; every URN begins with it. */
export const stackOf = (urn: string): string => urn.slice("urn:pulumi:".length, urn.indexOf("::"));

/** A resource as a rule judges it. */
export class Subject extends Fields {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly provider: PolicyProviderResource | undefined;
  /** First its inputs, if they were shown. */
  readonly views: readonly Properties[];
  /** Whether its inputs were shown, and so its resource rules have judged it. */
  readonly judgedAlone: boolean;
  readonly #registry: ReadonlyMap<string, Subject>;

  constructor(
    identity: Identity,
    views: readonly Properties[],
    judgedAlone: boolean,
    registry: ReadonlyMap<string, Subject>,
  ) {
    super(views);
    this.urn = identity.urn;
    this.type = identity.type;
    this.name = identity.name;
    this.parent = identity.parent;
    this.provider = identity.provider;
    this.views = views;
    this.judgedAlone = judgedAlone;
    this.#registry = registry;
  }

  /** Its inputs alone. AWS fills much in where nothing is given, which nobody may be blamed for. */
  get given(): Fields {
    return new Fields(this.judgedAlone ? this.views.slice(0, 1) : []);
  }

  /** Full name of its stack. */
  get stack(): string {
    return stackOf(this.urn);
  }

  /** From its parent up to the stack. */
  get ancestors(): readonly Subject[] {
    const parent = this.parent === undefined ? undefined : this.#registry.get(this.parent);
    return parent === undefined ? [] : [parent, ...parent.ancestors];
  }
}

/**
 * What the engine has shown the pack of a stack's resources one by one, kept for the rules that judge the stack as a whole. Those are shown outputs
 * only: of a component what it registers, never what it was passed; in a preview, of a set with one unknown element, not even how many it has.
 */
export class Shown {
  readonly #alone = new Map<string, Subject>();
  #count = 0;

  /** How often anything was shown. */
  get count(): number {
    return this.#count;
  }

  /** A resource by its inputs. */
  add({ urn, type, name, opts, props, provider }: ResourceValidationArgs): Subject {
    const identity = { urn, type, name, parent: opts.parent, provider };
    const subject = new Subject(identity, [props], true, this.#alone);
    this.#alone.set(urn, subject);
    this.#count += 1;
    return subject;
  }

  /** All resources of a stack, each by its inputs first, in an order that is the same every time: the engine's is not. */
  whole(resources: readonly PolicyResource[]): ReadonlyMap<string, Subject> {
    const registry = new Map<string, Subject>();
    for (const { urn, type, name, parent, props, provider } of resources.toSorted(byUrn)) {
      const alone = this.#alone.get(urn);
      const views = [...(alone?.views ?? []), props];
      registry.set(
        urn,
        new Subject({ urn, type, name, parent: parent?.urn, provider }, views, alone !== undefined, registry),
      );
    }
    return registry;
  }
}

const byUrn = (a: PolicyResource, b: PolicyResource): number => (a.urn < b.urn ? -1 : 1);
