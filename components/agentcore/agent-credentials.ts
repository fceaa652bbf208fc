import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

/** A client of the user pool whose tokens an agent is to get. */
export interface ClientCredentials {
  /** What AWS calls the provider. */
  readonly providerName: string;
  readonly clientId: pulumi.Input<string>;
  /** Secret. */
  readonly clientSecret: pulumi.Input<string>;
}

export interface AgentCredentialsArgs {
  /** What AWS calls the identity. */
  readonly identityName: string;
  readonly discoveryUrl: pulumi.Input<string>;
  /** By what is called with its tokens. */
  readonly clients: Readonly<Record<string, ClientCredentials>>;
  readonly tags: Tags;
}

/** A provider, as whoever may use it has to be allowed. */
export interface Provider {
  readonly arn: string;
  readonly secretArn: string;
}

/**
 * How an agent without a way to the internet comes to tokens: AgentCore Identity asks the user pool's token endpoint for it.
 *
 * Creates a workload identity, since the one that AWS makes for a runtime is nobody's to ask tokens with, and an OAuth2 credential provider for each
 * client, whose secret AWS keeps in Secrets Manager.
 */
export class AgentCredentials extends pulumi.ComponentResource {
  readonly workloadIdentityArn: pulumi.Output<string>;
  readonly workloadIdentityName: pulumi.Output<string>;
  readonly providers: pulumi.Output<readonly Provider[]>;

  constructor(name: string, args: AgentCredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:AgentCredentials", name, {}, opts);

    const identity = new aws.bedrock.AgentcoreWorkloadIdentity(name, { name: args.identityName }, { parent: this });
    const providers = Object.entries(args.clients).map(([key, client]) =>
      this.#createProvider(`${name}-${key}`, client, args),
    );

    this.workloadIdentityArn = identity.workloadIdentityArn;
    this.workloadIdentityName = identity.name;
    this.providers = pulumi.all(
      providers.map(({ credentialProviderArn, clientSecretArns }) =>
        pulumi
          .all([credentialProviderArn, clientSecretArns])
          .apply(([arn, [secret]]) => ({ arn, secretArn: secret?.secretArn ?? "" })),
      ),
    );
    this.registerOutputs({
      workloadIdentityArn: this.workloadIdentityArn,
      workloadIdentityName: this.workloadIdentityName,
      providers: this.providers,
    });
  }

  #createProvider(
    name: string,
    { providerName, clientId, clientSecret }: ClientCredentials,
    { discoveryUrl, tags }: AgentCredentialsArgs,
  ): aws.bedrock.AgentcoreOauth2CredentialProvider {
    return new aws.bedrock.AgentcoreOauth2CredentialProvider(
      name,
      {
        name: providerName,
        credentialProviderVendor: "CustomOauth2",
        oauth2ProviderConfig: {
          customOauth2ProviderConfig: { oauthDiscovery: { discoveryUrl }, clientId, clientSecret },
        },
        tags: { ...tags },
      },
      { parent: this, additionalSecretOutputs: ["oauth2ProviderConfig"] },
    );
  }
}
