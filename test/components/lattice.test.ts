// Proves the graphs that the components of private connections register, in both modes: types, inputs, edges. That AWS accepts them, and that requests pass,
// is proved end to end against the sandbox only.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { AgentSpace } from "../../components/lattice/agent-space.ts";
import { type Destination, GatewaySecurityGroup } from "../../components/lattice/gateway-security-group.ts";
import { Integration, type IntegrationArgs } from "../../components/lattice/integration.ts";
import { PrivateConnection, type PrivateConnectionArgs } from "../../components/lattice/private-connection.ts";
import { ResourceConfiguration } from "../../components/lattice/resource-configuration.ts";
import { type GatewayPlace, ResourceGateway } from "../../components/lattice/resource-gateway.ts";
import { ResourceGroup } from "../../components/lattice/resource-group.ts";
import { ResourcePolicy } from "../../components/lattice/resource-policy.ts";
import { ResourceShare } from "../../components/lattice/resource-share.ts";
import { ServiceNetwork } from "../../components/lattice/service-network.ts";
import type { IntegrationKind } from "../../model/integration-kinds.ts";
import { L } from "../sandbox/support/lattice.ts";
import { recorder, value } from "./support/recorder.ts";

const tags = { ManagedBy: "corpai" };
const TAG_LIST = [{ key: "ManagedBy", value: "corpai" }];
const place: GatewayPlace = {
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  securityGroupIds: ["sg-own"],
  addressType: "ipv4",
  addressesPerInterface: 16,
  dnsResolution: "public",
};
const destination: Destination = { ports: ["443"], target: { securityGroupId: "sg-target", open: false } };

/** Each rule as a network engineer would write it. */
const rules = (type: string): string[] =>
  recorder
    .of(type)
    .map(
      ({ inputs }) =>
        `${String(inputs.securityGroupId)} ${String(inputs.ipProtocol)} ${String(inputs.fromPort)}-${String(inputs.toPort)} ${String(inputs.cidrIpv4 ?? inputs.cidrIpv6 ?? inputs.referencedSecurityGroupId)}`,
    )
    .sort();

describe("the group of a gateway", () => {
  const group = (destinations: readonly Destination[]) =>
    recorder.build(() => new GatewaySecurityGroup("observability", { vpcId: "vpc-1", destinations, tags }));

  it("lets out to its target on its ports, admits nothing, and says what somebody else has to open", async () => {
    const { toOpen } = await group([{ ...destination, ports: ["443", "8000-8100"] }]);
    assert.deepEqual(rules(L.egress), [
      "observability-id tcp 443-443 sg-target",
      "observability-id tcp 8000-8100 sg-target",
    ]);
    assert.deepEqual(rules(L.ingress), []);
    assert.deepEqual(toOpen, [
      { securityGroupId: "sg-target", ports: "443" },
      { securityGroupId: "sg-target", ports: "8000-8100" },
    ]);
  });

  it("opens the target's group on request, for itself alone", async () => {
    const { toOpen } = await group([{ ports: ["443"], target: { securityGroupId: "sg-target", open: true } }]);
    assert.deepEqual(rules(L.ingress), ["sg-target tcp 443-443 observability-id"]);
    assert.deepEqual(toOpen, []);
  });

  it("has rules of the family of each network, since one for IPv4 lets out no IPv6", async () => {
    await group([{ ports: ["443"], target: { cidrs: { a: "10.20.0.0/16", b: "2001:db8::/32" } } }]);
    assert.deepEqual(rules(L.egress), [
      "observability-id tcp 443-443 10.20.0.0/16",
      "observability-id tcp 443-443 2001:db8::/32",
    ]);
    assert.deepEqual(
      recorder.of(L.egress).map(({ inputs }) => [inputs.cidrIpv4, inputs.cidrIpv6]),
      [
        ["10.20.0.0/16", undefined],
        [undefined, "2001:db8::/32"],
      ],
    );
  });

  it("has a rule once that two hosts need, which AWS would refuse twice", async () => {
    await group([destination, destination]);
    assert.equal(recorder.of(L.egress).length, 1);
  });
});

describe("a private connection", () => {
  const build = (by: PrivateConnectionArgs["by"], certificate?: string) =>
    recorder.build(() => new PrivateConnection("observability", { by, certificate, tags }));
  const managed = { mode: "service-managed" as const, ...place, host: "grafana.example", destination };

  it("by AWS's gateway has a group of its own first, its ports stated, and nothing that is not asked for", async () => {
    await build(managed);
    assert.deepEqual(recorder.only(L.connection).inputs, {
      connectionConfiguration: {
        serviceManaged: {
          hostAddress: "grafana.example",
          vpcId: "vpc-1",
          subnetIds: ["subnet-a", "subnet-b"],
          securityGroupIds: ["observability-gateway-id", "sg-own"],
          portRanges: ["443"],
          ipAddressType: "IPV4",
          ipv4AddressesPerEni: 16,
          dnsResolution: "PUBLIC",
        },
      },
      tags: TAG_LIST,
    });
  });

  it("comes after every rule of that group, so that the way is open when AWS tries it", async () => {
    await build(managed);
    const order = recorder.resources.map(({ type }) => type);
    assert.ok(order.indexOf(L.egress) < order.indexOf(L.connection), order.join(", "));
  });

  it("of IPv6 alone counts no IPv4 addresses, which AWS refuses", async () => {
    await build({ ...managed, addressType: "ipv6", dnsResolution: "in-vpc" }, "PEM");
    const { connectionConfiguration, certificate } = recorder.only(L.connection).inputs;
    const { serviceManaged } = connectionConfiguration as { serviceManaged: Record<string, unknown> };
    assert.deepEqual(
      [serviceManaged.ipAddressType, serviceManaged.ipv4AddressesPerEni, serviceManaged.dnsResolution, certificate],
      ["IPV6", undefined, "IN_VPC", "PEM"],
    );
    await build({ ...managed, addressType: "dual-stack" });
    const { connectionConfiguration: both } = recorder.only(L.connection).inputs as {
      connectionConfiguration: { serviceManaged: Record<string, unknown> };
    };
    assert.deepEqual([both.serviceManaged.ipAddressType, both.serviceManaged.ipv4AddressesPerEni], ["DUAL_STACK", 16]);
  });

  it("by a resource that stands names its ARN, and accepts a share before", async () => {
    const arn = "arn:aws:vpc-lattice:us-east-1:444455556666:resourceconfiguration/rcfg-0123456789abcdef0";
    await build({ mode: "self-managed", resourceConfigurationArn: arn, acceptShareArn: "share-arn" });
    assert.deepEqual(recorder.only(L.connection).inputs, {
      connectionConfiguration: { selfManaged: { resourceConfigurationId: arn } },
      tags: TAG_LIST,
    });
    assert.deepEqual(recorder.only(L.accepter).inputs, { shareArn: "share-arn" });
    const order = recorder.resources.map(({ type }) => type);
    assert.ok(order.indexOf(L.accepter) < order.indexOf(L.connection));
    assert.deepEqual(recorder.of(L.group), [], "the gateway is somebody else's");
  });
});

describe("a gateway of our own", () => {
  it("stands where it is told, with the group that is made for it first", async () => {
    await recorder.build(() => new ResourceGateway("tools", { ...place, destinations: [destination], tags }));
    assert.deepEqual(recorder.only(L.gateway).inputs, {
      vpcId: "vpc-1",
      subnetIds: ["subnet-a", "subnet-b"],
      securityGroupIds: ["tools-gateway-id", "sg-own"],
      ipAddressType: "IPV4",
      ipv4AddressesPerEni: 16,
      resourceConfigDnsResolution: "PUBLIC",
      tags: { ...tags, Name: "corpai-tools" },
    });
  });
});

describe("a resource", () => {
  const args = {
    gatewayId: "rgw-1",
    groupId: undefined,
    host: "grafana.internal" as string,
    ports: ["443"],
    addressType: "dual-stack" as const,
    shareWith: [] as string[],
    admit: [] as string[],
    logGroupArn: undefined as string | undefined,
    tags,
  };

  it("is one host behind a gateway, by its name or its address, shared and logged only on request", async () => {
    await recorder.build(() => new ResourceConfiguration("tools", args));
    assert.deepEqual(recorder.only(L.configuration).inputs, {
      type: "SINGLE",
      resourceGatewayIdentifier: "rgw-1",
      portRanges: ["443"],
      protocol: "TCP",
      resourceConfigurationDefinition: { dnsResource: { domainName: "grafana.internal", ipAddressType: "DUALSTACK" } },
      tags: { ...tags, Name: "corpai-tools" },
    });
    assert.equal(recorder.resources.filter(({ type }) => type.startsWith("aws:")).length, 1);
    for (const host of ["10.20.0.41", "2001:db8::1"]) {
      await recorder.build(() => new ResourceConfiguration("tools", { ...args, host }));
      assert.deepEqual(recorder.only(L.configuration).inputs.resourceConfigurationDefinition, {
        ipResource: { ipAddress: host },
      });
    }
  });

  it("of a group has the group's gateway and none of its own", async () => {
    await recorder.build(() => {
      const group = new ResourceGroup("all", { gatewayId: "rgw-1", tags });
      return new ResourceConfiguration("tools", { ...args, groupId: group.groupId });
    });
    const [group, child] = recorder.of(L.configuration).map(({ inputs }) => inputs);
    assert.deepEqual([group?.type, group?.resourceGatewayIdentifier], ["GROUP", "rgw-1"]);
    assert.deepEqual(
      [child?.type, child?.resourceConfigurationGroupId, child?.resourceGatewayIdentifier],
      ["CHILD", "all-id", undefined],
    );
  });

  it("is logged to the group that is named", async () => {
    await recorder.build(() => new ResourceConfiguration("tools", { ...args, logGroupArn: "log-arn" }));
    const { resourceIdentifier, destinationArn } = recorder.only(L.logs).inputs;
    assert.deepEqual([resourceIdentifier, destinationArn], ["tools-arn", "log-arn"]);
  });
});

describe("a resource policy", () => {
  const build = (kind: "resource" | "service-network") =>
    recorder.build(() => {
      const principals = ["444455556666", "arn:aws:iam::444455556666:role/agents"];
      return new ResourcePolicy("tools", { resourceArn: "tools-arn", kind, principals });
    });
  const statement = () => {
    const { policy } = recorder.only(L.policy).inputs as { policy: string };
    assert.doesNotMatch(policy, /\n/, "AWS takes no line breaks");
    const { Statement } = JSON.parse(policy) as { Statement: Record<string, unknown>[] };
    return Statement[0];
  };

  it("admits accounts and roles by name to one resource, for what a share would let them do", async () => {
    await build("resource");
    assert.deepEqual(statement(), {
      Sid: "AdmitByName",
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::444455556666:role/agents", "arn:aws:iam::444455556666:root"] },
      Action: [
        "vpc-lattice:AssociateViaAWSService",
        "vpc-lattice:AssociateViaAWSService-EventsAndStates",
        "vpc-lattice:CreateServiceNetworkResourceAssociation",
        "vpc-lattice:GetResourceConfiguration",
      ],
      Resource: "tools-arn",
    });
  });

  it("of a service network lets them join it", async () => {
    await build("service-network");
    assert.deepEqual(statement()?.Action, [
      "vpc-lattice:CreateServiceNetworkServiceAssociation",
      "vpc-lattice:CreateServiceNetworkVpcAssociation",
      "vpc-lattice:GetServiceNetwork",
    ]);
  });

  it("stands on a resource and on a network only where somebody is admitted", async () => {
    const common = { gatewayId: "rgw-1", groupId: undefined, host: "10.0.0.1", ports: ["443"], tags };
    const resource = { ...common, addressType: "ipv4" as const, shareWith: [], logGroupArn: undefined };
    await recorder.build(() => new ResourceConfiguration("tools", { ...resource, admit: ["444455556666"] }));
    assert.equal(recorder.only(L.policy).inputs.resourceArn, "tools-arn");
    await recorder.build(() => new ResourceConfiguration("tools", { ...resource, admit: [] }));
    assert.deepEqual(recorder.of(L.policy), []);
  });
});

describe("a share", () => {
  const share = (principals: readonly string[]) =>
    recorder.build(() => new ResourceShare("tools", { resourceArn: "arn", principals, tags }));

  it("allows accounts from outside only where an account is named, and invites nobody to an empty share", async () => {
    await share(["444455556666"]);
    assert.equal(recorder.only(L.share).inputs.allowExternalPrincipals, true);
    const order = recorder.resources.map(({ type }) => type);
    assert.ok(order.indexOf(L.shared) < order.indexOf(L.principal));
    await share(["arn:aws:organizations::111122223333:organization/o-acme"]);
    assert.equal(recorder.only(L.share).inputs.allowExternalPrincipals, false);
  });
});

describe("a service network", () => {
  it("is authorized by IAM, leads to its resources, and logs what goes to resources", async () => {
    await recorder.build(
      () => new ServiceNetwork("hub", { resources: { tools: "arn" }, admit: [], logGroupArn: "log-arn", tags }),
    );
    assert.equal(recorder.only(L.network).inputs.authType, "AWS_IAM");
    const { serviceNetworkIdentifier, resourceConfigurationIdentifier } = recorder.only(L.networkResource).inputs;
    assert.deepEqual([serviceNetworkIdentifier, resourceConfigurationIdentifier], ["hub-id", "arn"]);
    assert.equal(recorder.only(L.logs).inputs.serviceNetworkLogType, "RESOURCE");
  });
});

describe("an agent space", () => {
  it("has a web app only where it has a role for it", async () => {
    await recorder.build(() => new AgentSpace("operations", { description: "d", operatorRoleArn: undefined, tags }));
    assert.deepEqual(recorder.only(L.space).inputs, { name: "operations", description: "d", tags: TAG_LIST });
    await recorder.build(() => new AgentSpace("operations", { description: "d", operatorRoleArn: "role", tags }));
    assert.deepEqual(recorder.only(L.space).inputs.operatorApp, { iam: { operatorAppRoleArn: "role" } });
  });
});

describe("an integration", () => {
  const build = (kind: IntegrationKind, changes: Partial<IntegrationArgs> = {}) =>
    recorder.build(
      () =>
        new Integration("tools", {
          kind,
          connectionName: "observability-0123456",
          exchangeConnectionName: undefined,
          spaces: { operations: "space-1", night: "space-2" },
          secret: (name) => pulumi.secret(`value of ${name}`),
          tags,
          ...changes,
        }),
    );
  const client = { clientId: "c", clientSecret: { secret: "s" }, exchangeUrl: "https://login.example" };
  const fetching = (overInternet: boolean): IntegrationKind => ({
    kind: "mcp-server",
    endpoint: "https://tools.example/mcp",
    tools: ["search"],
    webhook: false,
    authorization: { oauth: { ...client, overInternet } },
  });
  const oauth = fetching(false);

  it("is registered once over its connection and associated with each agent space", async () => {
    await build({ kind: "grafana", endpoint: "https://grafana.example", token: { secret: "t" }, webhook: true });
    assert.equal(recorder.only(L.service).inputs.privateConnectionName, "observability-0123456");
    assert.deepEqual(
      recorder.of(L.association).map(({ inputs }) => [inputs.agentSpaceId, inputs.serviceId]),
      [
        ["space-1", "tools-id"],
        ["space-2", "tools-id"],
      ],
    );
  });

  it("keeps its token secret", async () => {
    const integration = await build({
      kind: "splunk",
      endpoint: "https://splunk.example",
      token: { secret: "t" },
      webhook: false,
    });
    assert.equal(await value(integration.serviceId), "tools-id");
    const { serviceDetails } = recorder.only(L.service).inputs as { serviceDetails: Record<string, unknown> };
    const told = JSON.stringify(serviceDetails);
    assert.match(told, /4dabf18193072939515e22adb298388d.*value of t/, "a secret by the engine's own signature");
  });

  it("that fetches its tokens over another connection names one for each way: AWS takes either one name or two", async () => {
    await build(oauth, { exchangeConnectionName: "login-0123456" });
    const { privateConnectionName, targetUrlPrivateConnectionName, exchangeUrlPrivateConnectionName } = recorder.only(
      L.service,
    ).inputs;
    assert.deepEqual(
      [privateConnectionName, targetUrlPrivateConnectionName, exchangeUrlPrivateConnectionName],
      [undefined, "observability-0123456", "login-0123456"],
    );
    await build(fetching(true));
    const publicly = recorder.only(L.service).inputs;
    assert.deepEqual(
      [
        publicly.privateConnectionName,
        publicly.targetUrlPrivateConnectionName,
        publicly.exchangeUrlPrivateConnectionName,
      ],
      [undefined, "observability-0123456", undefined],
      "the way without a name is the internet's",
    );
    await build(oauth);
    const one = recorder.only(L.service).inputs;
    assert.deepEqual(
      [one.privateConnectionName, one.exchangeUrlPrivateConnectionName],
      ["observability-0123456", undefined],
    );
  });
});
