/** What AWS would fail at after ten minutes, and says nothing of: quotas, the service's own role, and what an organization forbids. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  AGENT_ROLE,
  AGENT_ROLE_ACTIONS,
  AGENT_TAG,
  MAKE_AGENT_ROLE,
  OWN_ACTIONS,
} from "../../model/lattice-permissions.ts";
import {
  type Built,
  COUNTED,
  type Measured,
  demandsOf,
  quotaProblems,
  quotaSteps,
} from "../../model/lattice-quotas.ts";
import type { StackProblem } from "../../model/problem.ts";
import { QUOTAS, type StatedQuotas, allowedBy } from "../../model/quotas.ts";
import { found, ifAllowed } from "../lookup.ts";
import type { Config } from "./config.ts";

/** Problems end the program; steps are what no look-up could tell, or may be asked. */
export interface Preflight {
  readonly problems: readonly StackProblem[];
  readonly steps: readonly string[];
}

/** What holds where Service Quotas may not be asked. */
export interface Allowance {
  readonly account: string;
  readonly stated: StatedQuotas;
}

export async function preflight(stack: string, config: Config, built: Built, allowance: Allowance): Promise<Preflight> {
  const [measured, role, own] = await Promise.all([
    measuredDemands(config, built, allowance),
    agentRole(stack, config),
    ownPermissions(stack, config),
  ]);
  return {
    problems: [...quotaProblems(stack, measured), ...role.problems, ...own.problems],
    steps: [...quotaSteps(measured), ...role.steps, ...own.steps],
  };
}

/** Says what could not be looked up, once, where people read it. */
export function tellSteps(steps: readonly string[]): void {
  for (const step of steps) void pulumi.log.warn(step);
}

const NOTHING: Preflight = { problems: [], steps: [] };

// ---- quotas

async function measuredDemands(config: Config, built: Built, { account, stated }: Allowance): Promise<Measured[]> {
  return Promise.all(
    demandsOf(config, built).map(async (demand): Promise<Measured> => {
      const counted = COUNTED[demand.quota];
      const { at } = QUOTAS[demand.quota];
      const [quota, standing] = await Promise.all([
        ifAllowed(found(aws.servicequotas.getServiceQuota({ serviceCode: at.service, quotaCode: at.code }))),
        demand.coming > 0 && counted !== undefined ? standingOf(counted, config) : 0,
      ]);
      return { ...demand, allowed: quota?.value ?? allowedBy(demand.quota, account, stated), standing };
    }),
  );
}

/** By their tags, which the programs' own and AWS DevOps Agent's all have. A service network that is this file's own is counted by the file. */
async function standingOf(kind: string, { serviceNetworks }: Config): Promise<number> {
  const answer = await ifAllowed(found(aws.resourcegroupstaggingapi.getResources({ resourceTypeFilters: [kind] })));
  const names =
    kind === COUNTED.latticeNetworksPerRegion ? Object.keys(serviceNetworks).map((key) => `corpai-${key}`) : [];
  return (answer?.resourceTagMappingLists ?? []).filter(({ tags }) => !names.includes(tags.Name ?? "")).length;
}

// ---- permissions

/** The role of AWS DevOps Agent's own, where it is to make gateways. A new agent space brings it. */
async function agentRole(stack: string, { privateConnections, agentSpaces }: Config): Promise<Preflight> {
  if (!Object.values(privateConnections).some(({ mode }) => mode === "service-managed")) return NOTHING;
  const asked = await ifAllowed(found(aws.iam.getRole({ name: AGENT_ROLE })).then((role) => ({ role })));
  if (asked === undefined)
    return { problems: [], steps: [`see in IAM that role ${AGENT_ROLE} exists: these credentials may not ask`] };
  const { role } = asked;
  if (role)
    return simulated(stack, "corpai:privateConnections", role.arn, AGENT_ROLE_ACTIONS, "the service-linked role");
  if (Object.values(agentSpaces).some((space) => !("id" in space))) return NOTHING;
  return {
    problems: [
      {
        stack,
        property: "corpai:privateConnections",
        given: `service-managed ones, in an account that has no role ${AGENT_ROLE}`,
        allowed: "an account in which AWS DevOps Agent has its service-linked role",
        wayOut: `Make it: ${MAKE_AGENT_ROLE}. It also comes with an agent space that this stack makes.`,
      },
    ],
    steps: [],
  };
}

/** Gateways and resources of our own are made by whoever runs this. */
async function ownPermissions(stack: string, { gateways, resources }: Config): Promise<Preflight> {
  if (Object.keys(gateways).length + Object.keys(resources).length === 0) return NOTHING;
  const { arn } = await aws.getCallerIdentity({});
  const session = await ifAllowed(found(aws.iam.getSessionContext({ arn })));
  if (!session) return { problems: [], steps: [cannotTell("these credentials", OWN_ACTIONS)] };
  return simulated(stack, "corpai:gateways", session.issuerArn, OWN_ACTIONS, session.issuerArn);
}

/** IAM's forecast counts the organization's service control policies in. */
async function simulated(
  stack: string,
  property: string,
  policySourceArn: string,
  actionNames: readonly string[],
  who: string,
): Promise<Preflight> {
  const contexts = [`aws:RequestTag/${AGENT_TAG}`, `aws:ResourceTag/${AGENT_TAG}`].map((key) => ({
    key,
    type: "string",
    values: ["true"],
  }));
  const args = { policySourceArn, actionNames: [...actionNames], contexts };
  const forecast = await ifAllowed(found(aws.iam.getPrincipalPolicySimulation(args)));
  if (!forecast) return { problems: [], steps: [cannotTell(who, actionNames)] };
  const denied = forecast.results
    .filter(({ decision }) => decision === "explicitDeny")
    .map(({ actionName }) => actionName);
  if (denied.length === 0) return NOTHING;
  return {
    problems: [
      {
        stack,
        property,
        given: `${who}, to which a policy denies ${denied.join(", ")}`,
        allowed: `an account in which ${who} may ${actionNames.join(", ")}`,
        wayOut: "Have your organization's service control policies, or the policy that denies it, make an exception.",
      },
    ],
    steps: [],
  };
}

const cannotTell = (who: string, actions: readonly string[]): string =>
  `see that no service control policy denies ${actions.join(", ")} to ${who}: IAM's simulator may not be asked with these credentials`;
