/** Whether a running pod is ready: what its image's `/ready` needs is reached, and lets it in. */
import { storeAt } from "../aws/stores.ts";
import type { Walk } from "../path.ts";
import { walk } from "../path.ts";
import { record } from "../values.ts";
import type { ImageFacts, World, WorldObject } from "../world.ts";
import { identityOf } from "./pod-identity.ts";
import type { Container, Running } from "./pod-start.ts";
import { visit } from "./stores.ts";
import { SECRET_VALUE } from "./variables.ts";

type Need = ImageFacts["readyWhenReaches"][number];

export interface Readiness {
  readonly ready: boolean;
  /** Why it is not ready, or what it is ready by. */
  readonly reason: string;
  readonly walks: readonly Walk[];
}

interface Probed {
  /** Whether a readiness probe asks `/ready` at all. */
  readonly asked: boolean;
  readonly went?: Walk;
  /** What it lacks; undefined where it lacks nothing. */
  readonly why: string | undefined;
}

export function probe(world: World, cluster: WorldObject, running: Running): Readiness {
  const probes = running.containers.flatMap((container) =>
    container.image.readyWhenReaches.map((need) => ask(world, cluster, running, container, need)),
  );
  const failed = probes.find(({ asked, why }) => asked && why !== undefined);
  const unasked = probes.find(({ asked, why }) => !asked && why !== undefined);
  const met = probes.length > 0 ? "it reaches all that it needs" : "it needs nothing";
  const reason = failed
    ? `readiness probe failed: ${failed.why}`
    : unasked
      ? `no readiness probe asks /ready, so it counts as ready, although ${unasked.why}`
      : met;
  return { ready: failed === undefined, reason, walks: probes.flatMap(({ went }) => went ?? []) };
}

function ask(world: World, cluster: WorldObject, running: Running, container: Container, need: Need): Probed {
  const { spec, env } = container;
  const asked = record(record(spec.readinessProbe).httpGet).path === "/ready";
  const unset = Object.values(need).find((variable) => ["", undefined, SECRET_VALUE].includes(env[variable]));
  if (unset !== undefined) {
    const hidden = env[unset] === SECRET_VALUE;
    return {
      asked,
      why: hidden ? `${unset} comes from a Secret, so the sandbox cannot tell where it leads` : `${unset} is not set`,
    };
  }
  const bundle = need.caBundle === undefined ? undefined : container.read(env[need.caBundle] ?? "");
  if (need.caBundle !== undefined && bundle === undefined)
    return { asked, why: `there is no file ${env[need.caBundle] ?? ""}, which ${need.caBundle} names` };
  const went = goTo(world, cluster, running, env, need, bundle);
  const last = went.hops.at(-1);
  const blocked = `${env[need.host]}:${env[need.port]} is blocked at ${went.blockedAt}: ${last?.because}`;
  return { asked, went, why: went.verdict === "open" ? undefined : blocked };
}

function goTo(
  world: World,
  cluster: WorldObject,
  running: Running,
  env: Container["env"],
  need: Need,
  bundle: string | undefined,
): Walk {
  const { source } = running;
  const [host, port] = [env[need.host] ?? "", Number(env[need.port])];
  const verifies = need.certificateFor === undefined ? undefined : { name: env[need.certificateFor] ?? "", bundle };
  const store = storeAt(world, host, port);
  if (!store) return walk(world, source, host, port, verifies);
  const visited = { world, source, host, port, store };
  if (need.user === undefined) return visit(visited);
  const identity = identityOf(world, cluster, running);
  const database = need.database === undefined ? undefined : env[need.database];
  return visit(visited, { user: env[need.user] ?? "", database, identity });
}
