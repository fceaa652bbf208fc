import { type Plain, type ResourceRecord, UNKNOWN, isComponent } from "../../model/resource-record.ts";
import { type Properties, read } from "../frame/guarded.ts";
import type { Subject } from "../frame/shown.ts";
import type { StackView } from "../frame/stack-view.ts";

/** The resources of a stack as `model/` reads them: those of some types, and the components around them. */
export function recordsOf(stack: StackView, types: ReadonlySet<string>): ResourceRecord[] {
  return stack.all
    .filter(({ type }) => types.has(type) || isComponent({ type }))
    .map((subject) => recordOf(subject, stack, types.has(subject.type)));
}

function recordOf(subject: Subject, stack: StackView, whole: boolean): ResourceRecord {
  const { urn, type, name, parent, views, judgedAlone } = subject;
  const id = subject.text("id");
  const outputs = views.at(-1) ?? {};
  return {
    stack: subject.stack,
    urn,
    type,
    name,
    parent,
    id: id.is === "known" && id.value !== "" ? id.value : UNKNOWN,
    // Where only one side was shown, it speaks for both.
    inputs: whole ? plainObject(judgedAlone ? (views[0] ?? {}) : outputs) : {},
    outputs: whole ? plainObject(outputs) : {},
    dependencies: stack.dependenciesOf(subject),
  };
}

function plainObject(properties: Properties): Record<string, Plain> {
  return Object.fromEntries(
    Object.keys(properties).map((key) => {
      const found = read(properties, key);
      return [key, found.is === "unknown" ? UNKNOWN : found.is === "absent" ? null : plain(found.value)];
    }),
  );
}

function plain(value: unknown): Plain {
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  const inside = plainObject(value as Properties);
  return Array.isArray(value) ? Object.values(inside) : inside;
}
