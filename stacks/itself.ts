import * as pulumi from "@pulumi/pulumi";

/** What the running stack's own last update has returned: how things stand before this one changes them. Undefined before the first. */
export async function lastOutput<T>(name: string): Promise<T | undefined> {
  const itself = new pulumi.StackReference("itself", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  const { value } = (await itself.getOutputDetails(name)) as { readonly value?: unknown };
  return value as T | undefined;
}
