import { createHash } from "node:crypto";
import { IndexBy } from "./index-by.ts";
import { Time } from "./time.ts";
import type { Properties } from "./wire.ts";
import { WorldFile, keyOf } from "./world-file.ts";

/** One thing that exists: made by a program, or standing since before (`estate`). */
export interface WorldObject {
  /** Pulumi's type token: `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  readonly id: string;
  /** The AWS account; of a Kubernetes object the API server's URL. */
  readonly account: string;
  readonly region: string;
  /** What was asked for, defaults filled in. Sensitive values are digests. */
  inputs: Properties;
  /** What AWS computed: ARNs, states, addresses. */
  computed: Properties;
  /** Virtual second at which it became, or becomes, usable. */
  readyAt: number;
  /** True for what stood before we came: programs may change it, but never create or delete it. */
  readonly estate: boolean;
  /** As long as whoever asked for it has not been told that it was made: for good, where the answer was lost. */
  unheard?: true;
}

/** AZ names of one account, and what stands for its images and zones: facts that no program creates. */
export interface Facts {
  /** account → AZ name → AZ id */
  readonly zones: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** image reference → what its `/ready` needs */
  readonly images: Readonly<Record<string, ImageFacts>>;
  /** Repository → digests of the images that somebody's pipeline pushes into it as soon as it exists. */
  readonly pushes?: Readonly<Record<string, readonly string[]>>;
  /** Service of AWS's → zone ids in which it has no interface endpoints. */
  readonly servicesMissingIn?: Readonly<Record<string, readonly string[]>>;
  /** Whether whoever runs Pulumi stands where private Kubernetes APIs can be reached: in the VPC, or by VPN. */
  readonly reachesPrivateApis?: boolean;
  /** Host name → what it stands for, everywhere or in these VPCs alone. */
  readonly names?: Readonly<
    Record<string, { readonly addresses: readonly string[]; readonly vpcIds?: readonly string[] | undefined }>
  >;
  /** VPC → networks that its route tables lead to over a peering, a transit gateway or a VPN. */
  readonly routes?: Readonly<Record<string, readonly string[]>>;
  /** Accounts that share without invitations, by organization. */
  readonly organizations?: readonly (readonly string[])[];
  /** Regions that an account has not switched on, by account. */
  readonly regionsOff?: Readonly<Record<string, readonly string[]>>;
  /** What AWS has raised: by account, Service Quotas' code to what is allowed. */
  readonly quotas?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Accounts whose service control policies deny actions: by account, the actions. */
  readonly denied?: Readonly<Record<string, readonly string[]>>;
  /** What stands in Pulumi Cloud; nothing without. */
  readonly pulumiCloud?: CloudFacts | undefined;
  /** Hosts that listen: key is the object id of an instance, or `<vpc id>/<ip>` for a host that is none. */
  readonly hosts: Readonly<Record<string, HostFacts>>;
}

/** An organization in Pulumi Cloud, as somebody has set it up by hand. */
export interface CloudFacts {
  readonly organization: string;
  /** On GitHub, where Pulumi's app is installed: `owner/name`. */
  readonly repositories: readonly string[];
  /** Policy pack to its published versions. */
  readonly policyPacks: Readonly<Record<string, readonly string[]>>;
  /** Id to name. */
  readonly agentPools: Readonly<Record<string, string>>;
}

export interface ImageFacts {
  /**
   * `/ready` answers 200 only when the host and port that these variables name can be reached and, where others are named, the certificate that answers
   * there covers that name, and the user is let in by IAM.
   */
  readonly readyWhenReaches: readonly {
    readonly host: string;
    readonly port: string;
    readonly certificateFor?: string | undefined;
    /** The variable that holds the path of the bundle that it believes; without, it believes public authorities. */
    readonly caBundle?: string | undefined;
    readonly user?: string;
    readonly database?: string;
  }[];
  /** For an image that runs SQL: the variables that name where, and by which secret; and which key of its ConfigMap volume it runs. */
  readonly runsSql?: {
    readonly host: string;
    readonly port: string;
    readonly database: string;
    readonly secret: string;
    readonly file: string;
  };
}

export interface HostFacts {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly ip: string;
  readonly securityGroupIds: readonly string[];
  readonly listens: readonly {
    readonly port: number;
    readonly protocol: "TCP" | "HTTP" | "HTTPS";
    readonly paths?: Readonly<Record<string, number>>;
    /** Names on the certificate that it shows, `*.` for one label of any name. Without any it speaks no TLS that the sandbox knows of. */
    readonly certificateNames?: readonly string[] | undefined;
    /** PEM of who signed it, where that is no public authority. */
    readonly signedBy?: string | undefined;
  }[];
}

/** What was deleted, but stays in AWS's keeping for a while. No program sees it, but it can be in the way. */
export interface Lingering {
  readonly object: WorldObject;
  /** Virtual second at which AWS drops it. */
  readonly goneAt: number;
}

/**
 * By what objects of some types are looked up besides their ids. All of it is fixed when an object is made, as ids are; a type that is not here has none.
 */
const HANDLES: Readonly<Record<string, (object: WorldObject) => readonly unknown[]>> = {
  "aws:ec2/networkInterface:NetworkInterface": ({ inputs, computed }) => [computed._owner, inputs.subnetId],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ({ inputs }) => [inputs.securityGroupId],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ({ inputs }) => [inputs.securityGroupId],
  "aws:ec2/securityGroup:SecurityGroup": ({ inputs }) => [inputs.name],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) => [inputs.serviceName],
  "aws:ec2/vpcEndpointService:VpcEndpointService": ({ computed }) => [computed.serviceName],
};

const handle = (type: string, text: string): string => `${type}\n${text}`;
const handlesOf = (object: WorldObject): readonly string[] =>
  (HANDLES[object.type]?.(object) ?? []).flatMap((text) => (typeof text === "string" ? handle(object.type, text) : []));

/** Everything that exists in one environment's AWS, kept in files across restarts. */
export class World {
  readonly facts: Facts;
  readonly time: Time;
  /** Names of a project's stacks that the backend has a record of. */
  readonly stacksOf: (project: string) => ReadonlySet<string>;
  readonly #file: WorldFile | undefined;
  readonly #salt: string;
  readonly #objects = new Map<string, WorldObject>();
  readonly #byType = new IndexBy(({ type }) => [type]);
  readonly #byHandle = new IndexBy(handlesOf);
  /** What others may name it by in their inputs. */
  readonly #byName = new IndexBy(({ id, computed }) => [id, computed.arn, computed.serviceName]);
  readonly #byEndpoint = new IndexBy(({ computed }) => [computed.endpoint]);
  /** What the file knows of each object: an object's parts are never changed, but exchanged. */
  readonly #kept = new Map<WorldObject, WorldObject>();
  #lingering: readonly Lingering[];
  #serial = 0;

  /** @param file its snapshot, which ends in `.json`; undefined keeps the world in memory only */
  constructor(
    salt: string,
    facts: Facts,
    estate: readonly WorldObject[],
    file?: string,
    stacksOf: (project: string) => ReadonlySet<string> = () => new Set(),
  ) {
    this.#salt = salt;
    this.stacksOf = stacksOf;
    this.facts = facts;
    this.#file = file === undefined ? undefined : new WorldFile(file);
    const stored = this.#file?.read();
    for (const object of stored?.objects ?? estate) this.#add(object);
    this.#lingering = stored?.lingering ?? [];
    this.time = new Time(stored?.clock ?? 0);
    this.#serial = stored?.serial ?? 0;
  }

  /** Virtual seconds since the world began. */
  get clock(): number {
    return this.time.now;
  }

  advance(seconds: number): void {
    this.time.advance(seconds);
    this.#save({});
  }

  get objects(): readonly WorldObject[] {
    return [...this.#objects.values()];
  }

  /** @param account needed for what is named per account (roles, clusters, log groups); ids such as `vpc-…` are unique anyway */
  get(type: string, id: string, account?: string): WorldObject | undefined {
    if (account !== undefined) return this.#objects.get(keyOf({ type, id, account }));
    return this.#byName.all(id).find((object) => object.type === type && object.id === id);
  }

  /** All of a type, oldest first, narrowed by a predicate. */
  all(type: string, matches?: (object: WorldObject) => boolean): WorldObject[] {
    const all = this.#byType.all(type);
    return matches ? all.filter(matches) : all;
  }

  count(type: string): number {
    return this.#byType.count(type);
  }

  /** All of a type with this handle, oldest first: an interface's owner or subnet, a rule's group, a group's name, an endpoint's service. */
  by(type: string, text: string): WorldObject[] {
    return this.#byHandle.all(handle(type, text));
  }

  /** All that have one of these ids, ARNs or names of endpoint services. */
  named(names: Iterable<string>): ReadonlySet<WorldObject> {
    return new Set([...names].flatMap((name) => this.#byName.all(name)));
  }

  /** What answers at an endpoint: a cluster's API. */
  servedAt(endpoint: string): WorldObject[] {
    return this.#byEndpoint.all(endpoint);
  }

  put(object: WorldObject): void {
    const standing = this.#objects.get(keyOf(object));
    const replaced = standing === object ? undefined : standing;
    if (replaced) this.#drop(replaced);
    if (standing !== object) this.#add(object);
    this.#save({ put: [object], ...(replaced && { removed: replaced }) });
  }

  /** @param lingers virtual seconds for which AWS keeps what it lets nobody see */
  remove(object: WorldObject, lingers = 0): void {
    this.#drop(object);
    const left = lingers > 0 ? { object, goneAt: this.clock + lingers } : undefined;
    if (left) this.#lingering = [...this.#left(), left];
    this.#save({ removed: object, ...(left && { lingers: left }) });
  }

  #left(): readonly Lingering[] {
    return this.#lingering.filter(({ goneAt }) => goneAt > this.clock);
  }

  /** What of a type was deleted and is not gone yet. */
  lingering(type: string): readonly Lingering[] {
    return this.#left().filter(({ object }) => object.type === type);
  }

  /** Call after changing objects in place. @param objects which ones; without any it is found out, by a look at all of them */
  changed(...objects: readonly WorldObject[]): void {
    if (!this.#file) return;
    const put = (objects.length > 0 ? objects : this.objects).filter((object) => this.#differs(object));
    if (put.length > 0) this.#save({ put });
  }

  /** Hex digits that look random, never repeat in this world, and are the same in every run of the same story. */
  hex(digits: number): string {
    this.#serial += 1;
    return createHash("sha256").update(`${this.#salt}/${this.#serial}`).digest("hex").slice(0, digits);
  }

  /** Drops the files: whoever loads this world next starts from the estate. */
  reset(): void {
    this.#file?.remove();
  }

  get #indexes(): readonly IndexBy[] {
    return [this.#byType, this.#byHandle, this.#byName, this.#byEndpoint];
  }

  #add(object: WorldObject): void {
    this.#objects.set(keyOf(object), object);
    for (const index of this.#indexes) index.add(object);
    if (this.#file) this.#kept.set(object, { ...object });
  }

  #drop(object: WorldObject): void {
    this.#objects.delete(keyOf(object));
    for (const index of this.#indexes) index.remove(object);
    this.#kept.delete(object);
  }

  #differs(object: WorldObject): boolean {
    const known = this.#kept.get(object);
    const same =
      known?.inputs === object.inputs &&
      known.computed === object.computed &&
      known.readyAt === object.readyAt &&
      known.unheard === object.unheard;
    return !same && this.#objects.get(keyOf(object)) === object;
  }

  #save(change: Omit<Parameters<WorldFile["append"]>[0], "clock" | "serial">): void {
    if (!this.#file) return;
    for (const object of change.put ?? []) this.#kept.set(object, { ...object });
    const state = { clock: this.clock, serial: this.#serial };
    this.#file.append({ ...state, ...change }, () => ({ ...state, objects: this.objects, lingering: this.#left() }));
  }
}
