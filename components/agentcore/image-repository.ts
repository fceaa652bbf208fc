import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";

export interface ImageRepositoryArgs {
  readonly repositoryName: string;
  readonly protection: Protection;
  readonly tags: Tags;
}

/**
 * A repository of images: what is pushed once never changes under its tag, and is scanned at once. Creates the repository; images, which must be for
 * arm64, are pushed by whoever builds them.
 */
export class ImageRepository extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:ImageRepository", name, {}, opts);

    const repository = new aws.ecr.Repository(
      name,
      {
        name: args.repositoryName,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS" }],
        // Images can be built again, but not in an hour of need.
        forceDelete: !args.protection.protect,
        tags: { ...args.tags },
      },
      { parent: this },
    );

    this.url = repository.repositoryUrl;
    this.arn = repository.arn;
    this.registerOutputs({ url: this.url, arn: this.arn });
  }
}
