/** The components of private connections, with arguments that are as good as any, and with all that is had on request. */
import * as pulumi from "@pulumi/pulumi";
import { AgentSpace } from "../../../components/lattice/agent-space.ts";
import type { Destination } from "../../../components/lattice/gateway-security-group.ts";
import { Integration } from "../../../components/lattice/integration.ts";
import { PrivateConnection } from "../../../components/lattice/private-connection.ts";
import { ResourceConfiguration } from "../../../components/lattice/resource-configuration.ts";
import { type GatewayPlace, ResourceGateway } from "../../../components/lattice/resource-gateway.ts";
import { ResourceGroup } from "../../../components/lattice/resource-group.ts";
import { ResourcePolicy } from "../../../components/lattice/resource-policy.ts";
import { ServiceNetwork } from "../../../components/lattice/service-network.ts";
import { tags } from "./platform.ts";

const gatewayPlace: GatewayPlace = {
  vpcId: "v",
  subnetIds: ["s"],
  securityGroupIds: [],
  addressType: "ipv4",
  addressesPerInterface: 16,
  dnsResolution: "in-vpc",
};
const toGroup: Destination = { ports: ["443"], target: { securityGroupId: "sg", open: true } };
const toNetworks: Destination = { ports: ["8000-8100"], target: { cidrs: { data: "10.0.0.0/8" } } };

export const latticeComponents: Readonly<Record<string, (name: string) => unknown>> = {
  AgentSpace: (name) => new AgentSpace(name, { description: "d", operatorRoleArn: "r", tags }),
  Integration: (name) =>
    new Integration(name, {
      kind: { kind: "grafana", endpoint: "https://grafana", token: { secret: "t" }, webhook: true },
      connectionName: "c",
      exchangeConnectionName: "e",
      spaces: { operations: "s" },
      secret: (key) => pulumi.secret(key),
      tags,
    }),
  PrivateConnection: (name) =>
    new PrivateConnection(name, {
      by: { mode: "service-managed", ...gatewayPlace, host: "grafana.internal", destination: toGroup },
      certificate: "c",
      tags,
    }),
  // The other mode has a child that this one has not.
  SelfManagedConnection: (name) =>
    new PrivateConnection(name, {
      by: { mode: "self-managed", resourceConfigurationArn: "r", acceptShareArn: "s" },
      certificate: undefined,
      tags,
    }),
  ResourceGateway: (name) => new ResourceGateway(name, { ...gatewayPlace, destinations: [toGroup, toNetworks], tags }),
  ResourceGroup: (name) => new ResourceGroup(name, { gatewayId: "g", tags }),
  ResourceConfiguration: (name) =>
    new ResourceConfiguration(name, {
      gatewayId: "g",
      groupId: undefined,
      host: "grafana.internal",
      ports: ["443"],
      addressType: "ipv4",
      shareWith: ["444455556666", "arn:aws:organizations::111122223333:organization/o-acme"],
      admit: [],
      logGroupArn: "l",
      tags,
    }),
  ResourcePolicy: (name) =>
    new ResourcePolicy(name, { resourceArn: "r", kind: "resource", principals: ["444455556666"] }),
  ServiceNetwork: (name) =>
    new ServiceNetwork(name, { resources: { grafana: "r" }, admit: ["444455556666"], logGroupArn: "l", tags }),
};
