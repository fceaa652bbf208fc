import { CALLERS } from "../model/agentcore-flows.ts";
import type { ExplainedLeg, Explanation } from "../model/agentcore-explain.ts";
import type { Verdict } from "../model/trace-verdict.ts";
import type { Walk } from "../sandbox/client.ts";
import type { Opened } from "./command.ts";
import { type Flows, type JudgedFlow, flowsHold, judgeFlows } from "./flows.ts";
import type { Printer } from "./print.ts";

/**
 * Explains one flow of an environment's isolated network hop by hop, or lists all.
 *
 * @returns whether what was explained holds
 * @throws {Error} naming the flows where there is none of that key
 */
export async function explain(opened: Opened, key: string | undefined, printer: Printer): Promise<boolean> {
  const flows = await judgeFlows(opened);
  const { previewed, judged, serviceSide } = flows;
  printer.line(
    previewed.length === 0 ? "as the stacks' states have it" : `as previews have it: ${previewed.join(", ")}`,
  );
  if (key === undefined) {
    printFlows(flows, printer);
    printer.answer(answerOf(opened, flows));
    return flowsHold(flows);
  }
  const aside = serviceSide.find((flow) => flow.key === key);
  const one = judged.find(({ flow }) => flow.key === key);
  if (aside) printer.line(`${printer.paint("bold", key)}: on AWS's side: ${aside.says}. ${aside.instead}.`);
  else if (one) printFlow(one, printer);
  else {
    const keys = [...judged.map(({ flow }) => flow), ...serviceSide].map((flow) => flow.key);
    throw new Error(`there is no flow "${key}". The flows are: ${keys.join(", ")}.`);
  }
  const only = { ...flows, judged: one ? [one] : [], serviceSide: aside ? [aside] : [], probes: [] };
  printer.answer(answerOf(opened, only));
  return flowsHold(only);
}

/** Every flow in one line, and what became of the probes outwards. */
export function printFlows({ judged, serviceSide, probes }: Flows, printer: Printer): void {
  const { paint } = printer;
  for (const { flow, explanation, walks } of judged) {
    const against = contradiction(explanation, walks);
    printer.line(
      `  ${shown(explanation.verdict, printer)}  ${paint("bold", flow.key)}: ${flow.says} ${paint("dim", `(section ${flow.sections.join(", ")})`)}${against === undefined ? "" : paint("red", ` ${against}`)}`,
    );
    if (explanation.blockedAt !== null) printVerdict(explanation, printer);
  }
  for (const { key, says } of serviceSide)
    printer.line(`  ${paint("dim", "AWS's side")}  ${paint("bold", key)}: ${says}`);
  const open = probes.filter(({ walk }) => walk.verdict === "open");
  for (const { probe, from } of open)
    printer.line(`  ${paint("red", "LEADS OUT")}  ${probe.key}: the ${from} gets through to ${probe.says}`);
  if (probes.length > 0 && open.length === 0)
    printer.line(
      `  ${probes.length} probes outwards, all refused: ${[...new Set(probes.map(({ probe }) => probe.says))].join("; ")}`,
    );
}

function printFlow({ flow, explanation, walks }: JudgedFlow, printer: Printer): void {
  const { paint } = printer;
  const { home, group } = CALLERS[flow.from];
  printer.line();
  printer.line(
    `${paint("bold", flow.key)}: ${shown(explanation.verdict, printer)}: ${flow.says}, with ${group} from the subnet of ${home} ${paint("dim", `(section ${flow.sections.join(", ")})`)}`,
  );
  explanation.legs.forEach((leg, index) => {
    printLeg(leg, printer);
    const walk = walks[index];
    if (walk) printer.line(`     in the sandbox: ${inWords(walk)}`);
  });
  printVerdict(explanation, printer);
  if (flow.unused)
    printer.line("  nothing of ours makes this call: it is in the document's table only, and no role allows it");
}

function printLeg({ leg, hops }: ExplainedLeg, printer: Printer): void {
  printer.line(`  ${leg.action} ${printer.paint("dim", `by ${leg.by}, signed by ${SIGNERS[leg.signedBy]}`)}`);
  hops.forEach(({ hop, to, verdict, because }, index) =>
    printer.line(
      `  ${String(index + 1).padStart(2)} ${hop.padEnd(16)}  ${shown(verdict, printer)}  to ${to}: ${because}`,
    ),
  );
}

const SIGNERS = {
  role: "the caller's role",
  token: "a bearer token",
  other: "the service that gave the link",
} as const;

function printVerdict({ blockedAt, fix }: Explanation, printer: Printer): void {
  const { paint } = printer;
  if (blockedAt !== null)
    printer.line(`  ${paint("red", `blocked at ${blockedAt}.`)} ${paint("bold", "Fix:")} ${fix ?? ""}`);
}

const inWords = ({ verdict, blockedAt, hops }: Walk): string =>
  verdict === "open" ? "open" : `blocked at ${blockedAt ?? ""}: ${hops.at(-1)?.because ?? ""}`;

/** Where packets do otherwise than Pulumi's data says: something has changed outside of Pulumi. */
function contradiction({ verdict }: Explanation, walks: readonly Walk[]): string | undefined {
  const against = walks.find((walk) => walk.verdict === "blocked");
  return against && verdict !== "blocked"
    ? `in the sandbox ${inWords(against)}; refresh shows what has changed`
    : undefined;
}

function shown(verdict: Verdict, { paint }: Printer): string {
  const styles = { open: "green", blocked: "red", undecided: "yellow" } as const;
  return `${paint(styles[verdict], verdict)}${" ".repeat(Math.max(0, "undecided".length - verdict.length))}`;
}

const answerOf = ({ environment }: Pick<Opened, "environment">, { judged, serviceSide, probes }: Flows) => ({
  environment: environment.name,
  flows: judged.map(({ flow, explanation, walks }) => ({
    from: flow.from,
    sections: flow.sections,
    ...explanation,
    ...(walks.length > 0 && { sandbox: walks }),
  })),
  serviceSide,
  probes: probes.map(({ probe, from, walk }) => ({ ...probe, from, verdict: walk.verdict, blockedAt: walk.blockedAt })),
});
