import {
  DescribeVpcEndpointConnectionsCommand,
  DescribeVpcEndpointServicePermissionsCommand,
  EC2Client,
  ModifyVpcEndpointServicePermissionsCommand,
  RejectVpcEndpointConnectionsCommand,
} from "@aws-sdk/client-ec2";
import { type ConnectionState, connectionState } from "../model/connection-state.ts";
import type { Place } from "./place.ts";

/** One endpoint that is, or was, connected to a service. */
export interface EndpointConnection {
  readonly endpointId: string;
  readonly ownerAccount: string;
  /** Undefined for a word that AWS has not documented. */
  readonly state: ConnectionState | undefined;
}

/** Whose account is asked, and where. */
export interface Owner {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/**
 * What the owner of an endpoint service can do about its connections and the AWS provider cannot: list them, and reject one that no program accepted.
 *
 * On AWS with the credentials of the shell, which have to be the owner's; in the sandbox, with its own API of the same form.
 */
export class EndpointConnections {
  readonly #client: EC2Client;

  constructor(client: EC2Client) {
    this.#client = client;
  }

  /** All connections to a service, of whatever state. @throws {Error} in AWS's words */
  async list(serviceId: string): Promise<EndpointConnection[]> {
    const found: EndpointConnection[] = [];
    const Filters = [{ Name: "service-id", Values: [serviceId] }];
    let NextToken: string | undefined;
    do {
      const page = await this.#client.send(new DescribeVpcEndpointConnectionsCommand({ Filters, NextToken }));
      for (const { VpcEndpointId, VpcEndpointOwner, VpcEndpointState } of page.VpcEndpointConnections ?? [])
        found.push({
          endpointId: VpcEndpointId ?? "",
          ownerAccount: VpcEndpointOwner ?? "",
          state: connectionState(VpcEndpointState ?? ""),
        });
      NextToken = page.NextToken === "" ? undefined : page.NextToken;
    } while (NextToken !== undefined);
    return found;
  }

  /** @throws {Error} in AWS's words, also where AWS refuses for one of them only */
  async reject(serviceId: string, endpointIds: readonly string[]): Promise<void> {
    const { Unsuccessful = [] } = await this.#client.send(
      new RejectVpcEndpointConnectionsCommand({ ServiceId: serviceId, VpcEndpointIds: [...endpointIds] }),
    );
    const [refused] = Unsuccessful;
    if (refused)
      throw new Error(`${refused.ResourceId ?? ""}: ${refused.Error?.Code ?? ""}: ${refused.Error?.Message ?? ""}`);
  }

  /** ARNs that may connect to a service. @throws {Error} in AWS's words */
  async principals(serviceId: string): Promise<string[]> {
    const answer = await this.#client.send(new DescribeVpcEndpointServicePermissionsCommand({ ServiceId: serviceId }));
    return (answer.AllowedPrincipals ?? []).map(({ Principal }) => Principal ?? "");
  }

  /** From now on they cannot ask; what is connected stays so. @throws {Error} in AWS's words */
  async removePrincipals(serviceId: string, principals: readonly string[]): Promise<void> {
    await this.#client.send(
      new ModifyVpcEndpointServicePermissionsCommand({
        ServiceId: serviceId,
        RemoveAllowedPrincipals: [...principals],
      }),
    );
  }
}

/** The API behind a place: AWS itself, or the sandbox's, where the account stands for its administrator's key. */
export async function endpointConnections(
  { sandbox }: Pick<Place, "sandbox">,
  { environment, account, region }: Owner,
): Promise<EndpointConnections> {
  if (!sandbox) return new EndpointConnections(new EC2Client({ region }));
  return new EndpointConnections(
    new EC2Client({
      region,
      endpoint: await sandbox.ec2Endpoint(environment),
      credentials: { accessKeyId: account, secretAccessKey: sandbox.passphrase },
      maxAttempts: 1,
    }),
  );
}
