import type { EndpointStatement } from "./iam-documents.ts";

/** A statement that lets something through an endpoint: of everybody, narrowed by conditions only. */
export const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: EndpointStatement["Condition"],
): EndpointStatement => ({ Sid, Effect: "Allow", Principal: "*", Action, Resource, ...(Condition && { Condition }) });
