import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { SandboxClient } from "../sandbox/client.ts";
import type { Place } from "./place.ts";

/** Whose account is asked, and where. */
export interface Owner {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/** EC2's API behind a place: AWS itself, with the credentials of the shell, or the sandbox's, where the account stands for its administrator's key. */
export const ec2Client = async (place: Pick<Place, "sandbox">, owner: Owner): Promise<EC2Client> =>
  new EC2Client(await settings(place, owner, (sandbox) => sandbox.ec2Endpoint(owner.environment)));

/** The same of Elastic Load Balancing's API. */
export const loadBalancingClient = async (
  place: Pick<Place, "sandbox">,
  owner: Owner,
): Promise<ElasticLoadBalancingV2Client> =>
  new ElasticLoadBalancingV2Client(
    await settings(place, owner, (sandbox) => sandbox.loadBalancingEndpoint(owner.environment)),
  );

async function settings(
  { sandbox }: Pick<Place, "sandbox">,
  { account, region }: Owner,
  endpointOf: (sandbox: SandboxClient) => Promise<string>,
) {
  if (!sandbox) return { region };
  return {
    region,
    endpoint: await endpointOf(sandbox),
    credentials: { accessKeyId: account, secretAccessKey: sandbox.passphrase },
    maxAttempts: 1,
  };
}
