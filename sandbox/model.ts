import type { Run } from "./time.ts";
import type { Properties, Value } from "./wire.ts";
import type { World, WorldObject } from "./world.ts";

/** An error with AWS's (or Kubernetes') own code and text. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** On whose behalf a call is made: one configured provider. */
export interface Caller {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** Set where the provider assumes a role: its name. Without one the caller is the account's administrator. */
  readonly role: string | undefined;
  readonly defaultTags: Readonly<Record<string, string>>;
  /** What Configure was given, nested values parsed. */
  readonly config: Properties;
  readonly run: Run;
}

export interface Context {
  readonly world: World;
  readonly caller: Caller;
}

/** How an argument behaves. */
export interface Argument {
  readonly required?: true;
  /** A change replaces the resource, as in the real provider. */
  readonly replace?: true;
  /** A list whose order means nothing. */
  readonly set?: true;
  /** The provider's own default: visible to policies and in state. */
  readonly default?: Value;
  /** Kept as a digest in the world, returned as a secret. */
  readonly sensitive?: true;
}

/** One property and why it is refused, before anything is created. */
export type CheckFailure = readonly [property: string, reason: string];

/**
 * One call of AWS's API, by its IAM action, and what it is judged on: `self`, the object itself, or arguments that name other objects. One that is
 * judged on nothing needs the resource `*`, as describe calls do.
 */
export type ApiCall = readonly [action: string, ...on: readonly string[]];

/**
 * What the real provider calls, for the policies of an assumed role to be judged by. Which calls: hashicorp/terraform-provider-aws. What each is judged
 * on: AWS's Service Authorization Reference. A call for tags is added where there are tags.
 */
export interface ApiCalls {
  /** `<service>:<path>` of the object's ARN: `*` for its id, `{name}` for an argument. Absent where a model is no object of AWS's own. */
  readonly arn?: string;
  /** The first makes the object. Where a later one is refused, it stands all the same. */
  readonly create: readonly [ApiCall, ...(readonly ApiCall[])];
  /** Further ones of a create where an argument is given. */
  readonly given?: Readonly<Record<string, readonly ApiCall[]>>;
  /** What AWS itself judges within the first call of a create, where an argument is given. */
  readonly within?: Readonly<Record<string, readonly ApiCall[]>>;
  /** Also the end of every create and update. */
  readonly read: readonly ApiCall[];
  /** By changed argument. */
  readonly update?: Readonly<Record<string, readonly ApiCall[]>>;
  readonly delete: readonly ApiCall[];
  /** Condition keys that hold for a create, by the argument that has their value. */
  readonly keys?: Readonly<Record<string, string>>;
  /** The provider tags by a call of its own after the create, and reads nothing back. */
  readonly tagsAfterwards?: true;
}

/** The same calls for several arguments. */
export const each = (keys: readonly string[], ...calls: ApiCall[]): Readonly<Record<string, readonly ApiCall[]>> =>
  Object.fromEntries(keys.map((key) => [key, calls]));

/** What a create, read or update answers. */
export interface Made {
  readonly id: string;
  /** Names that begin with `_` are the sandbox's own notes and never leave it. */
  readonly computed: Properties;
}

/**
 * One resource type of the sandbox: the rules of AWS for it.
 *
 * Inputs reach `check` with unknowns in place; every other function only ever sees known values.
 */
export interface ResourceModel {
  readonly type: string;
  /** All that is supported; any other argument is refused by name. */
  readonly arguments: Readonly<Record<string, Argument>>;
  /** Tags are a list of keys and values, as Cloud Control takes them: the provider adds its own to none, and answers with no others. */
  readonly tagList?: true;
  /** Property that the provider names by itself, `<logical name>-<7 hex>`, where it is not given; and AWS's limit in characters. */
  readonly autoname?: { readonly property: string; readonly limit: number };
  /** Names of the computed outputs: unknown in a preview of a create. `id` is implied. One that is also an argument is Terraform's "optional and computed"; `vpcConfig.vpcId` lies inside an argument. */
  readonly computed: readonly string[];
  /** What the provider itself makes of the given arguments, beyond plain defaults; runs before `check`, unknowns in place. */
  readonly settle?: (inputs: Properties, given: Given) => Properties;
  /** Further arguments whose change replaces the resource, where that depends on the values. */
  readonly replaces?: (olds: Properties, news: Properties, caller: Caller) => readonly string[];
  /** Outputs that an update makes unknown in a preview, where the real provider does. */
  readonly unknownOnUpdate?: (changed: readonly string[]) => readonly string[];
  readonly check?: (inputs: Properties, context: Context) => readonly CheckFailure[];
  readonly create: (inputs: Properties, context: Context) => Made;
  readonly update?: (object: WorldObject, inputs: Properties, context: Context) => Properties;
  /** What the provider waits for once the object stands. A Refusal leaves it standing, with the reason. */
  readonly awaits?: (object: WorldObject, context: Context) => void;
  /** Whether the provider replaces what stands although no argument differs. */
  readonly unready?: (object: WorldObject, news: Properties) => boolean;
  /** What else AWS is left with where the provider's calls after the first one fail. */
  readonly halfMade?: (object: WorldObject, context: Context) => void;
  /** The object that an import names otherwise than by its id; every type takes ids. */
  readonly imported?: (id: string, context: Context) => WorldObject | undefined;
  /** The live view of the computed outputs, where it depends on more than the object. */
  readonly read?: (object: WorldObject, context: Context) => Properties;
  /** Until when, by the virtual clock, the provider asks again, because only what AWS is about to drop by itself is still in the way. */
  readonly waitsUntil?: (object: WorldObject, context: Context) => number;
  /** Throws a Refusal where AWS refuses to delete. */
  readonly remove?: (object: WorldObject, context: Context) => void;
  /** Virtual seconds for which AWS keeps what was deleted, out of sight. */
  readonly lingers?: (object: WorldObject) => number;
  /** Virtual seconds that AWS takes. */
  readonly seconds?: {
    readonly create?: number;
    readonly delete?: number;
    /** By changed argument. */
    readonly update?: (changed: readonly string[]) => number;
  };
  /** True where the new one cannot stand beside the old one. */
  readonly deleteBeforeReplace?: boolean | ((olds: Properties, news: Properties) => boolean);
  /** Without them, an assumed role may do nothing with this type: better than anything by mistake. */
  readonly calls?: ApiCalls;
}

/** What `settle` may need besides the arguments. */
export interface Given {
  readonly olds: Properties;
  /** `<logical name>-<hex digits>`: the same in the preview and in the update that follows. */
  readonly autoname: (digits: number) => string;
}

/** A data source: `aws:ec2/getVpc:getVpc`. An argument that it does not list is an error. */
export interface FunctionModel {
  readonly token: string;
  readonly arguments: readonly string[];
  /** As those of a resource; an empty list where no permission is needed. */
  readonly calls?: readonly ApiCall[];
  readonly call: (args: Properties, context: Context) => Properties;
}

/** What a remote component's stand-in may do: register children through the request's own monitor. */
export interface Registrar {
  /** A custom resource of a provider. Ids and outputs are UNKNOWN in a preview of something new. */
  resource(registration: Registration): Promise<Registered>;
  /** A component without provider. */
  component(registration: Omit<Registration, "dependsOn">): Promise<{ readonly urn: string }>;
  outputs(urn: string, outputs: Properties): Promise<void>;
  invoke(token: string, args: Properties): Promise<Properties>;
}

export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs: Readonly<Record<string, Value | undefined>>;
  /** For each property, the URNs that its value comes from; policies read the graph by it. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly dependsOn?: readonly string[];
}

export interface Registered {
  readonly urn: string;
  readonly id: string;
  readonly outputs: Properties;
}

/** A stand-in for a remote component: `awsx:ec2:Vpc`. */
export interface ComponentModel {
  readonly type: string;
  /** All that is supported; any other argument is refused by name. */
  readonly arguments: readonly string[];
  /** Builds the children and answers the component's outputs. */
  readonly construct: (request: Construction, registrar: Registrar) => Promise<Constructed>;
}

export interface Construction {
  readonly name: string;
  /** The component's own. */
  readonly urn: string;
  readonly inputs: Properties;
  readonly inputDependencies: Readonly<Record<string, readonly string[]>>;
}

export interface Constructed {
  readonly outputs: Properties;
  /** For each output, the URNs that its value comes from: what a program passes on then depends on the child, not on the whole component. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}
