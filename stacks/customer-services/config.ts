import { z } from "zod";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { MAXIMUM_IDLE_SECONDS, MINIMUM_IDLE_SECONDS, PRIVATELINK_IDLE_SECONDS } from "../../model/idle-timeout.ts";
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

/**
 * Targets of one load balancer that balances across AZs.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html
 */
const TARGETS_LIMIT = 500;
const noMoreTargets = must(
  `at most ${TARGETS_LIMIT}, which is AWS's quota for a load balancer across AZs`,
  "Divide them among several services.",
);

const targets = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("instance"),
    instanceIds: distinct("instance", awsId("i"))
      .min(1, must("at least one instance", "Add one."))
      .max(TARGETS_LIMIT, noMoreTargets),
    port: port.optional(),
  }),
  z.strictObject({
    type: z.literal("ip"),
    addresses: distinct("address", z.ipv4(must("an IPv4 address", "Correct it.")))
      .min(1, must("at least one address", "Add one."))
      .max(TARGETS_LIMIT, noMoreTargets),
    port: port.optional(),
  }),
  z.strictObject({
    type: z.literal("alb"),
    /** An internal application load balancer of the VPC; it listens on the port. */
    loadBalancerArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[A-Za-z0-9-]+\/[0-9a-f]{16}$/,
        must("the ARN of an application load balancer", "Copy it from EC2 → Load Balancers."),
      ),
    port: port.optional(),
  }),
]);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
const healthPath = z
  .string()
  .regex(/^\/[!-~]{0,1023}$/, must("a path from /, of at most 1024 visible ASCII characters", "Correct it."));

const healthCheck = z.discriminatedUnion("protocol", [
  z.strictObject({ protocol: z.literal("TCP"), port: port.optional() }),
  z.strictObject({
    protocol: z.literal("HTTP"),
    path: healthPath,
    port: port.optional(),
  }),
  z.strictObject({
    protocol: z.literal("HTTPS"),
    path: healthPath,
    port: port.optional(),
  }),
]);

const furtherPort = z.strictObject({
  port,
  /** Where targets listen; the port itself by default. */
  targetPort: port.optional(),
  /** By default the service's own where that has a port of its own, else TCP on this one. */
  healthCheck: healthCheck.optional(),
});

const idleTimeout = must(
  `a whole number of seconds from ${MINIMUM_IDLE_SECONDS} to ${MAXIMUM_IDLE_SECONDS}`,
  `PrivateLink itself forgets a connection after ${PRIVATELINK_IDLE_SECONDS}: keep idle ones alive from the client.`,
);

/** What every service says, whether it has a load balancer of its own or not. */
const forwarded = {
  /** The service's TCP port: of the listener and, unless targets say otherwise, of the targets. */
  port,
  /** Further ports of the same targets, by name. */
  ports: z.record(key, furtherPort).default({}),
  targets,
  healthCheck: healthCheck.default({ protocol: "TCP" }),
  /** The security group that the targets carry: the only place that the load balancer may send to. */
  targetSecurityGroupId: awsId("sg"),
  /** Whether to add to that group the rules that admit the load balancer; otherwise the outputs say what to open. */
  openTargetSecurityGroup: z.boolean().default(false),
  /** By what clients make sure that it is this service, where it speaks TLS. */
  tls: tls.optional(),
  /** Whether targets get the client's address in a header of proxy protocol v2; they have to be able to read it. */
  proxyProtocol: z.boolean().default(false),
  /** Seconds without a packet after which the load balancer forgets a connection. */
  idleTimeoutSeconds: z
    .int(idleTimeout)
    .min(MINIMUM_IDLE_SECONDS, idleTimeout)
    .max(MAXIMUM_IDLE_SECONDS, idleTimeout)
    .default(PRIVATELINK_IDLE_SECONDS),
};

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

const ownService = z.strictObject({
  ...forwarded,
  privateDns: privateDns.optional(),
  /** Regions other than its own whose endpoints may reach it. Its data then leaves the region. */
  supportedRegions: distinct("region", awsRegion).default([]),
  /** Whether each connection waits for the customer's yes. */
  acceptanceRequired: z.boolean().default(true),
  /** `off` lets every accepted endpoint through whatever the load balancer's group says; its principals are then the only door. */
  inboundRulesOnPrivateLink: z.enum(["on", "off"], must('"on" or "off"', "Choose one.")).default("on"),
  /** Subnets of this service alone, in place of the common ones. */
  subnets: listedSubnets.optional(),
  /** Whether AWS refuses to delete the load balancer even where the environment's class does not protect it. */
  deletionProtection: z.boolean().default(false),
  /** Permission to delete the load balancer, which lifts its protection. */
  release: permission.optional(),
  /** Who may connect to this service alone, in place of the common ones. */
  principals: distinct("principal", principal).optional(),
  /** Who may connect no more: taken from the principals, with the reason. `corpai revoke` writes it. */
  revoked: z
    .array(z.strictObject({ principal, reason: textForPeople({ min: 10, max: 200 }), on: isoDate }))
    .default([]),
});

/** A service behind the load balancer of another one, and so behind its endpoint service. */
const guestService = z.strictObject({ ...forwarded, loadBalancerOf: key });

const service = z
  .union([ownService, guestService])
  .superRefine(({ targets: own, healthCheck: check, ...rest }, context) => {
    const complain = (path: string[], allowed: string, wayOut: string): void =>
      context.addIssue({ code: "custom", path, message: must(allowed, wayOut) });
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
export type ListedSubnets = z.infer<typeof listedSubnets>;

/** The service whose load balancer and endpoint service a service has: mostly itself. */
export const hostKeyOf = (services: Readonly<Record<string, ServiceConfig>>, name: string): string => {
  const own = services[name];
  return own && "loadBalancerOf" in own ? own.loadBalancerOf : name;
};

/** A service that has a load balancer of its own. */
export const ownServices = (
  services: Readonly<Record<string, ServiceConfig>>,
): (readonly [key: string, service: OwnServiceConfig])[] =>
  Object.entries(services).flatMap(([name, one]) => ("loadBalancerOf" in one ? [] : [[name, one] as const]));

/** Those behind the load balancer of another one, by their keys. */
export const guestsOf = (
  services: Readonly<Record<string, ServiceConfig>>,
  host: string,
): (readonly [key: string, service: ServiceConfig])[] =>
  Object.entries(services).filter(([, one]) => "loadBalancerOf" in one && one.loadBalancerOf === host);

/** Who may connect to a service now. */
export const admittedTo = ({ principals, revoked }: OwnServiceConfig, common: readonly string[]): readonly string[] =>
  (principals ?? common).filter((one) => !revoked.some((out) => out.principal === one));

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
    if ("loadBalancerOf" in one && (host === name || !services[host] || "loadBalancerOf" in services[host]))
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
