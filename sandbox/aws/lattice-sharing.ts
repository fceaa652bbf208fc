/** Whether an account may use a resource configuration: its own, one that is shared with it, or one whose policy admits it. */
import { record, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { list, parsed, statements } from "./iam.ts";
import { isShared } from "./ram.ts";
import { RESOURCE_POLICY } from "./service-networks.ts";

/** @param role by which the account's caller asks; without one, as its administrator */
export function mayUse(
  world: World,
  configuration: WorldObject,
  { account, role }: { readonly account: string; readonly role?: string | undefined },
): boolean {
  const resourceArn = text(configuration.computed.arn) ?? "";
  return (
    configuration.account === account ||
    isShared(world, resourceArn, account) ||
    world
      .all(RESOURCE_POLICY, ({ inputs }) => inputs.resourceArn === resourceArn)
      .flatMap(({ inputs }) => statements(parsed(inputs.policy)))
      .flatMap(({ Principal }) => list(record(Principal).AWS).map(String))
      .some((principal) => admits(principal, account, role))
  );
}

function admits(principal: string, account: string, role: string | undefined): boolean {
  const own = `arn:aws:iam::${account}:`;
  if (!principal.startsWith(own)) return false;
  // A policy for one role lets nobody else of that account in.
  return principal === `${own}root` || (role !== undefined && principal.endsWith(`/${role}`));
}
