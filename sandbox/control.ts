import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { z } from "zod";
import { answerByHand, changeByHand, changes, deleteByHand, selected, selection, withName } from "./by-hand.ts";
import { callWalk } from "./aws/calls.ts";
import { answerQuery } from "./ec2-api.ts";
import { answerBalancing } from "./elb-api.ts";
import { faultPlan } from "./faults.ts";
import { podsOf } from "./kubernetes/pods.ts";
import type { ServerRecord } from "./home.ts";
import { integrationWays } from "./lattice-path.ts";
import { Refusal } from "./model.ts";
import { signerOf } from "./query-api.ts";
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
    void (async () => {
      try {
        const sent = await sentBy(request);
        const ofAws = APIS[request.url?.split("/")[1] ?? ""];
        if (ofAws) return api(controlled, ofAws, { request, response, sent });
        respond(response, 200, answer(controlled, request, bodyOf(sent)));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        respond(response, error instanceof BadRequest || error instanceof Refusal ? 400 : 500, { error: message });
      }
    })();
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => resolve(server));
  });
}

const beginning = z.strictObject({ order: z.record(z.string(), z.array(z.string())).default({}) });

const call = z.strictObject({
  source: z.strictObject({
    subnetId: z.string(),
    securityGroupIds: z.array(z.string()),
    role: z.string().optional(),
  }),
  request: z.strictObject({
    host: z.string(),
    action: z.string().optional(),
    resource: z.string().optional(),
    signedBy: z.enum(["role", "token", "other"]),
    tls: z.string().optional(),
    keys: z.record(z.string(), z.string()).optional(),
  }),
});

/** By id or physical name. */
const connection = z.strictObject({ endpoint: z.string() });

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

async function sentBy(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** AWS's own, by the first part of the path: what signs a request for it, and what answers. */
const APIS: Readonly<Record<string, { readonly service: string; readonly answer: typeof answerQuery }>> = {
  ec2: { service: "ec2", answer: answerQuery },
  elb: { service: "elasticloadbalancing", answer: answerBalancing },
};

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly sent: string;
}

/** An API of AWS's own, of one environment's AWS. */
function api(
  controlled: Controlled,
  { service, answer: answerOf }: (typeof APIS)[string],
  { request, response, sent }: Exchange,
): void {
  const environment = request.url?.split("/")[2] ?? "";
  const serving = controlled.sandbox();
  if (!serving || request.headers.origin !== undefined || !controlled.environments().includes(environment))
    throw new BadRequest(`no AWS of environment ${environment} is served`);
  const signer = signerOf(request.headers.authorization, service);
  const { status, body } = answerOf(serving.world(environment), signer, new URLSearchParams(sent));
  response.writeHead(status, { "content-type": "text/xml", connection: "close" });
  response.end(body);
}

function bodyOf(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequest("the request's body is no JSON");
  }
}

function checkedBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const { data, error } = schema.safeParse(body);
  if (error) throw new BadRequest(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  return data;
}

function answer(
  { sandbox, record, environments, stop }: Controlled,
  { method, url, headers }: IncomingMessage,
  body: unknown,
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
    case "GET worlds integrations":
      return integrationWays(serving.world(environment));
    case "GET worlds timeline": {
      const since = searchParams.get("since");
      if (since !== null && !Number.isFinite(Number(since)))
        throw new BadRequest("since is a time of the world's clock");
      return serving.world(environment).time.timeline(since === null ? undefined : Number(since));
    }
    case "POST worlds begin": {
      const world = serving.world(environment);
      world.time.tell(checkedBody(beginning, body).order);
      return { clock: world.clock };
    }
    case "POST worlds finish":
      return serving.world(environment).time.finish();
    case "GET worlds faults":
      return serving.faults(environment).report;
    case "POST worlds faults":
      serving.faults(environment).set(checkedBody(faultPlan, body));
      return serving.faults(environment).report;
    case "POST worlds objects":
      return selected(serving.world(environment), checkedBody(selection, body)).map(withName);
    case "POST worlds call": {
      const { source, request } = checkedBody(call, body);
      return callWalk(serving.world(environment), source, request);
    }
    case "POST worlds change": {
      const { properties, ...which } = checkedBody(selection.extend({ properties: changes }), body);
      return changeByHand(serving.world(environment), which, properties);
    }
    case "POST worlds delete":
      return withName(deleteByHand(serving.world(environment), checkedBody(selection, body)));
    case "POST worlds accept":
    case "POST worlds reject":
      return withName(
        answerByHand(
          serving.world(environment),
          checkedBody(connection, body).endpoint,
          verb === "accept" ? "accept" : "reject",
        ),
      );
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
