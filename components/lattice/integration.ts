import * as devopsagent from "@pulumi/aws-native/devopsagent/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { IntegrationKind } from "../../model/integration-kinds.ts";
import type { Tags } from "../../model/tags.ts";
import { registrationOf } from "./integration-registration.ts";
import { tagList } from "./tag-list.ts";

export interface IntegrationArgs {
  readonly kind: IntegrationKind;
  /** Name of the private connection that it goes over; undefined for one on the internet. */
  readonly connectionName: pulumi.Input<string> | undefined;
  /** The same of the connection over which its tokens are fetched, where that is another: without, they are fetched over the first. */
  readonly exchangeConnectionName: pulumi.Input<string> | undefined;
  /** By key: ids of the agent spaces that use it. */
  readonly spaces: Readonly<Record<string, pulumi.Input<string>>>;
  /** A secret of the stack's configuration. */
  readonly secret: (name: string) => pulumi.Output<string>;
  readonly tags: Tags;
}

/**
 * A service that agents use: registered with AWS DevOps Agent, then associated with each agent space, since one that is registered alone is used by
 * nobody. Creates the service and its associations. Does not: the service's own webhook, whose secret no resource type hands out.
 */
export class Integration extends pulumi.ComponentResource {
  readonly serviceId: pulumi.Output<string>;

  constructor(name: string, args: IntegrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:Integration", name, {}, opts);

    const { serviceType, serviceDetails, configuration } = registrationOf(name, args.kind, args.secret);
    const service = new devopsagent.Service(
      name,
      {
        serviceType,
        serviceDetails,
        ...connectionsOf(args),
        tags: tagList(args.tags),
      },
      { parent: this, additionalSecretOutputs: ["serviceDetails"] },
    );
    for (const [key, agentSpaceId] of Object.entries(args.spaces))
      new devopsagent.Association(
        `${name}-${key}`,
        { agentSpaceId, serviceId: service.serviceId, configuration },
        { parent: this },
      );

    this.serviceId = service.serviceId;
    this.registerOutputs({ serviceId: this.serviceId });
  }
}

/**
 * AWS takes either one name for both ways or one for each, never both. https://docs.aws.amazon.com/devopsagent/latest/userguide/configuring-integrations-and-knowledge-connecting-to-privately-hosted-tools.html
 */
function connectionsOf({
  kind,
  connectionName,
  exchangeConnectionName,
}: IntegrationArgs): Pick<
  devopsagent.ServiceArgs,
  "privateConnectionName" | "targetUrlPrivateConnectionName" | "exchangeUrlPrivateConnectionName"
> {
  if (exchangeConnectionName === undefined && connectionName !== undefined)
    return fetchesPublicly(kind)
      ? { targetUrlPrivateConnectionName: connectionName }
      : { privateConnectionName: connectionName };
  if (exchangeConnectionName === undefined) return {};
  return {
    exchangeUrlPrivateConnectionName: exchangeConnectionName,
    ...(connectionName !== undefined && { targetUrlPrivateConnectionName: connectionName }),
  };
}

/** Of two ways, the one that has no name goes over the internet. */
const fetchesPublicly = (kind: IntegrationKind): boolean =>
  kind.kind === "mcp-server" && "oauth" in kind.authorization && kind.authorization.oauth.overInternet;
