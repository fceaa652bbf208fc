import { z } from "zod";
import { EXECUTOR_IMAGE, isCron } from "../../model/deployments.ts";
import { distinct, must, pulumiOrganization, repository, textForPeople } from "../schema.ts";

/** A glob over whole paths, `!` before it for those that start no run. */
const pathFilter = z
  .string()
  .regex(
    /^!?(?![/.!])[^\s\\]+$/,
    must(
      "a glob over paths from the repository's root, such as components/network/**, or the same after !",
      "Leave out the leading slash, or write it as Pulumi Deployments reads it.",
    ),
  );

export const schema = z.strictObject({
  organization: pulumiOrganization,
  /** Where deployments take the code from. The branch is the environment's, in environments.yaml. */
  repository,
  /** Has the Pulumi CLI, and the Node.js that the programs run on. */
  executorImage: z
    .string()
    .regex(
      /^[\w./-]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/,
      must("an image such as pulumi/pulumi-nodejs-24:3.259.0", "Correct it."),
    )
    .default(EXECUTOR_IMAGE),
  /** When it is looked whether what stands is still what the states say: five fields in UTC. Never, if "none". */
  driftSchedule: z
    .string()
    .refine(
      (text) => text === "none" || isCron(text),
      must('five fields of cron such as "0 5 * * *", or "none"', "Correct it."),
    )
    .default("0 5 * * *"),
  /** An agent pool inside the VPC; without it, one is made where a program needs the private Kubernetes API. */
  agentPoolId: z
    .string()
    .regex(/^[\w-]{8,64}$/, must("an agent pool's id", "Copy it from Pulumi Cloud."))
    .optional(),
  /** The version of the policy pack that has been published to the organization. */
  policyPackVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, must("a published version such as 0.1.0", "Publish it: npm run bundle:policy.")),
  /** By program: narrower filters than those that are computed. Whatever the program imports still starts a run. */
  paths: z.record(z.string(), distinct("filter", pathFilter)).default({}),
  /** Stacks that somebody else delivers, each with the reason. */
  leaveOut: z.record(z.string(), textForPeople({ min: 10, max: 200 })).default({}),
});

export type Config = z.infer<typeof schema>;
