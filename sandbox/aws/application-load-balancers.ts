/** Application Load Balancers that stood before we came: they may end TLS, and choose a target group by the Host header. No program of ours makes one. */
import { given, records, text, texts } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { ATTACHMENT, LISTENER, LOAD_BALANCER, TARGET_GROUP, listenersOf, targetGroupsOf } from "./load-balancing.ts";
import { arn, interfaceObject } from "./network.ts";

export const LISTENER_RULE = "aws:lb/listenerRule:ListenerRule";

/** As an estate describes one. */
export interface StandingBalancer {
  readonly name: string;
  /** What AWS puts into its name and its ARN. */
  readonly number: string;
  readonly subnets: readonly { readonly subnet: WorldObject; readonly ip: string }[];
  readonly securityGroupIds: readonly string[];
  readonly internal: boolean;
  readonly port: number;
  /** None: it speaks HTTP. */
  readonly certificateNames: readonly string[] | undefined;
  /** The backend of hosts that no rule names; without one it answers 404. */
  readonly defaultBackend: string | undefined;
  readonly backends: Readonly<
    Record<
      string,
      {
        readonly hosts: readonly string[];
        readonly port: number;
        readonly healthPath: string;
        readonly addresses: readonly string[];
      }
    >
  >;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

export function standingBalancer(place: Place, vpcId: string, given: StandingBalancer): WorldObject[] {
  const object = (type: string, id: string, inputs: Properties, computed: Properties): WorldObject => ({
    ...place,
    type,
    id,
    inputs,
    computed: { region: place.region, arn: id, ...computed },
    readyAt: 0,
    estate: true,
  });
  const id = arn("elasticloadbalancing", place, `loadbalancer/app/${given.name}/${given.number}`);
  const listenerId = arn("elasticloadbalancing", place, `listener/app/${given.name}/${given.number}/1`);
  const groupIdOf = (key: string): string =>
    arn("elasticloadbalancing", place, `targetgroup/${given.name}-${key}/${given.number}`);
  const protocol = given.certificateNames ? "HTTPS" : "HTTP";
  const notFound: Value = { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } };
  return [
    object(
      LOAD_BALANCER,
      id,
      {
        name: given.name,
        internal: given.internal,
        loadBalancerType: "application",
        subnets: given.subnets.map(({ subnet }) => subnet.id),
        securityGroups: [...given.securityGroupIds],
        enableCrossZoneLoadBalancing: true,
      },
      {
        internal: given.internal,
        dnsName: `${given.internal ? "internal-" : ""}${given.name}-${given.number}.${place.region}.elb.amazonaws.com`,
        securityGroups: [...given.securityGroupIds],
        vpcId,
      },
    ),
    ...given.subnets.map(({ subnet, ip }, index) =>
      interfaceObject(
        place,
        `eni-${given.number}${index}`,
        { owner: id, subnet, securityGroupIds: given.securityGroupIds, description: `ELB app/${given.name}`, ip },
        true,
      ),
    ),
    object(
      LISTENER,
      listenerId,
      {
        loadBalancerArn: id,
        port: given.port,
        protocol,
        defaultActions: [
          given.defaultBackend === undefined
            ? notFound
            : { type: "forward", targetGroupArn: groupIdOf(given.defaultBackend) },
        ],
      },
      { protocol, ...(given.certificateNames && { _certificateNames: [...given.certificateNames] }) },
    ),
    ...Object.entries(given.backends).flatMap(([key, backend], index) => {
      const groupId = groupIdOf(key);
      const conditions = [{ hostHeader: { values: [...backend.hosts] } }];
      return [
        object(
          TARGET_GROUP,
          groupId,
          { name: `${given.name}-${key}`, vpcId, targetType: "ip", protocol: "HTTP", port: backend.port },
          {
            healthCheck: {
              enabled: true,
              protocol: "HTTP",
              path: backend.healthPath,
              port: "traffic-port",
              matcher: "200",
            },
          },
        ),
        ...backend.addresses.map((address) =>
          object(
            ATTACHMENT,
            `${groupId}-${address}`,
            { targetGroupArn: groupId, targetId: address, port: backend.port },
            {},
          ),
        ),
        object(
          LISTENER_RULE,
          `${listenerId}/${index + 1}`,
          {
            listenerArn: listenerId,
            priority: index + 1,
            conditions,
            actions: [{ type: "forward", targetGroupArn: groupId }],
          },
          {},
        ),
      ];
    }),
  ];
}

export const isApplication = ({ inputs }: WorldObject): boolean => inputs.loadBalancerType === "application";

/** Names on the certificate that a listener shows; undefined where it passes TLS on to what is behind it. */
export const certificateOf = ({ computed }: WorldObject): readonly string[] | undefined =>
  computed._certificateNames === undefined ? undefined : texts(computed._certificateNames);

export const listenerOn = (world: World, balancer: WorldObject, port: number): WorldObject | undefined =>
  listenersOf(world, balancer.id).find(({ inputs }) => inputs.port === port);

/** The rule that a Host header falls under, first by priority; undefined where only the listener's default is left. */
export function ruleFor(world: World, listener: WorldObject, host: string): WorldObject | undefined {
  return world
    .all(LISTENER_RULE, ({ inputs }) => inputs.listenerArn === listener.id)
    .sort((a, b) => Number(a.inputs.priority) - Number(b.inputs.priority))
    .find(({ inputs }) => records(inputs.conditions).some(({ hostHeader }) => hostsOf(hostHeader).includes(host)));
}

const hostsOf = (value: Value | undefined): string[] =>
  texts(given(records([value ?? {}])[0], "Host header of a rule").values);

export const forwardedTo = (world: World, { inputs }: WorldObject): WorldObject | undefined =>
  world.get(TARGET_GROUP, text(records(inputs.actions)[0]?.targetGroupArn) ?? "");

/** Where requests for a host go: by its rule, or by the default. Undefined where the listener answers by itself. */
export function backendOf(world: World, listener: WorldObject, host: string): WorldObject | undefined {
  const rule = ruleFor(world, listener, host);
  return rule ? forwardedTo(world, rule) : world.get(TARGET_GROUP, targetGroupsOf(listener)[0] ?? "");
}
