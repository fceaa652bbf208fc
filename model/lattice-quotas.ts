import type { PrivateConnectionsFacts } from "./private-connection-facts.ts";
import type { StackProblem } from "./problem.ts";
import { type QuotaName, quotaInWords } from "./quotas.ts";

/** What a file of private connections can reach: kinds of resources, in the words of tags, by which what stands is counted; undefined where the file alone counts. */
export const COUNTED = {
  latticeGatewaysPerVpc: "vpc-lattice:resourcegateway",
  latticeConfigurationsPerRegion: "vpc-lattice:resourceconfiguration",
  latticeNetworksPerRegion: "vpc-lattice:servicenetwork",
  latticeChildrenPerGroup: undefined,
  latticeResourcesPerNetwork: undefined,
} as const satisfies Partial<Record<QuotaName, string | undefined>>;
export type LatticeQuota = keyof typeof COUNTED;

/** So many of what one quota limits, all by one place of the file. */
export interface Demand {
  readonly quota: LatticeQuota;
  readonly property: string;
  /** In the file, whether it stands or not. */
  readonly wanted: number;
  /** Of those, how many are not there yet. */
  readonly coming: number;
}

/** What stands already of what a file wants: keys. */
export interface Built {
  readonly privateConnections: readonly string[];
  readonly resources: readonly string[];
}

/** What a file wants to stand. */
export type Wanted = Pick<
  PrivateConnectionsFacts,
  "vpcs" | "gateways" | "resources" | "serviceNetworks" | "privateConnections"
>;

/** What a file asks of each quota. */
export function demandsOf(wishes: Wanted, built: Built): Demand[] {
  const { vpcs, gateways, resources, serviceNetworks, privateConnections } = wishes;
  const all = Object.entries(resources);
  const stands = (key: string): boolean => built.resources.includes(key);
  const groups = new Set(all.flatMap(([, { group }]) => group ?? []));
  const placed = [
    ...Object.entries(privateConnections).flatMap(([key, one]) =>
      one.mode === "service-managed" ? [{ vpc: one.vpc, stands: built.privateConnections.includes(key) }] : [],
    ),
    ...Object.entries(gateways).map(([key, { vpc }]) => ({
      vpc,
      stands: all.some(([name, { gateway }]) => gateway === key && stands(name)),
    })),
  ];
  const standingGroups = [...groups].filter((group) => all.some(([key, one]) => one.group === group && stands(key)));
  const demands: Demand[] = [
    ...Object.keys(vpcs).map((vpc): Demand => {
      const own = placed.filter((one) => one.vpc === vpc);
      return {
        quota: "latticeGatewaysPerVpc",
        property: `corpai:vpcs.${vpc}`,
        wanted: own.length,
        coming: own.filter((one) => !one.stands).length,
      };
    }),
    {
      quota: "latticeConfigurationsPerRegion",
      property: "corpai:resources",
      wanted: all.length + groups.size,
      coming: all.filter(([key]) => !stands(key)).length + groups.size - standingGroups.length,
    },
    {
      quota: "latticeNetworksPerRegion",
      property: "corpai:serviceNetworks",
      wanted: Object.keys(serviceNetworks).length,
      coming: Object.keys(serviceNetworks).length,
    },
    ...[...groups].map((group): Demand => {
      const wanted = all.filter(([, one]) => one.group === group).length;
      return {
        quota: "latticeChildrenPerGroup",
        property: `corpai:resources (group ${group})`,
        wanted,
        coming: wanted,
      };
    }),
    ...Object.entries(serviceNetworks).map(([key, network]): Demand => {
      const wanted = network.resources.length;
      return { quota: "latticeResourcesPerNetwork", property: `corpai:serviceNetworks.${key}`, wanted, coming: wanted };
    }),
  ];
  return demands.filter(({ wanted }) => wanted > 0);
}

/** A demand, and what AWS says of it. */
export interface Measured extends Demand {
  readonly allowed: number;
  /** Of the whole account and region, those of this file left out where they are counted as coming; at least so many. */
  readonly standing: number;
}

/** Whatever AWS would refuse, or fail at after ten minutes. */
export function quotaProblems(stack: string, measured: readonly Measured[]): StackProblem[] {
  return measured.flatMap((one): StackProblem[] => {
    if (one.coming === 0 || mostOf(one) <= one.allowed) return [];
    return [
      {
        stack,
        property: one.property,
        given:
          one.standing > 0 && one.quota !== "latticeGatewaysPerVpc"
            ? `${one.coming} more, while at least ${one.standing} stand`
            : `${one.wanted} in this file`,
        allowed: `at most ${one.allowed} in this account, ${quotaInWords(one.quota)}`,
        wayOut: "Take some away, or have AWS raise the quota: Service Quotas, AWS services, VPC Lattice.",
      },
    ];
  });
}

/** In which VPC the others' gateways stand no look-up says, so that only this file's own count against a VPC. */
const mostOf = ({ quota, wanted, coming, standing }: Measured): number =>
  quota === "latticeGatewaysPerVpc" ? wanted : coming + standing;

/** What a look-up leaves open, as a step for people. */
export function quotaSteps(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ quota, property, coming, standing, allowed }) =>
    quota === "latticeGatewaysPerVpc" && coming > 0 && coming + standing > allowed
      ? [
          `${property}: ${coming} resource gateways are to come, ${standing} stand in this region, and a VPC may have ${allowed}: count those of this VPC in the VPC console`,
        ]
      : [],
  );
}
