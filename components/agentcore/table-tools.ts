import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { type ReadTable, functionBasics, readTables } from "../../model/agentcore-roles.ts";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";
import { EncryptedLogGroup } from "../logging/encrypted-log-group.ts";
import { ServiceRole } from "./service-role.ts";

export interface TableToolsArgs {
  /** Unique in the account's region. */
  readonly functionName: string;
  /** The bundled module, which exports `handler`. */
  readonly code: string;
  /** By tool: what the function's code reads of its environment. */
  readonly tools: pulumi.Input<Readonly<Record<string, { readonly table: string; readonly key: readonly string[] }>>>;
  readonly tables: pulumi.Input<readonly ReadTable[]>;
  readonly subnetIds: pulumi.Input<readonly string[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/** As much as a look-up by key ever takes. */
const TIMEOUT_SECONDS = 10;

/** The Lambda function behind a gateway: look-ups in tables, from inside the VPC. Creates its encrypted log group, its role and the function. */
export class TableTools extends pulumi.ComponentResource {
  readonly functionArn: pulumi.Output<string>;

  constructor(name: string, args: TableToolsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:TableTools", name, {}, opts);

    const { functionName, place, protection, tags } = args;
    const logs = new EncryptedLogGroup(
      name,
      { logGroupName: `/aws/lambda/${functionName}`, description: "Tools of the gateway", protection, place, tags },
      { parent: this },
    );
    const role = new ServiceRole(
      name,
      {
        ...place,
        description: "Looks up what the gateway's tools are asked for",
        service: "lambda",
        statements: pulumi
          .all([logs.logGroupArn, args.tables])
          .apply(([group, tables]) => [...functionBasics(group), ...readTables(place, tables)]),
        tags,
      },
      { parent: this },
    );
    const lambda = this.#createFunction(name, role, logs, args);

    this.functionArn = lambda.arn;
    this.registerOutputs({ functionArn: this.functionArn });
  }

  #createFunction(name: string, role: ServiceRole, logs: EncryptedLogGroup, args: TableToolsArgs): aws.lambda.Function {
    return new aws.lambda.Function(
      name,
      {
        name: args.functionName,
        description: "Tools of the gateway: look-ups in tables",
        role: role.arn,
        runtime: aws.lambda.Runtime.NodeJS24dX,
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset(args.code) }),
        timeout: TIMEOUT_SECONDS,
        environment: { variables: { TOOLS: pulumi.jsonStringify(args.tools) } },
        vpcConfig: {
          subnetIds: pulumi.output(args.subnetIds).apply((ids) => [...ids]),
          securityGroupIds: [args.securityGroupId],
        },
        loggingConfig: { logFormat: "JSON", logGroup: logs.logGroupName },
        tags: { ...args.tags, Name: args.functionName },
      },
      { parent: this },
    );
  }
}
