import { FRAMEWORKS, type Reference } from "./references.ts";
import type { Rule } from "./rule.ts";

const SEVERITIES: readonly Rule["severity"][] = ["critical", "high", "medium", "low"];

const bySeverity = (a: Rule, b: Rule): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.name < b.name ? -1 : 1);

/** `CIS AWS 5.2, 5.3; FSBP EC2.18`: each framework once. */
function referencesOf({ references }: Rule): string {
  const grouped = Map.groupBy(references, ({ framework }: Reference) => framework);
  return [...grouped]
    .map(([framework, own]) => `${FRAMEWORKS[framework].short} ${own.map(({ control }) => control).join(", ")}`)
    .join("; ");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(...head), row(...head.map(() => "---")), ...rows.map((cells) => row(...cells))].join("\n");
}

/** Every rule with what holds, why, what to do, and the controls that it answers to; the gravest first. */
export function ruleTable(rules: readonly Rule[]): string {
  const judged = ({ resource, stack }: Rule): string =>
    resource && stack ? "resource, stack" : stack ? "stack" : "resource";
  return table(
    ["rule", "severity", "set", "judges", "what holds", "why", "what to do", "controls"],
    rules
      .toSorted(bySeverity)
      .map((rule) => [
        `[\`${rule.name}\`](${rule.url})`,
        rule.severity,
        rule.set,
        `${judged(rule)}${rule.remedies.length > 0 ? "; mends" : ""}`,
        rule.says,
        rule.why,
        rule.caution === undefined ? rule.fix : `${rule.fix} ${rule.caution}`,
        referencesOf(rule),
      ]),
  );
}

/** What can be set about rules, besides `enforcementLevel` and `exemptions`. */
export function optionTable(rules: readonly Rule[]): string {
  return table(
    ["rule", "option", "what it sets", "default"],
    rules.flatMap(({ name, options }) =>
      Object.entries(options).map(([key, option]) => [
        `\`${name}\``,
        `\`${key}\``,
        option.says,
        `\`${JSON.stringify(option.default)}\``,
      ]),
    ),
  );
}

/** The frameworks and the editions that controls are cited from. */
export function frameworkTable(): string {
  return table(
    ["in the table", "framework", "edition"],
    Object.values(FRAMEWORKS).map(({ short, name, version, url }) => [short, `[${name}](${url})`, version]),
  );
}

/** Replaces what stands between the markers of a name. @throws {Error} where the text has no such markers */
export function replaced(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`there is no place for "${name}": ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** A page with its generated parts as the rules have them today. */
export function documented(page: string, rules: readonly Rule[]): string {
  const parts = { rules: ruleTable(rules), options: optionTable(rules), frameworks: frameworkTable() };
  return Object.entries(parts).reduce((text, [name, content]) => replaced(text, name, content), page);
}
