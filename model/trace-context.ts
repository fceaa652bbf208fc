import type { Looks } from "./looks.ts";
import type { Connection, NetworkGraph, Place, Source } from "./network-nodes.ts";
import { UNKNOWN, type Unknown } from "./resource-record.ts";
import { type Direction, type Peer, type SecurityRules, admission } from "./security-rules.ts";
import { type Judgement, blocked, open, undecided } from "./trace-verdict.ts";

/** Stands for places that nobody knows yet. */
export const NOWHERE: Place = { subnet: UNKNOWN, azId: UNKNOWN, range: UNKNOWN };

export const knownPlaces = (places: readonly Place[] | Unknown): readonly Place[] =>
  places === UNKNOWN ? [NOWHERE] : places;

/** One connection under trace, and what all its hops are judged by. */
export class TraceContext {
  readonly environment: string;
  readonly connection: Connection;
  readonly port: number | Unknown;
  /** What customers are to admit. */
  readonly clientCidr: string | undefined;
  /** Undefined where nobody has looked. */
  readonly looks: Looks | undefined;
  readonly #security: SecurityRules;

  constructor({ environment, security, clientCidr, looks }: NetworkGraph, connection: Connection) {
    this.environment = environment;
    this.connection = connection;
    this.looks = looks;
    this.#security = security;
    this.clientCidr = clientCidr;
    // Pods go where their variables say, which may be another port than the files say today.
    const used = connection.sources.map(({ port }) => port).find((port) => typeof port === "number");
    this.port = used ?? connection.port ?? UNKNOWN;
  }

  /** Whether security groups let a peer through. @param refusal what it means, and what helps, where they certainly do not */
  admits(
    groups: readonly string[] | Unknown,
    direction: Direction,
    peer: Peer,
    refusal: () => { readonly because: string; readonly fix: string },
    port: number | Unknown = this.port,
  ): Judgement {
    const admitted = admission(this.#security, groups, direction, peer, port);
    if (admitted.answer === "yes")
      return open(`${direction === "ingress" ? "in" : "out"} by rule ${admitted.rules.join(", ")}`);
    if (admitted.answer === "maybe") return undecided(admitted.missing);
    const { because, fix } = refusal();
    return blocked(because, fix);
  }

  /** Judges for every subnet that any of the pods may stand in. */
  fromEachPlace(judge: (source: Source, place: Place) => Judgement): Judgement[] {
    return this.connection.sources.flatMap((source) => knownPlaces(source.places).map((place) => judge(source, place)));
  }

  up(stack: string): string {
    return `npx corpai up ${this.environment} --only ${stack}`;
  }

  /** What the customer has to change: `… corpai:clientCidr in environments/…, then npx corpai up …`. */
  change(what: string, property: string): string {
    const { service, offeredBy } = this.connection;
    const stack = service?.stack ?? offeredBy;
    const key = service?.key === undefined ? property : `corpai:${property.replace("*", `services.${service.key}`)}`;
    return stack === undefined
      ? `${what} ${key} of the service`
      : `${what} ${key} in environments/Pulumi.${stack}.yaml, then ${this.up(stack)}`;
  }
}
