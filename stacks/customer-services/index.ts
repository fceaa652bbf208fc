import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PrivateService } from "../../components/privatelink/private-service.ts";
import { isReleased, protectionOf } from "../../model/environment-class.ts";
import { type StackProblem, show } from "../../model/problem.ts";
import { isCorpaiOwned, programTags } from "../../model/tags.ts";
import { programContext, refuseAll } from "../context.ts";
import type { Environment } from "../environment.ts";
import { found } from "../lookup.ts";
import { lastOutput } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import type { Config, ServiceConfig } from "./config.ts";
import { standingProblems } from "./standing.ts";
import { addressProblems } from "./target-addresses.ts";

/** What CorpAI needs of one service. */
export interface OfferedService {
  readonly serviceName: string;
  readonly serviceId: string;
  readonly port: number;
  readonly azIds: readonly string[];
  readonly acceptanceRequired: boolean;
  /** What the targets' own group has to admit where this program does not open it; empty where it does. */
  readonly openOnTargets: readonly {
    readonly securityGroupId: string;
    readonly fromSecurityGroupId: string;
    readonly port: number;
  }[];
}

export interface CustomerServicesOutputs {
  readonly services: Readonly<Record<string, OfferedService>>;
}

export default async function customerServices(): Promise<Outputs<CustomerServicesOutputs>> {
  const { name, config, environment } = programContext("customer-services");
  const built = Object.keys((await lastOutput("customer-services", "services")) ?? {});
  const vpcCidrs = await verifiedVpc(name, config, built);

  const services = Object.entries(config.services).map(
    ([key, service]) => [key, offer(key, service, environment, config, vpcCidrs)] as const,
  );
  return { services: Object.fromEntries(services) };
}

function offer(
  key: string,
  service: ServiceConfig,
  environment: Environment,
  config: Config,
  vpcCidrs: readonly string[],
): Outputs<OfferedService> {
  const subnets = service.subnets ?? config.subnets;
  const built = new PrivateService(key, {
    service: key,
    port: service.port,
    vpcId: config.vpcId,
    vpcCidrs,
    clientCidr: config.clientCidr,
    subnets,
    targets: service.targets,
    healthCheck: service.healthCheck,
    targetSecurityGroupId: service.targetSecurityGroupId,
    openTargetSecurityGroup: service.openTargetSecurityGroup,
    inboundRulesOnPrivateLink: service.inboundRulesOnPrivateLink,
    deletionProtection: protectionOf(environment.class, isReleased(service, environment.facts.today)).protect,
    principals: config.principals,
    acceptanceRequired: service.acceptanceRequired,
    tags: programTags("customer-services"),
  });
  if (!pulumi.runtime.isDryRun()) {
    void built.serviceName.apply((serviceName) =>
      pulumi.log.info(`For CorpAI: register ${key} with service name ${serviceName} and port ${service.port}`),
    );
  }
  return {
    serviceName: built.serviceName,
    serviceId: built.serviceId,
    port: service.port,
    azIds: subnets.map(({ azId }) => azId),
    acceptanceRequired: service.acceptanceRequired,
    openOnTargets: service.openTargetSecurityGroup
      ? []
      : built.targetPorts.map((port) => ({
          securityGroupId: service.targetSecurityGroupId,
          fromSecurityGroupId: built.loadBalancerSecurityGroupId,
          port,
        })),
  };
}

/** Looks up what the file states of the customer's estate, all of it before anything is created. Answers the VPC's CIDRs. */
async function verifiedVpc(stack: string, config: Config, built: readonly string[]): Promise<string[]> {
  const problems: StackProblem[] = [];
  const vpc = await found(aws.ec2.getVpc({ id: config.vpcId }));
  if (!vpc) {
    problems.push({
      stack,
      property: "corpai:vpcId",
      given: config.vpcId,
      allowed: "a VPC of this account and region",
      wayOut: "Check aws:allowedAccountIds and aws:region, or correct the id.",
    });
  } else if (isCorpaiOwned(vpc.tags)) {
    problems.push({
      stack,
      property: "corpai:vpcId",
      given: `${config.vpcId}, CorpAI's own VPC (tagged ${show(vpc.tags)})`,
      allowed: "the customer's existing VPC, in which the service runs",
      wayOut: "Give the id of the VPC that holds the service.",
    });
  }

  const groups = Object.entries(config.services).map(
    ([key, service]) => [`corpai:services.${key}.targetSecurityGroupId`, service.targetSecurityGroupId] as const,
  );
  const instances = Object.entries(config.services).flatMap(([key, { targets }]) =>
    targets.type === "instance"
      ? targets.instanceIds.map((id) => ({ key, property: `corpai:services.${key}.targets.instanceIds`, id }))
      : [],
  );
  const subnets = [
    ...config.subnets.map((subnet) => ["corpai:subnets", subnet] as const),
    ...Object.entries(config.services).flatMap(([key, service]) =>
      (service.subnets ?? []).map((subnet) => [`corpai:services.${key}.subnets`, subnet] as const),
    ),
  ];
  const checks = await Promise.all([
    ...subnets.map(([property, subnet]) => subnetProblems({ stack, property }, subnet, config.vpcId)),
    ...groups.map(async ([property, id]) =>
      inVpc({ stack, property }, id, config.vpcId, (await found(aws.ec2.getSecurityGroup({ id })))?.vpcId),
    ),
    ...instances.map(async ({ key, property, id: instanceId }) => {
      const instance = await found(aws.ec2.getInstance({ instanceId }));
      const vpcId = instance && (await found(aws.ec2.getSubnet({ id: instance.subnetId })))?.vpcId;
      return [
        ...inVpc({ stack, property }, instanceId, config.vpcId, vpcId),
        // One that is registered may stop for a while; of a service that stands, nobody here knows which are.
        ...(instance && instance.instanceState !== "running" && !built.includes(key)
          ? [
              {
                stack,
                property,
                given: `${instanceId}, which is ${instance.instanceState}`,
                allowed: "running instances: AWS registers no others",
                wayOut: "Start it, or leave it out.",
              },
            ]
          : []),
      ];
    }),
  ]);
  const vpcCidrs = vpc
    ? [...new Set([vpc.cidrBlock, ...vpc.cidrBlockAssociations.map(({ cidrBlock }) => cidrBlock)])]
    : [];
  refuseAll([
    ...problems,
    ...checks.flat(),
    ...Object.entries(config.services).flatMap(([key, service]) => addressProblems(stack, key, service, vpcCidrs)),
  ]);
  refuseAll(await standingProblems(stack, config, built));
  return vpcCidrs;
}

type Place = Pick<StackProblem, "stack" | "property">;

async function subnetProblems(
  at: Place,
  { id, azId }: Config["subnets"][number],
  vpcId: string,
): Promise<StackProblem[]> {
  const subnet = await found(aws.ec2.getSubnet({ id }));
  const problems = inVpc(at, id, vpcId, subnet?.vpcId);
  if (subnet && subnet.availabilityZoneId !== azId) {
    problems.push({
      ...at,
      given: `${id} with azId ${azId}`,
      allowed: `its real AZ, ${subnet.availabilityZoneId}`,
      wayOut: "Correct azId; AZ names differ per account, ids do not.",
    });
  }
  return problems;
}

function inVpc(at: Place, id: string, vpcId: string, actual: string | undefined): StackProblem[] {
  if (actual === vpcId) return [];
  return [
    {
      ...at,
      given:
        actual === undefined
          ? `${id}, which this account does not have in this region`
          : `${id}, which is in ${actual}`,
      allowed: `ids of ${vpcId}`,
      wayOut: "Correct the id, or corpai:vpcId.",
    },
  ];
}
