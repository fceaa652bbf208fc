import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { HTTPS } from "../../model/agentcore-rules.ts";
import { policyOf } from "../../model/iam-documents.ts";
import { serviceTrust } from "../../model/service-trust.ts";
import type { Tags } from "../../model/tags.ts";

export interface SessionWayArgs {
  readonly vpcId: pulumi.Input<string>;
  /** The group in front of the interface endpoints. */
  readonly endpointsGroupId: pulumi.Input<string>;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/**
 * What an instance needs for Session Manager to get to it: to look at names and ways from inside the isolated network, by no open port.
 *
 * Creates a group that reaches the endpoints, and a role with its instance profile that may answer sessions and nothing else. Does not: an instance. One
 * that is started for an hour needs no patches, and costs nothing the rest of the year.
 */
export class SessionWay extends pulumi.ComponentResource {
  constructor(name: string, args: SessionWayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:SessionWay", name, {}, opts);

    this.#createGroup(name, args);
    const role = this.#createRole(name, args);
    new aws.iam.InstanceProfile(name, { role: role.name, tags: { ...args.tags } }, { parent: this });

    this.registerOutputs({});
  }

  #createGroup(name: string, { vpcId, endpointsGroupId, tags }: SessionWayArgs): void {
    const group = new aws.ec2.SecurityGroup(
      name,
      { description: "Instances for Session Manager", vpcId, tags: { ...tags, Name: "SessionManagerSecurityGroup" } },
      { parent: this },
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-to-endpoints`,
      {
        securityGroupId: group.id,
        description: "Interface endpoints of AWS services",
        ipProtocol: "tcp",
        fromPort: HTTPS,
        toPort: HTTPS,
        referencedSecurityGroupId: endpointsGroupId,
      },
      { parent: this },
    );
  }

  /** The least of AWS's own AmazonSSMManagedInstanceCore: its parameters and commands are left out. */
  #createRole(name: string, { place: { account, region }, tags }: SessionWayArgs): aws.iam.Role {
    const role = new aws.iam.Role(
      name,
      {
        description: "Answers Session Manager from inside the isolated network",
        assumeRolePolicy: serviceTrust("ec2.amazonaws.com", {
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        }),
        tags: { ...tags },
      },
      { parent: this },
    );
    const policy = policyOf([
      {
        Sid: "Register",
        Effect: "Allow",
        Action: "ssm:UpdateInstanceInformation",
        Resource: `arn:aws:ec2:${region}:${account}:instance/*`,
      },
      {
        Sid: "AnswerSessions",
        Effect: "Allow",
        Action: [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        Resource: "*",
      },
    ]);
    new aws.iam.RolePolicy(name, { role: role.id, policy: JSON.stringify(policy) }, { parent: this });
    return role;
  }
}
