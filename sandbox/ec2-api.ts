/**
 * The calls of EC2's own API that no resource of the AWS provider stands for, in its form: a query goes in, XML comes out. What the owner of an endpoint
 * service may ask and do about connections to it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
import {
  ALLOWED_PRINCIPAL,
  ENDPOINT,
  ENDPOINT_SERVICE,
  endpointState,
  principalsOf,
  rejectConnection,
} from "./aws/privatelink.ts";
import { EGRESS_RULE, INGRESS_RULE, INTERFACE, SECURITY_GROUP, VPC, interfaceType, interfaces } from "./aws/network.ts";
import { Refusal } from "./model.ts";
import { type Answer, type Signer, filter, listed, tag } from "./query-api.ts";
import { integer, text, texts } from "./values.ts";
import type { World, WorldObject } from "./world.ts";

export function answerQuery(world: World, signer: Signer | undefined, query: URLSearchParams): Answer {
  try {
    if (!signer) throw new Refusal("AuthFailure", "AWS was not able to validate the provided access credentials");
    const action = query.get("Action") ?? "";
    const call = Object.hasOwn(CALLS, action) ? CALLS[action] : undefined;
    if (!call) throw new Refusal("InvalidAction", `The sandbox does not know the action ${action} of this API`);
    return {
      status: 200,
      body: `<${action}Response><requestId>sandbox</requestId>${call(world, signer, query)}</${action}Response>`,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const message = error.message.slice(error.code.length + 2);
    return {
      status: 400,
      body: `<Response><Errors><Error>${tag("Code", error.code)}${tag("Message", message)}</Error></Errors><RequestID>sandbox</RequestID></Response>`,
    };
  }
}

const CALLS: Readonly<Record<string, (world: World, signer: Signer, query: URLSearchParams) => string>> = {
  DescribeNetworkInterfaces(world: World, signer: Signer, query: URLSearchParams): string {
    const [vpcs, types] = [filter(query, "vpc-id"), filter(query, "interface-type")];
    const own = world.all(INTERFACE, (one) => isOwn(one, signer)).map(({ id }) => id);
    const items = interfaces(world, ({ id }) => own.includes(id))
      .map((one) => ({ ...one, type: interfaceType(one.description) }))
      .filter(({ vpcId, type }) => (vpcs?.includes(vpcId) ?? true) && (types?.includes(type) ?? true))
      .map(({ id, subnetId, vpcId, description, ip, type }) => [
        tag("networkInterfaceId", id),
        tag("subnetId", subnetId),
        tag("vpcId", vpcId),
        tag("description", description),
        tag("privateIpAddress", ip),
        tag("interfaceType", type),
      ]);
    return `<networkInterfaceSet>${items.map((item) => `<item>${item.join("")}</item>`).join("")}</networkInterfaceSet>`;
  },
  DescribeSecurityGroups(world: World, signer: Signer, query: URLSearchParams): string {
    const wanted = filter(query, "group-id");
    const items = world
      .all(SECURITY_GROUP, (one) => isOwn(one, signer) && (wanted?.includes(one.id) ?? true))
      .map(({ id, inputs, computed }) => [
        tag("groupId", id),
        tag("groupName", text(inputs.name) ?? ""),
        tag("vpcId", text(computed.vpcId) ?? ""),
      ]);
    return `<securityGroupInfo>${items.map((item) => `<item>${item.join("")}</item>`).join("")}</securityGroupInfo>`;
  },
  /** Of the groups that are named, and the caller's own. */
  DescribeSecurityGroupRules(world: World, signer: Signer, query: URLSearchParams): string {
    const groups = filter(query, "group-id") ?? [];
    const items = [INGRESS_RULE, EGRESS_RULE].flatMap((type) =>
      world
        .all(type, (one) => isOwn(one, signer) && groups.includes(text(one.inputs.securityGroupId) ?? ""))
        .map(({ id, inputs }) => [
          tag("securityGroupRuleId", id),
          tag("groupId", text(inputs.securityGroupId) ?? ""),
          tag("isEgress", String(type === EGRESS_RULE)),
          tag("ipProtocol", text(inputs.ipProtocol) ?? ""),
          tag("fromPort", String(integer(inputs.fromPort) ?? -1)),
          tag("toPort", String(integer(inputs.toPort) ?? -1)),
          ...(["cidrIpv4", "cidrIpv6", "prefixListId"] as const).flatMap((key) =>
            text(inputs[key]) === undefined ? [] : [tag(key, text(inputs[key]) ?? "")],
          ),
          ...(text(inputs.referencedSecurityGroupId) === undefined
            ? []
            : [
                `<referencedGroupInfo>${tag("groupId", text(inputs.referencedSecurityGroupId) ?? "")}</referencedGroupInfo>`,
              ]),
        ]),
    );
    return `<securityGroupRuleSet>${items.map((item) => `<item>${item.join("")}</item>`).join("")}</securityGroupRuleSet>`;
  },
  /** One table for a VPC: the estate says only where its tables lead, and that is beside the VPC itself. */
  DescribeRouteTables(world: World, signer: Signer, query: URLSearchParams): string {
    const vpcs = filter(query, "vpc-id") ?? [];
    const items = world
      .all(VPC, (one) => isOwn(one, signer) && vpcs.includes(one.id))
      .map(({ id, inputs }) => {
        const routes = [text(inputs.cidrBlock) ?? "", ...(world.facts.routes?.[id] ?? [])].map(
          (cidr) => `<item>${tag("destinationCidrBlock", cidr)}${tag("state", "active")}</item>`,
        );
        return `<item>${tag("vpcId", id)}<routeSet>${routes.join("")}</routeSet></item>`;
      });
    return `<routeTableSet>${items.join("")}</routeTableSet>`;
  },
  DescribeVpcEndpointConnections(world: World, signer: Signer, query: URLSearchParams): string {
    const wanted = filter(query, "service-id");
    const services = world.all(ENDPOINT_SERVICE, (one) => isOwn(one, signer) && (!wanted || wanted.includes(one.id)));
    const items = services.flatMap((service) =>
      connectionsOf(world, service).map((endpoint) => [
        tag("serviceId", service.id),
        tag("vpcEndpointId", endpoint.id),
        tag("vpcEndpointOwner", endpoint.account),
        tag("vpcEndpointState", endpointState(world, endpoint)),
      ]),
    );
    return `<vpcEndpointConnectionSet>${items.map((item) => `<item>${item.join("")}</item>`).join("")}</vpcEndpointConnectionSet>`;
  },
  RejectVpcEndpointConnections(world: World, signer: Signer, query: URLSearchParams): string {
    const service = ownService(world, signer, query);
    const refused = listed(query, "VpcEndpointId").flatMap((id) => {
      const endpoint = connectionsOf(world, service).find((one) => one.id === id);
      const state = endpoint && endpointState(world, endpoint);
      if (
        endpoint &&
        state !== undefined &&
        ["pendingAcceptance", "pending", "available", "rejected"].includes(state)
      ) {
        rejectConnection(world, endpoint);
        return [];
      }
      const error = endpoint
        ? tag("code", "InvalidState") +
          tag("message", `The VPC endpoint ${id} cannot be rejected in state ${String(state)}`)
        : tag("code", "InvalidVpcEndpointId.NotFound") + tag("message", `The Vpc Endpoint Id '${id}' does not exist`);
      return [`<item>${tag("resourceId", id)}<error>${error}</error></item>`];
    });
    return `<unsuccessful>${refused.join("")}</unsuccessful>`;
  },
  DescribeVpcEndpointServicePermissions(world: World, signer: Signer, query: URLSearchParams): string {
    const principals = principalsOf(world, ownService(world, signer, query));
    return `<allowedPrincipals>${principals.map((one) => `<item>${tag("principalType", "All")}${tag("principal", one)}</item>`).join("")}</allowedPrincipals>`;
  },
  ModifyVpcEndpointServicePermissions(world: World, signer: Signer, query: URLSearchParams): string {
    const service = ownService(world, signer, query);
    if (listed(query, "AddAllowedPrincipals").length > 0)
      throw new Refusal("SandboxUnsupported", "the sandbox adds principals by the provider only");
    const removed = listed(query, "RemoveAllowedPrincipals");
    service.inputs = {
      ...service.inputs,
      allowedPrincipals: texts(service.inputs.allowedPrincipals).filter((one) => !removed.includes(one)),
    };
    world
      .all(
        ALLOWED_PRINCIPAL,
        ({ inputs }) => inputs.vpcEndpointServiceId === service.id && removed.includes(text(inputs.principalArn) ?? ""),
      )
      .forEach((one) => world.remove(one));
    world.changed(service);
    return tag("return", "true");
  },
};

const isOwn = ({ account, region }: WorldObject, signer: Signer): boolean =>
  account === signer.account && region === signer.region;

function ownService(world: World, signer: Signer, query: URLSearchParams): WorldObject {
  const id = query.get("ServiceId") ?? "";
  const [service] = world.all(ENDPOINT_SERVICE, (one) => one.id === id && isOwn(one, signer));
  if (!service)
    throw new Refusal("InvalidVpcEndpointServiceId.NotFound", `The VpcEndpointService Id '${id}' does not exist`);
  return service;
}

const connectionsOf = (world: World, { computed }: WorldObject): WorldObject[] =>
  world.by(ENDPOINT, text(computed.serviceName) ?? "");
