/** What judges which stacks, wherever somebody updates them. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { apiError, organizationOf, sameName } from "./cloud.ts";

const GROUP = "pulumiservice:index:PolicyGroup";

const oneOf = (property: string, inputs: Properties, allowed: readonly string[]): CheckFailure[] => {
  const value = text(inputs[property]);
  return value === undefined || allowed.includes(value)
    ? []
    : [[property, `must be one of ${allowed.map((one) => `'${one}'`).join(", ")}, got '${value}'`]];
};

/** The provider adds one stack and one pack after the other, once the group stands. */
function judge(inputs: Properties, context: Context, organization: string): void {
  const { policyPacks } = organizationOf(context, organization, "failed to get policy group");
  for (const { name, routingProject } of records(inputs.stacks)) {
    const [project, stack] = [text(routingProject) ?? "", text(name) ?? ""];
    if (!context.world.stacksOf(project).has(stack))
      throw apiError(
        404,
        `Stack '${organization}/${project}/${stack}' not found`,
        "failed to add stack to policy group",
      );
  }
  for (const { name, versionTag } of records(inputs.policyPacks)) {
    const [pack, version] = [text(name) ?? "", text(versionTag)];
    const published = Object.hasOwn(policyPacks, pack) ? (policyPacks[pack] ?? []) : [];
    if (published.length === 0 || (version !== undefined && !published.includes(version)))
      throw apiError(
        404,
        `Policy Pack '${pack}'${version === undefined ? "" : ` with version '${version}'`} not found`,
        "failed to add policy pack to policy group",
      );
  }
}

const policyGroup: ResourceModel = {
  type: GROUP,
  arguments: {
    name: { required: true, replace: true },
    organizationName: { required: true, replace: true },
    entityType: { default: "stacks", replace: true },
    mode: { default: "audit" },
    stacks: { set: true },
    policyPacks: { set: true },
  },
  computed: [],
  deleteBeforeReplace: true,
  check: (inputs) => [
    ...oneOf("mode", inputs, ["audit", "preventative"]),
    ...oneOf("entityType", inputs, ["stacks", "accounts"]),
  ],
  create(inputs, context) {
    const [organization, name] = [text(inputs.organizationName) ?? "", text(inputs.name) ?? ""];
    const doing = `error creating policy group '${name}'`;
    organizationOf(context, organization, doing);
    if (sameName(context, GROUP, inputs)) throw apiError(409, `Policy Group '${name}' already exists`, doing);
    return { id: `${organization}/${name}`, computed: {} };
  },
  awaits({ inputs }, context) {
    judge(inputs, context, text(inputs.organizationName) ?? "");
  },
  update(_object, inputs, context) {
    judge(inputs, context, text(inputs.organizationName) ?? "");
    return {};
  },
};

export const policyGroupModels: readonly ResourceModel[] = [policyGroup];
