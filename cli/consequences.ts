import { type MonthlyCost, monthlyCost } from "../model/cost.ts";
import { type Outage, outageOfReplacing } from "../model/outage.ts";
import type { EngineRun } from "./engine.ts";
import type { ResourceState } from "./engine-events.ts";
import { plainProperties } from "./pulumi-state.ts";

/** What a stack costs in a month, before any use of it. US dollars. */
export interface StackCost {
  readonly monthly: number;
  /** What the change adds, or saves. */
  readonly difference: number;
  /** Names of what costs something by the hour, but how much is not known. */
  readonly unpriced: readonly string[];
}

/** A replacement that people notice. */
export interface PlannedOutage {
  readonly resource: string;
  readonly type: string;
  readonly breaks: Outage;
}

/** What a preview's changes mean for those who pay, and those who are connected. */
export interface Consequences {
  /** Undefined where no prices of the region are known. */
  readonly cost: StackCost | undefined;
  readonly outages: readonly PlannedOutage[];
}

export function consequencesOf({ resources, earlier, replaced }: EngineRun, region: string): Consequences {
  const [after, before] = [costOf(resources, region), costOf(earlier, region)];
  return {
    cost: after &&
      before && {
        monthly: after.total,
        difference: cents(after.total - before.total),
        unpriced: after.items.flatMap(({ name, monthly }) => (monthly === undefined ? [name] : [])),
      },
    outages: replaced.flatMap(({ name: resource, type }) => {
      const breaks = outageOfReplacing(type);
      return breaks === undefined ? [] : [{ resource, type, breaks }];
    }),
  };
}

const costOf = (resources: readonly ResourceState[], region: string): MonthlyCost | undefined =>
  monthlyCost(
    resources.map(({ name, type, inputs }) => ({ name, type, inputs: plainProperties(inputs) })),
    region,
  );

const cents = (dollars: number): number => Math.round(dollars * 100) / 100;

/** `$259.20 a month (+$86.40)`, with what is not in it. */
export function describeCost({ monthly, difference, unpriced }: StackCost): string {
  const change = difference === 0 ? "" : ` (${difference > 0 ? "+" : "−"}$${Math.abs(difference).toFixed(2)})`;
  const without = unpriced.length === 0 ? "" : `, without ${unpriced.join(", ")}, whose size or price is not known`;
  return `$${monthly.toFixed(2)} a month${change}${without}`;
}

const MEANS: Readonly<Record<Outage, string>> = {
  data: "what it holds is lost",
  connections: "what goes through it breaks until the new one stands",
};

export const describeOutage = ({ resource, type, breaks }: PlannedOutage): string =>
  `OUTAGE: ${resource} (${type.split(":").at(-1) ?? type}) is replaced: ${MEANS[breaks]}`;
