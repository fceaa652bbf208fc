import type { Properties } from "../../../sandbox/wire.ts";
import type { Actor } from "../../sandbox/support/world.ts";

/** The sandbox's answer to a look-up. The SDK shows of a refused call what gRPC calls its details. */
export function answer(as: Actor, token: string, args: Properties): Properties {
  try {
    return as.look(token, args);
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(message), { details: message });
  }
}
