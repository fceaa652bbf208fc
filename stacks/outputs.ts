import type { Input } from "@pulumi/pulumi";

/** What a program returns while it runs: its contract, with values that are still to come. */
export type Outputs<T> = { readonly [K in keyof T]: Input<T[K]> | Outputs<T[K]> };
