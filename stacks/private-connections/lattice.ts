import { EncryptedLogGroup } from "../../components/logging/encrypted-log-group.ts";
import { ResourceConfiguration } from "../../components/lattice/resource-configuration.ts";
import { ResourceGateway } from "../../components/lattice/resource-gateway.ts";
import { ResourceGroup } from "../../components/lattice/resource-group.ts";
import { ServiceNetwork } from "../../components/lattice/service-network.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { programTags } from "../../model/tags.ts";
import type { ProgramContext } from "../context.ts";
import { accountOf } from "../provider-settings.ts";
import type { Config } from "./config.ts";
import type { Surroundings } from "./surroundings.ts";

/** Gateways, resources and service networks of our own. @returns the resources by key */
export function buildResources(
  config: Config,
  around: Surroundings,
  context: ProgramContext<"private-connections">,
): Readonly<Record<string, ResourceConfiguration>> {
  const tags = programTags("private-connections", config.side);
  const all = Object.entries(config.resources);
  const logGroupArn = logGroup(config, context)?.logGroupArn;
  const gateways = Object.fromEntries(
    Object.entries(config.gateways).map(([key, gateway]) => [
      key,
      new ResourceGateway(key, {
        ...around.gatewayPlace(gateway),
        destinations: all.filter(([, one]) => one.gateway === key).map(([, one]) => around.destination(one)),
        tags,
      }),
    ]),
  );
  const groups = Object.fromEntries(
    all.flatMap(([, { group, gateway }]) => (group === undefined ? [] : [[group, gateway]])),
  );
  const builtGroups = Object.fromEntries(
    Object.entries(groups).map(([key, gateway]) => [
      key,
      new ResourceGroup(key, { gatewayId: gateways[gateway]?.gatewayId ?? "", tags }),
    ]),
  );
  const resources = Object.fromEntries(
    all.map(([key, { gateway, group, host, ports, shareWith, admit, accessLogs }]) => [
      key,
      new ResourceConfiguration(key, {
        gatewayId: gateways[gateway]?.gatewayId ?? "",
        groupId: group === undefined ? undefined : builtGroups[group]?.groupId,
        host: around.host(host),
        ports,
        addressType: config.gateways[gateway]?.addressType ?? "ipv4",
        shareWith,
        admit,
        logGroupArn: accessLogs ? logGroupArn : undefined,
        tags,
      }),
    ]),
  );
  for (const [key, network] of Object.entries(config.serviceNetworks))
    new ServiceNetwork(key, {
      resources: Object.fromEntries(
        network.resources.flatMap((one) => (resources[one] ? [[one, resources[one].arn]] : [])),
      ),
      admit: network.admit,
      logGroupArn: network.accessLogs ? logGroupArn : undefined,
      tags,
    });
  return resources;
}

/** One for all that is logged. */
function logGroup(
  { resources, serviceNetworks, side }: Config,
  { name, environment, aws: settings }: ProgramContext<"private-connections">,
): EncryptedLogGroup | undefined {
  const isLogged = [...Object.values(resources), ...Object.values(serviceNetworks)].some(
    ({ accessLogs }) => accessLogs,
  );
  if (!isLogged) return undefined;
  return new EncryptedLogGroup("access-logs", {
    logGroupName: `/corpai/${name}/lattice`,
    description: "Who reached which private resource",
    protection: protectionOf(environment.class),
    place: { account: accountOf(settings), region: settings.region },
    tags: programTags("private-connections", side),
  });
}
