/** What already stands in the customer's account under the names that the services get, and how much room the subnets have. */
import * as aws from "@pulumi/aws";
import { furtherTargetGroup, serviceNames } from "../../model/physical-name.ts";
import { type StackProblem, show } from "../../model/problem.ts";
import { TAG_SCHEMES, type Tags, carriesScheme } from "../../model/tags.ts";
import { found } from "../lookup.ts";
import { type Config, type OwnServiceConfig, forwardedServices, hostKeyOf, ownServices } from "./config.ts";
import { subnetsOf } from "../customer-subnets.ts";

/** Addresses that a subnet must have left when AWS places a load balancer in it. */
const FREE_ADDRESSES = 8;

interface Standing {
  readonly key: string;
  readonly service: OwnServiceConfig;
  readonly isBuilt: boolean;
  readonly balancer: aws.lb.GetLoadBalancerResult | undefined;
  readonly targetGroup: aws.lb.GetTargetGroupResult | undefined;
  readonly securityGroup: aws.ec2.GetSecurityGroupResult | undefined;
}

/**
 * Why AWS would refuse to build the services beside what stands. Names are fixed, so what carries one of them is either ours, and then changed in place as
 * far as AWS allows, or somebody else's, and then in the way. Ours is what the last update put out, whatever has become of its tags since, and what
 * carries our tag, since an update that failed put nothing out.
 *
 * @param built keys of the services that the last update put out
 */
export async function standingProblems(
  stack: string,
  config: Config,
  built: readonly string[],
): Promise<StackProblem[]> {
  const standing = await Promise.all(
    ownServices(config.services).map(([key, service]) => lookUp(key, service, config.vpcId, built)),
  );
  return [
    ...standing.flatMap((one) => takenNames(stack, one)),
    ...(await takenTargetGroups(stack, config, built)),
    ...standing.flatMap((one) => changesInPlace(stack, one, config)),
    ...(await exhaustedSubnets(stack, standing, config)),
    ...(await protectedRemovals(stack, config, built)),
  ];
}

/** Services that the file no longer has, while AWS refuses to delete their load balancers: an update would fail half-way. */
async function protectedRemovals(stack: string, config: Config, built: readonly string[]): Promise<StackProblem[]> {
  const removed = built.filter((key) => !Object.hasOwn(config.services, key));
  const problems = removed.map(async (key): Promise<StackProblem[]> => {
    const balancer = await found(aws.lb.getLoadBalancer({ name: serviceNames(key).loadBalancer }));
    if (!balancer?.enableDeletionProtection) return [];
    return [
      {
        stack,
        property: `corpai:services.${key}`,
        given: `nothing, while ${balancer.name} stands and is protected from deletion`,
        allowed: "removal of services that are not protected",
        wayOut: "Put it back with release: { reason, until }, bring the stack up, then remove it.",
      },
    ];
  });
  return (await Promise.all(problems)).flat();
}

async function lookUp(
  key: string,
  service: OwnServiceConfig,
  vpcId: string,
  built: readonly string[],
): Promise<Standing> {
  const names = serviceNames(key);
  const { adopt } = service;
  if (adopt) {
    const balancer = await found(aws.lb.getLoadBalancer({ arn: adopt.loadBalancerArn }));
    const isBuilt = built.includes(key);
    return {
      key,
      service,
      isBuilt,
      balancer: isBuilt ? balancer : undefined,
      targetGroup: undefined,
      securityGroup: undefined,
    };
  }
  const [balancer, targetGroup, securityGroup] = await Promise.all([
    found(aws.lb.getLoadBalancer({ name: names.loadBalancer })),
    found(aws.lb.getTargetGroup({ name: names.targetGroup })),
    found(aws.ec2.getSecurityGroup({ name: names.securityGroup, vpcId })),
  ]);
  return { key, service, isBuilt: built.includes(key), balancer, targetGroup, securityGroup };
}

/** Whether what stands under one of our names is this stack's. */
const isOurs = ({ isBuilt }: Standing, { tags }: { readonly tags: Tags }): boolean =>
  isBuilt || carriesScheme(tags, "customer");

function takenNames(stack: string, standing: Standing): StackProblem[] {
  const { key, balancer, targetGroup, securityGroup } = standing;
  const named = { "load balancer": balancer, "target group": targetGroup, "security group": securityGroup };
  return Object.entries(named).flatMap(([what, object]) => {
    return !object || isOurs(standing, object) ? [] : [taken(stack, key, what, object)];
  });
}

const taken = (
  stack: string,
  key: string,
  what: string,
  object: { readonly name: string; readonly id: string },
): StackProblem => ({
  stack,
  property: `corpai:services.${key}`,
  given: `a key whose ${what} is called ${object.name}, as ${object.id} is already, which has no tag ${show(TAG_SCHEMES.customer)}`,
  allowed: "names that nobody else has taken",
  wayOut:
    "Choose another key, or delete the other one; or, to keep it, give it that tag and import it into this stack.",
});

/** Target groups of further ports and of services that share the load balancer: their names may be taken as well. */
async function takenTargetGroups(stack: string, config: Config, built: readonly string[]): Promise<StackProblem[]> {
  const further = forwardedServices(config.services).flatMap(([key, service]) => {
    // What stands under a name of its own keeps that.
    if (ownServices(config.services).some(([own, { adopt }]) => adopt && own === hostKeyOf(config.services, key)))
      return [];
    const names = serviceNames(key);
    const ports = Object.keys(service.ports).map((port) => furtherTargetGroup(key, port));
    return [...("loadBalancerOf" in service ? [names.targetGroup] : []), ...ports].map((name) => ({ key, name }));
  });
  const problems = further.map(async ({ key, name }): Promise<StackProblem[]> => {
    const group = await found(aws.lb.getTargetGroup({ name }));
    if (!group || built.includes(key) || carriesScheme(group.tags, "customer")) return [];
    return [taken(stack, key, "target group", group)];
  });
  return (await Promise.all(problems)).flat();
}

/** What AWS cannot change where it stands, nor replace while an endpoint service or a listener uses it. */
function changesInPlace(stack: string, standing: Standing, config: Config): StackProblem[] {
  const { key, service } = standing;
  const ours = <T extends { readonly tags: Tags }>(object: T | undefined): T | undefined =>
    object && isOurs(standing, object) ? object : undefined;
  const [balancer, targetGroup] = [ours(standing.balancer), ours(standing.targetGroup)];
  const wayOut = `Offer the service under a new key beside the old one, move its connections, then remove ${key}.`;

  const moved = [balancer, targetGroup].find((object) => object !== undefined && object.vpcId !== config.vpcId);
  if (moved)
    return [
      {
        stack,
        property: "corpai:vpcId",
        given: `${config.vpcId}, while ${moved.name} stands in ${moved.vpcId}`,
        allowed: `${moved.vpcId} as long as ${moved.name} stands: AWS cannot move it`,
        wayOut,
      },
    ];
  const problems: StackProblem[] = [];
  if (balancer?.securityGroups.length === 0) {
    problems.push({
      stack,
      property: `corpai:services.${key}`,
      given: `${balancer.name}, which was created without a security group`,
      allowed: "load balancers that were created with one: AWS lets no other have one later",
      wayOut,
    });
  }
  const { property, subnets } = subnetsOf(key, service, config);
  const lost = balancer?.subnets.filter((id) => !subnets.some((subnet) => subnet.id === id)) ?? [];
  if (balancer && lost.length > 0) {
    problems.push({
      stack,
      property,
      given: `subnets without ${lost.join(", ")}, in which ${balancer.name} stands`,
      allowed: "lists that keep the subnets of a load balancer: AWS takes none away from one that endpoints use",
      wayOut: `Put ${lost.length > 1 ? "them" : "it"} back. To leave an AZ: ${wayOut}`,
    });
  }
  if (targetGroup && service.targets.type === "alb" && targetGroup.port !== (service.targets.port ?? service.port)) {
    problems.push({
      stack,
      property: `corpai:services.${key}.targets.port`,
      given: String(service.targets.port ?? service.port),
      allowed: `${targetGroup.port}, the port that ${targetGroup.name} was created with: AWS changes it for no target, and an application load balancer has no other`,
      wayOut,
    });
  }
  if (targetGroup && targetGroup.targetType !== service.targets.type) {
    problems.push({
      stack,
      property: `corpai:services.${key}.targets.type`,
      given: show(service.targets.type),
      allowed: `${show(targetGroup.targetType)}, the type that ${targetGroup.name} was created with: AWS cannot change it`,
      wayOut,
    });
  }
  return problems;
}

/** Each new load balancer takes an address of each of its subnets, and AWS wants some more to be free before it does. */
async function exhaustedSubnets(stack: string, standing: readonly Standing[], config: Config): Promise<StackProblem[]> {
  const wanted = new Map<string, { readonly count: number; readonly property: string }>();
  for (const one of standing) {
    // One that is taken over stands in its subnets already.
    if (one.service.adopt) continue;
    const { property, subnets } = subnetsOf(one.key, one.service, config);
    for (const { id } of subnets)
      if (!one.balancer?.subnets.includes(id)) wanted.set(id, { count: (wanted.get(id)?.count ?? 0) + 1, property });
  }
  const problems = [...wanted].map(async ([id, { count, property }]): Promise<StackProblem[]> => {
    const free = (await found(aws.ec2.getSubnet({ id })))?.availableIpAddressCount;
    const needed = FREE_ADDRESSES + count - 1;
    if (free === undefined || free >= needed) return [];
    return [
      {
        stack,
        property,
        given: `${id}, which has ${free} free addresses`,
        allowed: `subnets with at least ${needed} free addresses for ${count} new load balancers (AWS wants ${FREE_ADDRESSES} for each as it comes)`,
        wayOut: "Free addresses in it, or use another subnet of its AZ.",
      },
    ];
  });
  return (await Promise.all(problems)).flat();
}
