import { z } from "zod";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { portNameProblem, serviceKeyProblem } from "../../model/physical-name.ts";
import type { Problem } from "../../model/problem.ts";
import {
  awsId,
  awsRegion,
  azId,
  cidr,
  distinct,
  dnsName,
  isoDate,
  key,
  must,
  permission,
  port,
  principal,
  records,
  textForPeople,
  tls,
} from "../schema.ts";
import { forwarded } from "./forwarding-config.ts";

const listedSubnets = z
  .array(z.strictObject({ id: awsId("subnet"), azId }))
  .refine(
    (list) => new Set(list.map((subnet) => subnet.azId)).size >= MINIMUM_AZS,
    must(
      `subnets in at least ${MINIMUM_AZS} AZs (our rule; AWS lets a network load balancer have one)`,
      "Add a private subnet in another AZ.",
    ),
  )
  .refine(
    (list) => new Set(list.map((subnet) => subnet.azId)).size === list.length,
    must("one subnet per AZ", "A load balancer has one subnet in each AZ: remove the second."),
  );

/** In place of the list: the program looks them up, prints the list for this file, and builds nothing. */
const soughtSubnets = z.strictObject({
  tags: z
    .record(z.string().min(1), z.string())
    .refine((tags) => Object.keys(tags).length > 0, must("at least one tag", "Name a tag that the subnets carry.")),
});

const subnets = z.union([listedSubnets, soughtSubnets]);

const networkBalancerArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/net\/[A-Za-z0-9-]+\/[0-9a-f]{16}$/,
    must("the ARN of a network load balancer", "Copy it from EC2 → Load Balancers."),
  );
const endpointServiceId = awsId("vpce-svc");

/** The service's own DNS name, which AWS lets endpoints answer to once a TXT record has shown that it is its owner's. */
const privateDns = z
  .strictObject({
    name: dnsName,
    /** A public hosted zone of Route 53 in this account, into which the program puts the record. */
    hostedZoneId: z
      .string()
      .regex(/^Z[A-Z0-9]{3,31}$/, must("a hosted zone's id such as Z0123456789ABCDEFGHIJ", "Copy it from Route 53."))
      .optional(),
    /** Whether the record that the program prints stands elsewhere, so that AWS may look. */
    recordPublished: z.boolean().default(false),
  })
  .refine(
    ({ hostedZoneId, recordPublished }) => hostedZoneId === undefined || !recordPublished,
    must("hostedZoneId or recordPublished, not both", "Keep hostedZoneId where the program is to make the record."),
  );

/** What every service with an endpoint service of its own says. */
const offered = {
  privateDns: privateDns.optional(),
  /** Regions other than its own whose endpoints may reach it. Its data then leaves the region. */
  supportedRegions: distinct("region", awsRegion).default([]),
  /** Whether each connection waits for the customer's yes. */
  acceptanceRequired: z.boolean().default(true),
  /** Subnets of this service alone, in place of the common ones. */
  subnets: listedSubnets.optional(),
  /** Who may connect to this service alone, in place of the common ones. */
  principals: distinct("principal", principal).optional(),
  /** Who may connect no more: taken from the principals, with the reason. `corpai revoke` writes it. */
  revoked: z
    .array(z.strictObject({ principal, reason: textForPeople({ min: 10, max: 200 }), on: isoDate }))
    .default([]),
};

const timeToHealth = must(
  "a whole number of seconds from 0 to 900",
  "Give what your targets take to be healthy again.",
);

const ownService = z.strictObject({
  ...forwarded,
  ...offered,
  /** `off` lets every accepted endpoint through whatever the load balancer's group says; its principals are then the only door. */
  inboundRulesOnPrivateLink: z.enum(["on", "off"], must('"on" or "off"', "Choose one.")).default("on"),
  /** Whether AWS refuses to delete the load balancer even where the environment's class does not protect it. */
  deletionProtection: z.boolean().default(false),
  /** Permission to delete the load balancer, which lifts its protection. */
  release: permission.optional(),
  /** Seconds that a target which is registered anew gets to become healthy before the next one is taken away; AWS's own checks take 3 × 30. */
  secondsToHealth: z.int(timeToHealth).min(0, timeToHealth).max(900, timeToHealth).optional(),
  /** What stands already and is taken over instead of built; stays in the file as long as the service does. */
  adopt: z
    .strictObject({ loadBalancerArn: networkBalancerArn, endpointServiceId: endpointServiceId.optional() })
    .optional(),
});

/** A service behind the load balancer of another one, and so behind its endpoint service. */
const guestService = z.strictObject({ ...forwarded, loadBalancerOf: key });

/** A service behind a load balancer that stands and stays the customer's own: its targets and their health are nothing of ours. */
const standingService = z.strictObject({
  port,
  /** Further ports on which the load balancer listens, by name. */
  ports: z.record(key, z.strictObject({ port })).default({}),
  /** As of every other service. */
  tls: tls.optional(),
  loadBalancerArn: networkBalancerArn,
  ...offered,
  adopt: z.strictObject({ endpointServiceId }).optional(),
});

const service = z.union([ownService, guestService, standingService]).superRefine((one, context) => {
  if (!("targets" in one)) return;
  const { targets: own, healthCheck: check, ...rest } = one;
  const complain = (path: string[], allowed: string, wayOut: string): void =>
    context.addIssue({ code: "custom", path, message: must(allowed, wayOut) });
  if ("adopt" in rest && rest.adopt && rest.openTargetSecurityGroup)
    complain(
      ["openTargetSecurityGroup"],
      "false: of what is taken over, the groups stay the customer's",
      "Remove the key; the outputs say what has to be open.",
    );
  if (own.type !== "alb") return;
  if (check.protocol === "TCP")
    complain(
      ["healthCheck", "protocol"],
      '"HTTP" or "HTTPS": AWS checks an application load balancer by nothing else',
      "Give the path that its own targets answer.",
    );
  if (rest.proxyProtocol)
    complain(["proxyProtocol"], "false: an application load balancer does not read it", "Remove the key.");
});

/** Who is told of connections. https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html */
const notifications = z.strictObject({
  emails: distinct("address", z.email(must("an e-mail address", "Correct it."))).min(
    1,
    must("at least one address", "Name who is to know, or remove the key."),
  ),
});

export const schema = z.strictObject({
  /** The customer's existing VPC. */
  vpcId: awsId("vpc"),
  /** Private subnets of it, each with its AZ's id; verified by look-up. */
  subnets,
  /** What CorpAI publishes: the CIDR of all its nodes and pods. */
  clientCidr: cidr,
  /** Who may connect. */
  principals: distinct("principal", principal).min(1, must("at least one principal", "Name CorpAI's account or role.")),
  /** Whether AWS tells somebody of every connection that is asked for, accepted, rejected or deleted. */
  notifications: notifications.optional(),
  services: records("service", service).superRefine((entries, context) => {
    for (const { path, problem } of servicesProblems(entries))
      context.addIssue({
        code: "custom",
        path: [...path],
        message: must(problem.allowed, problem.wayOut, problem.given),
      });
  }),
});

export type Config = z.infer<typeof schema>;
export type ServiceConfig = Config["services"][string];
export type OwnServiceConfig = z.infer<typeof ownService>;
export type GuestServiceConfig = z.infer<typeof guestService>;
export type StandingServiceConfig = z.infer<typeof standingService>;
/** One that says what its targets are. */
export type ForwardedServiceConfig = OwnServiceConfig | GuestServiceConfig;
/** One that has an endpoint service of its own. */
export type OfferedServiceConfig = OwnServiceConfig | StandingServiceConfig;
export type ListedSubnets = z.infer<typeof listedSubnets>;

/** The service whose load balancer and endpoint service a service has: mostly itself. */
export const hostKeyOf = (services: Readonly<Record<string, ServiceConfig>>, name: string): string => {
  const own = services[name];
  return own && "loadBalancerOf" in own ? own.loadBalancerOf : name;
};

type Services = Readonly<Record<string, ServiceConfig>>;
type Keyed<S> = readonly [key: string, service: S];

/** Services that have an endpoint service of their own. */
export const offeredServices = (services: Services): Keyed<OfferedServiceConfig>[] =>
  Object.entries(services).flatMap(([name, one]) => ("loadBalancerOf" in one ? [] : [[name, one] as const]));

/** Services that have a load balancer of their own, built or taken over. */
export const ownServices = (services: Services): Keyed<OwnServiceConfig>[] =>
  offeredServices(services).flatMap(([name, one]) => ("targets" in one ? [[name, one] as const] : []));

/** Services behind a load balancer that stays the customer's. */
export const standingServices = (services: Services): Keyed<StandingServiceConfig>[] =>
  offeredServices(services).flatMap(([name, one]) => ("targets" in one ? [] : [[name, one] as const]));

/** Services whose targets are ours to register. */
export const forwardedServices = (services: Services): Keyed<ForwardedServiceConfig>[] =>
  Object.entries(services).flatMap(([name, one]) => ("targets" in one ? [[name, one] as const] : []));

/** Those behind the load balancer of another one, by their keys. */
export const guestsOf = (services: Services, host: string): Keyed<GuestServiceConfig>[] =>
  Object.entries(services).flatMap(([name, one]) =>
    "loadBalancerOf" in one && one.loadBalancerOf === host ? [[name, one] as const] : [],
  );

/** Who may connect to a service now. */
export const admittedTo = (
  { principals, revoked }: Pick<OfferedServiceConfig, "principals" | "revoked">,
  common: readonly string[],
): readonly string[] => (principals ?? common).filter((one) => !revoked.some((out) => out.principal === one));

interface ServiceProblem {
  readonly path: readonly (string | number)[];
  readonly problem: Pick<Problem, "allowed" | "wayOut"> & { readonly given?: string };
}

/** What services may be by themselves but not together, and names that become too long. */
function servicesProblems(services: Readonly<Record<string, ServiceConfig>>): ServiceProblem[] {
  const listeners = new Map<string, string>();
  return Object.entries(services).flatMap(([name, one]): ServiceProblem[] => {
    const found: ServiceProblem[] = [];
    const tooLong = serviceKeyProblem(name, name);
    if (tooLong) found.push({ path: [name], problem: tooLong });
    for (const further of Object.keys(one.ports)) {
      const problem = portNameProblem(further, name, further);
      if (problem) found.push({ path: [name, "ports", further], problem });
    }
    const host = hostKeyOf(services, name);
    if ("loadBalancerOf" in one && !ownServices(services).some(([own]) => own === host))
      found.push({
        path: [name, "loadBalancerOf"],
        problem: {
          allowed: `a service with a load balancer of its own: ${
            ownServices(services)
              .map(([own]) => own)
              .join(", ") || "there is none"
          }`,
          wayOut: "Name one of these, or remove the key.",
        },
      });
    const ports = [
      [["port"], one.port],
      ...Object.entries(one.ports).map(([further, { port: number }]) => [["ports", further, "port"], number]),
    ] as [string[], number][];
    for (const [path, number] of ports) {
      const taken = listeners.get(`${host}:${number}`);
      if (taken !== undefined)
        found.push({
          path: [name, ...path],
          problem: {
            given: `${number}, on which the load balancer of ${host} listens for ${taken} already`,
            allowed: "a port of its own for each listener of a load balancer",
            wayOut: "Choose another port, or give the service a load balancer of its own.",
          },
        });
      listeners.set(`${host}:${number}`, name);
    }
    return found;
  });
}
