/**
 * What AWS charges by the hour or month, whether it is used or not: on-demand, in US dollars. What is charged by use alone (traffic, requests, logs,
 * the nodes that Auto Mode starts) is in no table: nobody can say it before.
 *
 * Each row names AWS's page. A region that is not in the table has no cost rather than a wrong one.
 */
export interface PriceList {
  /** Per AZ in which an interface endpoint stands. https://aws.amazon.com/privatelink/pricing/ */
  readonly interfaceEndpointHour: number;
  /** First petabyte. https://aws.amazon.com/privatelink/pricing/ */
  readonly interfaceEndpointGigabyte: number;
  /** Per other region from which an endpoint service is reached; its owner pays. https://aws.amazon.com/privatelink/pricing/ */
  readonly remoteRegionHour: number;
  /** Out of this region into another one; who holds the endpoint pays. https://aws.amazon.com/ec2/pricing/on-demand/ */
  readonly otherRegionGigabyte: number;
  /** Of VPC Lattice: one resource in a service network, paid by whose network it is; a group counts once. https://aws.amazon.com/vpc/lattice/pricing/ */
  readonly latticeResourceHour: number;
  /** What goes to resources, first petabyte. https://aws.amazon.com/vpc/lattice/pricing/ */
  readonly latticeResourceGigabyte: number;
  /** Without capacity units. https://aws.amazon.com/elasticloadbalancing/pricing/ */
  readonly networkLoadBalancerHour: number;
  /** https://aws.amazon.com/vpc/pricing/ */
  readonly natGatewayHour: number;
  /** In use or idle. https://aws.amazon.com/vpc/pricing/ */
  readonly publicIpv4Hour: number;
  /** In standard support. https://aws.amazon.com/eks/pricing/ */
  readonly clusterHour: number;
  /** https://aws.amazon.com/kms/pricing/ */
  readonly keyMonth: number;
  /** https://aws.amazon.com/secrets-manager/pricing/ */
  readonly secretMonth: number;
  /** One instance of PostgreSQL in one AZ, by class. https://aws.amazon.com/rds/postgresql/pricing/ */
  readonly postgresHour: Readonly<Record<string, number>>;
  /** gp3, in one AZ. https://aws.amazon.com/rds/postgresql/pricing/ */
  readonly postgresGigabyteMonth: number;
  /** One capacity unit of Aurora Serverless v2. https://aws.amazon.com/rds/aurora/pricing/ */
  readonly auroraCapacityUnitHour: number;
  /** One node of Valkey, by type. https://aws.amazon.com/elasticache/pricing/ */
  readonly valkeyHour: Readonly<Record<string, number>>;
}

/** ISO date. */
export const PRICES_READ = "2026-11-20";

/** By region. */
export const PRICES: Readonly<Record<string, PriceList>> = {
  "us-east-1": {
    interfaceEndpointHour: 0.01,
    interfaceEndpointGigabyte: 0.01,
    remoteRegionHour: 0.05,
    otherRegionGigabyte: 0.02,
    latticeResourceHour: 0.1,
    latticeResourceGigabyte: 0.01,
    networkLoadBalancerHour: 0.0225,
    natGatewayHour: 0.045,
    publicIpv4Hour: 0.005,
    clusterHour: 0.1,
    keyMonth: 1,
    secretMonth: 0.4,
    postgresHour: {
      "db.t4g.micro": 0.016,
      "db.t4g.small": 0.032,
      "db.t4g.medium": 0.065,
      "db.t4g.large": 0.129,
      "db.m7g.large": 0.168,
      "db.m7g.xlarge": 0.337,
      "db.m7g.2xlarge": 0.674,
      "db.r7g.large": 0.239,
      "db.r7g.xlarge": 0.478,
      "db.r7g.2xlarge": 0.956,
    },
    postgresGigabyteMonth: 0.115,
    auroraCapacityUnitHour: 0.12,
    valkeyHour: {
      "cache.t4g.micro": 0.0128,
      "cache.t4g.small": 0.0256,
      "cache.t4g.medium": 0.052,
      "cache.m7g.large": 0.1264,
      "cache.m7g.xlarge": 0.2524,
      "cache.r7g.large": 0.1752,
      "cache.r7g.xlarge": 0.3496,
    },
  },
};

/** A month, everywhere: 30 days. */
export const HOURS_PER_MONTH = 720;
