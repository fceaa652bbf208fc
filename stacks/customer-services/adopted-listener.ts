/** A listener that stands and is taken over, with its target group. */
import * as aws from "@pulumi/aws";
import type { AdoptedListener, AdoptedTargetGroup } from "../../components/privatelink/adopted.ts";
import { type Compared, consentProblems, differenceProblems } from "../../model/adoption-check.ts";
import type { Front } from "../../model/forwarding.ts";
import { found } from "../lookup.ts";
import { type Found, NOTHING, type Wish, known, placeOf } from "./adoption-wish.ts";
import type { OwnServiceConfig } from "./config.ts";

export async function listenerOf(
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

const asItIs = ({
  arn,
  name,
  port,
  healthCheck,
  deregistrationDelay,
  tags,
}: aws.lb.GetTargetGroupResult): AdoptedTargetGroup => ({
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
