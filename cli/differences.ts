import { isDeepStrictEqual } from "node:util";
import type { LoggedStep } from "./engine-events.ts";

/** One property that is not as it was recorded. Absent: it was not there, or is no more. Secrets read `[secret]`. */
export interface PropertyDifference {
  /** `healthCheck.port` lies inside one. */
  readonly property: string;
  readonly was?: unknown;
  readonly is?: unknown;
}

/** A resource that is not as its stack has recorded it. */
export interface Difference {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the component that it belongs to; undefined where it is in none. */
  readonly parent: string | undefined;
  /** `moved`: nobody changed what was asked for, but its life has gone on. */
  readonly what: "changed" | "deleted" | "moved";
  readonly properties: readonly PropertyDifference[];
}

/** Outputs by which AWS tells how far a resource's life has come; all others follow from what was asked for, or change all the time. */
const STATES: readonly string[] = ["state", "vpcEndpointState"];

/** What a refresh has found of one resource; undefined where all is as recorded. */
export function differenceIn({ op, urn, diffs, old, new: now }: LoggedStep): Difference | undefined {
  if (!old || old.type === "pulumi:pulumi:StackReference") return undefined;
  const found = (what: Difference["what"], properties: readonly PropertyDifference[] = []): Difference => ({
    urn,
    type: old.type,
    name: urn.split("::").at(-1) ?? urn,
    parent: old.parent === "" ? undefined : old.parent,
    what,
    properties,
  });
  if (op === "delete") return found("deleted");
  if (!now) return undefined;
  if (op === "update") {
    const asked = between(old.inputs ?? {}, now.inputs ?? {});
    const made = asked.length > 0 ? asked : among(diffs ?? [], old.outputs ?? {}, now.outputs ?? {});
    return found("changed", made.length > 0 ? made : hidden(diffs ?? []));
  }
  const states = among(STATES, old.outputs ?? {}, now.outputs ?? {});
  return states.length > 0 ? found("moved", states) : undefined;
}

type Properties = Readonly<Record<string, unknown>>;

function among(keys: readonly string[], was: Properties, is: Properties): PropertyDifference[] {
  return keys.flatMap((key) => between(pick(was, key), pick(is, key)));
}

/** The engine calls them different, but shows them alike: they are secret. */
const hidden = (keys: readonly string[]): PropertyDifference[] =>
  keys.map((property) => ({ property, was: "[secret]", is: "[secret]" }));

const pick = (properties: Properties, key: string): Properties => (key in properties ? { [key]: properties[key] } : {});

function between(was: Properties, is: Properties, path = ""): PropertyDifference[] {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !key.startsWith("__"));
  return keys.flatMap((key): PropertyDifference[] => {
    const [before, after] = [was[key], is[key]];
    if (isDeepStrictEqual(before, after)) return [];
    const property = `${path}${key}`;
    if (isRecord(before) && isRecord(after)) return between(before, after, `${property}.`);
    return [
      { property, ...(before === undefined ? {} : { was: before }), ...(after === undefined ? {} : { is: after }) },
    ];
  });
}

const isRecord = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `clickhouse-nlb (TargetGroup): healthCheck.port: traffic-port -> 8123` */
export const describeOne = (difference: Difference): string =>
  `${difference.name} (${difference.type.split(":").at(-1) ?? ""}): ${describeDifference(difference)}`;

/** `healthCheck.port: traffic-port -> 8123`, or `deleted`. */
export function describeDifference({ what, properties }: Pick<Difference, "what" | "properties">): string {
  if (what === "deleted") return "deleted";
  const parts = properties.map(({ property, was, is }) => `${property}: ${worded(was)} -> ${worded(is)}`);
  return parts.length > 0 ? parts.join(", ") : "changed";
}

function worded(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
