import { Argument } from "commander";
import { environments } from "../stacks/environment.ts";

/** Every command that works on one environment names it in the same way. */
export const environmentArgument = (): Argument =>
  new Argument("<ENV>", "an environment of environments/environments.yaml");

/** Of commands that otherwise work on every environment. */
export const environmentOrAll = (): Argument => new Argument("[ENV]", "one environment; all if not given");

/** Of the command that previews what a change touches, wherever that is. */
export const environmentIfSince = (): Argument =>
  new Argument(
    "[ENV]",
    "an environment of environments/environments.yaml; with --since, all that are touched if not given",
  );

/** @throws {Error} naming the environments that there are */
export function knownEnvironment(name: string): string {
  const all = Object.keys(environments());
  if (!all.includes(name))
    throw new Error(`there is no environment "${name}". The environments are: ${all.join(", ")}.`);
  return name;
}
