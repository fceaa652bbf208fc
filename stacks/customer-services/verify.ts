/** What the file states of the customer's estate, looked up before anything is created. */
import * as aws from "@pulumi/aws";
import { type StackProblem, show } from "../../model/problem.ts";
import { isCorpaiOwned } from "../../model/tags.ts";
import { type ProgramContext, refuseAll } from "../context.ts";
import { inVpc, subnetProblems } from "../look-up-checks.ts";
import { found } from "../lookup.ts";
import { accountOf } from "../provider-settings.ts";
import { balancerProblems } from "./application-load-balancer.ts";
import { type ForwardedServiceConfig, forwardedServices } from "./config.ts";
import { hostedZoneProblems } from "./private-names.ts";
import { publicProblems, soughtSubnetsProblem } from "./private-subnets.ts";
import { standingProblems } from "./standing.ts";
import { listedSubnets } from "../customer-subnets.ts";
import { statedQuotaProblems } from "../stated-quotas.ts";
import { addressProblems } from "./target-addresses.ts";

/**
 * Looks up all of it and answers the VPC's CIDRs.
 *
 * @param built keys of the services that the last update put out
 */
export async function verifiedVpc(
  {
    name: stack,
    config,
    aws: settings,
    environment,
  }: Pick<ProgramContext<"customer-services">, "name" | "config" | "aws" | "environment">,
  built: readonly string[],
): Promise<string[]> {
  const vpc = await found(aws.ec2.getVpc({ id: config.vpcId }));
  const [account, { quotas }] = [accountOf(settings), environment.facts];
  refuseAll(await soughtSubnetsProblem(stack, config));
  refuseAll(await statedQuotaProblems(stack, account, quotas));
  const vpcCidrs = vpc
    ? [...new Set([vpc.cidrBlock, ...vpc.cidrBlockAssociations.map(({ cidrBlock }) => cidrBlock)])]
    : [];
  const services = forwardedServices(config.services);
  const checks = await Promise.all([
    ...listedSubnets(config).map(([property, subnet]) =>
      privateSubnetProblems({ stack, property }, subnet, config.vpcId),
    ),
    ...services.map(([key, service]) => groupProblems(stack, key, service, config.vpcId)),
    ...services.map(([key, service]) => instanceProblems(stack, key, service, config.vpcId, built.includes(key))),
    ...services.map(([key, service]) => balancerProblems(stack, key, service, config.vpcId)),
    hostedZoneProblems(stack, config),
  ]);
  refuseAll([
    ...vpcProblems(stack, config.vpcId, vpc),
    ...checks.flat(),
    ...services.flatMap(([key, service]) => addressProblems({ stack, account, quotas }, key, service, vpcCidrs)),
  ]);
  refuseAll(await standingProblems(stack, config, built));
  return vpcCidrs;
}

function vpcProblems(stack: string, id: string, vpc: aws.ec2.GetVpcResult | undefined): StackProblem[] {
  const at = { stack, property: "corpai:vpcId" };
  if (!vpc)
    return [
      {
        ...at,
        given: id,
        allowed: "a VPC of this account and region",
        wayOut: "Check aws:allowedAccountIds and aws:region, or correct the id.",
      },
    ];
  if (!isCorpaiOwned(vpc.tags)) return [];
  return [
    {
      ...at,
      given: `${id}, CorpAI's own VPC (tagged ${show(vpc.tags)})`,
      allowed: "the customer's existing VPC, in which the service runs",
      wayOut: "Give the id of the VPC that holds the service.",
    },
  ];
}

async function groupProblems(
  stack: string,
  key: string,
  { targetSecurityGroupId: id }: ForwardedServiceConfig,
  vpcId: string,
): Promise<StackProblem[]> {
  const property = `corpai:services.${key}.targetSecurityGroupId`;
  return inVpc({ stack, property }, id, vpcId, (await found(aws.ec2.getSecurityGroup({ id })))?.vpcId);
}

async function instanceProblems(
  stack: string,
  key: string,
  { targets }: ForwardedServiceConfig,
  vpcId: string,
  isBuilt: boolean,
): Promise<StackProblem[]> {
  if (targets.type !== "instance") return [];
  const at = { stack, property: `corpai:services.${key}.targets.instanceIds` };
  const problems = targets.instanceIds.map(async (instanceId): Promise<StackProblem[]> => {
    const instance = await found(aws.ec2.getInstance({ instanceId }));
    const actual = instance && (await found(aws.ec2.getSubnet({ id: instance.subnetId })))?.vpcId;
    const elsewhere = inVpc(at, instanceId, vpcId, actual);
    // One that is registered may stop for a while; of a service that stands, nobody here knows which are.
    if (!instance || instance.instanceState === "running" || isBuilt) return elsewhere;
    return [
      ...elsewhere,
      {
        ...at,
        given: `${instanceId}, which is ${instance.instanceState}`,
        allowed: "running instances: AWS registers no others",
        wayOut: "Start it, or leave it out.",
      },
    ];
  });
  return (await Promise.all(problems)).flat();
}

async function privateSubnetProblems(
  at: Pick<StackProblem, "stack" | "property">,
  subnet: { readonly id: string; readonly azId: string },
  vpcId: string,
): Promise<StackProblem[]> {
  const misplaced = await subnetProblems(at, subnet, vpcId);
  return misplaced.length > 0 ? misplaced : publicProblems(at, subnet.id, vpcId);
}
