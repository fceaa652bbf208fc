/** Roles that AWS's services make in an account for themselves, with the first thing of theirs that somebody creates there. */
import type { Context } from "../model.ts";
import type { World } from "../world.ts";
import { ROLE, accountArn } from "./iam.ts";

const NAMES = {
  "aidevops.amazonaws.com": "AWSServiceRoleForAIDevOps",
  "vpc-lattice.amazonaws.com": "AWSServiceRoleForVpcLattice",
} as const;
type Service = keyof typeof NAMES;

export const hasServiceLinkedRole = (world: World, account: string, service: Service): boolean =>
  world.get(ROLE, NAMES[service], account) !== undefined;

/** It stays when all that needed it is gone, and belongs to no program. */
export function makeServiceLinkedRole({ world, caller }: Context, service: Service): void {
  if (hasServiceLinkedRole(world, caller.account, service)) return;
  const path = `/aws-service-role/${service}/`;
  world.put({
    type: ROLE,
    id: NAMES[service],
    account: caller.account,
    region: caller.region,
    inputs: {
      name: NAMES[service],
      path,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
      }),
    },
    computed: { arn: accountArn(caller.account, "role", path, NAMES[service]) },
    readyAt: 0,
    estate: true,
  });
}
