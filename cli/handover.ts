import { Document } from "yaml";
import type { ForwardedService } from "../model/forwarding.ts";
import { cloudFormationTemplate } from "../model/handover/cloudformation.ts";
import { consoleSteps } from "../model/handover/console-steps.ts";
import { type HandoverRequest, type ServiceDescription, describeService } from "../model/handover/description.ts";
import { describeProblem } from "../model/problem.ts";
import { programTags } from "../model/tags.ts";
import {
  type CustomerServicesConfig,
  type Environment,
  type ForwardedServiceConfig,
  type OwnServiceConfig,
  admittedTo,
  guestsOf,
  hostKeyOf,
  loadEnvironment,
  ownServices,
  standingServices,
  protects,
  subnetsOf,
} from "../stacks/environment.ts";
import { ProblemsFound } from "./command.ts";
import type { Printer } from "./print.ts";

export const HANDOVER_FORMATS = ["cloudformation", "console"] as const;

export interface HandoverOptions {
  readonly format: (typeof HANDOVER_FORMATS)[number];
  /** CIDRs of the customer's VPC, which no file holds. */
  readonly vpcCidr: readonly string[];
  readonly json?: boolean;
}

/** Prints what a customer without Pulumi makes for one service. From the files alone; nothing is looked up. @throws {Error} in one sentence */
export function handover(name: string, key: string, { format, vpcCidr }: HandoverOptions, printer: Printer): boolean {
  const environment = loadEnvironment(name, { secretsToCome: true });
  if (environment.problems.length > 0) throw new ProblemsFound(environment);
  const description = describeService(requestFor(environment, key, vpcCidr));
  const text = format === "console" ? consoleSteps(description) : templateText(description);
  for (const line of text.trimEnd().split("\n")) printer.line(line);
  printer.answer({
    service: key,
    description,
    [format]: format === "console" ? text : cloudFormationTemplate(description),
  });
  return true;
}

/** As CloudFormation reads YAML: the same value is never written once and referred to. */
export const templateText = (description: ServiceDescription): string =>
  new Document(cloudFormationTemplate(description), { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });

export function requestFor(environment: Environment, key: string, vpcCidrs: readonly string[]): HandoverRequest {
  const { name, stacks } = environment;
  const offers = stacks.flatMap(({ config }) => ("services" in config ? [config] : []));
  const config = offers.find(({ services }) => Object.hasOwn(services, key));
  const host = config && hostKeyOf(config.services, key);
  const own = config && ownServices(config.services).find(([one]) => one === host)?.[1];
  if (config && standingServices(config.services).some(([one]) => one === host))
    throw new Error(standsAlready(name, key));
  if (!config || host === undefined || !own)
    throw new Error(
      describeProblem({
        stack: name,
        property: "SERVICE",
        given: `"${key}"`,
        allowed: `a service of the environment: ${offers.flatMap(({ services }) => Object.keys(services)).join(", ") || "there is none"}`,
        wayOut: "Describe it under corpai:services of a customer-services stack: nobody has to bring that up.",
      }),
    );
  if (own.adopt) throw new Error(standsAlready(name, key));
  return requestOf(host, own, config, { vpcCidrs, deletionProtection: protects(own, environment) });
}

const standsAlready = (stack: string, key: string): string =>
  describeProblem({
    stack,
    property: "SERVICE",
    given: `"${key}", whose load balancer stands already`,
    allowed: "a service whose load balancer is still to be made",
    wayOut: "What is left to do is the endpoint service: VPC → Endpoint services → Create.",
  });

function requestOf(
  host: string,
  own: OwnServiceConfig,
  config: CustomerServicesConfig,
  { vpcCidrs, deletionProtection }: Pick<HandoverRequest, "vpcCidrs" | "deletionProtection">,
): HandoverRequest {
  return {
    ...forwarded(host, own),
    guests: guestsOf(config.services, host).map(([guest, service]) => forwarded(guest, service)),
    vpcId: config.vpcId,
    vpcCidrs,
    clientCidr: config.clientCidr,
    subnetIds: subnetsOf(host, own, config).subnets.map(({ id }) => id),
    inboundRulesOnPrivateLink: own.inboundRulesOnPrivateLink,
    deletionProtection,
    acceptanceRequired: own.acceptanceRequired,
    principals: admittedTo(own, config.principals),
    privateDns: own.privateDns,
    supportedRegions: own.supportedRegions,
    tags: programTags("customer-services"),
  };
}

const forwarded = (service: string, config: ForwardedServiceConfig): ForwardedService => ({ service, ...config });
