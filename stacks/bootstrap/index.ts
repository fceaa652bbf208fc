import * as pulumi from "@pulumi/pulumi";
import { StateStore } from "../../components/bootstrap/state-store.ts";
import { programTags } from "../../model/tags.ts";
import { programContext } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";

export interface BootstrapOutputs {
  /** For `pulumi login`. */
  readonly backendUrl: string;
  /** For `secretsprovider` in the files of the environment's stacks. */
  readonly secretsProvider: string;
}

export default async function bootstrap(): Promise<Outputs<BootstrapOutputs>> {
  const { environment, config, aws } = programContext("bootstrap");

  const { bucketName, keyAlias } = new StateStore(`corpai-${environment.name}-state`, {
    account: accountOf(aws),
    region: aws.region,
    environment: environment.name,
    bucketName: config.stateBucket,
    tags: programTags("bootstrap"),
  });

  return {
    backendUrl: pulumi.interpolate`s3://${bucketName}?region=${aws.region}`,
    secretsProvider: pulumi.interpolate`awskms://${keyAlias}?region=${aws.region}`,
  };
}
