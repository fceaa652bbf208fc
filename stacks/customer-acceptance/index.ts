import * as pulumi from "@pulumi/pulumi";
import { Acceptance } from "../../components/privatelink/acceptance.ts";
import { principalCovers } from "../../model/iam-documents.ts";
import type { Outputs } from "../catalog.ts";
import { programContext } from "../context.ts";
import { type Reader, reader } from "../reader.ts";
import type { Config } from "./config.ts";

export interface CustomerAcceptanceOutputs {
  /** By service: the endpoints that were accepted. */
  readonly accepted: Readonly<Record<string, readonly string[]>>;
}

type Endpoint = Config["accept"][string][number];

export default async function customerAcceptance(): Promise<Outputs<CustomerAcceptanceOutputs>> {
  const { name, config, environment } = programContext("customer-acceptance");
  const read = reader("customer-acceptance", environment);
  const services = read.all("customer-services", "services");

  const accepted = Object.entries(config.accept).map(([key, endpoints]) => {
    const offering = environment.facts.customerServices.find((stack) => Object.hasOwn(stack.services, key));
    if (!offering?.services[key]?.acceptanceRequired) {
      pulumi.log.info(`${key}: its service accepts by itself, so there is nothing to accept`);
      return [key, []] as const;
    }
    const serviceId = services.apply((offered) => offered[key]?.serviceId ?? (pulumi.unknown as string));
    return [
      key,
      endpoints.map((endpoint) => {
        const { suffix, endpointId } = verified({ stack: name, key }, endpoint, offering.principals, read);
        return new Acceptance(`${key}-${suffix}`, { serviceId, endpointId }).endpointId;
      }),
    ] as const;
  });
  if (!Object.values(config.accept).some((endpoints) => endpoints.length > 0)) pulumi.log.info("There is nothing to accept: corpai:accept lists no endpoint");
  return { accepted: Object.fromEntries(accepted) };
}

/** An endpoint whose owner is one that the service admits; anything else stops before it is accepted. */
function verified(
  at: { readonly stack: string; readonly key: string },
  endpoint: Endpoint,
  principals: readonly string[],
  read: Reader<"customer-acceptance">,
): { readonly suffix: string; readonly endpointId: pulumi.Input<string> } {
  if (!("fromStack" in endpoint)) return { suffix: endpoint.endpointId, endpointId: endpoint.endpointId };
  const built = read.stack("connections", endpoint.fromStack).output("connections");
  const endpointId = built.apply((connections) => {
    const connection = connections[endpoint.key];
    if (!connection) {
      if (pulumi.runtime.isDryRun()) return pulumi.unknown as string;
      throw new pulumi.RunError(`${at.stack}: ${endpoint.fromStack} has no connection ${endpoint.key} yet. Bring it up first: pulumi up -s ${endpoint.fromStack}.`);
    }
    if (!principals.some((principal) => principalCovers(principal, connection.ownerAccount))) {
      throw new pulumi.RunError(
        `${at.stack}: corpai:accept.${at.key}: given ${connection.endpointId}, an endpoint of account ${connection.ownerAccount}; allowed: endpoints of ${principals.join(", ")}. Nothing was accepted; check who owns the endpoint.`,
      );
    }
    return connection.endpointId;
  });
  return { suffix: endpoint.key, endpointId };
}
