import * as pulumi from "@pulumi/pulumi";
import { DeliveryAccess } from "../../components/bootstrap/delivery-access.ts";
import { IdentityProvider } from "../../components/bootstrap/identity-provider.ts";
import { StateStore } from "../../components/bootstrap/state-store.ts";
import { programTags } from "../../model/tags.ts";
import { isAboutOthers } from "../catalog.ts";
import { type ProgramContext, programContext, refuseAll } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { issuersOf, providerName, providerProblems } from "./identity-providers.ts";

export interface BootstrapOutputs {
  /** For `pulumi login`; absent where states are kept elsewhere. */
  readonly backendUrl?: string;
  /** For `secretsprovider` in the files of the environment's stacks. */
  readonly secretsProvider?: string;
  /** For `AWS_ROLE` of GitHub's environment for previews; absent where no repository is named. */
  readonly previewRoleArn?: string;
  /** For `AWS_ROLE` of GitHub's environment for merges. */
  readonly deployRoleArn?: string;
}

type Context = ProgramContext<"bootstrap">;

export default async function bootstrap(): Promise<Outputs<BootstrapOutputs>> {
  const context = programContext("bootstrap");
  const { name: stack, environment, config, aws } = context;
  refuseAll(await providerProblems({ stack, environment: environment.name, account: accountOf(aws), config }));
  return { ...stateStore(context), ...deliveryAccess(context) };
}

function stateStore({ environment, config, aws }: Context): Outputs<BootstrapOutputs> {
  if (config.stateBucket === undefined) return {};
  const { bucketName, keyAlias } = new StateStore(`corpai-${environment.name}-state`, {
    account: accountOf(aws),
    region: aws.region,
    environment: environment.name,
    bucketName: config.stateBucket,
    tags: programTags("bootstrap", config.side),
  });
  return {
    backendUrl: pulumi.interpolate`s3://${bucketName}?region=${aws.region}`,
    secretsProvider: pulumi.interpolate`awskms://${keyAlias}?region=${aws.region}`,
  };
}

function deliveryAccess({ environment, config, aws }: Context): Outputs<BootstrapOutputs> {
  const { side, repository, organization, stateBucket, identityProviders } = config;
  if (repository === undefined) return {};
  const account = accountOf(aws);
  const tags = programTags("bootstrap", side);
  const issuers = identityProviders === "own" ? issuersOf(config) : [];
  const providers = issuers.map(
    (issuer) => new IdentityProvider(providerName(environment.name, issuer), { issuer, organization, tags }),
  );
  const here = environment.stacks.filter(
    ({ stack, aws: settings }) => !isAboutOthers(stack.program) && accountOf(settings) === account,
  );
  const { previewRoleArn, deployRoleArn } = new DeliveryAccess(
    `corpai-${environment.name}-delivery`,
    {
      account,
      environment: environment.name,
      side,
      repository,
      organization,
      project: pulumi.getProject(),
      stacks: here.map(({ name }) => name),
      stateBucket,
      assumes: [...new Set(here.flatMap((stack) => stack.aws.assumeRoles?.map(({ roleArn }) => roleArn) ?? []))],
      tags,
    },
    { dependsOn: providers },
  );
  return { previewRoleArn, deployRoleArn };
}
