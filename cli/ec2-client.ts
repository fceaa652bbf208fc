import { EC2Client } from "@aws-sdk/client-ec2";
import type { Place } from "./place.ts";

/** Whose account is asked, and where. */
export interface Owner {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/** EC2's API behind a place: AWS itself, with the credentials of the shell, or the sandbox's, where the account stands for its administrator's key. */
export async function ec2Client(
  { sandbox }: Pick<Place, "sandbox">,
  { environment, account, region }: Owner,
): Promise<EC2Client> {
  if (!sandbox) return new EC2Client({ region });
  return new EC2Client({
    region,
    endpoint: await sandbox.ec2Endpoint(environment),
    credentials: { accessKeyId: account, secretAccessKey: sandbox.passphrase },
    maxAttempts: 1,
  });
}
