import type { z } from "zod";
import * as agentcoreData from "./agentcore-data/config.ts";
import * as agentcoreNetwork from "./agentcore-network/config.ts";
import * as agentcoreRuntime from "./agentcore-runtime/config.ts";
import * as agentcoreTools from "./agentcore-tools/config.ts";
import * as bootstrap from "./bootstrap/config.ts";
import * as cluster from "./cluster/config.ts";
import * as connections from "./connections/config.ts";
import * as customerAcceptance from "./customer-acceptance/config.ts";
import * as customerAccess from "./customer-access/config.ts";
import * as customerServices from "./customer-services/config.ts";
import * as data from "./data/config.ts";
import * as delivery from "./delivery/config.ts";
import * as mcpServers from "./mcp-servers/config.ts";
import * as network from "./network/config.ts";
import * as privateConnections from "./private-connections/config.ts";

/** Each program's schema: what its stacks' files may hold under `corpai:`. */
export const schemas = {
  network: network.schema,
  cluster: cluster.schema,
  data: data.schema,
  "customer-access": customerAccess.schema,
  "customer-services": customerServices.schema,
  connections: connections.schema,
  "customer-acceptance": customerAcceptance.schema,
  "mcp-servers": mcpServers.schema,
  "agentcore-network": agentcoreNetwork.schema,
  "agentcore-data": agentcoreData.schema,
  "agentcore-tools": agentcoreTools.schema,
  "agentcore-runtime": agentcoreRuntime.schema,
  "private-connections": privateConnections.schema,
  bootstrap: bootstrap.schema,
  delivery: delivery.schema,
} as const;

export type ProgramName = keyof typeof schemas;
export type ConfigOf<P extends ProgramName> = z.infer<(typeof schemas)[P]>;
