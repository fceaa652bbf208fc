import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ISSUERS, type Issuer, audienceOf } from "../../model/delivery-roles.ts";
import type { Tags } from "../../model/tags.ts";

export interface IdentityProviderArgs {
  readonly issuer: Issuer;
  /** In Pulumi Cloud: the audience of its tokens. */
  readonly organization: string | undefined;
  readonly tags: Tags;
}

/**
 * Lets IAM believe an issuer's tokens. An account has one such provider for each issuer, and whatever trusts it names subjects.
 *
 * Creates the OIDC provider. Its certificates are AWS's own affair: both issuers are signed by public authorities.
 */
export class IdentityProvider extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: IdentityProviderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:bootstrap:IdentityProvider", name, {}, opts);
    const { issuer, organization = "", tags } = args;

    const provider = new aws.iam.OpenIdConnectProvider(
      name,
      {
        url: ISSUERS[issuer].url,
        clientIdLists: [audienceOf(issuer, organization)],
        tags: { ...tags, Name: name },
      },
      { parent: this },
    );

    this.arn = provider.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
