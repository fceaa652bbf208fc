import { z } from "zod";
import {
  awsRegion,
  distinct,
  dnsName,
  endpointServiceName,
  fromStack,
  isoDate,
  key,
  permission,
  port,
  records,
  textForPeople,
  tls,
} from "../schema.ts";

const literal = z.strictObject({
  serviceName: endpointServiceName,
  port,
  /** Further ports, by name. */
  ports: z.record(key, port).default({}),
  /** By what clients make sure that it is the service, where it speaks TLS. */
  tls: tls.optional(),
  /** The service's own DNS name, if the customer says that AWS has verified it. */
  privateDnsName: dnsName.optional(),
});

/** With the names of the further ports that are asked for. */
const offered = fromStack.extend({ ports: distinct("port", key).default([]) });

const registration = z.strictObject({
  displayName: textForPeople({ min: 1, max: 80 }),
  /** Where service name and port come from: a stack of the customer, or the literals that they sent. */
  service: z.union([offered, literal]),
  /** Where the service is, if in another region than this stack: data then crosses between the two, and that costs. */
  serviceRegion: awsRegion.optional(),
  /** The only tenants of the network whose servers may use it; all servers without. */
  tenants: distinct("tenant", key).default([]),
  /** The connection whose place it takes in the pods as soon as it is available. */
  succeeds: key.optional(),
  /** Who answers for it at CorpAI. */
  owner: textForPeople({ min: 1, max: 80 }).optional(),
  /** Where it was asked for and approved. */
  ticket: textForPeople({ min: 1, max: 80 }).optional(),
  /** The day by which somebody has to say again that it is needed. */
  review: isoDate.optional(),
  /** Permission to stand in one AZ only, for a while. */
  singleAz: permission.optional(),
});

export const schema = z.strictObject({
  /** The cell of the network in which the endpoints stand; among the common endpoint subnets without. Final as long as any stands. */
  cell: key.optional(),
  registrations: records("registration", registration),
});

export type Config = z.infer<typeof schema>;
export type Registration = Config["registrations"][string];
