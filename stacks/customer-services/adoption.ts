/** What stands already and is taken over: looked up before anything is registered, and compared with the file as long as it has yet to be taken over. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type {
  AdoptedEndpointService,
  AdoptedListener,
  AdoptedLoadBalancer,
} from "../../components/privatelink/adopted.ts";
import { type Compared, consentProblems, differenceProblems } from "../../model/adoption-check.ts";
import { type Front, frontsOf } from "../../model/forwarding.ts";
import { serviceNames } from "../../model/physical-name.ts";
import type { StackProblem } from "../../model/problem.ts";
import { found } from "../lookup.ts";
import {
  type Config,
  type OfferedServiceConfig,
  type OwnServiceConfig,
  admittedTo,
  guestsOf,
  ownServices,
} from "./config.ts";
import { balancerProblems, standingBalancerProblems, subnetsCompared } from "./standing-balancer.ts";
import { forwardedService } from "./forwarded-service.ts";

/** What one service takes over; nothing of what has problems. */
export interface Adoption {
  readonly loadBalancer?: AdoptedLoadBalancer | undefined;
  readonly endpointService?: AdoptedEndpointService | undefined;
  readonly problems: readonly StackProblem[];
}

/** A service, and where it is to stand. */
export interface Wish<S extends OfferedServiceConfig = OfferedServiceConfig> {
  readonly stack: string;
  readonly key: string;
  readonly service: S;
  readonly config: Config;
  readonly region: string;
  /** Whether AWS is to refuse to delete the load balancer. */
  readonly isProtected: boolean;
  /** What the last update put out of it. */
  readonly built: { readonly loadBalancerArn?: string; readonly serviceId?: string } | undefined;
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

interface Found<T> {
  readonly adopted?: T | undefined;
  readonly problems: readonly StackProblem[];
}

const NOTHING: Found<never> = { problems: [] };

const placeOf = ({ stack, key }: Wish) => ({ stack, service: key });

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

function otherStands(at: Pick<StackProblem, "stack" | "property">, arn: string, stands: string): StackProblem {
  return {
    ...at,
    given: `${arn}, while ${stands} serves it`,
    allowed: `${stands} as long as the service stands: another one would replace it`,
    wayOut: "Take the other one over under a new key, move its connections, then remove this one.",
  };
}

function balancerCompared(wish: Wish<OwnServiceConfig>, balancer: aws.lb.GetLoadBalancerResult): Compared[] {
  const { service, isProtected } = wish;
  const enforced = balancer.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic;
  return [
    subnetsCompared(wish, balancer),
    // One without groups has no such rules.
    ...(enforced === ""
      ? []
      : [{ key: "inboundRulesOnPrivateLink", file: service.inboundRulesOnPrivateLink, real: enforced }]),
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

async function listenerOf(
  wish: Wish<OwnServiceConfig>,
  front: Front,
  loadBalancerArn: string,
  { isFirst, isNew }: { readonly isFirst: boolean; readonly isNew: boolean },
): Promise<Found<AdoptedListener>> {
  const { stack, key } = wish;
  const { port } = front;
  const listener = await found(aws.lb.getListener({ loadBalancerArn, port }));
  const groupArn = listener?.defaultActions[0]?.targetGroupArn;
  const problem = (property: string, given: string, allowed: string, wayOut: string): Found<AdoptedListener> => ({
    problems: [{ stack, property: `corpai:services.${key}.${property}`, given, allowed, wayOut }],
  });
  if (!listener)
    return isFirst && isNew
      ? problem(
          "port",
          `${port}, on which the load balancer does not listen`,
          "the port of one of its listeners",
          "Correct the port.",
        )
      : NOTHING;
  if (listener.protocol !== "TCP" || !groupArn)
    return problem(
      "adopt.loadBalancerArn",
      `a load balancer whose listener on ${port} is of protocol ${listener.protocol}`,
      "TCP listeners that forward to one target group: TLS ends at the targets",
      "Leave the load balancer the customer's own: name it as loadBalancerArn of the service, in place of adopt and targets.",
    );
  const group = await found(aws.lb.getTargetGroup({ arn: groupArn }));
  // What we made is ours, not taken over.
  if (!group || group.name === front.targetGroupName) return NOTHING;
  const place = placeOf(wish);
  const compared = await listenerCompared(front, listener.arn);
  const problems = isNew
    ? [
        ...consentProblems(place, `listener ${port}`, listener.tags),
        ...consentProblems(place, group.name, group.tags),
        ...differenceProblems(place, group.name, groupCompared(front, group)),
        ...differenceProblems(place, `listener ${port}`, compared),
      ]
    : [];
  return { problems, adopted: { arn: listener.arn, tags: listener.tags, targetGroup: asItIs(group) } };
}

/** The port on which a target is reached, as AWS calls it. */
const TRAFFIC_PORT = "traffic-port";

function groupCompared({ targets, healthCheck, proxyProtocol }: Front, group: aws.lb.GetTargetGroupResult): Compared[] {
  const check = group.healthCheck;
  const compared: Compared[] = [
    { key: "targets.type", file: targets.type, real: group.targetType },
    { key: "healthCheck.protocol", file: healthCheck.protocol, real: check.protocol },
    {
      key: "healthCheck.port",
      file: healthCheck.port ?? TRAFFIC_PORT,
      real: check.port === TRAFFIC_PORT ? TRAFFIC_PORT : Number(check.port),
      ...(check.port === TRAFFIC_PORT ? { instead: "Remove the key." } : {}),
    },
    { key: "proxyProtocol", file: proxyProtocol, real: group.proxyProtocolV2 },
  ];
  return healthCheck.protocol === "TCP"
    ? compared
    : [...compared, { key: "healthCheck.path", file: healthCheck.path, real: check.path }];
}

/** What no look-up tells, a read does: as long as the key stands, since a read that came and went would show in the next preview. */
async function listenerCompared({ idleTimeoutSeconds, name }: Front, arn: string): Promise<Compared[]> {
  const listener = aws.lb.Listener.get(`${name}-as-it-is`, arn);
  return [{ key: "idleTimeoutSeconds", file: idleTimeoutSeconds, real: await known(listener.tcpIdleTimeoutSeconds) }];
}

const asItIs = ({ arn, name, port, healthCheck, deregistrationDelay, tags }: aws.lb.GetTargetGroupResult) => ({
  arn,
  name,
  port,
  healthCheckTimes: {
    healthyThreshold: healthCheck.healthyThreshold,
    unhealthyThreshold: healthCheck.unhealthyThreshold,
    interval: healthCheck.interval,
    timeout: healthCheck.timeout,
    matcher: healthCheck.matcher,
  },
  deregistrationDelay: Number(deregistrationDelay),
  tags,
});

async function endpointServiceOf(
  wish: Wish,
  id: string,
  loadBalancerArn: string,
): Promise<Found<AdoptedEndpointService>> {
  const { stack, key, service, config, region, built } = wish;
  const property = `corpai:services.${key}.adopt.endpointServiceId`;
  if (built?.serviceId !== undefined && built.serviceId !== id)
    return { problems: [otherStands({ stack, property }, id, built.serviceId)] };
  const standing = await found(aws.ec2.getVpcEndpointService({ serviceName: `com.amazonaws.vpce.${region}.${id}` }));
  if (!standing) {
    const wayOut = "Check the id, aws:allowedAccountIds and aws:region.";
    return {
      problems: [{ stack, property, given: id, allowed: "an endpoint service of this account and region", wayOut }],
    };
  }
  const adopted = { id, tags: standing.tags };
  const read = aws.ec2.VpcEndpointService.get(`${key}-as-it-is`, id);
  const [balancers, principals] = await Promise.all([
    known(read.networkLoadBalancerArns),
    known(read.allowedPrincipals),
  ]);
  if (built?.serviceId === id) return { adopted, problems: [] };
  return {
    adopted,
    problems: [
      ...consentProblems(placeOf(wish), id, standing.tags),
      ...differenceProblems(placeOf(wish), id, [
        {
          key: "adopt.loadBalancerArn",
          file: [loadBalancerArn],
          real: balancers ?? [],
          instead: "Name the load balancer in front of which it stands.",
        },
        { key: "acceptanceRequired", file: service.acceptanceRequired, real: standing.acceptanceRequired },
        { key: "principals", file: admittedTo(service, config.principals), real: principals },
      ]),
    ],
  };
}

/** A read's answer: known in a preview, too. */
const known = <T>(value: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void value.apply(resolve));
