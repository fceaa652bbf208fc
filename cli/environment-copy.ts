import { type Document, type Node, isMap, isScalar, parseDocument, visit } from "yaml";
import { planCidrs } from "../model/cidr-plan.ts";
import type { EnvironmentEntry } from "../stacks/environment.ts";

/** In what an environment differs from the one that its files are copied from; what is undefined stays as it is there. */
export interface Differences {
  readonly from: string;
  readonly name: string;
  /** By account of the other environment: the one that takes its place. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly vpcCidr: string | undefined;
  readonly azIds: readonly string[] | undefined;
  readonly natGateways: string | undefined;
}

export interface CopiedFile {
  readonly text: string;
  /** Keys of secrets that the other environment's file holds, and this one has to be given. */
  readonly secrets: readonly string[];
  /** Where the key of this stack's secrets is to be kept; undefined for a passphrase. */
  readonly secretsProvider: string | undefined;
  /** Ids of things in AWS, which are those of the other environment still. */
  readonly ids: readonly string[];
}

/** Pulumi's own fields by which a stack's secrets are decrypted: each stack has its own. */
const KEYS_OF_SECRETS = ["encryptionsalt", "encryptedkey"];
const AWS_ID = /\b(vpc|subnet|i|sg|vpce|vpce-svc)-[0-9a-f]{8,17}\b/g;

/** A stack's file, from the same stack's of another environment. Comments and order stay; secrets are not copied. */
export function copiedStackFile(text: string, differences: Differences): CopiedFile {
  const document = parseDocument(text);
  const ids = new Set<string>();
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== "string") return;
      node.value = renamed(node.value, differences);
      for (const [id] of (node.value as string).matchAll(AWS_ID)) ids.add(id);
    },
  });
  for (const key of KEYS_OF_SECRETS) document.delete(key);
  const secrets = withoutSecrets(document);
  apply(document, differences);
  const provider = document.get("secretsprovider");
  return {
    text: document.toString({ lineWidth: 0, flowCollectionPadding: false }),
    secrets,
    secretsProvider: typeof provider === "string" ? provider : undefined,
    ids: [...ids].sort(),
  };
}

/** Names of stacks, accounts wherever they stand, and the key of the secrets' provider. */
function renamed(text: string, { from, name, accounts }: Differences): string {
  const stack = /^([a-z0-9-]+)\.([a-z0-9-]+)((?:\.[a-z0-9-]+)?)$/.exec(text);
  if (stack?.[2] === from) return `${stack[1] ?? ""}.${name}${stack[3] ?? ""}`;
  if (text.startsWith("awskms://"))
    return text.replace(/^[^?]*/, (key) => key.replaceAll(new RegExp(`(?<![a-z0-9])${from}(?![a-z0-9])`, "g"), name));
  return text.replace(/(?<!\d)\d{12}(?!\d)/g, (account) => accounts[account] ?? account);
}

function withoutSecrets(document: Document): string[] {
  const config = document.get("config");
  const keys = isMap(config) ? config.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
  const secrets = keys.filter((key) => /^corpai:\w+Secret$/.test(key));
  for (const key of secrets) document.deleteIn(["config", key]);
  return secrets;
}

function apply(document: Document, { vpcCidr, azIds, natGateways }: Differences): void {
  const where = (key: string): [string, string] => ["config", `corpai:${key}`];
  const replace = (key: string, value: unknown): void => {
    if (document.hasIn(where(key))) document.setIn(where(key), value);
  };
  if (vpcCidr !== undefined) {
    // The isolated VPC is joined to no other: what it has may be everywhere the same.
    if (document.hasIn(where("azIds"))) replace("vpcCidr", vpcCidr);
    replace("clientCidr", planCidrs(vpcCidr, []).clientCidr);
  }
  // By default there is one; a file without the key may be given it all the same.
  if (natGateways !== undefined && document.hasIn(where("azIds"))) document.setIn(where("natGateways"), natGateways);
  if (azIds !== undefined) replace("azIds", inOneLine(document, azIds));
}

const inOneLine = (document: Document, value: unknown): Node => document.createNode(value, { flow: true });

/** environments.yaml with one more environment. */
export function withEnvironment(
  text: string,
  name: string,
  { class: kind, branch, onDemand = [] }: EnvironmentEntry,
): string {
  const document = parseDocument(text);
  document.set(
    name,
    inOneLine(document, {
      class: kind,
      ...(branch !== undefined && { branch }),
      ...(onDemand.length > 0 && { onDemand }),
    }),
  );
  return document.toString({ lineWidth: 0 });
}

/** An estate as that of another environment, in other accounts. */
export function copiedEstate({ name, from, accounts }: Differences): string {
  const comment = `# As that of ${from}, until it is known what else stands in the accounts of ${name}.`;
  const document = parseDocument(`${comment}\nextends: ${from}\n`);
  if (Object.keys(accounts).length > 0) document.set("renamed", inOneLine(document, accounts));
  return document.toString({ lineWidth: 0 });
}
