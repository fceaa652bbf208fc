import {
  DescribeVpcEndpointConnectionsCommand,
  DescribeVpcEndpointServicePermissionsCommand,
  type EC2Client,
  ModifyVpcEndpointServicePermissionsCommand,
  RejectVpcEndpointConnectionsCommand,
} from "@aws-sdk/client-ec2";
import { type ConnectionState, connectionState } from "../model/connection-state.ts";
import { type Owner, ec2Client } from "./aws-clients.ts";
import type { Place } from "./place.ts";

/** One endpoint that is, or was, connected to a service. */
export interface EndpointConnection {
  readonly endpointId: string;
  readonly ownerAccount: string;
  /** Undefined for a word that AWS has not documented. */
  readonly state: ConnectionState | undefined;
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

/** Of the services of an account, behind a place. */
export const endpointConnections = async (place: Pick<Place, "sandbox">, owner: Owner): Promise<EndpointConnections> =>
  new EndpointConnections(await ec2Client(place, owner));
