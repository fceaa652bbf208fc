import { z } from "zod";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { serviceKeyProblem } from "../../model/physical-name.ts";
import { awsId, azId, cidr, distinct, must, permission, port, principal, records } from "../schema.ts";

const subnets = z
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
]);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
const healthPath = z
  .string()
  .regex(/^\/[!-~]{0,1023}$/, must("a path from /, of at most 1024 visible ASCII characters", "Correct it."));

const healthCheck = z
  .discriminatedUnion("protocol", [
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
  ])
  .default({ protocol: "TCP" });

const service = z.strictObject({
  /** The service's TCP port: of the listener and, unless targets say otherwise, of the targets. */
  port,
  targets,
  healthCheck,
  /** The security group that the targets carry: the only place that the load balancer may send to. */
  targetSecurityGroupId: awsId("sg"),
  /** Whether to add to that group the rules that admit the load balancer; otherwise the outputs say what to open. */
  openTargetSecurityGroup: z.boolean().default(false),
  /** Whether each connection waits for the customer's yes. */
  acceptanceRequired: z.boolean().default(true),
  /** `off` lets every accepted endpoint through whatever the load balancer's group says; its principals are then the only door. */
  inboundRulesOnPrivateLink: z.enum(["on", "off"], must('"on" or "off"', "Choose one.")).default("on"),
  /** Subnets of this service alone, in place of the common ones. */
  subnets: subnets.optional(),
  /** Permission to delete the load balancer, where the environment's class protects it. */
  release: permission.optional(),
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
  services: records("service", service).superRefine((entries, context) => {
    for (const name of Object.keys(entries)) {
      const problem = serviceKeyProblem(name, name);
      if (problem)
        context.addIssue({
          code: "custom",
          path: [name],
          message: must(problem.allowed, problem.wayOut, problem.given),
        });
    }
  }),
});

export type Config = z.infer<typeof schema>;
export type ServiceConfig = Config["services"][string];
