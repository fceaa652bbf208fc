/** Whether AWS lets an endpoint answer to its service's own name by now: only once its connection has been accepted. */
import * as aws from "@pulumi/aws";
import { asSoonAsAllowed, found } from "../lookup.ts";

/** @param endpointId of the connection as it was last built; undefined where it was not @param acceptanceRequired undefined where nobody knows */
export async function mayHavePrivateName(
  key: string,
  endpointId: string | undefined,
  acceptanceRequired: boolean | undefined,
): Promise<boolean> {
  if (acceptanceRequired === false) return true;
  if (endpointId === undefined) return false;
  const look = () => found(aws.ec2.getVpcEndpoint({ id: endpointId }));
  const endpoint = await asSoonAsAllowed(`private name of ${key}`, look);
  // What has the name keeps it: pods go by it.
  return endpoint !== undefined && (endpoint.privateDnsEnabled || endpoint.state === "available");
}
