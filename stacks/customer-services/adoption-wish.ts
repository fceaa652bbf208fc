/** What the parts of an adoption have in common: what is wished for, and what is found of it. */
import type * as pulumi from "@pulumi/pulumi";
import type { StackProblem } from "../../model/problem.ts";
import type { Config, OfferedServiceConfig } from "./config.ts";

/** A service, and where it is to stand. */
export interface Wish<S extends OfferedServiceConfig = OfferedServiceConfig> {
  readonly stack: string;
  readonly key: string;
  readonly service: S;
  readonly config: Config;
  readonly region: string;
  /** Whether AWS is to refuse to delete the load balancer. */
  readonly isProtected: boolean;
  /** What the last update put out of it. */
  readonly built: { readonly loadBalancerArn?: string; readonly serviceId?: string } | undefined;
}

/** What stands and can be taken over, or why not. */
export interface Found<T> {
  readonly adopted?: T | undefined;
  readonly problems: readonly StackProblem[];
}

export const NOTHING: Found<never> = { problems: [] };

export const placeOf = ({ stack, key }: Wish) => ({ stack, service: key });

export function otherStands(at: Pick<StackProblem, "stack" | "property">, arn: string, stands: string): StackProblem {
  return {
    ...at,
    given: `${arn}, while ${stands} serves it`,
    allowed: `${stands} as long as the service stands: another one would replace it`,
    wayOut: "Take the other one over under a new key, move its connections, then remove this one.",
  };
}

/** A read's answer: known in a preview, too. */
export const known = <T>(value: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void value.apply(resolve));
