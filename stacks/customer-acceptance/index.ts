import * as pulumi from "@pulumi/pulumi";
import { Acceptance } from "../../components/privatelink/acceptance.ts";
import { principalCovers } from "../../model/iam-documents.ts";
import { programContext } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { type Reader, reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";
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

  const accepted = Object.entries(config.accept).map(([key, endpoints]): readonly [string, pulumi.Output<string>[]] => {
    const offering = environment.facts.customerServices.find((stack) => Object.hasOwn(stack.services, key));
    if (!offering?.services[key]?.acceptanceRequired) {
      void pulumi.log.info(`${key}: its service accepts by itself, so there is nothing to accept`);
      return [key, []] as const;
    }
    const serviceId = services.apply((offered) =>
      required(offered[key]?.serviceId, `${offering.stack} does not offer ${key} yet. ${bringUpFirst(offering.stack)}`),
    );
    const ids = endpoints.map((endpoint) => {
      const { suffix, endpointId } = verified({ stack: name, key }, endpoint, offering.principals, read);
      return new Acceptance(`${key}-${suffix}`, { serviceId, endpointId }).endpointId;
    });
    return [key, ids] as const;
  });
  if (!Object.values(config.accept).some((endpoints) => endpoints.length > 0))
    void pulumi.log.info("There is nothing to accept: corpai:accept lists no endpoint");
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
  const connection = built.apply((connections) =>
    required(
      connections[endpoint.key],
      `${endpoint.fromStack} has no connection ${endpoint.key} yet. ${bringUpFirst(endpoint.fromStack)}`,
    ),
  );
  const endpointId = connection.apply(({ endpointId: id, ownerAccount }) => {
    if (principals.some((principal) => principalCovers(principal, ownerAccount))) return id;
    throw new pulumi.RunError(
      `${at.stack}: corpai:accept.${at.key}: given ${id}, an endpoint of account ${ownerAccount}; allowed: endpoints of ${principals.join(", ")}. Nothing was accepted; check who owns the endpoint.`,
    );
  });
  return { suffix: endpoint.key, endpointId };
}
