/** Pools of agents that run deployments where nobody else reaches. */
import type { Context, ResourceModel } from "../model.ts";
import { text } from "../values.ts";
import { POOL, SETTINGS, apiError, organizationOf, sameName } from "./cloud.ts";

const agentPool: ResourceModel = {
  type: POOL,
  arguments: {
    organizationName: { required: true, replace: true },
    name: { required: true },
    description: {},
    forceDestroy: {},
  },
  computed: ["agentPoolId", "tokenValue"],
  create(inputs, context) {
    const name = text(inputs.name) ?? "";
    const doing = `error creating agent pool "${name}"`;
    const { agentPools } = organizationOf(context, text(inputs.organizationName) ?? "", doing);
    if (sameName(context, POOL, inputs) || Object.values(agentPools).includes(name))
      throw apiError(409, `an agent pool named '${name}' already exists`, doing);
    const { world } = context;
    const agentPoolId = [8, 4, 4, 4, 12].map((digits) => world.hex(digits)).join("-");
    return {
      id: `${text(inputs.organizationName) ?? ""}/${name}/${agentPoolId}`,
      computed: { agentPoolId, tokenValue: `pul-${world.hex(40)}` },
    };
  },
  update: () => ({}),
  remove({ inputs, computed }, { world }) {
    if (inputs.forceDestroy === true) return;
    const [user] = world.all(SETTINGS, (settings) => settings.inputs.agentPoolId === computed.agentPoolId);
    if (user)
      throw apiError(
        400,
        `agent pool '${text(inputs.name) ?? ""}' is in use by stack '${user.id}'`,
        "failed to delete agent pool",
      );
  },
};

/** Whether an organization has a pool, made by hand or by a program. */
export const hasPool = ({ world }: Context, id: string): boolean =>
  Object.hasOwn(world.facts.pulumiCloud?.agentPools ?? {}, id) ||
  world.all(POOL, ({ computed }) => computed.agentPoolId === id).length > 0;

export const agentPoolModels: readonly ResourceModel[] = [agentPool];
