/** As much of GitHub as a pull request's workflow speaks to: its steps, run as they stand in the file, and the comments of one pull request. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Clone, Ran } from "./clone.ts";

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly run?: string;
}

export interface StepRan extends Ran {
  readonly outputs: Readonly<Record<string, string>>;
  /** The files that it has left in the runner's own folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs the script of one step of a clone's workflow, as GitHub's shell would. */
export async function runStep(
  clone: Clone,
  workflow: string,
  job: string,
  picked: (step: Step) => boolean,
  env: NodeJS.ProcessEnv = {},
): Promise<StepRan> {
  const { jobs } = parse(readFileSync(join(clone.folder, ".github/workflows", workflow), "utf8")) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
  };
  const [script, ...others] = (jobs[job]?.steps ?? []).filter(picked).flatMap(({ run }) => run ?? []);
  if (script === undefined || others.length > 0)
    throw new Error(`${workflow}, ${job}: not one such step with a script`);
  const folder = mkdtempSync(join(tmpdir(), "corpai-step-"));
  try {
    const [file, output, temporary] = [join(folder, "script.sh"), join(folder, "output"), join(folder, "temporary")];
    mkdirSync(temporary);
    writeFileSync(file, script);
    writeFileSync(output, "");
    const bash = ["--noprofile", "--norc", "-eo", "pipefail", file];
    const ran = await clone.run("bash", bash, { ...env, GITHUB_OUTPUT: output, RUNNER_TEMP: temporary });
    const lines = readFileSync(output, "utf8").trim().split("\n");
    const fileOf = (name: string): [string, string] => [name, readFileSync(join(temporary, name), "utf8")];
    return {
      ...ran,
      outputs: Object.fromEntries(lines.map((line) => [line.split("=")[0], line.replace(/^[^=]*=/, "")])),
      files: Object.fromEntries(readdirSync(temporary).map(fileOf)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface PostedComment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

/** The comments of pull request 7 of acme/connect, behind GitHub's API. */
export class CommentServer {
  readonly comments: PostedComment[];
  readonly #server: Server;
  readonly #mayWrite: boolean;

  private constructor(comments: readonly PostedComment[], mayWrite: boolean) {
    this.comments = [...comments];
    this.#mayWrite = mayWrite;
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const [status, answer] = this.#answer(request, body);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
  }

  /** @param mayWrite whether the token may: a fork's may not */
  static async start(comments: readonly PostedComment[] = [], mayWrite = true): Promise<CommentServer> {
    const github = new CommentServer(comments, mayWrite);
    await new Promise<void>((resolve) => github.#server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  /** What a job's step finds in its environment. */
  get env(): NodeJS.ProcessEnv {
    const { port } = this.#server.address() as AddressInfo;
    return {
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: "acme/connect",
      GITHUB_RUN_ID: "1",
      GITHUB_TOKEN: "token",
      PULL_REQUEST: "7",
    };
  }

  #answer({ method = "", url = "", headers }: IncomingMessage, text: string): [status: number, answer: unknown] {
    if (headers.authorization !== "Bearer token") return [401, { message: "Bad credentials" }];
    const { pathname, searchParams } = new URL(url, "http://github");
    const own = /^\/repos\/acme\/connect\/issues\/comments\/(\d+)$/.exec(pathname)?.[1];
    const ofPullRequest = pathname === "/repos/acme/connect/issues/7/comments";
    if (method === "GET" && ofPullRequest) {
      const [size, page] = [Number(searchParams.get("per_page") ?? 30), Number(searchParams.get("page") ?? 1)];
      return [200, this.comments.slice((page - 1) * size, page * size)];
    }
    if (!this.#mayWrite) return [403, { message: "Resource not accessible by integration" }];
    const { body } = JSON.parse(text) as { readonly body: string };
    if (body.length > 65_536) return [422, { message: "Body is too long" }];
    if (method === "POST" && ofPullRequest) {
      const comment = { id: this.comments.length + 1, user: { login: "github-actions[bot]" }, body };
      this.comments.push(comment);
      return [201, comment];
    }
    const comment = this.comments.find(({ id }) => String(id) === own);
    if (method !== "PATCH" || !comment) return [404, { message: "Not Found" }];
    comment.body = body;
    return [200, comment];
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
