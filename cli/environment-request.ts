import { parseCidr } from "../model/cidr-plan.ts";
import { ENVIRONMENT_CLASSES, type EnvironmentClass } from "../model/environment-class.ts";
import { type Problem, describeProblem } from "../model/problem.ts";
import { AZ_ID } from "../model/zones.ts";
import { ENVIRONMENT_NAME, type Environment, environments, stackFiles } from "../stacks/environment.ts";
import type { Differences } from "./environment-copy.ts";

/** Options of `corpai new-environment`, as somebody has typed them. */
export interface EnvironmentWishes {
  readonly from: string;
  readonly class?: string;
  readonly account?: readonly string[];
  readonly vpcCidr?: string;
  readonly azIds?: readonly string[];
  readonly nat?: string;
}

/** What is asked for, once it is known to be possible. */
export interface EnvironmentRequest extends Differences {
  readonly class: EnvironmentClass;
}

const CLASSES = ENVIRONMENT_CLASSES.filter((one) => one !== "demo");

/**
 * Judges what can be judged before files are copied; the rest is for the check of the copies.
 *
 * @param source the environment that is copied
 * @param folder of the environments' files
 * @throws {Error} with one problem
 */
export function environmentRequest(
  name: string,
  wishes: EnvironmentWishes,
  source: Environment,
  folder: string,
): EnvironmentRequest {
  const refuse = (problem: Problem): never => {
    throw new Error(describeProblem({ stack: name, ...problem }));
  };
  const known = Object.keys(environments(folder));
  if (!ENVIRONMENT_NAME.form.test(name))
    refuse({ property: "NAME", given: `"${name}"`, allowed: ENVIRONMENT_NAME.inWords, wayOut: "Choose another name." });
  if (known.includes(name))
    refuse({
      property: "NAME",
      given: `"${name}", which environments.yaml has already`,
      allowed: `a name other than ${known.join(", ")}`,
      wayOut: "Choose another name, or edit the files of that environment.",
    });
  const [standing] = stackFiles(folder).filter((file) => file.name.split(".")[1] === name);
  if (standing)
    refuse({
      property: `environments/${standing.file}`,
      given: "a file that stands already",
      allowed: "no file of the new environment",
      wayOut: "Move it away: nothing is overwritten.",
    });

  const wanted = wishes.class ?? source.class;
  const environmentClass =
    CLASSES.find((one) => one === wanted) ??
    refuse({
      property: "--class",
      given: wanted,
      allowed: CLASSES.join(", "),
      wayOut: "Give one with --class; demo is the sandbox's own.",
    });
  const { vpcCidr, azIds, nat } = wishes;
  if (vpcCidr !== undefined && parseCidr(vpcCidr) === undefined)
    refuse({
      property: "--vpc-cidr",
      given: vpcCidr,
      allowed: "an IPv4 CIDR whose host bits are zero, such as 10.60.0.0/16",
      wayOut: "Correct the address or its prefix length.",
    });
  const odd = azIds?.find((azId) => !AZ_ID.test(azId));
  if (odd !== undefined)
    refuse({
      property: "--az-ids",
      given: odd,
      allowed: "AZ ids such as use1-az1, separated by commas",
      wayOut: "AZ names differ per account; find ids with: aws ec2 describe-availability-zones.",
    });
  const accounts = replacements(wishes.account ?? [], source, refuse);
  return { name, from: source.name, class: environmentClass, accounts, vpcCidr, azIds, natGateways: nat };
}

/** `NEW` where the other environment stands in one account, otherwise `OLD=NEW` for each that is to be another. */
function replacements(
  given: readonly string[],
  source: Environment,
  refuse: (problem: Problem) => never,
): Record<string, string> {
  const accounts = [...new Set(source.facts.stacks.map(({ account }) => account))].sort();
  const pairs = given.map((text): [string, string] => {
    const [first = "", second, ...rest] = text.split("=");
    const [only = ""] = accounts;
    const [old, fresh] = second === undefined && accounts.length === 1 ? [only, first] : [first, second ?? ""];
    if (rest.length > 0 || !accounts.includes(old) || !/^\d{12}$/.test(fresh))
      refuse({
        property: "--account",
        given: text,
        allowed:
          accounts.length === 1
            ? "twelve digits"
            : `OLD=NEW, both of twelve digits, for the accounts of ${source.name}: ${accounts.join(", ")}`,
        wayOut: "Give the account in which the new environment is to stand.",
      });
    return [old, fresh];
  });
  const twice = pairs.find(([old], index) => pairs.slice(0, index).some(([earlier]) => earlier === old));
  if (twice)
    refuse({
      property: "--account",
      given: `two accounts in place of ${twice[0]}`,
      allowed: "one",
      wayOut: "Remove one of the two.",
    });
  return Object.fromEntries(pairs);
}
