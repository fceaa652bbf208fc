/** Cloud Control's look at one resource, as far as a program has to look at what somebody else has made. */
import type { FunctionModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { text } from "../values.ts";
import { mayUse } from "./lattice-sharing.ts";
import { CONFIGURATION } from "./lattice.ts";

const RESOURCE_CONFIGURATION = "AWS::VpcLattice::ResourceConfiguration";

/** Of another account's there is only what is shared, and accepted. */
const getResource: FunctionModel = {
  token: "aws:cloudcontrol/getResource:getResource",
  arguments: ["identifier", "typeName", "region"],
  calls: [["cloudformation:GetResource"], ["vpc-lattice:GetResourceConfiguration"]],
  call({ identifier, typeName }, { world, caller }) {
    if (typeName !== RESOURCE_CONFIGURATION)
      throw new Refusal("SandboxUnsupported", `the sandbox looks at ${RESOURCE_CONFIGURATION} only`);
    const found = world.all(
      CONFIGURATION,
      ({ computed, region }) => computed.arn === identifier && region === caller.region,
    )[0];
    if (!found || !mayUse(world, found, caller))
      throw new Refusal(
        "NotFound",
        `reading Cloud Control API (${RESOURCE_CONFIGURATION}) Resource (${text(identifier)}): couldn't find resource`,
      );
    return {
      id: text(identifier) ?? "",
      identifier: text(identifier) ?? "",
      typeName: RESOURCE_CONFIGURATION,
      region: caller.region,
      properties: JSON.stringify({
        Arn: found.computed.arn ?? "",
        Id: found.id,
        ResourceConfigurationType: found.inputs.type ?? "",
      }),
    };
  },
};

export const cloudControlLookups: readonly FunctionModel[] = [getResource];
