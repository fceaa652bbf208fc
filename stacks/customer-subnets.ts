import type { Config, ListedSubnets, OfferedServiceConfig } from "./customer-services/config.ts";
import { offeredServices } from "./customer-services/config.ts";

type Subnet = ListedSubnets[number];

/** The common ones; none where the file only says how they are found. */
export const commonSubnets = ({ subnets }: Pick<Config, "subnets">): readonly Subnet[] =>
  "tags" in subnets ? [] : subnets;

/** A service's own subnets, or the common ones, and where the file says so. */
export const subnetsOf = (
  key: string,
  service: OfferedServiceConfig,
  config: Pick<Config, "subnets">,
): { readonly property: string; readonly subnets: readonly Subnet[] } =>
  service.subnets === undefined
    ? { property: "corpai:subnets", subnets: commonSubnets(config) }
    : { property: `corpai:services.${key}.subnets`, subnets: service.subnets };

/** All that a file lists, with where. */
export const listedSubnets = (
  config: Pick<Config, "subnets" | "services">,
): (readonly [property: string, subnet: Subnet])[] => [
  ...commonSubnets(config).map((subnet) => ["corpai:subnets", subnet] as const),
  ...offeredServices(config.services).flatMap(([key, service]) =>
    (service.subnets ?? []).map((subnet) => [`corpai:services.${key}.subnets`, subnet] as const),
  ),
];
