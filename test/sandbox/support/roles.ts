/** Roles that providers assume, and the policies attached to them. */
import type { Properties } from "../../../sandbox/wire.ts";
import type { World } from "../../../sandbox/world.ts";
import { ADMINISTRATOR_ACCESS } from "../../../sandbox/aws/policies.ts";
import { textOf } from "./cluster.ts";
import { DATA, actor } from "./world.ts";
import type { Actor } from "./world.ts";

export const ROLE = "corpai-cross-account-access";

export interface Statement {
  readonly Effect?: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Properties;
}

export const document = (...statements: readonly Statement[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", Resource: "*", ...statement })),
  });

/** The account's administrator makes a policy and attaches it to an existing role. @returns the policy's ARN */
export function attach(administrator: Actor, name: string, policy: string, role = ROLE): string {
  const { arn } = administrator.make("aws:iam/policy:Policy", { name, policy });
  const attached = { role, policyArn: textOf(arn) };
  administrator.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", attached);
  return attached.policyArn;
}

/** Somebody who assumes a new role of the account that may do everything. */
export function powerful(world: World, account: string, role: string): Actor {
  const administrator = actor(world, account);
  const assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${account}:root` } }],
  });
  administrator.make("aws:iam/role:Role", { name: role, assumeRolePolicy });
  const attached = { role, policyArn: ADMINISTRATOR_ACCESS };
  administrator.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", attached);
  return actor(world, account, { role });
}

/** The demo's role in the account that holds its CorpAI VPC. */
export const crossAccount = (world: World): Actor => actor(world, DATA, { role: ROLE });
