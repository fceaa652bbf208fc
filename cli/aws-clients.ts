import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Place } from "./place.ts";

/** Whose account is asked, and where. */
export interface Owner {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/** EC2's API behind a place: AWS itself, with the credentials of the shell, or the sandbox's, where the account stands for its administrator's key. */
export const ec2Client = async ({ sandbox }: Pick<Place, "sandbox">, owner: Owner): Promise<EC2Client> =>
  new EC2Client(
    sandbox
      ? settings(await sandbox.ec2Endpoint(owner.environment), sandbox.passphrase, owner)
      : { region: owner.region },
  );

/** The same of Elastic Load Balancing's API. */
export const loadBalancingClient = async (
  { sandbox }: Pick<Place, "sandbox">,
  owner: Owner,
): Promise<ElasticLoadBalancingV2Client> =>
  new ElasticLoadBalancingV2Client(
    sandbox
      ? settings(await sandbox.loadBalancingEndpoint(owner.environment), sandbox.passphrase, owner)
      : { region: owner.region },
  );

const settings = (endpoint: string, secretAccessKey: string, { account, region }: Owner) => ({
  region,
  endpoint,
  credentials: { accessKeyId: account, secretAccessKey },
  maxAttempts: 1,
});
