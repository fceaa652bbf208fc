import type { NextStep } from "./connection-state.ts";

/** Who answers for a connection, and until when that holds. */
export interface Stewardship {
  readonly owner?: string | undefined;
  readonly ticket?: string | undefined;
  /** ISO date. */
  readonly review?: string | undefined;
}

/** What a review that is overdue asks for; null where none is. @param today ISO date */
export function reviewStep(
  { owner, ticket, review }: Stewardship,
  { key, stack, today }: { readonly key: string; readonly stack: string; readonly today: string },
): NextStep | null {
  if (review === undefined || review >= today) return null;
  const asked = ticket === undefined ? "" : ` (asked for in ${ticket})`;
  return {
    who: "corpai",
    action: `${owner ?? "its owner"} was to review ${key} by ${review}${asked}: remove it, or set a later review in environments/Pulumi.${stack}.yaml`,
  };
}
