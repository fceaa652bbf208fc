import { outageOfReplacing } from "../model/outage.ts";
import type { Affected } from "./affected.ts";
import { describeCost, describeOutage } from "./consequences.ts";
import type { Finding, ResourceChange } from "./engine-events.ts";
import type { StackReport } from "./environment-run.ts";
import { block, code, details, markdownTable, oneLine, plainText } from "./markdown.ts";
import { type EnvironmentPreview, type PreviewSince, isElsewhere } from "./preview-since.ts";
import { describeChanges, describeUndecided, isUndecided } from "./progress.ts";
import type { UpstreamRead } from "./upstream-reads.ts";

/** By this, whoever posts the comment finds the one that is there already. */
export const COMMENT_MARK = "<!-- corpai-preview -->";

/** GitHub takes 65536 characters. */
const LENGTH_LIMIT = 60_000;

/** What a change would do, as a comment on the pull request that proposes it. */
export function previewComment({ since, affected, previews, ok }: PreviewSince): string {
  const removed = affected.filter((stack) => stack.removed);
  const head = [
    COMMENT_MARK,
    `## ${ok ? "Preview" : "Preview: **not ready to merge**"}`,
    `${summaryOf(affected, previews)} Compared with ${code(since.slice(0, 12))}.`,
    ...(removed.length > 0 ? [removedStacks(removed)] : []),
    ...previews.map(environmentSection),
  ];
  const bodies = previews.flatMap(({ stacks }) =>
    stacks.map((report) => stackSection(report, affected)).filter((section) => section !== ""),
  );
  return `${withinLimit(head, bodies).join("\n\n")}\n`;
}

function summaryOf(affected: readonly Affected[], previews: readonly EnvironmentPreview[]): string {
  if (affected.length === 0) return "No stack is touched.";
  const reports = previews.flatMap(({ stacks }) => stacks);
  const outages = reports.reduce((sum, { consequences }) => sum + (consequences?.outages.length ?? 0), 0);
  const violations = reports.flatMap(({ findings = [] }) => findings).filter(({ level }) => level === "mandatory");
  const difference = reports.reduce((sum, { consequences }) => sum + (consequences?.cost?.difference ?? 0), 0);
  const told = [
    ...(outages > 0 ? [`**${count(outages, "outage")}**`] : []),
    ...(violations.length > 0 ? [`**${count(violations.length, "policy violation")}**`] : []),
    `${difference < 0 ? "−" : "+"}$${Math.abs(difference).toFixed(2)} a month`,
  ];
  return `${count(affected.length, "stack")} touched: ${told.join(", ")}.`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

const removedStacks = (removed: readonly Affected[]): string =>
  `**Files that are gone**: ${removed.map(({ stack }) => code(stack)).join(", ")}. What these stacks have made stays, and nobody brings it up or down any more: destroy them from a commit that has their files.`;

function environmentSection({ environment, where, stacks, error }: EnvironmentPreview): string {
  const place = where === undefined ? "" : where === "AWS" ? " on AWS" : " in the sandbox";
  const rows = stacks.map((report) => [code(report.stack), verdictOf(report), changesOf(report), costOf(report)]);
  return [
    `### ${plainText(environment)}${place}`,
    ...(error === undefined || stacks.length > 0 ? [] : [`Nothing was previewed:\n\n${block(error)}`]),
    ...(rows.length > 0 ? [markdownTable(["stack", "preview", "changes", "cost"], rows)] : []),
  ].join("\n\n");
}

function verdictOf(report: StackReport): string {
  if (report.result === "succeeded") return "ok";
  if (report.result === "failed") return "**failed**";
  return isElsewhere(report) ? "not previewed: needs a runner inside the VPC" : "not previewed";
}

function changesOf({ result, changes, consequences }: StackReport): string {
  if (result === "skipped") return "";
  const outages = consequences?.outages.length ?? 0;
  return `${describeChanges(changes, "preview")}${outages > 0 ? `, **${count(outages, "outage")}**` : ""}`;
}

const costOf = ({ consequences }: StackReport): string =>
  consequences?.cost === undefined ? "" : plainText(describeCost({ ...consequences.cost, unpriced: [] }));

/** All that is to be said of one stack; empty where nothing is. */
function stackSection(report: StackReport, affected: readonly Affected[]): string {
  const because = affected.find(({ stack }) => stack === report.stack)?.because ?? [];
  const findings = report.findings ?? [];
  const parts = [
    ...(report.consequences?.outages ?? []).map((outage) => `**${plainText(describeOutage(outage))}**`),
    list("Policy", [
      ...findings.filter((finding) => !isUndecided(finding)).map(findingLine),
      ...describeUndecided(findings.filter(isUndecided)).map(plainText),
    ]),
    list("Changes", (report.resourceChanges ?? []).filter(isOfThisProject).map(changeLine)),
    list(
      "Values of other stacks",
      (report.upstream ?? []).map((read) => upstreamLine(read, affected)),
    ),
    list(
      "Why",
      because.map(({ through, what }) => `${through}: ${plainText(what)}`),
    ),
    errorOf(report),
  ].filter((part) => part !== "");
  const summary = `<code>${plainText(report.stack)}</code>`;
  return parts.length === 0 ? "" : details(summary, parts.join("\n\n"), report.result === "failed");
}

const findingLine = ({ policy, level, resource, message }: Finding): string =>
  `${level === "mandatory" ? "**refused**" : plainText(level)} by ${code(policy)}: ${code(resource)}: ${plainText(oneLine(message))}`;

/** Violations have been told with what to do. */
function errorOf({ error = "" }: StackReport): string {
  const lines = error.split("\n").filter((line) => !line.startsWith("refused by policy "));
  return lines.join("").trim() === "" ? "" : block(lines.join("\n"));
}

const list = (title: string, items: readonly string[]): string =>
  items.length === 0 ? "" : `${title}:\n${items.map((item) => `- ${item}`).join("\n")}`;

/** Stacks and providers are the engine's own. */
const isOfThisProject = ({ type }: ResourceChange): boolean => !type.startsWith("pulumi:");

function changeLine({ operation, type, name }: ResourceChange): string {
  const noticed = (operation === "replace" || operation === "delete") && outageOfReplacing(type) !== undefined;
  const line = `${operation} ${plainText(type.split(":").at(-1) ?? type)} ${code(name)}`;
  return noticed ? `**${line}**` : line;
}

function upstreamLine({ stack, values }: UpstreamRead, affected: readonly Affected[]): string {
  if (values === "unknown")
    return `${code(stack)}: **unknown**, since it has never been brought up; rules that need them judge again at the update`;
  const changes = affected.some((one) => one.stack === stack);
  return `${code(stack)}: deployed${changes ? ", before this change, which touches that stack as well" : ""}`;
}

/** What does not fit is left out by whole stacks, and that is said. */
function withinLimit(head: readonly string[], bodies: readonly string[]): string[] {
  const kept: string[] = [];
  let room = LENGTH_LIMIT - head.join("\n\n").length;
  for (const body of bodies) {
    if (body.length > room) break;
    kept.push(body);
    room -= body.length + 2;
  }
  const left = bodies.length - kept.length;
  return [
    ...head,
    ...kept,
    ...(left > 0 ? [`${count(left, "more stack")} in the job's log: GitHub takes no longer comment.`] : []),
  ];
}
