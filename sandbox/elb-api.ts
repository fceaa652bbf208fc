/**
 * The calls of Elastic Load Balancing's own API that no look-up of the AWS provider stands for: what is behind a load balancer, and how its targets are.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
 */
import { LISTENER_RULE } from "./aws/application-load-balancers.ts";
import { LISTENER, LOAD_BALANCER, TARGET_GROUP, targetGroupsOf } from "./aws/load-balancing.ts";
import { interfacesOf } from "./aws/network.ts";
import { Refusal } from "./model.ts";
import { illness, targetsOf } from "./path.ts";
import { type Answer, type Signer, tag } from "./query-api.ts";
import { record, records, text, texts } from "./values.ts";
import type { Properties } from "./wire.ts";
import type { World, WorldObject } from "./world.ts";

export function answerBalancing(world: World, signer: Signer | undefined, query: URLSearchParams): Answer {
  try {
    if (!signer) throw new Refusal("InvalidClientTokenId", "The security token included in the request is invalid.");
    const action = query.get("Action") ?? "";
    const call = Object.hasOwn(CALLS, action) ? CALLS[action] : undefined;
    if (!call) throw new Refusal("InvalidAction", `The sandbox does not know the action ${action} of this API`);
    const own = (type: string): WorldObject[] =>
      world.all(type, ({ account, region }) => account === signer.account && region === signer.region);
    const result = call(world, own, query);
    return {
      status: 200,
      body: `<${action}Response><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata></${action}Response>`,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const message = error.message.slice(error.code.length + 2);
    return {
      status: 400,
      body: `<ErrorResponse><Error><Type>Sender</Type>${tag("Code", error.code)}${tag("Message", message)}</Error><RequestId>sandbox</RequestId></ErrorResponse>`,
    };
  }
}

const members = (name: string, all: readonly string[]): string =>
  `<${name}>${all.map((one) => `<member>${one}</member>`).join("")}</${name}>`;

/** Of an action: only forwarding is told. */
const actions = (all: readonly Properties[]): string[] =>
  all.map(
    (action) =>
      tag("Type", text(action.type) ?? "") +
      (text(action.targetGroupArn) === undefined ? "" : tag("TargetGroupArn", text(action.targetGroupArn) ?? "")),
  );

type Own = (type: string) => WorldObject[];

const CALLS: Readonly<Record<string, (world: World, own: Own, query: URLSearchParams) => string>> = {
  DescribeLoadBalancers: (_world, own) =>
    members(
      "LoadBalancers",
      own(LOAD_BALANCER).map(({ id, inputs, computed }) =>
        [
          tag("LoadBalancerArn", id),
          tag("DNSName", text(computed.dnsName) ?? ""),
          tag("LoadBalancerName", text(inputs.name) ?? ""),
        ].join(""),
      ),
    ),
  DescribeListeners: (_world, own, query) =>
    members(
      "Listeners",
      own(LISTENER)
        .filter(({ inputs }) => inputs.loadBalancerArn === query.get("LoadBalancerArn"))
        .map(({ id, inputs }) =>
          [
            tag("ListenerArn", id),
            tag("Port", String(Number(inputs.port))),
            tag("Protocol", text(inputs.protocol) ?? ""),
            members("DefaultActions", actions(records(inputs.defaultActions))),
          ].join(""),
        ),
    ),
  DescribeRules: (_world, own, query) =>
    members(
      "Rules",
      own(LISTENER_RULE)
        .filter(({ inputs }) => inputs.listenerArn === query.get("ListenerArn"))
        .map(({ id, inputs }) =>
          [
            tag("RuleArn", id),
            tag("Priority", String(Number(inputs.priority))),
            members("Conditions", records(inputs.conditions).map(hostCondition)),
            members("Actions", actions(records(inputs.actions))),
          ].join(""),
        ),
    ),
  DescribeTargetHealth(world, own, query) {
    const arn = query.get("TargetGroupArn") ?? "";
    const group = own(TARGET_GROUP).find(({ id }) => id === arn);
    if (!group) throw new Refusal("TargetGroupNotFound", `Target groups '${arn}' not found`);
    return members("TargetHealthDescriptions", healthOf(world, group));
  },
};

function hostCondition(condition: Properties): string {
  const hosts = texts(record(records(condition.hostHeader)[0] ?? condition.hostHeader).values);
  return `${tag("Field", "host-header")}<HostHeaderConfig>${members("Values", hosts)}</HostHeaderConfig>`;
}

/** By the health checks of the load balancer that forwards to it, if one does. */
function healthOf(world: World, group: WorldObject): string[] {
  const forwarding = [
    ...world.all(LISTENER, (listener) => targetGroupsOf(listener).includes(group.id)),
    ...world
      .all(LISTENER_RULE, ({ inputs }) => records(inputs.actions).some((one) => one.targetGroupArn === group.id))
      .flatMap(({ inputs }) => world.get(LISTENER, text(inputs.listenerArn) ?? "") ?? []),
  ];
  const balancer = world.get(LOAD_BALANCER, text(forwarding[0]?.inputs.loadBalancerArn) ?? "");
  return targetsOf(world, group).map((target) => {
    const why = balancer
      ? illness(world, group, texts(balancer.computed.securityGroups), interfacesOf(world, balancer.id), target)
      : "Target group is not configured to receive traffic from the load balancer";
    const state = !balancer ? "unused" : why === undefined ? "healthy" : "unhealthy";
    const health = [
      tag("State", state),
      ...(why === undefined
        ? []
        : [tag("Reason", balancer ? "Target.FailedHealthChecks" : "Target.NotInUse"), tag("Description", why)]),
    ];
    return `<Target>${tag("Id", target.id)}${tag("Port", String(target.port))}</Target><TargetHealth>${health.join("")}</TargetHealth>`;
  });
}
