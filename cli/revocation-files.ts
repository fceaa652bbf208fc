import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Scalar, type YAMLMap, isMap, isSeq, parseDocument } from "yaml";

/** What the customer's files are to say once a connection is cut off. */
export interface RevocationRecord {
  readonly servicesStack: string;
  /** The service whose endpoint service it was. */
  readonly service: string;
  readonly principals: readonly string[];
  readonly reason: string;
  /** ISO date. */
  readonly on: string;
  /** What accepted it: a stack, and which of its entries, by service key. */
  readonly acceptances: readonly { readonly stack: string; readonly service: string; readonly index: number }[];
}

/** The changes, for people to make. */
export function describeRecord({
  servicesStack,
  service,
  principals,
  reason,
  on,
  acceptances,
}: RevocationRecord): string[] {
  return [
    ...principals.map(
      (principal) =>
        `environments/Pulumi.${servicesStack}.yaml: services.${service}.revoked: add {principal: "${principal}", reason: "${reason}", on: "${on}"}`,
    ),
    ...acceptances.map(
      ({ stack, service: accepted, index }) =>
        `environments/Pulumi.${stack}.yaml: accept.${accepted}: remove entry ${index}`,
    ),
  ];
}

/** Writes it into the files, which keep their comments. @param folder of the environments' files */
export function writeRecord(folder: string, record: RevocationRecord): void {
  const { servicesStack, service, principals, reason, on, acceptances } = record;
  if (principals.length > 0)
    edit(folder, servicesStack, (document) => {
      const path = ["config", "corpai:services", service, "revoked"];
      if (!isSeq(document.getIn(path))) document.setIn(path, document.createNode([]));
      for (const principal of principals) document.addIn(path, quoted(document, { principal, reason, on }));
    });
  // From the end, so that earlier positions stay what they were.
  for (const { stack, service: accepted, index } of acceptances.toSorted((a, b) => b.index - a.index))
    edit(folder, stack, (document) => document.deleteIn(["config", "corpai:accept", accepted, index]));
}

/** In quotes throughout: Pulumi reads a plain date as something else. */
function quoted(document: ReturnType<typeof parseDocument>, entry: Readonly<Record<string, string>>): YAMLMap {
  const map = document.createNode(entry) as YAMLMap<unknown, Scalar>;
  for (const { value } of map.items) if (value) value.type = "QUOTE_DOUBLE";
  return map;
}

function edit(folder: string, stack: string, change: (document: ReturnType<typeof parseDocument>) => void): void {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const document = parseDocument(readFileSync(file, "utf8"));
  if (!isMap(document.contents)) throw new Error(`${file} is no file of a stack`);
  change(document);
  writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}
