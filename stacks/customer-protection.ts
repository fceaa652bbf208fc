import { isReleased, protectionOf } from "../model/environment-class.ts";
import type { Environment } from "./environment.ts";
import type { OwnServiceConfig } from "./customer-services/config.ts";

/** Whether AWS refuses to delete a service's load balancer: by the environment's class or the file, unless the file releases it. */
export function protects(
  service: OwnServiceConfig,
  { class: environmentClass, facts }: Pick<Environment, "class" | "facts">,
): boolean {
  const released = isReleased(service, facts.today);
  return protectionOf(environmentClass, released).protect || (service.deletionProtection && !released);
}
