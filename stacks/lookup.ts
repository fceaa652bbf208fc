import * as pulumi from "@pulumi/pulumi";

/** How the AWS provider says that a thing is not there, as opposed to: not to be asked, or not now. */
const NOT_FOUND =
  /NotFound|no matching|NoSuchEntity|NoSuchHostedZone|InvalidServiceName|does not exist|couldn't find|empty result|Search returned 0 results/;
const NOT_ALLOWED = /UnauthorizedOperation|AccessDenied/;
const ALLOW =
  "Nothing has been created. Allow it to the credentials, or to the role in aws:assumeRoles: customer-access gives CorpAI's role all that connections needs.";

/** AWS refuses a look-up for want of a permission. */
class NotAllowed extends pulumi.RunError {}

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
    const told = `${pulumi.getStack()}: AWS could not be asked: ${message}`;
    throw NOT_ALLOWED.test(message) ? new NotAllowed(`${told}. ${ALLOW}`) : new pulumi.RunError(told);
  }
}

/** The same where the check may do without: undefined also where AWS refuses the look-up for want of a permission. */
export async function ifAllowed<T>(lookup: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof NotAllowed) return undefined;
    throw error;
  }
}

/**
 * What look-ups of an assumed role find out; undefined where a preview may not look. The same `corpai up` may bring the permission before this stack's
 * turn, so only an update insists on it, and that before it creates anything.
 *
 * @param what is checked, in words
 */
export async function asSoonAsAllowed<T>(what: string, lookUp: () => Promise<T>): Promise<T | undefined> {
  try {
    return await lookUp();
  } catch (error) {
    if (!(error instanceof NotAllowed) || !pulumi.runtime.isDryRun()) throw error;
    void pulumi.log.warn(`${what}: checked at update, since the role may not look yet. ${error.message}`);
    return undefined;
  }
}
