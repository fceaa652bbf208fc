/** The Resource Groups Tagging API: what of a region has, or had, a tag. */
import type { FunctionModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, text, texts } from "../values.ts";
import { inPlace } from "./network.ts";

const getResources: FunctionModel = {
  token: "aws:resourcegroupstaggingapi/getResources:getResources",
  arguments: ["resourceTypeFilters", "region"],
  calls: [["tag:GetResources"]],
  call({ resourceTypeFilters }, context) {
    const kinds = texts(resourceTypeFilters);
    if (kinds.length === 0)
      throw new Refusal("SandboxUnsupported", "the sandbox looks tagged resources up by their types only");
    const tagged = context.world.objects.flatMap((object) => {
      const tags = record(object.inputs.tagsAll ?? object.inputs.tags);
      const [, , service = "", , , rest = ""] = (text(object.computed.arn) ?? "").split(":");
      const kind = `${service}:${rest.split("/")[0] ?? ""}`;
      return inPlace(context)(object) && kinds.includes(kind) && Object.keys(tags).length > 0
        ? [{ resourceArn: text(object.computed.arn) ?? "", tags, complianceDetails: [] }]
        : [];
    });
    return {
      id: context.caller.region,
      region: context.caller.region,
      resourceTypeFilters: kinds,
      resourceTagMappingLists: tagged,
    };
  },
};

export const taggedResourceLookups: readonly FunctionModel[] = [getResources];
