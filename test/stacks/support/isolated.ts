/** The isolated network as the demo has it, built in a world of the sandbox, for tests to break; and what Pulumi would know of it. */
import {
  CALLERS,
  type Caller,
  type Flow,
  type Leg,
  agentcoreFlows,
  isServiceSide,
} from "../../../model/agentcore-flows.ts";
import { IsolatedRecords } from "../../../model/agentcore-records.ts";
import { type ApiRequest, callWalk } from "../../../sandbox/aws/calls.ts";
import type { Walk } from "../../../sandbox/path.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { World } from "../../../sandbox/world.ts";
import agentcoreNetwork, { type AgentcoreNetworkOutputs } from "../../../stacks/agentcore-network/index.ts";
import { type Actor, DATA, actor, demoWorld } from "../../sandbox/support/world.ts";
import { type Standing, buildInWorld } from "./in-world.ts";

export const PLACE = { account: DATA, region: "us-east-1" };
export const FLOWS: readonly Flow[] = agentcoreFlows(PLACE).flatMap((flow) => (isServiceSide(flow) ? [] : [flow]));

export const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
export const DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList";
export const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";

export class Isolated {
  readonly outputs: AgentcoreNetworkOutputs;
  readonly #resources: readonly Standing[];
  readonly #built: World;

  private constructor(built: World, outputs: AgentcoreNetworkOutputs, resources: readonly Standing[]) {
    this.#built = built;
    this.outputs = outputs;
    this.#resources = resources;
  }

  /** @param more what else stands in the account @param change of the committed configuration */
  static async build(
    more: (as: Actor) => void = () => undefined,
    change: (config: Record<string, unknown>) => void = () => undefined,
  ): Promise<Isolated> {
    const world = demoWorld();
    const as = actor(world, DATA);
    const stack = "agentcore-network.demo";
    const { outputs, resources } = await buildInWorld<AgentcoreNetworkOutputs>(stack, agentcoreNetwork, as, { change });
    more(as);
    world.advance(600);
    return new Isolated(world, outputs, resources);
  }

  /** Acts on a copy of the world, for a test to break. */
  copied(): Actor {
    const world = new World("test", this.#built.facts, structuredClone([...this.#built.objects]));
    world.advance(this.#built.clock);
    return actor(world, DATA);
  }

  /** The id of a resource, by its name in the program. */
  idOf(name: string, type: string): string {
    const [found, ...others] = this.#resources.filter((one) => one.name === name && one.type === type);
    if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} resources ${type} ${name}`);
    return found.id;
  }

  endpointOf(by: Leg["by"]): string {
    const ids: Readonly<Record<string, string>> = { ...this.outputs.endpointIds, ...this.outputs.gatewayEndpointIds };
    return ids[by] ?? "";
  }

  inputsOf({ context: { world } }: Actor, type: string, id: string): Properties {
    return { ...world.get(type, id, DATA)?.inputs };
  }

  /** What becomes of a call's packets. @param role whose policies are asked */
  walk({ context: { world } }: Actor, from: Caller, request: ApiRequest, role?: string): Walk {
    const { home, group } = CALLERS[from];
    const subnetId = this.outputs.subnets[this.outputs.homes[home]]?.id ?? "";
    return callWalk(world, { subnetId, securityGroupIds: [this.outputs.securityGroupIds[group]], role }, request);
  }

  /** What Pulumi knows after a refresh: all that still stands, as it stands. */
  records(as: Actor): IsolatedRecords {
    const stack = "agentcore-network.demo";
    const standing = this.#resources.filter(({ type, id }) => as.context.world.get(type, id, DATA));
    return new IsolatedRecords(
      standing.map(({ type, name, id }) => ({
        stack,
        urn: `urn:pulumi:${stack}::corpai::${type}::${name}`,
        type,
        name,
        parent: undefined,
        id,
        inputs: this.inputsOf(as, type, id),
        outputs: as.read(type, id),
        dependencies: {},
      })),
    );
  }
}
