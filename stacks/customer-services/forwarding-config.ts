/** What a service says of its targets, in the words of its file. */
import { z } from "zod";
import { MAXIMUM_IDLE_SECONDS, MINIMUM_IDLE_SECONDS, PRIVATELINK_IDLE_SECONDS } from "../../model/idle-timeout.ts";
import { QUOTAS } from "../../model/quotas.ts";
import { awsId, distinct, key, must, port, tls } from "../schema.ts";

const TARGETS_LIMIT = QUOTAS.targetsPerLoadBalancer.default;
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
export const forwarded = {
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
