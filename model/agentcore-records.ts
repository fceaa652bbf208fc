import type { Caller } from "./agentcore-flows.ts";
import type { AgentcoreGateway, AgentcoreGroup, AgentcoreService } from "./agentcore-names.ts";
import { cidrContains } from "./cidr-plan.ts";
import {
  Records,
  type ResourceRecord,
  TYPE,
  UNKNOWN,
  type Unknown,
  argument,
  computed,
  fields,
  integer,
  list,
  nodeId,
  text,
} from "./resource-record.ts";

export const RESOLVER = {
  association: "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
  rule: "aws:route53/resolverFirewallRule:ResolverFirewallRule",
  domains: "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
} as const;

const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE_TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

/** What names the role of each caller. */
const ROLE_HOLDERS: Readonly<
  Record<Caller, { readonly type: string; readonly program: string; readonly property: string }>
> = {
  agent: {
    type: "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
    program: "agentcore-runtime",
    property: "roleArn",
  },
  mcp: {
    type: "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
    program: "agentcore-tools",
    property: "roleArn",
  },
  lambda: { type: "aws:lambda/function:Function", program: "agentcore-tools", property: "role" },
};

/** What Pulumi knows of the isolated network and of its callers, by what refers to what. */
export class IsolatedRecords {
  readonly #records: Records;

  /** @param all of the AgentCore programs' stacks of one environment */
  constructor(all: readonly ResourceRecord[]) {
    this.#records = new Records(all);
  }

  of(type: string): readonly ResourceRecord[] {
    return this.#records.of(type);
  }

  /** The group that callers of a kind carry, by the document's name. */
  group(name: AgentcoreGroup): ResourceRecord | undefined {
    return this.of(TYPE.group).find((record) => record.name.endsWith(`-${name}`));
  }

  endpointTo(service: AgentcoreService | AgentcoreGateway, region: string): ResourceRecord | undefined {
    const name = `com.amazonaws.${region}.${service}`;
    return this.of(TYPE.endpoint).find((record) => argument(record, "serviceName") === name);
  }

  /** Names that rules of the DNS firewall let pass. */
  allowedDomains(): readonly string[] {
    const passing = this.of(RESOLVER.rule).filter((rule) => argument(rule, "action") === "ALLOW");
    const lists = passing.map((rule) => this.#one(rule, "firewallDomainListId", RESOLVER.domains));
    return this.of(RESOLVER.domains)
      .filter((record) => lists.includes(nodeId(record)))
      .flatMap((record) => {
        const domains = list(argument(record, "domains"));
        return domains === UNKNOWN ? [] : domains.flatMap((one) => (typeof one === "string" ? [one] : []));
      });
  }

  /** The table that is associated with the subnet in an AZ; without one, AWS takes the VPC's main table. */
  routeTableOf(azId: string): string | undefined {
    const subnet = this.subnetIn(azId);
    if (!subnet) return undefined;
    const association = this.of(ROUTE_TABLE_ASSOCIATION).find(
      (record) => this.#one(record, "subnetId", TYPE.subnet) === nodeId(subnet),
    );
    const table = association && this.#one(association, "routeTableId", ROUTE_TABLE);
    return typeof table === "string" ? table : undefined;
  }

  listed(record: ResourceRecord, property: string, type: string): readonly string[] | Unknown {
    return this.#records.references(record, property, type);
  }

  groupsOf(endpoint: ResourceRecord): readonly string[] | Unknown {
    return this.listed(endpoint, "securityGroupIds", TYPE.group);
  }

  /** An egress rule of a group that speaks of one of these groups. */
  ruleToGroups(group: ResourceRecord, to: readonly string[] | Unknown, port: number): ResourceRecord | undefined {
    return this.#rulesOf(TYPE.egress, [nodeId(group)], port).find((rule) => {
      const peer = this.#one(rule, "referencedSecurityGroupId", TYPE.group);
      return typeof peer === "string" && to !== UNKNOWN && to.includes(peer);
    });
  }

  /** An egress rule of a group that speaks of a gateway endpoint's prefix list. */
  ruleToPrefixList(group: ResourceRecord, gateway: ResourceRecord, port: number): ResourceRecord | undefined {
    return this.#rulesOf(TYPE.egress, [nodeId(group)], port).find((rule) => {
      const given = text(argument(rule, "prefixListId"));
      if (given === undefined) return false;
      const known = text(computed(gateway, "prefixListId"));
      if (given !== UNKNOWN && known !== UNKNOWN) return given === known;
      return (rule.dependencies.prefixListId ?? []).includes(gateway.urn);
    });
  }

  /** An ingress rule of one of these groups that admits the whole VPC. */
  ruleFromVpc(groups: readonly string[] | Unknown, port: number): ResourceRecord | undefined {
    const [vpc] = this.of("aws:ec2/vpc:Vpc");
    const range = vpc && text(argument(vpc, "cidrBlock"));
    if (groups === UNKNOWN || typeof range !== "string") return undefined;
    return this.#rulesOf(TYPE.ingress, groups, port).find((rule) => {
      const cidr = text(argument(rule, "cidrIpv4"));
      return typeof cidr === "string" && cidrContains(cidr, range);
    });
  }

  /** Whether a network ACL of ours lets a range through in a direction on all of some ports; undefined where there is none, or it is not known yet. */
  aclLets(direction: "ingress" | "egress", range: string, ports: readonly [number, number]): boolean | undefined {
    const [acl] = this.of("aws:ec2/networkAcl:NetworkAcl");
    const entries = acl && list(argument(acl, direction));
    if (entries === undefined || entries === UNKNOWN) return undefined;
    return entries.map(fields).some(({ action, cidrBlock, fromPort, toPort }) => {
      const [from, to] = [integer(fromPort), integer(toPort)];
      if (action !== "allow" || typeof from !== "number" || typeof to !== "number") return false;
      return typeof cidrBlock === "string" && cidrContains(cidrBlock, range) && from <= ports[0] && ports[1] <= to;
    });
  }

  /** Ranges that calls by an endpoint go to: the VPC's own, or those behind a gateway. */
  rangesOf(endpoint: ResourceRecord): readonly string[] | Unknown {
    if (argument(endpoint, "vpcEndpointType") !== "Gateway") {
      const [vpc] = this.of("aws:ec2/vpc:Vpc");
      const range = vpc && text(argument(vpc, "cidrBlock"));
      return typeof range === "string" ? [range] : UNKNOWN;
    }
    const ranges = list(computed(endpoint, "cidrBlocks"));
    return ranges === UNKNOWN ? UNKNOWN : ranges.filter((one) => typeof one === "string");
  }

  /** The role that a caller runs in; undefined as long as the caller does not stand. */
  roleOf(caller: Caller): ResourceRecord | undefined {
    const { type, program, property } = ROLE_HOLDERS[caller];
    const holder = this.of(type).find(({ stack }) => stack.split(".")[0] === program);
    if (!holder) return undefined;
    const arn = text(argument(holder, property));
    return this.of(ROLE).find((role) =>
      typeof arn === "string"
        ? computed(role, "arn") === arn
        : (holder.dependencies[property] ?? []).some((urn) => urn === role.urn),
    );
  }

  /** The subnet in an AZ. */
  subnetIn(azId: string): ResourceRecord | undefined {
    return this.of(TYPE.subnet).find((record) => computed(record, "availabilityZoneId") === azId);
  }

  /** Policies that stand in a role itself. */
  policiesOf(role: ResourceRecord): readonly (string | Unknown)[] {
    return this.of(ROLE_POLICY)
      .filter((policy) => {
        const name = this.#one(policy, "role", ROLE);
        return name === nodeId(role) || name === computed(role, "name");
      })
      .flatMap((policy) => text(argument(policy, "policy")) ?? []);
  }

  #one(record: ResourceRecord, property: string, type: string): string | Unknown | undefined {
    return this.#records.reference(record, property, argument(record, property), type);
  }

  #rulesOf(type: string, groups: readonly string[], port: number): readonly ResourceRecord[] {
    return this.of(type).filter((rule) => {
      const group = this.#one(rule, "securityGroupId", TYPE.group);
      const [from, to] = [integer(argument(rule, "fromPort")), integer(argument(rule, "toPort"))];
      if (typeof from !== "number" || typeof to !== "number") return false;
      return typeof group === "string" && groups.includes(group) && from <= port && port <= to;
    });
  }
}
