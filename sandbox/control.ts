import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { podsOf } from "./kubernetes/pods.ts";
import type { ServerRecord } from "./home.ts";
import type { Sandbox } from "./server.ts";

/** What the control server needs of its process. */
export interface Controlled {
  /** Undefined while it is still starting. */
  readonly sandbox: () => Sandbox | undefined;
  /** Its root alone while it is still starting. */
  readonly record: () => ServerRecord | Pick<ServerRecord, "root">;
  /** Names of the environments that have an estate. */
  readonly environments: () => readonly string[];
  readonly stop: () => void;
}

/** An error that the caller can do something about. */
class BadRequest extends Error {}

/** Serves on 127.0.0.1, to this clone's own commands. @throws {Error} EADDRINUSE */
export function listenForControl(controlled: Controlled, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    try {
      respond(response, 200, answer(controlled, request));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      respond(response, error instanceof BadRequest ? 400 : 500, { error: message });
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => resolve(server));
  });
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

function answer(
  { sandbox, record, environments, stop }: Controlled,
  { method, url, headers }: IncomingMessage,
): unknown {
  // Web pages can send requests to this address, too.
  if (headers.origin !== undefined) throw new BadRequest("no browsers");
  const { pathname, searchParams } = new URL(url ?? "/", "http://127.0.0.1");
  const [collection, environment, verb] = pathname.split("/").slice(1);
  const route = `${method ?? ""} ${collection ?? ""} ${verb ?? ""}`.trim();

  if (route === "GET health") return record();
  if (route === "POST stop") {
    stop();
    return {};
  }
  const serving = sandbox();
  if (!serving) throw new BadRequest("the sandbox is still starting");
  if (environment === undefined || !environments().includes(environment)) {
    throw new BadRequest(`environment ${environment ?? ""} has no estate; these have: ${environments().join(", ")}`);
  }
  switch (route) {
    case "GET worlds": {
      const { clock, objects } = serving.world(environment);
      return { clock, objects };
    }
    case "GET worlds paths":
      return podsOf(serving.world(environment));
    case "POST worlds reset":
      serving.reset(environment);
      return {};
    case "POST worlds advance": {
      const seconds = Number(searchParams.get("seconds"));
      if (!Number.isFinite(seconds) || seconds < 0)
        throw new BadRequest("time goes forward only: give seconds, 0 or more");
      const world = serving.world(environment);
      world.advance(seconds);
      return { clock: world.clock };
    }
    default:
      throw new BadRequest(`no such request: ${method ?? ""} ${pathname}`);
  }
}
