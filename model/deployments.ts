/** How Pulumi Deployments runs the project's stacks. */

/** The CLI that set-up asks for, on the Node.js that the project recommends. */
export const EXECUTOR_IMAGE = "pulumi/pulumi-nodejs-24:3.259.0";

/** The project's own set-up, which ends in `npm ci`: Deployments by itself would run `npm install`. */
export const PRE_RUN_COMMANDS: readonly string[] = ["node setup.mjs"];

const FIELDS: readonly (readonly [least: number, most: number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];

/** Whether a text is five fields of cron: numbers, lists, ranges, steps and asterisks. */
export function isCron(text: string): boolean {
  const fields = text.split(" ");
  return fields.length === FIELDS.length && fields.every((field, index) => field.split(",").every(fits(FIELDS[index])));
}

const fits =
  ([least, most]: readonly [number, number] = [0, 0]) =>
  (part: string): boolean => {
    const [, range = "", from = "", to, step] = /^(\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (range === "" || (step !== undefined && Number(step) === 0)) return false;
    const [first, last] = range === "*" ? [least, most] : [Number(from), Number(to ?? from)];
    return least <= first && first <= last && last <= most;
  };
