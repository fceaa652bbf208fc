/** When a stack is looked at for drift. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { SETTINGS, apiError, existingStack, stackId } from "./cloud.ts";

const RANGES = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12 },
  { least: 0, most: 7 },
];

/** Five fields of numbers in their ranges, with lists, ranges and steps. */
function isCron(expression: string): boolean {
  const fields = expression.trim().split(/\s+/);
  return fields.length === RANGES.length && RANGES.every((range, index) => isField(fields[index] ?? "", range));
}

function isField(field: string, { least, most }: (typeof RANGES)[number]): boolean {
  return field.split(",").every((part) => {
    if (!/^(\*|\d+(-\d+)?)(\/[1-9]\d*)?$/.test(part)) return false;
    const numbers = (part.split("/")[0] ?? "").split("-").filter((number) => number !== "*");
    return numbers.every((number) => Number(number) >= least && Number(number) <= most);
  });
}

/** @throws {Refusal} where the service cannot run anything of the stack */
function judge(inputs: Properties, context: Context): void {
  const doing = `failed to set drift schedule for stack (${stackId(inputs)})`;
  existingStack(context, inputs, doing);
  if (!context.world.get(SETTINGS, stackId(inputs)))
    throw apiError(400, `Deployment settings are not configured for stack '${stackId(inputs)}'`, doing);
}

const driftSchedule: ResourceModel = {
  type: "pulumiservice:index:DriftSchedule",
  arguments: {
    organization: { required: true, replace: true },
    project: { required: true, replace: true },
    stack: { required: true, replace: true },
    scheduleCron: { required: true },
    autoRemediate: { default: false },
  },
  computed: ["scheduleId"],
  check({ scheduleCron }): CheckFailure[] {
    const cron = text(scheduleCron);
    return cron === undefined || isCron(cron) ? [] : [["scheduleCron", `invalid cron expression: ${cron}`]];
  },
  create(inputs, context) {
    judge(inputs, context);
    const scheduleId = [8, 4, 4, 4, 12].map((digits) => context.world.hex(digits)).join("-");
    return { id: `${stackId(inputs)}/drift/${scheduleId}`, computed: { scheduleId } };
  },
  update(_object, inputs, context) {
    judge(inputs, context);
    return {};
  },
};

export const driftScheduleModels: readonly ResourceModel[] = [driftSchedule];
