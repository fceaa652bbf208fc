/** An Application Load Balancer as the target of a network load balancer: what it answers to health checks, and to clients of a host. */
import { backendOf, certificateOf, listenerOn } from "./aws/application-load-balancers.ts";
import { LOAD_BALANCER, listenersOf } from "./aws/load-balancing.ts";
import { interfacesOf } from "./aws/network.ts";
import { Blocked, illness, targetsOf } from "./path.ts";
import { integer, record, text, texts } from "./values.ts";
import type { HostFacts, World, WorldObject } from "./world.ts";

/** What listens there. Health checks name no host: they get what the default answers, which is what its healthy targets do. */
export function balancerHost(world: World, arn: string): HostFacts | undefined {
  const balancer = world.get(LOAD_BALANCER, arn);
  if (!balancer) return undefined;
  return {
    vpcId: text(balancer.computed.vpcId) ?? "",
    subnetId: "",
    ip: "",
    securityGroupIds: texts(balancer.computed.securityGroups),
    listens: listenersOf(world, arn).map((listener) => {
      const group = backendOf(world, listener, "");
      return {
        port: integer(listener.inputs.port) ?? 0,
        protocol: listener.computed.protocol === "HTTPS" ? "HTTPS" : "HTTP",
        paths: group ? answersOf(world, balancer, group) : {},
        certificateNames: certificateOf(listener),
      };
    }),
  };
}

/** The backend that answers for a host, by what the load balancer itself sees of its health. @throws {Blocked} */
export function reachBackend(world: World, arn: string, port: number, host: string): readonly [undefined, string] {
  const balancer = world.get(LOAD_BALANCER, arn);
  const listener = balancer && listenerOn(world, balancer, port);
  const group = listener && backendOf(world, listener, host);
  if (!group)
    throw new Blocked(
      `no rule of ${text(balancer?.inputs.name) ?? arn} forwards the Host ${host}; the default answers 404`,
    );
  const name = text(group.inputs.name) ?? group.id;
  const well = healthyIn(world, balancer, group);
  if (well.length === 0) throw new Blocked(`no target of ${name} is healthy, to which the Host ${host} goes`);
  return [undefined, `${host} is forwarded to ${name}: ${well.map(({ id }) => id).join(", ")} healthy`];
}

const healthyIn = (world: World, balancer: WorldObject, group: WorldObject) =>
  targetsOf(world, group).filter(
    (target) =>
      illness(world, group, texts(balancer.computed.securityGroups), interfacesOf(world, balancer.id), target) ===
      undefined,
  );

function answersOf(world: World, balancer: WorldObject, group: WorldObject): Readonly<Record<string, number>> {
  const [first] = healthyIn(world, balancer, group);
  const listens = first?.host?.listens.find(({ port }) => port === first.port);
  // Of a group without a healthy target nothing but an error is to be had.
  return listens?.paths ?? { [text(record(group.computed.healthCheck).path) ?? "/"]: 503 };
}
