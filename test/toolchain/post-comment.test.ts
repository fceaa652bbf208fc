// Proves that a pull request gets one comment, brought up to date in place, whatever else is said there, against a server that answers as GitHub's API does
// for comments. That GitHub answers so is its documentation's word.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { COMMENT_MARK } from "../../cli/preview-comment.ts";
import { CommentServer, type PostedComment } from "../end-to-end/support/github.ts";

const SCRIPT = join(import.meta.dirname, "../../toolchain/post-comment.mjs");
const BOT = { login: "github-actions[bot]" };

describe("the comment on a pull request", () => {
  let folder = "";
  let github: CommentServer | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "corpai-comments-"));
  });
  afterEach(async () => {
    await github?.stop();
    rmSync(folder, { recursive: true });
  });
  const write = (environment: string, text: string): void => {
    mkdirSync(join(folder, `comment-${environment}`), { recursive: true });
    writeFileSync(join(folder, `comment-${environment}`, "comment.md"), `${COMMENT_MARK}\n\n${text}\n`);
  };
  const start = async (comments: readonly PostedComment[] = [], mayWrite = true): Promise<CommentServer> =>
    (github = await CommentServer.start(comments, mayWrite));
  const post = ({ env }: CommentServer, more: NodeJS.ProcessEnv = {}): Promise<{ code: number; text: string }> =>
    new Promise((resolve) => {
      const child = execFile(process.execPath, [SCRIPT, folder], { env: { ...env, ...more } }, (_error, out, err) =>
        resolve({ code: child.exitCode ?? 1, text: out + err }),
      );
    });

  it("is posted once, with every environment's preview, and brought up to date in place", async () => {
    const server = await start();
    write("dev", "dev's preview");
    write("prod", "prod's preview");
    assert.deepEqual(await post(server), { code: 0, text: "the comment has been posted\n" });
    write("dev", "dev's preview, once more");
    assert.deepEqual(await post(server), { code: 0, text: "the comment has been brought up to date\n" });
    assert.deepEqual(
      server.comments.map(({ body }) => body),
      [`${COMMENT_MARK}\n\ndev's preview, once more\n\nprod's preview`],
    );
  });

  it("is found among many, and is not one that somebody else has written in its likeness", async () => {
    const chat = [...Array(120).keys()].map((id) => ({
      id,
      user: { login: "someone" },
      body: `${COMMENT_MARK} ${id}`,
    }));
    const server = await start([...chat, { id: 500, user: BOT, body: `${COMMENT_MARK}\n\nold` }]);
    write("dev", "new");
    assert.equal((await post(server)).code, 0);
    assert.equal(server.comments.length, 121);
    assert.equal(server.comments.at(-1)?.body, `${COMMENT_MARK}\n\nnew`);
  });

  it("says so where no stack is touched any more", async () => {
    const server = await start([{ id: 1, user: BOT, body: `${COMMENT_MARK}\n\nold` }]);
    assert.equal((await post(server)).code, 0);
    assert.match(server.comments[0]?.body ?? "", /No stack is touched/);
  });

  it("is cut between two stacks where GitHub would not take it, and names where the rest is", async () => {
    const server = await start();
    const stack = `<details><summary>x</summary>\n\n${"x".repeat(900)}\n\n</details>\n\n`;
    write("dev", stack.repeat(60));
    write("prod", stack.repeat(60));
    assert.equal((await post(server)).code, 0);
    const body = server.comments[0]?.body ?? "";
    assert.equal(body.match(/<details>/g)?.length, body.match(/<\/details>/g)?.length);
    assert.match(
      body,
      /The rest is in \[the run's summary\]\(https:\/\/github\.com\/acme\/connect\/actions\/runs\/1\)\.$/,
    );
  });

  it("is refused in one line where the token may not write, as a fork's, or nothing names the pull request", async () => {
    const server = await start([], false);
    const refused = await post(server);
    assert.equal(refused.code, 1);
    assert.match(
      refused.text,
      /^GitHub refuses POST .* \(403\): .*pull-requests: write; a fork's pull request never has it.*\n$/,
    );
    const unnamed = await post(server, { PULL_REQUEST: "7; rm" });
    assert.deepEqual([unnamed.code, server.comments], [1, []]);
    assert.match(unnamed.text, /PULL_REQUEST have to name/);
  });
});
