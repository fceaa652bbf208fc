/** One page on one connection, for somebody who has to say whether it may be: from the files, and from what AWS says now. */
import { planCidrs } from "./cidr-plan.ts";
import { plannedZones } from "./connection-check.ts";
import type { Stewardship } from "./connection-review.ts";
import { type EnvironmentFacts, furtherPortsOf } from "./environment-facts.ts";
import { connectivityReachPolicy, reachesFurther } from "./connectivity-reach.ts";
import { type PolicyDocument, connectivityForPulumiPolicy, connectivityPolicy } from "./iam-documents.ts";

/** What no file holds. */
export interface Observed {
  readonly endpointId: string | null;
  readonly serviceName: string | null;
  readonly state: string | null;
  readonly host: string | null;
  /** The service's first. */
  readonly port: number | null;
}

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** @param servers by name, those that use it, each with its secrets @throws {Error} where there is no such connection */
export function evidenceOf(
  facts: EnvironmentFacts,
  key: string,
  stewardship: Stewardship,
  observed: Observed,
  servers: Readonly<Record<string, readonly string[]>>,
): Section[] {
  const stack = facts.connections.find(({ registrations }) => Object.hasOwn(registrations, key));
  const registration = stack?.registrations[key];
  if (!stack || !registration) throw new Error(`there is no connection "${key}"`);
  const { service, tenants = [] } = registration;
  const offering =
    "fromStack" in service ? facts.customerServices.find((one) => one.stack === service.fromStack) : undefined;
  const offered = "fromStack" in service ? offering?.services[service.key] : undefined;
  const plan = facts.network && planCidrs(facts.network.vpcCidr, facts.network.azIds);
  const numbers = "port" in service ? service.ports : offered?.ports;
  const further = furtherPortsOf(service).map((name) => `${name} (${numbers?.[name] ?? "not known"})`);
  const users = Object.keys(servers);
  return [
    {
      title: "What it is",
      lines: [
        `connection ${key}, registered in ${stack.stack}; state ${observed.state ?? "not built"}`,
        `owner ${stewardship.owner ?? "not stated"}; ticket ${stewardship.ticket ?? "not stated"}; review by ${stewardship.review ?? "no day stated"}`,
        `endpoint ${observed.endpointId ?? "none yet"} at ${observed.serviceName ?? "a service that is not built yet"}`,
      ],
    },
    {
      title: "Data flow",
      lines: [
        `pods ${users.join(", ") || "(nobody uses it)"} → endpoint interfaces in ${plannedZones(registration, stack, facts)?.shared.join(", ") ?? "AZs that only AWS knows yet"} → PrivateLink → internal load balancer → targets`,
        ...(registration.serviceRegion === undefined
          ? []
          : [`data crosses from ${stack.region} to ${registration.serviceRegion}, where the service is`]),
        "connections begin at the pods only: an endpoint's interface begins none, and its group has no rule outwards",
        `name that pods use: ${observed.host ?? "none before acceptance"}; it resolves to private addresses`,
      ],
    },
    {
      title: "Trust boundary",
      lines: [
        `CorpAI's side: account ${stack.account}; the customer's side: ${offering ? `account ${offering.account}, VPC ${offering.vpcId}` : "an account of which these files hold nothing but the service's name"}`,
        "no route, peering or address range is shared: the customer sees one endpoint, CorpAI sees one name",
        offered?.acceptanceRequired === false
          ? "the service accepts whoever its principals admit"
          : "the customer accepts each endpoint by its id, and can reject it at any time: npx corpai revoke",
      ],
    },
    {
      title: "Ports",
      lines: [
        `TCP ${observed.port ?? "of the service"}${further.length > 0 ? `, and further ports ${further.join(", ")}` : ""}; the endpoint's group admits no others`,
        tenants.length > 0 ? `from pods of tenant ${tenants.join(", ")} alone` : "from all MCP workloads",
      ],
    },
    {
      title: "Identities",
      lines: [
        ...(offered
          ? offered.principals.map((one) => `may ask for a connection: ${one}`)
          : ["who may ask for a connection, the customer's service says"]),
        ...(offered?.revoked ?? []).map((one) => `revoked: ${one}`),
      ],
    },
    {
      title: "CIDRs",
      lines: [
        `clients, which the load balancer's group admits: ${plan?.clientCidr ?? offering?.clientCidr ?? "not in these files"}`,
        `CorpAI's VPC: ${facts.network?.vpcCidr ?? "not in these files"}`,
      ],
    },
    {
      title: "Keys and secrets",
      lines: [
        "PrivateLink holds no key of either side: encryption is TLS between pod and service, if the service speaks it",
        ...Object.entries(servers).map(
          ([server, secrets]) =>
            `${server} holds secrets ${secrets.join(", ") || "(none)"}, encrypted in Pulumi's state and in the cluster`,
        ),
      ],
    },
    { title: "What CorpAI can do in the customer's account", lines: permissions(facts, stack.account) },
  ];
}

function permissions({ customerAccess }: EnvironmentFacts, account: string): string[] {
  const access = customerAccess.find((one) => one.account === account);
  if (!access) return ["nothing: no policy of these programs is attached to a role there"];
  const documents = [
    connectivityPolicy,
    ...(access.forPulumi ? [connectivityForPulumiPolicy] : []),
    ...(access.reach && reachesFurther(access.reach) ? [connectivityReachPolicy(access.reach, access.region)] : []),
  ];
  return [`as role ${access.roleName}, by ${documents.length} policies:`, ...documents.flatMap(statementsOf)];
}

const listed = (value: string | readonly string[]): string => (typeof value === "string" ? value : value.join(", "));

const statementsOf = ({ Statement }: PolicyDocument): string[] =>
  Statement.map(({ Sid, Effect, Action, Condition }) => {
    const only = Condition ? `, only where ${JSON.stringify(Condition)}` : "";
    return `${Effect} ${listed(Action)} (${Sid})${only}`;
  });
