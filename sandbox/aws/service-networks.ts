/** VPC Lattice service networks, what is associated with them, and who sees what goes through. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { given, record, text } from "../values.ts";
import type { Value } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { list, parsed, statements } from "./iam.ts";
import { CONFIGURATION, conflict, invalid, isNamed, notFound, overQuota } from "./lattice.ts";
import { arn, inPlace } from "./network.ts";
import { quota } from "./quotas.ts";

const NETWORK = "aws:vpclattice/serviceNetwork:ServiceNetwork";
const NETWORK_RESOURCE = "aws:vpclattice/serviceNetworkResourceAssociation:ServiceNetworkResourceAssociation";
const LOG_SUBSCRIPTION = "aws:vpclattice/accessLogSubscription:AccessLogSubscription";
export const RESOURCE_POLICY = "aws:vpclattice/resourcePolicy:ResourcePolicy";

function ownedBy(type: string, what: string, identifier: unknown, context: Context): WorldObject {
  const found = context.world.all(type, (one) => inPlace(context)(one) && isNamed(one, identifier))[0];
  if (!found) throw notFound(what, String(identifier));
  return found;
}

const serviceNetwork: ResourceModel = {
  type: NETWORK,
  arguments: { name: { replace: true }, authType: {}, tags: {} },
  autoname: { property: "name", limit: 63 },
  computed: ["arn", "authType", "region"],
  check({ name, authType }) {
    const failures: CheckFailure[] = [];
    const called = text(name);
    if (called !== undefined && !/^(?!servicenetwork-|sn-)(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(called))
      failures.push(["name", `"${called}" must have 3 to 63 lower-case letters, digits and single hyphens`]);
    if (text(authType) !== undefined && !["NONE", "AWS_IAM"].includes(text(authType) ?? ""))
      failures.push(["authType", `expected NONE or AWS_IAM, got ${text(authType)}`]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const all = world.all(NETWORK, inPlace(context));
    if (all.some((other) => other.inputs.name === inputs.name))
      throw conflict(`Service network ${text(inputs.name)} already exists`);
    const allowed = quota(context, "L-9CAD07FB");
    if (all.length >= allowed) throw overQuota(`${allowed} service networks per Region`);
    const id = `sn-${world.hex(17)}`;
    return {
      id,
      computed: {
        arn: arn("vpc-lattice", caller, `servicenetwork/${id}`),
        authType: inputs.authType ?? "NONE",
        region: caller.region,
      },
    };
  },
  update: (_object, inputs) => ({ authType: inputs.authType ?? "NONE" }),
  remove(object, { world }) {
    const [used] = world.all(NETWORK_RESOURCE, ({ inputs }) => isNamed(object, inputs.serviceNetworkIdentifier));
    if (used) throw conflict(`Service network ${object.id} has the association ${used.id}`);
  },
  seconds: { create: 10, delete: 10 },
  calls: {
    arn: "vpc-lattice:servicenetwork/*",
    create: [["vpc-lattice:CreateServiceNetwork", "self"]],
    read: [["vpc-lattice:GetServiceNetwork", "self"], ["vpc-lattice:ListTagsForResource"]],
    update: { authType: [["vpc-lattice:UpdateServiceNetwork", "self"]] },
    delete: [["vpc-lattice:DeleteServiceNetwork", "self"]],
  },
};

const resourceAssociation: ResourceModel = {
  type: NETWORK_RESOURCE,
  arguments: {
    serviceNetworkIdentifier: { required: true, replace: true },
    resourceConfigurationIdentifier: { required: true, replace: true },
    privateDnsEnabled: { replace: true },
    tags: {},
  },
  computed: ["arn", "dnsEntries", "privateDnsEnabled", "region"],
  create(inputs, context) {
    const { world, caller } = context;
    const network = ownedBy(NETWORK, "Service network", inputs.serviceNetworkIdentifier, context);
    const allowed = quota(context, "L-6095700C");
    if (world.all(NETWORK_RESOURCE, (one) => isNamed(network, one.inputs.serviceNetworkIdentifier)).length >= allowed)
      throw overQuota(`${network.id} has ${allowed} resource configurations`);
    const configuration = ownedBy(
      CONFIGURATION,
      "Resource configuration",
      inputs.resourceConfigurationIdentifier,
      context,
    );
    if (configuration.inputs.type === "CHILD") throw invalid("A child is associated by its group");
    const id = `snra-${world.hex(17)}`;
    const domainName = `${id}.${configuration.id}.${world.hex(7)}.vpc-lattice-rsc.${caller.region}.on.aws`;
    return {
      id,
      computed: {
        arn: arn("vpc-lattice", caller, `servicenetworkresourceassociation/${id}`),
        dnsEntries: [{ domainName, hostedZoneId: `Z${world.hex(13).toUpperCase()}` }],
        privateDnsEnabled: inputs.privateDnsEnabled ?? false,
        region: caller.region,
      },
    };
  },
  seconds: { create: 30, delete: 30 },
  calls: {
    arn: "vpc-lattice:servicenetworkresourceassociation/*",
    create: [
      [
        "vpc-lattice:CreateServiceNetworkResourceAssociation",
        "self",
        "serviceNetworkIdentifier",
        "resourceConfigurationIdentifier",
      ],
    ],
    // What Lattice does in EC2 as whoever calls it. https://docs.aws.amazon.com/vpc-lattice/latest/ug/additional-api-permissions.html
    within: {
      resourceConfigurationIdentifier: [
        ["ec2:AssignIpv6Addresses"],
        ["ec2:CreateNetworkInterface"],
        ["ec2:CreateNetworkInterfacePermission"],
        ["ec2:DescribeNetworkInterfaces"],
      ],
    },
    read: [["vpc-lattice:GetServiceNetworkResourceAssociation", "self"], ["vpc-lattice:ListTagsForResource"]],
    delete: [
      ["vpc-lattice:DeleteServiceNetworkResourceAssociation", "self"],
      ["vpc-lattice:GetServiceNetworkResourceAssociation", "self"],
    ],
  },
};

const LOG_TYPES = ["SERVICE", "RESOURCE"];

const accessLogSubscription: ResourceModel = {
  type: LOG_SUBSCRIPTION,
  arguments: {
    destinationArn: { required: true, replace: true },
    resourceIdentifier: { required: true, replace: true },
    serviceNetworkLogType: { replace: true },
    tags: {},
  },
  computed: ["arn", "region", "resourceArn", "serviceNetworkLogType"],
  check: ({ serviceNetworkLogType }) =>
    text(serviceNetworkLogType) === undefined || LOG_TYPES.includes(text(serviceNetworkLogType) ?? "")
      ? []
      : [["serviceNetworkLogType", `expected one of ${LOG_TYPES.join(", ")}`]],
  create(inputs, context) {
    const { world, caller } = context;
    const logged = [NETWORK, CONFIGURATION]
      .flatMap((type) => world.all(type, (one) => inPlace(context)(one) && isNamed(one, inputs.resourceIdentifier)))
      .at(0);
    if (!logged) throw notFound("Resource", text(inputs.resourceIdentifier) ?? "");
    const destination = text(inputs.destinationArn) ?? "";
    const kind = /^arn:aws[a-z-]*:(logs|s3|firehose):/.exec(destination)?.[1];
    if (kind === undefined) throw invalid(`${destination} is no log group, bucket or delivery stream`);
    const bare = destination.replace(/:\*$/, "");
    if (kind === "logs" && !world.objects.some((one) => one.account === caller.account && one.computed.arn === bare))
      throw notFound("Log group", bare);
    const id = `als-${world.hex(17)}`;
    return {
      id,
      computed: {
        arn: arn("vpc-lattice", caller, `accesslogsubscription/${id}`),
        region: caller.region,
        resourceArn: given(text(logged.computed.arn), "ARN of what is logged"),
        serviceNetworkLogType: inputs.serviceNetworkLogType ?? "SERVICE",
      },
    };
  },
  seconds: { create: 5, delete: 5 },
  calls: {
    arn: "vpc-lattice:accesslogsubscription/*",
    create: [["vpc-lattice:CreateAccessLogSubscription", "self"]],
    within: { destinationArn: [["logs:CreateLogDelivery"], ["logs:GetLogDelivery"]] },
    read: [
      ["vpc-lattice:GetAccessLogSubscription", "self"],
      ["logs:GetLogDelivery"],
      ["vpc-lattice:ListTagsForResource"],
    ],
    delete: [["vpc-lattice:DeleteAccessLogSubscription", "self"], ["logs:DeleteLogDelivery"], ["logs:GetLogDelivery"]],
  },
};

/** Those of Resource Access Manager's own permission. https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_PutResourcePolicy.html */
const POLICY_ACTIONS: Readonly<Record<string, string>> = {
  [CONFIGURATION]:
    "AssociateViaAWSService AssociateViaAWSService-EventsAndStates CreateServiceNetworkResourceAssociation GetResourceConfiguration",
  [NETWORK]: "CreateServiceNetworkServiceAssociation CreateServiceNetworkVpcAssociation GetServiceNetwork",
};

/** @throws {Refusal} */
function judgePolicy(policy: Value | undefined, type: string): void {
  if ((text(policy) ?? "").includes("\n")) throw invalid("The policy must not contain newlines");
  const found = statements(record(parsed(policy)));
  if (found.length === 0) throw invalid("The policy has no statement");
  const wanted = (POLICY_ACTIONS[type] ?? "").split(" ").map((action) => `vpc-lattice:${action}`);
  for (const { Action } of found) {
    const given = list(Action).map(String).sort();
    if (given.join() !== wanted.sort().join())
      throw invalid(`The policy must contain the same actions as the permission for sharing: ${wanted.join(", ")}`);
  }
}

const resourcePolicy: ResourceModel = {
  type: RESOURCE_POLICY,
  arguments: { policy: { required: true }, resourceArn: { required: true, replace: true } },
  computed: ["region"],
  create(inputs, context) {
    const { world, caller } = context;
    const resourceArn = text(inputs.resourceArn) ?? "";
    const about = [NETWORK, CONFIGURATION]
      .flatMap((type) => world.all(type, (one) => inPlace(context)(one) && one.computed.arn === resourceArn))
      .at(0);
    if (!about) throw notFound("Resource", resourceArn);
    judgePolicy(inputs.policy, about.type);
    return { id: resourceArn, computed: { region: caller.region } };
  },
  update(object, inputs, { world }) {
    const network = world.all(NETWORK, ({ computed }) => computed.arn === object.id).length > 0;
    judgePolicy(inputs.policy, network ? NETWORK : CONFIGURATION);
    return {};
  },
  seconds: { create: 5, delete: 5 },
  calls: {
    create: [["vpc-lattice:PutResourcePolicy", "resourceArn"]],
    read: [["vpc-lattice:GetResourcePolicy", "resourceArn"]],
    update: { policy: [["vpc-lattice:PutResourcePolicy", "resourceArn"]] },
    delete: [["vpc-lattice:DeleteResourcePolicy", "resourceArn"]],
  },
};

export const serviceNetworkModels: readonly ResourceModel[] = [
  serviceNetwork,
  resourceAssociation,
  accessLogSubscription,
  resourcePolicy,
];
