import { z } from "zod";
import { IMAGE, RUNTIME_NAME } from "../model/agentcore-images.ts";
import { must } from "./schema.ts";

/** Values that the configurations of several AgentCore programs hold. */
export const runtimeName = z
  .string()
  .regex(
    RUNTIME_NAME,
    must(
      "up to 48 letters, digits and underscores, starting with a letter",
      "AgentCore takes no hyphens in the name of a runtime: use underscores.",
    ),
  );

export const image = z
  .string()
  .regex(
    IMAGE,
    must(
      "<repository>@sha256:<64 hex digits>, the repository by its key in agentcore-tools",
      "Name the image by its digest, which docker push prints: a tag may be another image tomorrow.",
    ),
  );
