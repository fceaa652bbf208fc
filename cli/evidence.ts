import { type Section, evidenceOf } from "../model/evidence.ts";
import { type Opened } from "./command.ts";
import { connectionStatuses } from "./connection-status.ts";
import { readLiveState } from "./live-state.ts";
import type { Printer } from "./print.ts";

/** Prints one page on a connection for a reviewer. @throws {Error} naming the connections where there is none of that key */
export async function evidence({ environment, place }: Opened, key: string, printer: Printer): Promise<boolean> {
  const statuses = connectionStatuses(environment, await readLiveState(environment, place));
  const status = statuses.find((one) => one.key === key);
  if (!status)
    throw new Error(
      `there is no connection "${key}" in ${environment.name}. The connections are: ${statuses.map((one) => one.key).join(", ") || "none"}.`,
    );
  const sections = evidenceOf(environment.facts, key, status, status, secretsOfUsers(environment, key));
  printer.line();
  printer.line(
    `# Evidence: ${key} (${status.displayName}), environment ${environment.name}, ${environment.facts.today}`,
  );
  for (const section of sections) printSection(section, printer);
  printer.answer({ environment: environment.name, connection: key, on: environment.facts.today, sections });
  return true;
}

function printSection({ title, lines }: Section, printer: Printer): void {
  printer.line();
  printer.line(`## ${title}`);
  printer.line();
  for (const line of lines) printer.line(`- ${line}`);
}

/** By server that uses the connection: names of its secrets, never what they hold. */
function secretsOfUsers({ stacks }: Opened["environment"], key: string): Record<string, string[]> {
  const servers = stacks.flatMap(({ config }) => ("servers" in config ? Object.entries(config.servers) : []));
  return Object.fromEntries(
    servers
      .map(([server, { env }]) => [server, Object.values(env)] as const)
      .filter(([, values]) =>
        values.some((one) => typeof one === "object" && "connection" in one && one.connection === key),
      )
      .map(([server, values]) => [
        server,
        values.flatMap((one) => (typeof one === "object" && "secret" in one ? [one.secret] : [])),
      ]),
  );
}
