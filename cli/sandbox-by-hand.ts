import { type Command, InvalidArgumentError, Option } from "commander";
import { parse } from "yaml";
import type { NamedObject, SandboxClient, Selection, Value } from "../sandbox/client.ts";
import { describeDifference } from "./differences.ts";
import { environmentArgument, knownEnvironment } from "./environment-argument.ts";
import { type Printer, table } from "./print.ts";

interface ListOptions extends Selection {
  readonly json?: boolean;
  readonly made?: boolean;
}

type PrinterFor = (options: { readonly json?: boolean }) => Printer;

/** What somebody does in AWS's console behind Pulumi's back, as commands. */
export function addByHandCommands(sandbox: Command, client: SandboxClient, printerFor: PrinterFor): void {
  const command = (name: string, purpose: string, examples: readonly string[]): Command =>
    sandbox
      .command(name)
      .description(purpose)
      .addArgument(environmentArgument())
      .option("--json", "answer in JSON")
      .addHelpText("after", `\nExamples:\n${examples.map((example) => `  corpai sandbox ${example}`).join("\n")}`);

  selecting(
    command("list", "what its AWS and Kubernetes hold: what programs made, and what stood before", [
      "list demo --made",
      "list demo --type SecurityGroupIngressRule --where cidrIpv4=10.40.0.0/17",
    ]),
  )
    .option("--made", "only what programs made")
    .action(async (name: string, { json, made, ...which }: ListOptions) => {
      const all = await client.objects(knownEnvironment(name), { ...which, ...(made ? { estate: false } : {}) });
      const printer = printerFor({ ...(json === undefined ? {} : { json }) });
      printObjects(all, printer);
      printer.answer({ environment: name, objects: all.map(shown) });
    });

  selecting(
    command("change", "changes one thing by hand, behind Pulumi's back, unless AWS would refuse", [
      "change demo healthCheck.port=8123 --name corpai-clickhouse-tg",
      "change demo tags.corpai=null --type LoadBalancer --name corpai-clickhouse-nlb",
      "change demo spec.replicas=5 --type Deployment --name github-mcp",
    ]),
  )
    .argument("<property=value...>", "what is to be; healthCheck.port lies inside one, null takes one away", assignment)
    .action(async (name: string, properties: Assignments, { json, ...which }: ListOptions) => {
      const { changes, ...object } = await client.changeByHand(knownEnvironment(name), which, properties);
      const printer = printerFor({ ...(json === undefined ? {} : { json }) });
      printer.line(`${describe(object)}: ${describeDifference({ what: "changed", properties: changes })}`);
      printer.answer({ environment: name, changed: shown(object), changes });
    });

  selecting(
    command("delete", "deletes one thing by hand, behind Pulumi's back, unless AWS would refuse", [
      "delete demo --type VpcEndpoint --name 'ClickHouse Production'",
      "delete demo --type SecurityGroupIngressRule --where cidrIpv4=10.40.0.0/17 --account 111122223333",
    ]),
  ).action(async (name: string, { json, ...which }: ListOptions) => {
    const object = await client.deleteByHand(knownEnvironment(name), which);
    const printer = printerFor({ ...(json === undefined ? {} : { json }) });
    printer.line(`${describe(object)}: deleted`);
    printer.answer({ environment: name, deleted: shown(object) });
  });

  for (const [verb, done, purpose] of [
    ["accept", "accepted", "the customer's yes to a connection, given in the console"],
    ["reject", "rejected", "the customer's no to a connection, also to one that was accepted"],
  ] as const) {
    command(verb, purpose, [`${verb} demo 'ClickHouse Production'`, `${verb} demo vpce-0123456789abcdef0`])
      .argument("<ENDPOINT>", "id of the endpoint, or its Name tag")
      .action(async (name: string, endpoint: string, options: { readonly json?: boolean }) => {
        const answer = verb === "accept" ? "acceptConnection" : "rejectConnection";
        const object = await client[answer](knownEnvironment(name), endpoint);
        printerFor(options).line(`${describe(object)}: ${done}`);
        printerFor(options).answer({ environment: name, [done]: shown(object) });
      });
  }
}

/** Adds what says which objects are meant. */
function selecting(command: Command): Command {
  return command
    .option("--type <type>", "type token or its last part, such as VpcEndpoint; * and ? are wildcards here and below")
    .option("--name <name>", "id, ARN, Name tag, or its name in AWS or Kubernetes")
    .option("--account <account>", "AWS account, or URL of the Kubernetes API")
    .addOption(
      new Option("--where <property=value>", "what it is, such as port=443; may be given several times").argParser(
        (text: string, earlier: Readonly<Record<string, string>> | undefined) => {
          const [property, value] = halves(text);
          return { ...earlier, [property]: value };
        },
      ),
    );
}

type Assignments = Readonly<Record<string, Value>> & Record<string, Value>;

/** @param earlier commander has none before the first */
const assignment = (text: string, earlier: Assignments | undefined): Assignments => {
  const [property, value] = halves(text);
  return { ...earlier, [property]: valueOf(value) };
};

/** @throws {InvalidArgumentError} */
function halves(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1)
    throw new InvalidArgumentError(`given "${text}"; allowed: property=value, such as healthCheck.port=8123.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** As YAML has it; a number that would lose digits, or what is no YAML, is text. */
function valueOf(text: string): Value {
  try {
    const value = parse(text) as Value;
    return typeof value === "number" && String(value) !== text ? text : value;
  } catch {
    return text;
  }
}

const shortType = (type: string): string => type.split(":").at(-1) ?? type;
const describe = ({ type, id, name }: NamedObject): string =>
  `${shortType(type)} ${name}${name === id ? "" : ` (${id})`}`;
/** What is the sandbox's own note stays inside. */
function shown({ type, name, id, account, estate, inputs, computed }: NamedObject): object {
  const properties = Object.entries({ ...inputs, ...computed }).filter(([property]) => !property.startsWith("_"));
  return { type, name, id, account, estate, properties: Object.fromEntries(properties) };
}

function printObjects(objects: readonly NamedObject[], printer: Printer): void {
  if (objects.length === 0) return printer.line("nothing fits");
  const rows = objects
    .map(({ type, name, id, account, estate }) => [shortType(type), name, account, estate ? "before" : "a program", id])
    .sort((a, b) => a.join().localeCompare(b.join()));
  for (const line of table([["TYPE", "NAME", "ACCOUNT", "MADE BY", "ID"], ...rows], (text) =>
    printer.paint("bold", text),
  ))
    printer.line(line);
}
