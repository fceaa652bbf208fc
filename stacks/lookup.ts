import * as pulumi from "@pulumi/pulumi";

/** How the AWS provider says that a thing is not there, as opposed to: not to be asked, or not now. */
const NOT_FOUND =
  /NotFound|no matching|NoSuchEntity|InvalidServiceName|does not exist|couldn't find|empty result|Search returned 0 results/;
const NOT_ALLOWED = /UnauthorizedOperation|AccessDenied/;
const ALLOW =
  "Nothing has been created. Allow it to the credentials, or to the role in aws:assumeRoles: customer-access gives CorpAI's role all that connections needs.";

/**
 * The answer of a look-up, or undefined where AWS has no such thing.
 *
 * @throws {pulumi.RunError} in the provider's words where AWS could not be asked: expired credentials, throttling, a missing permission.
 */
export async function found<T>(lookup: Promise<T>): Promise<T | undefined> {
  try {
    return await lookup;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (NOT_FOUND.test(message)) return undefined;
    const wayOut = NOT_ALLOWED.test(message) ? `. ${ALLOW}` : "";
    throw new pulumi.RunError(`${pulumi.getStack()}: AWS could not be asked: ${message}${wayOut}`);
  }
}
