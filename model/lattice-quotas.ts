import type { PrivateConnectionsFacts } from "./private-connection-facts.ts";
import type { StackProblem } from "./problem.ts";

/** One of VPC Lattice's quotas, each of a region's own. */
interface Quota {
  /** By which Service Quotas answers what the account has. */
  readonly code: string;
  /** AWS's default, which holds where Service Quotas may not be asked. */
  readonly default: number;
  readonly what: string;
  /** Kind of resource, in the words of tags, by which what stands is counted; undefined where only the file itself counts. */
  readonly counted: string | undefined;
}

/** https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html */
export const LATTICE_QUOTAS = {
  gatewaysPerVpc: {
    code: "L-0DCA4434",
    default: 500,
    what: "resource gateways in a VPC",
    counted: "vpc-lattice:resourcegateway",
  },
  configurations: {
    code: "L-5FF8F9B9",
    default: 2000,
    what: "resource configurations in a region",
    counted: "vpc-lattice:resourceconfiguration",
  },
  networks: {
    code: "L-9CAD07FB",
    default: 50,
    what: "service networks in a region",
    counted: "vpc-lattice:servicenetwork",
  },
  childrenPerGroup: {
    code: "L-9BC96FEF",
    default: 60,
    what: "resources in a group",
    counted: undefined,
  },
  resourcesPerNetwork: {
    code: "L-6095700C",
    default: 500,
    what: "resources of a service network",
    counted: undefined,
  },
} as const satisfies Readonly<Record<string, Quota>>;
export type QuotaName = keyof typeof LATTICE_QUOTAS;

/** So many of what one quota limits, all by one place of the file. */
export interface Demand {
  readonly quota: QuotaName;
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
        quota: "gatewaysPerVpc",
        property: `corpai:vpcs.${vpc}`,
        wanted: own.length,
        coming: own.filter((one) => !one.stands).length,
      };
    }),
    {
      quota: "configurations",
      property: "corpai:resources",
      wanted: all.length + groups.size,
      coming: all.filter(([key]) => !stands(key)).length + groups.size - standingGroups.length,
    },
    {
      quota: "networks",
      property: "corpai:serviceNetworks",
      wanted: Object.keys(serviceNetworks).length,
      coming: Object.keys(serviceNetworks).length,
    },
    ...[...groups].map((group): Demand => {
      const wanted = all.filter(([, one]) => one.group === group).length;
      return { quota: "childrenPerGroup", property: `corpai:resources (group ${group})`, wanted, coming: wanted };
    }),
    ...Object.entries(serviceNetworks).map(([key, network]): Demand => {
      const wanted = network.resources.length;
      return { quota: "resourcesPerNetwork", property: `corpai:serviceNetworks.${key}`, wanted, coming: wanted };
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
    const { what, code } = LATTICE_QUOTAS[one.quota];
    if (one.coming === 0 || mostOf(one) <= one.allowed) return [];
    return [
      {
        stack,
        property: one.property,
        given:
          one.standing > 0 && one.quota !== "gatewaysPerVpc"
            ? `${one.coming} more, while at least ${one.standing} stand`
            : `${one.wanted} in this file`,
        allowed: `at most ${one.allowed} ${what}, which is this account's quota ${code} of VPC Lattice`,
        wayOut: "Take some away, or have AWS raise the quota: Service Quotas, AWS services, VPC Lattice.",
      },
    ];
  });
}

/** In which VPC the others' gateways stand no look-up says, so that only this file's own count against a VPC. */
const mostOf = ({ quota, wanted, coming, standing }: Measured): number =>
  quota === "gatewaysPerVpc" ? wanted : coming + standing;

/** What a look-up leaves open, as a step for people. */
export function quotaSteps(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ quota, property, coming, standing, allowed }) =>
    quota === "gatewaysPerVpc" && coming > 0 && coming + standing > allowed
      ? [
          `${property}: ${coming} resource gateways are to come, ${standing} stand in this region, and a VPC may have ${allowed}: count those of this VPC in the VPC console`,
        ]
      : [],
  );
}
