import type { PolicyStatement } from "./iam-documents.ts";

/** The trust policy of a role that one of AWS's services assumes. @param more what else it needs, or what narrows it */
export const serviceTrust = (
  service: string,
  more: Partial<Pick<PolicyStatement, "Action" | "Condition">> = {},
): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", ...more }],
  });
