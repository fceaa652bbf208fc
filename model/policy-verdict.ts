import { globOf } from "./glob.ts";
import { type Plain, fields, isList } from "./resource-record.ts";

/** One request, by what policies look at. */
export interface PolicyRequest {
  readonly action: string;
  /** Undefined where a policy shall only be asked whether it knows the action at all. */
  readonly resource: string | undefined;
  /** Condition keys; a condition on any other is not met. */
  readonly keys: Readonly<Record<string, string>>;
}

/** What a policy says of a request, and by which statement. */
export interface PolicyVerdict {
  readonly allowed: boolean;
  readonly because: string;
  /** What the deciding statement names, where one allows. */
  readonly resources: readonly string[];
}

const listed = (value: Plain | undefined): readonly Plain[] =>
  value === undefined ? [] : isList(value) ? value : [value];

const matches = (patterns: Plain | undefined, value: string, flags = ""): boolean =>
  listed(patterns).some((pattern) => typeof pattern === "string" && globOf(pattern, flags).test(value));

/** By operator: whether a value passes a condition's. As far as this project's policies use them. */
const OPERATORS: Readonly<Record<string, (given: string, wanted: string) => boolean>> = {
  StringEquals: (given, wanted) => given === wanted,
  Bool: (given, wanted) => given === wanted,
  NumericGreaterThanEquals: (given, wanted) => Number(given) >= Number(wanted),
};

/** A condition by an operator that is not known here counts as not met: better too little than too much. */
function met(conditions: Plain | undefined, keys: PolicyRequest["keys"]): boolean {
  return Object.entries(fields(conditions)).every(([operator, tests]) => {
    const passes = OPERATORS[operator];
    if (!passes) return false;
    return Object.entries(fields(tests)).every(([key, wanted]) => {
      const given = keys[key];
      return given !== undefined && listed(wanted).some((one) => typeof one === "string" && passes(given, one));
    });
  });
}

const refused = { allowed: false, resources: [] } as const;

/** What a policy document in JSON says of a request. A document that is none allows nothing. */
export function policyVerdict(document: string, { action, resource, keys }: PolicyRequest): PolicyVerdict {
  const about = listed(statementsOf(document))
    .map(fields)
    .filter((one) => matches(one.Action, action, "i") && (resource === undefined || matches(one.Resource, resource)));
  const name = ({ Sid }: Readonly<Record<string, Plain>>): string => (typeof Sid === "string" ? Sid : "a statement");
  const denies = about.find(({ Effect }) => Effect === "Deny");
  if (denies) return { ...refused, because: `${name(denies)} denies it` };
  const allows = about.filter(({ Effect }) => Effect === "Allow");
  const decides = allows.find(({ Condition }) => resource === undefined || met(Condition, keys));
  if (decides)
    return {
      allowed: true,
      because: `${name(decides)} allows it`,
      resources: listed(decides.Resource).filter((one) => typeof one === "string"),
    };
  const [narrowed] = allows;
  return narrowed
    ? { ...refused, because: `${name(narrowed)} would allow it, but its conditions are not met` }
    : { ...refused, because: `no statement allows ${action}${resource === undefined ? "" : ` on ${resource}`}` };
}

function statementsOf(document: string): Plain | undefined {
  try {
    return fields(JSON.parse(document) as Plain).Statement;
  } catch {
    return undefined;
  }
}
