// Posts what previews have written as one comment on a pull request, in place of the one that is there already. Plain JavaScript without dependencies: it
// runs where a token may write, and nothing else does.
//   node toolchain/post-comment.mjs FOLDER    every .md below FOLDER; none means that no stack is touched
import fs from "node:fs";
import path from "node:path";

const MARK = "<!-- corpai-preview -->";
const LENGTH_LIMIT = 65_000; // GitHub takes 65536 characters
const BOT = "github-actions[bot]";

const {
  GITHUB_API_URL = "https://api.github.com",
  GITHUB_SERVER_URL = "https://github.com",
  GITHUB_REPOSITORY = "",
  GITHUB_RUN_ID = "",
  GITHUB_TOKEN = "",
  PULL_REQUEST = "",
} = process.env;

class Refused extends Error {}

/** One text of all, each without the mark of its own. */
function joined(folder) {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }) : [];
  const texts = files
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => fs.readFileSync(path.join(folder, file), "utf8").replaceAll(MARK, "").trim());
  const all = [MARK, ...(texts.length > 0 ? texts : ["## Preview\n\nNo stack is touched."])].join("\n\n");
  if (all.length <= LENGTH_LIMIT) return all;
  const run = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  // Cut between two stacks, so that nothing stays open.
  const kept = all.slice(0, LENGTH_LIMIT - 1000);
  const end = kept.lastIndexOf("</details>");
  return `${end < 0 ? MARK : kept.slice(0, end + "</details>".length)}\n\nThe rest is in [the run's summary](${run}).`;
}

async function github(method, url, body) {
  const response = await fetch(new URL(url, `${GITHUB_API_URL}/`), {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${GITHUB_TOKEN}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 403 || response.status === 404)
    throw new Refused(
      `GitHub refuses ${method} ${url} (${response.status}): the token may not write comments here. The job needs the permission pull-requests: write; a fork's pull request never has it, and finds its previews in the run's summary.`,
    );
  if (!response.ok)
    throw new Refused(`GitHub answers ${response.status} to ${method} ${url}: ${await response.text()}`);
  return response.json();
}

/** The comment that is there already: ours, and not one that somebody else has written in its likeness. */
async function existing(comments) {
  for (let page = 1; ; page++) {
    const found = await github("GET", `${comments}?per_page=100&page=${page}`);
    const own = found.find(({ body, user }) => user.login === BOT && body.startsWith(MARK));
    if (own || found.length < 100) return own;
  }
}

async function post(folder) {
  const body = joined(folder);
  if (!/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY) || !/^\d+$/.test(PULL_REQUEST))
    throw new Refused("GITHUB_REPOSITORY and PULL_REQUEST have to name a repository and a pull request's number.");
  const repository = `repos/${GITHUB_REPOSITORY}/issues`;
  const comments = `${repository}/${PULL_REQUEST}/comments`;
  const own = await existing(comments);
  if (own) await github("PATCH", `${repository}/comments/${own.id}`, { body });
  else await github("POST", comments, { body });
  console.log(own ? "the comment has been brought up to date" : "the comment has been posted");
}

try {
  await post(process.argv[2] ?? "comments");
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
