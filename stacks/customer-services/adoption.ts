/** What stands already and is taken over: looked up before anything is registered, and compared with the file as long as it has yet to be taken over. */
import * as aws from "@pulumi/aws";
import type { AdoptedEndpointService, AdoptedLoadBalancer } from "../../components/privatelink/adopted.ts";
import { type Compared, consentProblems, differenceProblems } from "../../model/adoption-check.ts";
import { frontsOf } from "../../model/forwarding.ts";
import { serviceNames } from "../../model/physical-name.ts";
import type { StackProblem } from "../../model/problem.ts";
import { found } from "../lookup.ts";
import { endpointServiceOf } from "./adopted-endpoint-service.ts";
import { listenerOf } from "./adopted-listener.ts";
import { type Found, NOTHING, type Wish, otherStands, placeOf } from "./adoption-wish.ts";
import { type Config, type OwnServiceConfig, guestsOf, ownServices } from "./config.ts";
import { forwardedService } from "./forwarded-service.ts";
import { balancerProblems, standingBalancerProblems, subnetsCompared } from "./standing-balancer.ts";

/** What one service takes over; nothing of what has problems. */
export interface Adoption {
  readonly loadBalancer?: AdoptedLoadBalancer | undefined;
  readonly endpointService?: AdoptedEndpointService | undefined;
  readonly problems: readonly StackProblem[];
}

/** Looks up all that a service takes over, or stands behind. */
export async function adoptionOf(wish: Wish): Promise<Adoption> {
  const { service } = wish;
  const loadBalancer: Found<AdoptedLoadBalancer> =
    "targets" in service
      ? await balancerOf({ ...wish, service })
      : { problems: await standingBalancerProblems({ ...wish, service }) };
  const { endpointServiceId } = service.adopt ?? {};
  const arn = "targets" in service ? service.adopt?.loadBalancerArn : service.loadBalancerArn;
  const endpointService =
    endpointServiceId === undefined || arn === undefined || loadBalancer.problems.length > 0
      ? NOTHING
      : await endpointServiceOf(wish, endpointServiceId, arn);
  return {
    loadBalancer: loadBalancer.adopted,
    endpointService: endpointService.adopted,
    problems: [...loadBalancer.problems, ...endpointService.problems],
  };
}

/** Services that no longer say what they took over: their load balancers would be replaced by new ones of other names. */
export function forgottenAdoptions(
  stack: string,
  { services }: Config,
  last: Readonly<Record<string, Wish["built"]>>,
): StackProblem[] {
  return ownServices(services).flatMap(([key, { adopt }]): StackProblem[] => {
    const arn = last[key]?.loadBalancerArn;
    if (adopt || arn === undefined || arn.includes(`/${serviceNames(key).loadBalancer}/`)) return [];
    return [
      {
        stack,
        property: `corpai:services.${key}.adopt`,
        given: `nothing, while ${arn}, which was taken over, serves it`,
        allowed: "what it took over, as long as the service is in the file",
        wayOut:
          "Put the key back. To give the load balancer back, remove the service: everything taken over stays as it is.",
      },
    ];
  });
}

async function balancerOf(wish: Wish<OwnServiceConfig>): Promise<Found<AdoptedLoadBalancer>> {
  const { stack, key, service, config, built } = wish;
  if (!service.adopt) return NOTHING;
  const { loadBalancerArn: arn } = service.adopt;
  const property = `corpai:services.${key}.adopt.loadBalancerArn`;
  if (built?.loadBalancerArn !== undefined && built.loadBalancerArn !== arn)
    return { problems: [otherStands({ stack, property }, arn, built.loadBalancerArn)] };
  const balancer = await found(aws.lb.getLoadBalancer({ arn }));
  const unfit = balancerProblems({ stack, property }, arn, config.vpcId, balancer);
  if (!balancer || unfit.length > 0) return { problems: unfit };
  if (balancer.securityGroups.length === 0) return { problems: [withoutGroups({ stack, property }, balancer.name)] };

  const isNew = built?.loadBalancerArn === undefined;
  const fronts = frontsOf(key, {
    ...forwardedService(key, service),
    guests: guestsOf(config.services, key).map(([guest, own]) => forwardedService(guest, own)),
  });
  const listeners = await Promise.all(
    fronts.map((front, index) => listenerOf(wish, front, arn, { isFirst: index === 0, isNew })),
  );
  const problems = [
    ...(isNew ? consentProblems(placeOf(wish), balancer.name, balancer.tags) : []),
    ...(isNew ? differenceProblems(placeOf(wish), balancer.name, balancerCompared(wish, balancer)) : []),
    ...listeners.flatMap((one) => one.problems),
  ];
  return {
    problems,
    adopted: {
      arn,
      name: balancer.name,
      securityGroupIds: balancer.securityGroups,
      tags: balancer.tags,
      listeners: new Map(
        fronts.flatMap(({ port }, index) => {
          const adopted = listeners[index]?.adopted;
          return adopted ? [[port, adopted] as const] : [];
        }),
      ),
    },
  };
}

/** AWS lets it have none later, so it could never say who comes in. */
const withoutGroups = (at: Pick<StackProblem, "stack" | "property">, name: string): StackProblem => ({
  ...at,
  given: `${name}, which was created without a security group`,
  allowed: "load balancers that were created with one: AWS lets no other have one later",
  wayOut: "Leave it the customer's own: name it as loadBalancerArn of the service, in place of adopt and targets.",
});

function balancerCompared(wish: Wish<OwnServiceConfig>, balancer: aws.lb.GetLoadBalancerResult): Compared[] {
  const { service, isProtected } = wish;
  const enforced = balancer.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic;
  return [
    subnetsCompared(wish, balancer),
    { key: "inboundRulesOnPrivateLink", file: service.inboundRulesOnPrivateLink, real: enforced },
    {
      key: "deletionProtection",
      file: isProtected,
      real: balancer.enableDeletionProtection,
      ...(isProtected
        ? {
            instead:
              "Turn it on for the load balancer; or give a release, with which the environment's class does not want it.",
          }
        : {}),
    },
  ];
}
