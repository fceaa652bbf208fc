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
  /** Set where the provider assumes a role: its name. */
  readonly role: string | undefined;
  readonly defaultTags: Readonly<Record<string, string>>;
  /** What Configure was given, nested values parsed. */
  readonly config: Properties;
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
  /** The live view of the computed outputs, where it depends on more than the object. */
  readonly read?: (object: WorldObject, context: Context) => Properties;
  /** Throws a Refusal where AWS refuses to delete. */
  readonly remove?: (object: WorldObject, context: Context) => void;
  /** Virtual seconds that AWS takes. */
  readonly seconds?: { readonly create?: number; readonly delete?: number };
  /** True where the new one cannot stand beside the old one. */
  readonly deleteBeforeReplace?: boolean | ((olds: Properties, news: Properties) => boolean);
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
