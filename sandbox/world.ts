import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Time } from "./time.ts";
import type { Properties } from "./wire.ts";

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
  }[];
}

/** What was deleted, but stays in AWS's keeping for a while. No program sees it, but it can be in the way. */
export interface Lingering {
  readonly object: WorldObject;
  /** Virtual second at which AWS drops it. */
  readonly goneAt: number;
}

interface Stored {
  clock: number;
  serial: number;
  objects: WorldObject[];
  lingering?: Lingering[];
}

/** Everything that exists in one environment's AWS, kept in a file across restarts. */
export class World {
  readonly facts: Facts;
  readonly time: Time;
  /** Names of a project's stacks that the backend has a record of. */
  readonly stacksOf: (project: string) => ReadonlySet<string>;
  readonly #file: string | undefined;
  readonly #salt: string;
  readonly #objects = new Map<string, WorldObject>();
  #lingering: readonly Lingering[];
  #serial = 0;

  /** @param file undefined keeps the world in memory only */
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
    this.#file = file;
    const stored = file === undefined ? undefined : readStored(file);
    for (const object of stored?.objects ?? estate) this.#objects.set(keyOf(object), object);
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
    this.#save();
  }

  get objects(): readonly WorldObject[] {
    return [...this.#objects.values()];
  }

  /** @param account needed for what is named per account (roles, clusters, log groups); ids such as `vpc-…` are unique anyway */
  get(type: string, id: string, account?: string): WorldObject | undefined {
    if (account !== undefined) return this.#objects.get(keyOf({ type, id, account }));
    return this.all(type, (object) => object.id === id)[0];
  }

  /** All of a type, oldest first, narrowed by a predicate. */
  all(type: string, matches: (object: WorldObject) => boolean = () => true): WorldObject[] {
    return this.objects.filter((object) => object.type === type && matches(object));
  }

  put(object: WorldObject): void {
    this.#objects.set(keyOf(object), object);
    this.#save();
  }

  /** @param lingers virtual seconds for which AWS keeps what it lets nobody see */
  remove(object: WorldObject, lingers = 0): void {
    this.#objects.delete(keyOf(object));
    if (lingers > 0) this.#lingering = [...this.#kept(), { object, goneAt: this.clock + lingers }];
    this.#save();
  }

  #kept(): readonly Lingering[] {
    return this.#lingering.filter(({ goneAt }) => goneAt > this.clock);
  }

  /** What of a type was deleted and is not gone yet. */
  lingering(type: string): readonly Lingering[] {
    return this.#kept().filter(({ object }) => object.type === type);
  }

  /** Call after changing an object in place. */
  changed(): void {
    this.#save();
  }

  /** Hex digits that look random, never repeat in this world, and are the same in every run of the same story. */
  hex(digits: number): string {
    this.#serial += 1;
    return createHash("sha256").update(`${this.#salt}/${this.#serial}`).digest("hex").slice(0, digits);
  }

  /** Drops the file: whoever loads this world next starts from the estate. */
  reset(): void {
    if (this.#file !== undefined) rmSync(this.#file, { force: true });
  }

  #save(): void {
    if (this.#file === undefined) return;
    const stored: Stored = {
      clock: this.clock,
      serial: this.#serial,
      objects: this.objects as WorldObject[],
      lingering: [...this.#kept()],
    };
    mkdirSync(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(stored, null, 1));
    renameSync(temporary, this.#file);
  }
}

const keyOf = ({
  type,
  account,
  id,
}: {
  readonly type: string;
  readonly account: string;
  readonly id: string;
}): string => [type, account, id].join("\n");

function readStored(file: string): Stored | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Stored;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
