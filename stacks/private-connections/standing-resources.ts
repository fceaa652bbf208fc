/** Resource configurations that self-managed connections name and this program does not make: whether they can be used. */
import * as aws from "@pulumi/aws";
import { resourceConfigurationArn } from "../../model/lattice-limits.ts";
import type { StackProblem } from "../../model/problem.ts";
import { found, ifAllowed } from "../lookup.ts";
import type { Config } from "./config.ts";
import type { Preflight } from "./preflight.ts";

const TYPE = "AWS::VpcLattice::ResourceConfiguration";

export async function standingResources(
  stack: string,
  { privateConnections }: Config,
  place: { readonly account: string; readonly region: string },
): Promise<Preflight> {
  const checks = await Promise.all(
    Object.entries(privateConnections).map(async ([key, connection]): Promise<Preflight> => {
      if (connection.mode !== "self-managed" || "resource" in connection.by) return { problems: [], steps: [] };
      const { by } = connection;
      // This update accepts the share first.
      if ("resourceConfigurationArn" in by && by.acceptShareArn !== undefined) return { problems: [], steps: [] };
      const arn =
        "resourceConfigurationArn" in by
          ? by.resourceConfigurationArn
          : resourceConfigurationArn(by.resourceConfigurationId, place);
      return usable({ stack, property: `corpai:privateConnections.${key}.by` }, arn, place.account);
    }),
  );
  return { problems: checks.flatMap(({ problems }) => problems), steps: checks.flatMap(({ steps }) => steps) };
}

async function usable(at: Pick<StackProblem, "stack" | "property">, arn: string, account: string): Promise<Preflight> {
  const lookUp = found(aws.cloudcontrol.getResource({ typeName: TYPE, identifier: arn }));
  const asked = await ifAllowed(lookUp.then((resource) => ({ resource })));
  if (!asked)
    return {
      problems: [],
      steps: [`see that ${arn} is shared with ${account}, and the share accepted: these credentials may not look`],
    };
  if (asked.resource) return { problems: [], steps: [] };
  const isOwn = arn.split(":")[4] === account;
  return {
    problems: [
      {
        ...at,
        given: isOwn
          ? `${arn}, which is not there`
          : `${arn}, which is not there, not shared, or whose share nobody has accepted`,
        allowed: `a resource configuration of this account, or one that ${account} may use`,
        wayOut: isOwn
          ? "Correct the id, or aws:region."
          : "Ask who shares it, and give the share as acceptShareArn where their account is outside of your organization.",
      },
    ],
    steps: [],
  };
}
