/** How Pulumi is told what a create has made: by a person, or by a file. */
import { type Found, type PendingCreate, resourceName } from "./pending-creates.ts";

const OWN_ID = "<its id>";

/** What a person types once they know the id. */
export function importCommand(stack: string, { urn, type, parent, provider }: PendingCreate, id = OWN_ID): string {
  const flag = (name: string, of: string | undefined): string => (of === undefined ? "" : ` --${name} '${name}=${of}'`);
  const flags = `${flag("parent", parent)}${flag("provider", explicit(provider))}`;
  return `pulumi import --yes --stack ${stack} --generate-code=false --protect=false${flags} '${type}' '${resourceName(urn)}' ${id === OWN_ID ? id : `'${id}'`}`;
}

/** What a person types once they have looked. */
export function manualCommands(stack: string, creates: readonly PendingCreate[]): string {
  const imports = creates.map((create) => `  where it exists:  ${importCommand(stack, create)}`);
  return [...imports, `  and then, always:  pulumi refresh --yes --stack ${stack} --clear-pending-creates`].join("\n");
}

/** What `pulumi import --file` reads. */
export function importFile(found: readonly Found[]): string {
  const urns = [...new Set(found.flatMap(({ parent, provider }) => [parent, explicit(provider)]))].flatMap(
    (urn) => urn ?? [],
  );
  const keyOf = (urn: string | undefined): string | undefined =>
    urn === undefined ? urn : `known${urns.indexOf(urn)}`;
  return JSON.stringify({
    nameTable: Object.fromEntries(urns.map((urn, index) => [`known${index}`, urn])),
    resources: found.map(({ urn, type, id, parent, provider }) => ({
      type,
      name: resourceName(urn),
      id,
      parent: keyOf(parent),
      provider: keyOf(explicit(provider)),
    })),
  });
}

/** The URN of a provider that the program made; undefined of a default one, which an import finds by itself. */
function explicit(provider: string | undefined): string | undefined {
  const parts = provider?.split("::") ?? [];
  const urn = parts.slice(0, 4).join("::");
  return provider === undefined || resourceName(urn).startsWith("default") ? undefined : urn;
}
