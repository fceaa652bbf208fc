/** What stands already and what a file says of it: taken over, it must not change, so each difference is the file's to mend. */
import { type StackProblem, show } from "./problem.ts";
import { CUSTOMER_TAG, TAG_SCHEMES, type Tags, carriesScheme } from "./tags.ts";

/** One property of what stands, as AWS has it and as the file says. */
export interface Compared {
  /** As the file calls it: `port`, or `healthCheck.path`; where no key of a file says it, what it is. */
  readonly key: string;
  readonly file: unknown;
  readonly real: unknown;
  /** What to do where the file cannot say what AWS has. */
  readonly instead?: string;
}

/** A service of a file. */
interface Place {
  readonly stack: string;
  readonly service: string;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? (value as unknown[]).map(String).toSorted() : value;

/** A problem for each difference: with its property, both values, and what to write into the file. @param what stands, by name */
export function differenceProblems(
  { stack, service }: Place,
  what: string,
  compared: readonly Compared[],
): StackProblem[] {
  return compared
    .filter(({ file, real }) => !same(file, real))
    .map(({ key, file, real, instead }) => ({
      stack,
      property: `corpai:services.${service}.${key}`,
      given: file === undefined ? "nothing" : show(file),
      allowed: `${show(real)}, as ${what} has it: what is taken over does not change on the way`,
      wayOut: instead ?? `Write ${key}: ${show(real)}; change it once the service is taken over.`,
    }));
}

/** Whose tag is not on it, has not said that it may be taken over. */
export function consentProblems({ stack, service }: Place, what: string, tags: Tags): StackProblem[] {
  if (carriesScheme(tags, "customer")) return [];
  return [
    {
      stack,
      property: `corpai:services.${service}.adopt`,
      given: `${what}, which has no tag ${show(TAG_SCHEMES.customer)}`,
      allowed: "what its owner has tagged so: the tag is their yes",
      wayOut: `Tag it ${CUSTOMER_TAG.key}=${CUSTOMER_TAG.value}.`,
    },
  ];
}
