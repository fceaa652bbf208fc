import { anyUnsound, isUnsound, unknownKey, unknownStack } from "./cross-references.ts";
import type { AcceptanceFacts, AcrossEndpoint, CustomerServicesFacts, EnvironmentFacts } from "./environment-facts.ts";
import { principalCovers } from "./iam-documents.ts";
import { type StackProblem, show } from "./problem.ts";

/** What is wrong with the customers' acceptances, as far as the files of both sides tell. */
export const acceptanceProblems = (facts: EnvironmentFacts): StackProblem[] =>
  facts.acceptances.flatMap((acceptance) =>
    Object.entries(acceptance.accept).flatMap(([serviceKey, endpoints]) => {
      const place = { stack: acceptance.stack, property: `corpai:accept.${serviceKey}` };
      return (
        serviceProblems(place, acceptance, serviceKey, facts) ??
        endpoints.flatMap((endpoint, index) =>
          endpointProblems({ ...place, property: `${place.property}.${index}` }, serviceKey, endpoint, facts),
        )
      );
    }),
  );

type Place = Pick<StackProblem, "stack" | "property">;

const offerings = ({ customerServices }: EnvironmentFacts, serviceKey: string): CustomerServicesFacts[] =>
  customerServices.filter(({ services }) => Object.hasOwn(services, serviceKey));

/** What is wrong with the service itself; undefined if nothing is, and its endpoints can be judged. */
function serviceProblems(
  place: Place,
  { account }: AcceptanceFacts,
  serviceKey: string,
  facts: EnvironmentFacts,
): StackProblem[] | undefined {
  const [offering] = offerings(facts, serviceKey);
  if (!offering) {
    if (anyUnsound(facts, "customer-services")) return [];
    const known = facts.customerServices.flatMap(({ services }) => Object.keys(services));
    return [
      unknownKey(place, { fromStack: "customer-services of this environment", key: serviceKey }, [...new Set(known)]),
    ];
  }
  // Only the account that offers a service can accept connections to it.
  if (offering.account === account) return undefined;
  return [
    {
      ...place,
      given: `a service that ${offering.stack} offers, in account ${offering.account}`,
      allowed: `services in account ${account}, the one in aws:allowedAccountIds`,
      wayOut: "Move it to the customer-acceptance stack of that account.",
    },
  ];
}

function endpointProblems(
  place: Place,
  serviceKey: string,
  endpoint: AcrossEndpoint,
  facts: EnvironmentFacts,
): StackProblem[] {
  if (!("fromStack" in endpoint)) return ownerProblems(place, serviceKey, endpoint.ownerAccount, facts);
  if (isUnsound(facts, endpoint.fromStack)) return [];
  const connections = facts.connections.find(({ stack }) => stack === endpoint.fromStack);
  if (!connections)
    return [unknownStack({ ...place, property: `${place.property}.fromStack` }, endpoint.fromStack, facts.connections)];
  return Object.hasOwn(connections.registrations, endpoint.key)
    ? []
    : [unknownKey({ ...place, property: `${place.property}.key` }, endpoint, Object.keys(connections.registrations))];
}

function ownerProblems(
  { stack, property }: Place,
  serviceKey: string,
  ownerAccount: string,
  facts: EnvironmentFacts,
): StackProblem[] {
  const admitted = offerings(facts, serviceKey).flatMap(({ services }) => services[serviceKey]?.principals ?? []);
  if (admitted.some((principal) => principalCovers(principal, ownerAccount))) return [];
  return [
    {
      stack,
      property: `${property}.ownerAccount`,
      given: ownerAccount,
      allowed: `an account that the service admits: ${show(admitted)}`,
      wayOut: "Add the owner to corpai:principals of customer-services, or correct the account.",
    },
  ];
}
