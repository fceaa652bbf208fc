import { Command, CommanderError, Option } from "commander";
import { showAffected } from "./affected-view.ts";
import { printAwsTime } from "./aws-time.ts";
import { check } from "./check.ts";
import { printableLines } from "../model/printable.ts";
import {
  type EnvironmentOptions,
  type Opened,
  ProblemsFound,
  type RunCommand,
  type RunOptions,
  inEnvironment,
  runEnvironment,
  unsoundReports,
} from "./command.ts";
import { type ConnectionStatus, connectionStatuses } from "./connection-status.ts";
import { printIntegrations, printPods } from "./demo.ts";
import type { StackReport } from "./environment-run.ts";
import { explain, printFlows } from "./explain.ts";
import { flowsHold, judgeFlows } from "./flows.ts";
import { readLiveState } from "./live-state.ts";
import { environmentArgument, environmentIfSince, environmentOrAll } from "./environment-argument.ts";
import { printTotal } from "./cost-view.ts";
import { environmentsOfBranch } from "./environments-of-branch.ts";
import { evidence } from "./evidence.ts";
import { HANDOVER_FORMATS, type HandoverOptions, handover } from "./handover.ts";
import { newEnvironment } from "./new-environment.ts";
import { printOverview } from "./overview.ts";
import type { EnvironmentWishes } from "./environment-request.ts";
import { type Output, Printer } from "./print.ts";
import { type SinceOptions, addSinceOptions, previewChange, previewWhole } from "./preview-command.ts";
import {
  type PrivateConnectionStatus,
  printPrivateConnections,
  privateConnectionStatuses,
} from "./private-connection-status.ts";
import { reconnect } from "./reconnect.ts";
import { type RevokeOptions, revoke } from "./revoke.ts";
import { addSandboxCommands } from "./sandbox-commands.ts";
import { type StoreUser, printStoreUsers, storeUsers } from "./store-users.ts";
import { printConnections, printNextSteps, printWorkloads } from "./status-view.ts";
import { type TraceOptions, traceConnections } from "./trace.ts";

export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
}

const PURPOSES: Readonly<Record<RunCommand, string>> = {
  preview: "what would change, judged by the policy pack",
  up: "brings it up, once every preview has passed the policy pack",
  refresh: "takes over what has changed outside of Pulumi",
  destroy: "lists what holds data, then destroys everything; stack records and files stay",
};

/** The `corpai` command. @returns the exit code */
export async function main(argv: readonly string[], streams: Streams = process): Promise<number> {
  const verdict = { ok: true };
  const printerFor = ({ json = false }: { readonly json?: boolean }): Printer => new Printer({ json, ...streams });
  const program = commands(streams, printerFor, (went) => {
    verdict.ok &&= went;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return verdict.ok ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    streams.stderr.write(`corpai: ${printableLines(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

function commands(
  streams: Streams,
  printerFor: (options: { readonly json?: boolean }) => Printer,
  went: (well: boolean) => void,
): Command {
  const program = new Command("corpai")
    .description("one environment of private connections, all programs in order")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(printableLines(text)),
    })
    .option("--json", "answer in JSON")
    .allowExcessArguments()
    .action((options: { readonly json?: boolean }) => {
      const [unknown] = program.args;
      if (unknown !== undefined)
        program.error(
          `corpai: there is no command "${unknown}". The commands are: ${program.commands.map((command) => command.name()).join(", ")}.`,
        );
      const printer = printerFor(options);
      printOverview(printer);
      printer.line();
      if (!printer.json) streams.stdout.write(program.helpInformation());
    });
  const environmentCommand = (name: string, purpose: string, environment = environmentArgument()): Command =>
    program
      .command(name)
      .description(purpose)
      .addArgument(environment)
      .option("--sandbox", "in the sandbox, whatever the environment's class")
      .option("--json", "answer in JSON");

  for (const command of Object.keys(PURPOSES) as RunCommand[]) {
    const ready = environmentCommand(
      command,
      PURPOSES[command],
      command === "preview" ? environmentIfSince() : undefined,
    )
      .option("--only <names>", "these programs or stacks, and those they need; separated by commas", (names: string) =>
        names.split(","),
      )
      .option("--yes", "on AWS, ask nothing");
    if (command === "preview")
      addSinceOptions(ready).action(async (name: string | undefined, options: SinceOptions) => {
        const whole = previewWhole(name, options);
        went(
          await (whole === undefined
            ? previewChange(name, options, streams, printerFor)
            : runCommand(command, whole, options, printerFor(options))),
        );
      });
    else
      ready.action(async (name: string, options: RunOptions) =>
        went(await runCommand(command, name, options, printerFor(options))),
      );
  }
  environmentCommand(
    "status",
    "every connection and what its next step is, and servers that use stores; changes nothing",
  ).action(async (name: string, options: EnvironmentOptions) => {
    const printer = printerFor(options);
    const { statuses, users, privately } = await inEnvironment(name, options, printer, (opened) =>
      lookUp(opened, printer),
    );
    printConnections(statuses, printer);
    printPrivateConnections(privately, printer);
    printStoreUsers(users, printer);
    printNextSteps(statuses, printer);
    printer.answer({ environment: name, connections: statuses, privateConnections: privately, storeUsers: users });
    went([...statuses, ...users, ...privately].every(({ next }) => next === null));
  });
  environmentCommand(
    "trace",
    "each connection's way, hop by hop, or what blocks it and the fix; from Pulumi's own data",
  )
    .argument("[CONNECTION]", "one connection; all if not given")
    .option("--preview", "as it would be after an update")
    .option("--live", "as AWS has it now, with looks at what no program has: target health, other rules, routes")
    .action(async (name: string, key: string | undefined, options: TraceOptions) => {
      const printer = printerFor(options);
      went(await inEnvironment(name, options, printer, (opened) => traceConnections(opened, key, options, printer)));
    });
  environmentCommand(
    "explain",
    "each flow of the isolated AgentCore network: names, rules, policies and roles on its way, or what blocks it and the fix",
  )
    .argument("[FLOW]", "one flow, hop by hop; all if not given")
    .action(async (name: string, key: string | undefined, options: EnvironmentOptions) => {
      const printer = printerFor(options);
      went(await inEnvironment(name, options, printer, (opened) => explain(opened, key, printer)));
    });
  program
    .command("affected")
    .description(
      "the stacks that a change touches, and why: by code, configuration, packages, policy or upstream stacks",
    )
    .requiredOption("--since <REF>", "the commit, branch or tag that the files are compared with")
    .option("--json", "answer in JSON")
    .action((options: { readonly since: string; readonly json?: boolean }) =>
      showAffected(options.since, printerFor(options)),
    );
  environmentCommand(
    "revoke",
    "cuts a connection off from the customer's side: rejects it, removes its principal, and proves it",
  )
    .argument("<CONNECTION>", "a connection; where the customer is alone in the environment, one of their services")
    .requiredOption("--reason <text>", "why, for the files")
    .option("--yes", "on AWS, ask nothing")
    .action(async (name: string, key: string, options: RevokeOptions) => {
      const printer = printerFor(options);
      went(await inEnvironment(name, options, printer, (opened) => revoke(opened, key, options, printer)));
    });
  environmentCommand(
    "evidence",
    "one page on a connection for a reviewer: flow, boundary, ports, identities, what CorpAI may do",
  )
    .argument("<CONNECTION>", "its key")
    .action(async (name: string, key: string, options: EnvironmentOptions) => {
      const printer = printerFor(options);
      went(await inEnvironment(name, options, printer, (opened) => evidence(opened, key, printer)));
    });
  environmentCommand("reconnect", "asks anew for a connection that was rejected, has expired or failed")
    .argument("<CONNECTION>", "its key")
    .option(
      "--only <names>",
      "bring up these programs or stacks afterwards, and those they need; all if not given",
      (names: string) => names.split(","),
    )
    .option("--yes", "on AWS, ask nothing")
    .action(async (name: string, key: string, options: RunOptions) => {
      const printer = printerFor(options);
      went(await inEnvironment(name, options, printer, (opened) => reconnect(opened, key, options, printer)));
    });
  program
    .command("handover")
    .description(
      "what a customer without Pulumi makes for a service: a CloudFormation template, or steps in the console",
    )
    .addArgument(environmentArgument())
    .argument("<SERVICE>", "its key in the customer-services files of the environment")
    .addOption(new Option("--format <format>", "how").choices(HANDOVER_FORMATS).default("cloudformation"))
    .requiredOption("--vpc-cidr <cidrs>", "CIDRs of the customer's VPC, separated by commas", (text: string) =>
      text.split(","),
    )
    .option("--json", "answer in JSON")
    .action((name: string, key: string, options: HandoverOptions) =>
      went(handover(name, key, options, printerFor(options))),
    );
  program
    .command("check")
    .description("judges the files of one environment, or of all, together")
    .addArgument(environmentOrAll())
    .option("--json", "answer in JSON")
    .action((name: string | undefined, options: { readonly json?: boolean }) => went(check(name, printerFor(options))));
  program
    .command("environments")
    .description("the environments that are brought up from a branch")
    .requiredOption("--branch <NAME>", "without refs/heads/")
    .option("--json", "answer in JSON")
    .action(({ branch, json }: { readonly branch: string; readonly json?: boolean }) =>
      environmentsOfBranch(branch, printerFor({ json })),
    );
  program
    .command("new-environment")
    .description("writes the files of a new environment, as those of another one, and previews it in the sandbox")
    .argument("<NAME>", "its name")
    .requiredOption("--from <ENV>", "the environment whose files are copied, all but secrets")
    .option("--class <class>", "dev, staging or prod; that of ENV by default")
    .option(
      "--account <NEW|OLD=NEW...>",
      "the account to stand in; where ENV has several, one for each that is to be another",
    )
    .option("--vpc-cidr <CIDR>", "of CorpAI's VPC; customers' files get the client CIDR that follows from it")
    .option("--az-ids <ids>", "AZs of CorpAI's VPC by id, separated by commas", (ids: string) => ids.split(","))
    .option("--nat <kind>", "none, single or per-az")
    .option("--json", "answer in JSON")
    .action(async (name: string, options: EnvironmentWishes & { readonly json?: boolean }) =>
      went(await newEnvironment(name, options, printerFor(options))),
    );
  program
    .command("demo")
    .description("brings environment demo up in the sandbox, and shows connections, pods and paths")
    .action(async () => went(await demo(printerFor({}))));
  addSandboxCommands(program, printerFor);
  return program;
}

async function runCommand(command: RunCommand, name: string, options: RunOptions, printer: Printer): Promise<boolean> {
  try {
    return await inEnvironment(name, options, printer, async (opened) => {
      const { reports, ok, awsTime, holdings } = await runEnvironment(command, opened, options, printer);
      const pods = reports.some(({ stack }) => stack.startsWith("mcp-servers."));
      if (command === "up" && ok && pods && !printer.json) {
        const { statuses, users } = await lookUp(opened, printer);
        printWorkloads(statuses, printer);
        printStoreUsers(users, printer);
      }
      const flows = command === "up" && ok && reports.some(({ stack }) => stack.startsWith("agentcore-"));
      const held = flows && !printer.json ? await showFlows(opened, printer) : true;
      if (awsTime) printAwsTime(awsTime, printer);
      if (command === "preview") printTotal(reports, printer);
      if (command === "refresh") printAfterRefresh(name, reports, printer);
      printer.answer({
        environment: name,
        ...(holdings && { holdings }),
        stacks: reports,
        ...(awsTime && { awsTime }),
      });
      return ok && held;
    });
  } catch (error) {
    if (error instanceof ProblemsFound)
      printer.answer({ environment: name, stacks: unsoundReports(error.environment) });
    throw error;
  }
}

async function showFlows(opened: Opened, printer: Printer): Promise<boolean> {
  const flows = await judgeFlows(opened);
  printer.line();
  printFlows(flows, printer);
  return flowsHold(flows);
}

/** What a refresh takes over is not put right by it. */
function printAfterRefresh(name: string, reports: readonly StackReport[], printer: Printer): void {
  const differences = reports.flatMap(({ differences: own = [] }) => own);
  if (differences.length === 0) return;
  printer.line();
  if (differences.some(({ what }) => what !== "moved"))
    printer.line(`what differs is now in the stacks' states; to have it again as the files say: npx corpai up ${name}`);
  printer.line(`what each connection needs: npx corpai status ${name}`);
}

async function lookUp(
  { environment, place }: Opened,
  printer: Printer,
): Promise<{
  readonly statuses: ConnectionStatus[];
  readonly users: StoreUser[];
  readonly privately: PrivateConnectionStatus[];
}> {
  const live = await readLiveState(environment, place);
  for (const why of live.unreadable) printer.line(printer.paint("yellow", why));
  return {
    statuses: connectionStatuses(environment, live),
    users: storeUsers(environment, live),
    privately: privateConnectionStatuses(environment, live),
  };
}

const DEMO = "demo";

function demo(printer: Printer): Promise<boolean> {
  return inEnvironment(DEMO, {}, printer, async (opened) => {
    const { ok, awsTime } = await runEnvironment("up", opened, {}, printer);
    if (!ok || !opened.place.sandbox) return false;
    const { statuses, users, privately } = await lookUp(opened, printer);
    printConnections(statuses, printer);
    printPrivateConnections(privately, printer);
    printStoreUsers(users, printer);
    await printPods(DEMO, opened.place.sandbox, { statuses, users }, printer);
    await printIntegrations(DEMO, opened.place.sandbox, printer);
    printNextSteps(statuses, printer);
    if (awsTime) printAwsTime(awsTime, printer);
    return [...statuses, ...users, ...privately].every(({ next }) => next === null);
  });
}
