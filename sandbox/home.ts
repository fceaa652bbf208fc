import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the sandbox of one clone keeps everything. Git ignores the folder. */
export interface SandboxHome {
  /** The project's root: which clone this is. */
  readonly root: string;
  readonly folder: string;
  /** The running server's {@link ServerRecord}. */
  readonly record: string;
  readonly worlds: string;
  /** Pulumi's file backend. */
  readonly state: string;
  /** PULUMI_HOME: plug-ins and the selected stack, apart from the user's own. */
  readonly pulumiHome: string;
  readonly log: string;
  readonly estates: string;
}

/** What a server says of itself, in the file and over HTTP. */
export interface ServerRecord {
  readonly root: string;
  readonly pid: number;
  /** Of the control server. */
  readonly controlPort: number;
  /** Of the providers. */
  readonly port: number;
  /** ISO time. */
  readonly started: string;
  /** Of the code and the estates that it has loaded. */
  readonly version: string;
}

export function sandboxHome(root: string): SandboxHome {
  const folder = join(root, ".sandbox");
  return {
    root,
    folder,
    record: join(folder, "server.json"),
    worlds: join(folder, "worlds"),
    state: join(folder, "state"),
    pulumiHome: join(folder, "home"),
    log: join(folder, "server.log"),
    estates: join(root, "sandbox", "estates"),
  };
}

/** Changes with every edit of the sandbox's code or estates: a server that has loaded others is replaced. */
export function sandboxVersion({ root }: SandboxHome): string {
  const hash = createHash("sha256");
  for (const file of globSync("sandbox/**/*.{ts,yaml}", { cwd: root }).sort())
    hash.update(`${file}\n${readFileSync(join(root, file), "utf8")}\n`);
  return hash.digest("hex").slice(0, 16);
}

const FIRST_PORT = 20000;
const PORTS = 6000;
const TRIES = 20;

/**
 * Ports to try in this order. Each clone has its own, the same ones every time: shells that hold the exports of `corpai sandbox env` go on working
 * after a restart, and whoever has bound the first control port is the clone's one server. All are below what systems hand out to clients.
 */
export function candidatePorts({
  root,
}: SandboxHome): readonly { readonly control: number; readonly providers: number }[] {
  const offset = createHash("sha256").update(root).digest().readUInt32BE() % PORTS;
  return Array.from({ length: TRIES }, (_, index) => {
    const control = FIRST_PORT + 2 * ((offset + index) % PORTS);
    return { control, providers: control + 1 };
  });
}
