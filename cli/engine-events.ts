import type { PendingCreate } from "./pending-creates.ts";
import { type Difference, differenceIn } from "./differences.ts";

/** What of the engine's event log this project uses. The SDK's own types of it have `any` in them. */
interface LoggedEvent {
  /** Begins the log of a preview, or of an update that follows its own. */
  readonly preludeEvent?: object;
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
  readonly diagnosticEvent?: { readonly urn?: string; readonly message: string; readonly severity: string };
  readonly policyEvent?: {
    readonly resourceUrn?: string;
    readonly message: string;
    readonly policyName: string;
    readonly enforcementLevel: string;
  };
  readonly resourcePreEvent?: { readonly metadata: LoggedStep };
  readonly resOutputsEvent?: { readonly metadata: LoggedStep };
}

/** What the engine does, or has done, with one resource. */
export interface LoggedStep {
  readonly op: string;
  readonly urn: string;
  /** Top-level properties in which the two differ. */
  readonly diffs?: readonly string[] | null;
  readonly old?: LoggedState | null;
  readonly new?: LoggedState | null;
}

export interface LoggedState {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly parent?: string;
  /** URN and id. */
  readonly provider?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** How many resources an operation changed, or would change. */
export interface Changes {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
}

export const NO_CHANGES: Changes = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };

export const changesAnything = ({ create, update, replace, delete: deleted }: Changes): boolean =>
  create + update + replace + deleted > 0;

/** What is done, or would be done, with one resource that does not stay as it is. */
export interface ResourceChange {
  readonly operation: "create" | "update" | "replace" | "delete";
  readonly type: string;
  readonly name: string;
}

/** What a rule of the policy pack has to say of one resource. */
export interface Finding {
  readonly policy: string;
  readonly level: string;
  /** The resource's name; the stack's where a rule judges the whole stack. */
  readonly resource: string;
  readonly message: string;
}

/** A resource as an operation left it, or found it. Secrets read `[secret]`. */
export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly parent: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** All that an operation's event log says. */
export interface EventReport {
  readonly changes: Changes;
  /** The same one by one, components included; by type and name. */
  readonly resourceChanges: readonly ResourceChange[];
  /** In the engine's words, each once. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly findings: readonly Finding[];
  readonly resources: readonly ResourceState[];
  /** What stood before it. */
  readonly earlier: readonly ResourceState[];
  /** What it replaces, as it stood before. */
  readonly replaced: readonly ResourceState[];
  /** What it has created, or would create. */
  readonly creates: readonly PendingCreate[];
  /** Creates that AWS refused since there is such a thing already. */
  readonly taken: readonly PendingCreate[];
  /** Of a refresh: what differs from what the stack had recorded. */
  readonly differences: readonly Difference[];
  /** Whether what the stack tells its readers is another thing now. */
  readonly outputsChanged: boolean;
}

const STACK_TYPE = "pulumi:pulumi:Stack";
const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** @param log JSON lines; a last one that is cut off is left out */
export function readEvents(log: string): EventReport {
  const events = log.split("\n").flatMap((line): LoggedEvent[] => {
    try {
      return line === "" ? [] : [JSON.parse(line) as LoggedEvent];
    } catch {
      return [];
    }
  });
  const diagnostics = (severity: string): string[] => [
    ...new Set(
      events
        .flatMap(({ diagnosticEvent }) => (diagnosticEvent?.severity === severity ? [wording(diagnosticEvent)] : []))
        .filter((text) => text !== ""),
    ),
  ];
  const steps = events.flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []);
  const creates = events
    .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])
    .flatMap((step) => (step.op === "create" && step.new?.custom ? [createOf(step.new)] : []));
  const taken = events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.severity === "error" && TAKEN.test(diagnosticEvent.message) ? (diagnosticEvent.urn ?? []) : [],
  );
  return {
    resourceChanges: resourceChangesOf(events.slice(events.findLastIndex(({ preludeEvent }) => preludeEvent) + 1)),
    changes: changesOf(events.findLast(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {}),
    errors: diagnostics("error"),
    warnings: diagnostics("warning"),
    findings: events.flatMap(({ policyEvent }) => (policyEvent ? [findingOf(policyEvent)] : [])),
    resources: unique(steps.flatMap((step) => (step.new?.urn === undefined ? [] : [stateOf(step.new)]))),
    earlier: unique(steps.flatMap(({ old }) => (old?.urn === undefined ? [] : [stateOf(old)]))),
    replaced: unique(steps.flatMap(({ op, old }) => (old && REPLACING.includes(op) ? [stateOf(old)] : []))),
    creates,
    taken: creates.filter(({ urn }) => taken.includes(urn)),
    differences: steps.flatMap((step) => differenceIn(step) ?? []),
    outputsChanged: steps.some(
      (step) =>
        step.new?.type === STACK_TYPE &&
        JSON.stringify(step.old?.outputs ?? {}) !== JSON.stringify(step.new.outputs ?? {}),
    ),
  };
}

/** The engine counts a replacement's halves on their own where it deletes first. */
function changesOf(counts: Readonly<Record<string, number>>): Changes {
  const of = (...operations: readonly string[]): number =>
    operations.reduce((sum, operation) => sum + (counts[operation] ?? 0), 0);
  return {
    create: of("create", "import"),
    update: of("update"),
    replace: Math.max(of("replace"), of("create-replacement"), of("delete-replaced"), of("import-replacement")),
    delete: of("delete", "discard"),
    same: of("same"),
  };
}

const OPERATIONS: Readonly<Record<string, ResourceChange["operation"]>> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  delete: "delete",
  discard: "delete",
};

function resourceChangesOf(events: readonly LoggedEvent[]): ResourceChange[] {
  const changes = events.flatMap(({ resOutputsEvent }): [string, ResourceChange][] => {
    const { op = "", urn = "", old, new: now } = resOutputsEvent?.metadata ?? {};
    const operation = OPERATIONS[op];
    const type = now?.type ?? old?.type;
    return operation === undefined || type === undefined ? [] : [[urn, { operation, type, name: nameOf(urn) }]];
  });
  // A replacement is told in several steps.
  return [...new Map(changes).values()].toSorted(
    (a, b) => a.type.localeCompare(b.type) || a.name.localeCompare(b.name),
  );
}

function findingOf({
  resourceUrn = "",
  message,
  policyName,
  enforcementLevel,
}: NonNullable<LoggedEvent["policyEvent"]>): Finding {
  return { policy: policyName, level: enforcementLevel, resource: nameOf(resourceUrn), message: message.trim() };
}

function stateOf({ urn, type, id, parent, inputs = {}, outputs = {} }: LoggedState): ResourceState {
  return { urn, type, name: nameOf(urn), id: id === "" ? undefined : id, parent, inputs, outputs };
}

/** A replacement is told in several steps. */
const REPLACING: readonly string[] = ["replace", "create-replacement", "delete-replaced", "import-replacement"];

/** Each resource once, as it was told last. */
const unique = (states: readonly ResourceState[]): ResourceState[] => [
  ...new Map(states.map((state) => [state.urn, state])).values(),
];

/** In the words of AWS's services and of Kubernetes; the subnets of an endpoint are another matter. */
const TAKEN = /already exists|AlreadyExists|already associated|\bDuplicate(?!SubnetsInSameZone)/;

function createOf({ urn, type, inputs = {}, parent, provider }: LoggedState): PendingCreate {
  return {
    urn,
    type,
    inputs,
    ...(parent === undefined || parent === "" ? {} : { parent }),
    ...(provider === undefined || provider === "" ? {} : { provider }),
  };
}

const FRAME = /^\s+at .+$/;

/** A diagnostic without the frames of a stack trace; of these, the first in our own code says where. */
function wording({ urn, message }: NonNullable<LoggedEvent["diagnosticEvent"]>): string {
  const lines = message.trimEnd().split("\n");
  const where = lines
    .filter((line) => FRAME.test(line))
    .map((line) => /(?:stacks|components|model)\/[\w./-]+:\d+/.exec(line)?.[0])
    .find((place) => place !== undefined);
  const text = lines
    .filter((line) => !FRAME.test(line))
    .join("\n")
    .trim();
  const told = where === undefined ? text : `${text} (${where})`;
  return urn === undefined || urn === "" || urn.includes(`::${STACK_TYPE}::`) || text === ""
    ? told
    : `${nameOf(urn)}: ${told}`;
}
