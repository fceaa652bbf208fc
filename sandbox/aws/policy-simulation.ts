/** IAM's own forecast of what a principal may do, its organization's service control policies included. */
import type { Context, FunctionModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { like, records, text, texts } from "../values.ts";
import { roleByArn } from "./iam.ts";
import { whyDenied } from "./policies.ts";

/** Whether the account's organization denies an action to everybody in it. */
export const deniedByOrganization = ({ world, caller }: Context, action: string): boolean =>
  world.facts.denied?.[caller.account]?.some((pattern) => like(pattern, action, "i")) ?? false;

/** @throws {Refusal} in the words of whichever API was called */
export function refuseDenied(context: Context, action: string): void {
  if (!deniedByOrganization(context, action)) return;
  const { account, role } = context.caller;
  const who =
    role === undefined
      ? `arn:aws:iam::${account}:user/sandbox`
      : `arn:aws:sts::${account}:assumed-role/${role}/sandbox`;
  throw new Refusal(
    "AccessDeniedException",
    `User: ${who} is not authorized to perform: ${action} with an explicit deny in a service control policy`,
  );
}

const getSessionContext: FunctionModel = {
  token: "aws:iam/getSessionContext:getSessionContext",
  arguments: ["arn"],
  calls: [],
  call({ arn }) {
    const given = text(arn) ?? "";
    const [, account, role = ""] = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(given) ?? [];
    const issuerArn = account === undefined ? given : `arn:aws:iam::${account}:role/${role}`;
    return { id: given, arn: given, issuerArn, issuerId: "", issuerName: role, sessionName: account ? "sandbox" : "" };
  },
};

const SERVICE_LINKED = ":role/aws-service-role/";

/** The verdict on one action. A role of AWS's own may do what its service needs. */
function decisionOn(action: string, sourceArn: string, resourceArn: string, context: Context): string {
  const { world, caller } = context;
  if (deniedByOrganization(context, action)) return "explicitDeny";
  const role = roleByArn(world, sourceArn);
  if (sourceArn.includes(":role/") && !role)
    throw new Refusal("NoSuchEntity", `The role with ARN ${sourceArn} cannot be found.`);
  if (!role || sourceArn.includes(SERVICE_LINKED)) return "allowed";
  const why = whyDenied(world, { account: caller.account, role: role.id }, { action, arn: resourceArn, keys: {} });
  return why === undefined ? "allowed" : why.includes("explicit deny") ? "explicitDeny" : "implicitDeny";
}

const getPrincipalPolicySimulation: FunctionModel = {
  token: "aws:iam/getPrincipalPolicySimulation:getPrincipalPolicySimulation",
  arguments: ["actionNames", "policySourceArn", "resourceArns", "contexts"],
  calls: [["iam:SimulatePrincipalPolicy"]],
  call({ actionNames, policySourceArn, resourceArns, contexts }, context) {
    const source = text(policySourceArn) ?? "";
    const resources = texts(resourceArns).length > 0 ? texts(resourceArns) : ["*"];
    const results = texts(actionNames).flatMap((actionName) =>
      resources.map((resourceArn) => {
        const decision = decisionOn(actionName, source, resourceArn, context);
        const allowed = decision === "allowed";
        return {
          actionName,
          resourceArn,
          allowed,
          decision,
          decisionDetails: {},
          matchedStatements: [],
          missingContextKeys: [],
        };
      }),
    );
    return {
      id: "-",
      actionNames: texts(actionNames),
      policySourceArn: source,
      resourceArns: resources,
      contexts: records(contexts),
      allAllowed: results.every(({ allowed }) => allowed),
      results,
    };
  },
};

export const policySimulationLookups: readonly FunctionModel[] = [getSessionContext, getPrincipalPolicySimulation];
