import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { SandboxHome } from "./home.ts";
import { isAlive } from "./process.ts";

/** Folders of Pulumi's file backend that hold something for each stack. */
const FOLDERS = ["stacks", "history", "backups"];

/** `<program>.<environment>[.<instance>]`, and the endings that the backend gives its files. */
const environmentOf = (name: string): string | undefined => name.split(".")[1];

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Every stack of an environment, out of the file backend; never its configuration file, which `pulumi stack rm` would delete too. */
export function removeStackStates(state: string, environment: string): void {
  const running = runningUpdates(state).find(({ stack }) => environmentOf(stack) === environment);
  // It would write the state again, of a world that is gone.
  if (running)
    throw new Error(`sandbox: ${running.stack} is being updated by process ${running.pid}; wait until it has ended`);
  const kinds = FOLDERS.flatMap((kind) =>
    entries(join(state, ".pulumi", kind)).map((project) => join(state, ".pulumi", kind, project)),
  );
  for (const folder of [...kinds, ...lockFolders(state)]) {
    for (const name of entries(folder).filter((entry) => environmentOf(entry) === environment))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Names of a project's stacks that have a record, brought up or not. */
export function recordedStacks(state: string, project: string): ReadonlySet<string> {
  const files = entries(join(state, ".pulumi/stacks", project));
  return new Set(files.flatMap((file) => /^(.+?)\.json(\.gz)?$/.exec(file)?.[1] ?? []));
}

/** Stacks that a live process of this machine has locked. */
export function runningUpdates(state: string): { readonly stack: string; readonly pid: number }[] {
  return lockFolders(state).flatMap((folder) =>
    entries(folder).flatMap((stack) =>
      entries(join(folder, stack)).flatMap((file) => {
        const pid = ownerOf(join(folder, stack, file));
        return pid !== undefined && isAlive(pid) ? [{ stack, pid }] : [];
      }),
    ),
  );
}

const lockFolders = (state: string): string[] =>
  entries(join(state, ".pulumi/locks/organization")).map((project) =>
    join(state, ".pulumi/locks/organization", project),
  );

function ownerOf(lock: string): number | undefined {
  try {
    const { pid, hostname: host } = JSON.parse(readFileSync(lock, "utf8")) as {
      readonly pid?: number;
      readonly hostname?: string;
    };
    return host === hostname() ? pid : undefined;
  } catch {
    // Gone meanwhile, or of a form that says nothing of an owner.
    return undefined;
  }
}

/** Environments that have left something behind. */
export function stackEnvironments({ state, worlds }: SandboxHome): string[] {
  const stacks = entries(join(state, ".pulumi/stacks")).flatMap((project) =>
    entries(join(state, ".pulumi/stacks", project)).flatMap((name) => environmentOf(name) ?? []),
  );
  const made = entries(worlds).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  return [...new Set([...stacks, ...made])].sort();
}
