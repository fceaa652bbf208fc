// Proves, by the sandbox's evaluation of IAM, exactly which of a connection's calls are refused under each of the role's policies, that none of them reaches
// what is the customer's own, and what the optional third one denies besides. Which calls the provider makes: authorization.test.ts. That AWS evaluates
// these keys as the sandbox does is not shown.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { connectivityLimitsPolicy } from "../../model/connectivity-limits.ts";
import { type PolicyDocument, connectivityForPulumiPolicy, connectivityPolicy } from "../../model/iam-documents.ts";
import { T, consumer, endpointArguments, offer, tcp } from "./support/connection.ts";
import { textOf } from "./support/cluster.ts";
import { attach, crossAccount } from "./support/roles.ts";
import { type Actor, DATA, type Outputs, actor, demoWorld } from "./support/world.ts";

const TAGS = { ManagedBy: "corpai" };

interface Stage {
  readonly administrator: Actor;
  readonly role: Actor;
  readonly service: Outputs;
  readonly own: ReturnType<typeof consumer>;
}

function stage(policies: (made: Omit<Stage, "role">) => readonly object[]): Stage {
  const world = demoWorld();
  const administrator = actor(world, DATA);
  const { service } = offer(administrator);
  const own = consumer(administrator);
  const made = { administrator, service, own };
  policies(made).forEach((document, index) => attach(administrator, `policy-${index}`, JSON.stringify(document)));
  return { ...made, role: crossAccount(world) };
}

/** The action that was refused; undefined where the call went through. */
function refusal(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return /not authorized to perform: (\S+)/.exec(message)?.[1] ?? `another error: ${message}`;
  }
}

/** Everything that a connection's life asks of AWS, in order; each on what the administrator has prepared, so that none depends on another's success. */
function life({ administrator, role, service, own }: Stage): Record<string, string | undefined> {
  const prepared = administrator.make(T.group, { name: "prepared", vpcId: own.vpc.id, tags: TAGS });
  const unused = administrator.make(T.group, { name: "unused", vpcId: own.vpc.id, tags: TAGS }, "unused");
  const rule = administrator.make(T.ingress, {
    securityGroupId: prepared.id,
    ...tcp(8443, { referencedSecurityGroupId: own.workloads.id }),
  });
  const inputs = { ...endpointArguments(own, service), securityGroupIds: [prepared.id], tags: TAGS };
  const endpoint = administrator.make(T.endpoint, inputs);
  const ingress = { securityGroupId: prepared.id, ...tcp(9440, { referencedSecurityGroupId: own.workloads.id }) };
  return {
    "look up AZs": refusal(() =>
      role.look("aws:index/getAvailabilityZones:getAvailabilityZones", { state: "available" }),
    ),
    "look up the service": refusal(() =>
      role.look("aws:ec2/getVpcEndpointService:getVpcEndpointService", { serviceName: service.serviceName ?? "" }),
    ),
    "create a group": refusal(() => role.make(T.group, { name: "group", vpcId: own.vpc.id, tags: TAGS }, "group")),
    "create a rule": refusal(() => role.make(T.ingress, ingress, "rule")),
    "create an endpoint": refusal(() =>
      role.make(T.endpoint, { ...inputs, tags: { ...TAGS, Name: "second" } }, "second"),
    ),
    "read an endpoint": refusal(() => role.read(T.endpoint, endpoint.id)),
    "change an endpoint's subnets": refusal(() =>
      role.change(T.endpoint, endpoint.id, { ...inputs, subnetIds: [own.subnets["use1-az1"] ?? ""] }),
    ),
    "remove a rule": refusal(() => role.unmake(T.ingress, rule.id)),
    "delete an endpoint": refusal(() => role.unmake(T.endpoint, endpoint.id)),
    "delete a group": refusal(() => role.unmake(T.group, unused.id)),
  };
}

const refusedIn = (calls: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(calls).flatMap(([call, action]) => (action === undefined ? [] : [[call, action]])));

const both: readonly PolicyDocument[] = [connectivityPolicy, connectivityForPulumiPolicy];
const limited = ({ service, own }: Omit<Stage, "role">): readonly object[] => [
  ...both,
  connectivityLimitsPolicy({ vpcId: own.vpc.id, serviceNames: [textOf(service.serviceName)] }),
];

describe("CorpAI's role in the customer's account", () => {
  it("with the document's policy alone is refused exactly these calls of a connection's life", () => {
    assert.deepEqual(refusedIn(life(stage(() => [connectivityPolicy]))), {
      "look up AZs": "ec2:DescribeAvailabilityZones",
      "create a group": "ec2:RevokeSecurityGroupEgress",
      "create an endpoint": "ec2:DescribePrefixLists",
      "read an endpoint": "ec2:DescribePrefixLists",
      "change an endpoint's subnets": "ec2:ModifyVpcEndpoint",
      "remove a rule": "ec2:RevokeSecurityGroupIngress",
      "delete a group": "ec2:DescribeNetworkInterfaces",
    });
  });

  it("with the second policy is refused none", () => {
    assert.deepEqual(refusedIn(life(stage(() => both))), {});
  });

  it("with the third as well is refused none, as long as it keeps to what is registered", () => {
    assert.deepEqual(refusedIn(life(stage(limited))), {});
  });

  /** Each needs what is the customer's own, or nobody's. */
  const trespasses: Readonly<Record<string, readonly [action: string, call: (on: Stage) => unknown]>> = {
    "deletes the customer's own endpoint": [
      "ec2:DeleteVpcEndpoints",
      ({ administrator, role, service, own }) => {
        const endpoint = administrator.make(T.endpoint, endpointArguments(own, service));
        return role.unmake(T.endpoint, endpoint.id);
      },
    ],
    "adds a rule to a group of the customer's": [
      "ec2:AuthorizeSecurityGroupIngress",
      ({ role, own }) =>
        role.make(T.ingress, { securityGroupId: own.workloads.id, ...tcp(22, { cidrIpv4: "10.0.0.0/8" }) }),
    ],
    "deletes a group of the customer's": [
      "ec2:DeleteSecurityGroup",
      ({ role, own }) => role.unmake(T.group, own.endpointGroup.id),
    ],
    "accepts its own request": [
      "ec2:AcceptVpcEndpointConnections",
      ({ administrator, role, service, own }) => {
        const endpoint = administrator.make(T.endpoint, endpointArguments(own, service));
        return role.make(T.accepter, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: service.id });
      },
    ],
    "changes the customer's endpoint service": [
      "ec2:ModifyVpcEndpointServiceConfiguration",
      ({ role, service }) =>
        role.change(T.service, service.id, {
          acceptanceRequired: false,
          networkLoadBalancerArns: service.networkLoadBalancerArns ?? [],
        }),
    ],
  };
  for (const [what, [action, call]] of Object.entries(trespasses))
    it(`never ${what}, whatever policies it has`, () => {
      for (const policies of [() => both, limited]) {
        const on = stage(policies);
        assert.equal(
          refusal(() => call(on)),
          action,
        );
      }
    });

  const beyond: Readonly<Record<string, (on: Stage) => unknown>> = {
    "an endpoint to a service that is not registered": ({ role, own }) =>
      role.make(T.endpoint, {
        vpcId: own.vpc.id,
        serviceName: "com.amazonaws.us-east-1.sts",
        vpcEndpointType: "Interface",
        subnetIds: [own.subnets["use1-az1"] ?? ""],
        securityGroupIds: [own.endpointGroup.id],
        tags: TAGS,
      }),
    "an endpoint without its tag, which it could never delete": ({ role, service, own }) =>
      role.make(T.endpoint, endpointArguments(own, service)),
    "a group without its tag": ({ role, own }) => role.make(T.group, { name: "untagged", vpcId: own.vpc.id }),
    "a group in another VPC": ({ role }) =>
      role.make(T.group, { name: "elsewhere", vpcId: "vpc-0acedada000000001", tags: TAGS }),
    "an endpoint in another VPC": ({ administrator, role, service }) => {
      const group = administrator.make(T.group, { name: "theirs", vpcId: "vpc-0acedada000000001", tags: TAGS });
      return role.make(T.endpoint, {
        vpcId: "vpc-0acedada000000001",
        serviceName: service.serviceName ?? "",
        vpcEndpointType: "Interface",
        subnetIds: ["subnet-0acedada00000000a"],
        securityGroupIds: [group.id],
        tags: TAGS,
      });
    },
  };
  for (const [what, call] of Object.entries(beyond))
    it(`makes ${what} by the document's policy, and not with the third`, () => {
      const free = stage(() => both);
      // What it cannot do next with an untagged group is another matter: the group then stands.
      assert.doesNotMatch(refusal(() => call(free)) ?? "", /ec2:Create|another/, "without limits it may");
      const held = stage(limited);
      assert.match(refusal(() => call(held)) ?? "it went through", /^ec2:Create(VpcEndpoint|SecurityGroup)$/);
    });
});
