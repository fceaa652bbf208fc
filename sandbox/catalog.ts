import { loadBalancingModels } from "./aws/load-balancing.ts";
import { networkLookups } from "./aws/lookups.ts";
import { privateLinkModels } from "./aws/privatelink.ts";
import { securityGroupModels } from "./aws/security-groups.ts";
import { vpcModels } from "./aws/vpc.ts";
import type { Catalog } from "./provider.ts";
import type { ComponentModel, FunctionModel, ResourceModel } from "./model.ts";

const resources: readonly ResourceModel[] = [...vpcModels, ...securityGroupModels, ...loadBalancingModels, ...privateLinkModels];
const functions: readonly FunctionModel[] = [...networkLookups];
const components: readonly ComponentModel[] = [];

/** Everything the sandbox knows: one line per service file. */
export const catalog: Catalog = {
  resources: new Map(resources.map((model) => [model.type, model])),
  functions: new Map(functions.map((model) => [model.token, model])),
  components: new Map(components.map((model) => [model.type, model])),
};
