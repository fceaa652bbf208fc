import { CALLERS, type Caller, type Flow, type Leg, agentcoreFlows, isServiceSide } from "../model/agentcore-flows.ts";
import { type Probe, outwardProbes } from "../model/agentcore-probes.ts";
import type { ServiceSideFlow } from "../model/agentcore-service-side.ts";
import { type ExplainContext, type Explanation, explainFlow, grantedResource } from "../model/agentcore-explain.ts";
import { IsolatedRecords } from "../model/agentcore-records.ts";
import { UNKNOWN, nodeId } from "../model/resource-record.ts";
import type { SandboxClient, Walk } from "../sandbox/client.ts";
import { type ProgramName, programNames } from "../stacks/catalog.ts";
import type { Environment } from "../stacks/environment.ts";
import type { Opened } from "./command.ts";
import { readPulumiData } from "./pulumi-data.ts";

/** Programs that hold anything of the flows. */
const AGENTCORE: readonly ProgramName[] = programNames.filter((program) => program.startsWith("agentcore-"));

/** A flow, what Pulumi's data says of it and, in the sandbox, what becomes of its packets. */
export interface JudgedFlow {
  readonly flow: Flow;
  readonly explanation: Explanation;
  /** By leg; empty outside of the sandbox, and before the network stands. */
  readonly walks: readonly Walk[];
}

export interface JudgedProbe {
  readonly probe: Probe;
  readonly from: Caller;
  readonly walk: Walk;
}

export interface Flows {
  readonly judged: readonly JudgedFlow[];
  readonly serviceSide: readonly ServiceSideFlow[];
  /** Empty outside of the sandbox, and before the network stands. */
  readonly probes: readonly JudgedProbe[];
  /** Stacks that were previewed, since nothing stands. */
  readonly previewed: readonly string[];
}

/**
 * Judges every flow of an environment's isolated network.
 *
 * @throws {Error} where the environment has none
 */
export async function judgeFlows({ environment, place }: Opened): Promise<Flows> {
  const context = contextOf(environment);
  const { records, previewed } = await readPulumiData(environment, place, { preview: false, programs: AGENTCORE });
  const isolated = new IsolatedRecords(records);
  const all = agentcoreFlows(context.place);
  const packets = place.sandbox && new Packets(place.sandbox, isolated, context);
  const judged: JudgedFlow[] = [];
  for (const flow of all) {
    if (isServiceSide(flow)) continue;
    const walks = packets ? await packets.of(flow) : [];
    judged.push({ flow, explanation: explainFlow(isolated, flow, context), walks });
  }
  return {
    judged,
    serviceSide: all.filter(isServiceSide),
    probes: packets ? await packets.outwards(outwardProbes(context.place)) : [],
    previewed,
  };
}

/** @throws {Error} where the environment has no isolated network */
function contextOf({ name, facts }: Environment): ExplainContext {
  const network = facts.agentcoreNetwork;
  const { agent, resources, mcp } = network?.subnets ?? {};
  if (!network || !agent || !resources)
    throw new Error(`${name} has no isolated network: there is no environments/Pulumi.agentcore-network.${name}.yaml.`);
  return {
    environment: name,
    place: { account: network.account, region: network.region },
    homes: { agent: agent.azId, resources: resources.azId, mcp: (mcp ?? resources).azId },
  };
}

/** Calls as the sandbox lets them through: it knows nothing of what the data says. */
class Packets {
  readonly #sandbox: SandboxClient;
  readonly #records: IsolatedRecords;
  readonly #context: ExplainContext;

  constructor(sandbox: SandboxClient, records: IsolatedRecords, context: ExplainContext) {
    this.#sandbox = sandbox;
    this.#records = records;
    this.#context = context;
  }

  /** @returns none as long as the network does not stand */
  async of({ from, legs, unused }: Flow): Promise<Walk[]> {
    const walks: Walk[] = [];
    for (const leg of legs) {
      const walk = await this.#walk(from, this.#real(from, leg), unused !== true);
      if (walk) walks.push(walk);
    }
    return walks;
  }

  async outwards(probes: readonly Probe[]): Promise<JudgedProbe[]> {
    const judged: JudgedProbe[] = [];
    for (const from of Object.keys(CALLERS) as Caller[])
      for (const probe of probes) {
        const walk = await this.#walk(from, { ...probe, signedBy: "role" }, false);
        if (walk) judged.push({ probe, from, walk });
      }
    return judged;
  }

  /** On what the caller's role really names: data has but an example. */
  #real(from: Caller, leg: Leg): Leg {
    const granted = leg.signedBy === "role" ? grantedResource(this.#records, from, leg.action) : undefined;
    return granted === undefined || granted === "*" ? leg : { ...leg, resource: granted.replaceAll("*", "any") };
  }

  async #walk(
    from: Caller,
    {
      host,
      action,
      resource,
      signedBy,
      keys,
    }: Pick<Leg, "host" | "signedBy" | "keys"> & Pick<Probe, "action" | "resource">,
    withRole: boolean,
  ): Promise<Walk | undefined> {
    const { home, group } = CALLERS[from];
    const [subnet, carried] = [this.#records.subnetIn(this.#context.homes[home]), this.#records.group(group)];
    if (!subnet || !carried || subnet.id === UNKNOWN || carried.id === UNKNOWN) return undefined;
    const role = withRole ? this.#records.roleOf(from) : undefined;
    const source = {
      subnetId: subnet.id,
      securityGroupIds: [carried.id],
      ...(role && { role: nodeId(role) }),
    };
    const request = { host, signedBy, ...(action && { action }), ...(resource && { resource }), ...(keys && { keys }) };
    return this.#sandbox.call(this.#context.environment, source, request);
  }
}

/** Whether nothing that ought to be open is known to be shut, and nothing outwards open. */
export const flowsHold = ({ judged, probes }: Flows): boolean =>
  judged.every(
    ({ explanation, walks }) => explanation.verdict !== "blocked" && walks.every(({ verdict }) => verdict === "open"),
  ) && probes.every(({ walk }) => walk.verdict === "blocked");
