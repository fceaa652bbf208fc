import { z } from "zod";
import { must } from "../schema.ts";

/** In EKS's standard support on 2026-11-20. https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html */
const SUPPORTED_VERSIONS = ["1.35", "1.36"] as const;

export const schema = z.strictObject({
  /** Kubernetes minor version, in quotes. */
  version: z
    .enum(
      SUPPORTED_VERSIONS,
      must(
        SUPPORTED_VERSIONS.map((version) => `"${version}"`).join(" or "),
        "Older versions cost six times as much in extended support; write the version in quotes.",
      ),
    )
    .default("1.35"),
});

export type Config = z.infer<typeof schema>;
