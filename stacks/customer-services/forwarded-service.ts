import type { ForwardedService } from "../../model/forwarding.ts";
import type { ForwardedServiceConfig } from "./config.ts";

/** What a file says of one service's ports and targets, as components and models take it. */
export const forwardedService = (key: string, service: ForwardedServiceConfig): ForwardedService => ({
  service: key,
  port: service.port,
  ports: service.ports,
  targets: service.targets,
  healthCheck: service.healthCheck,
  targetSecurityGroupId: service.targetSecurityGroupId,
  openTargetSecurityGroup: service.openTargetSecurityGroup,
  proxyProtocol: service.proxyProtocol,
  idleTimeoutSeconds: service.idleTimeoutSeconds,
});
