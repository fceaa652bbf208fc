import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import {
  type Action,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Looks, Question, SeenListener, SeenTarget } from "../model/looks.ts";
import { UNKNOWN } from "../model/resource-record.ts";
import type { Rule } from "../model/security-rules.ts";
import type { Environment } from "../stacks/environment.ts";
import { type Owner, ec2Client, loadBalancingClient } from "./aws-clients.ts";
import { inParallel } from "./in-parallel.ts";
import type { Place } from "./place.ts";

/** What was seen, and what could not be looked at. */
export interface Looked {
  readonly looks: Looks;
  /** In AWS's words: usually the credentials are not of the account that has it. */
  readonly notes: readonly string[];
}

const AT_ONCE = 4;

/** Asks AWS's own APIs what programs do not know. On AWS with the credentials of the shell, so that what another account has may stay in the dark. */
export async function look(
  questions: readonly Question[],
  environment: Environment,
  place: Pick<Place, "sandbox">,
): Promise<Looked> {
  const answers = await inParallel(questions, AT_ONCE, async (question): Promise<Looked> => {
    const owner = ownerOf(question, environment);
    try {
      return { looks: { ...NOTHING, ...(await LOOK[question.what](question.id, owner, place)) }, notes: [] };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { looks: NOTHING, notes: [`${question.id} of ${question.stack} could not be looked at: ${why}`] };
    }
  });
  return {
    looks: {
      groups: answers.flatMap(({ looks }) => looks.groups),
      rules: answers.flatMap(({ looks }) => looks.rules),
      balancers: Object.assign({}, ...answers.map(({ looks }) => looks.balancers)) as Looks["balancers"],
      targets: Object.assign({}, ...answers.map(({ looks }) => looks.targets)) as Looks["targets"],
      routes: Object.assign({}, ...answers.map(({ looks }) => looks.routes)) as Looks["routes"],
    },
    notes: [...new Set(answers.flatMap(({ notes }) => notes))],
  };
}

const NOTHING: Looks = { groups: [], rules: [], balancers: {}, targets: {}, routes: {} };

function ownerOf({ stack }: Question, { name, stacks }: Environment): Owner {
  const { region, allowedAccountIds } = stacks.find((one) => one.name === stack)?.aws ?? {
    region: "",
    allowedAccountIds: [],
  };
  return { environment: name, account: allowedAccountIds[0] ?? "", region };
}

type Looker = (id: string, owner: Owner, place: Pick<Place, "sandbox">) => Promise<Partial<Looks>>;

const LOOK: Readonly<Record<Question["what"], Looker>> = {
  async group(id, owner, place) {
    const client = await ec2Client(place, owner);
    const Filters = [{ Name: "group-id", Values: [id] }];
    // Of somebody else's group AWS shows no rules rather than an error, which would read as: lets nothing through.
    const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({ Filters }));
    if (SecurityGroups.length === 0) throw new Error("this account and region have no such group");
    const rules: Rule[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new DescribeSecurityGroupRulesCommand({ Filters, NextToken }));
      rules.push(...(page.SecurityGroupRules ?? []).map(ruleOf));
      NextToken = page.NextToken === "" ? undefined : page.NextToken;
    } while (NextToken !== undefined);
    return { groups: [id], rules };
  },
  async routes(vpcId, owner, place) {
    const client = await ec2Client(place, owner);
    const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
    const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({ Filters }));
    if (RouteTables.length === 0) throw new Error("this account and region have no such VPC");
    const networks = RouteTables.flatMap(({ Routes = [] }) =>
      Routes.flatMap(({ State, DestinationCidrBlock }) =>
        State === "active" && DestinationCidrBlock !== undefined ? [DestinationCidrBlock] : [],
      ),
    );
    return { routes: { [vpcId]: networks } };
  },
  async "target-group"(arn, owner, place) {
    return { targets: { [arn]: await targetsOf(arn, await loadBalancingClient(place, owner)) } };
  },
  async balancer(dnsName, owner, place) {
    const client = await loadBalancingClient(place, owner);
    const arn = await balancerNamed(dnsName, client);
    if (arn === undefined) throw new Error("no load balancer of this account and region has that name");
    const { Listeners = [] } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: arn }));
    const listeners = await Promise.all(Listeners.map((listener) => listenerOf(listener, client)));
    const groups = new Set(
      listeners.flatMap(({ rules, targetGroup }) => [...rules.map((rule) => rule.targetGroup), targetGroup]),
    );
    const targets: Record<string, readonly SeenTarget[]> = {};
    for (const group of groups) if (group !== undefined) targets[group] = await targetsOf(group, client);
    return { balancers: { [dnsName]: listeners }, targets };
  },
};

async function balancerNamed(dnsName: string, client: ElasticLoadBalancingV2Client): Promise<string | undefined> {
  let Marker: string | undefined;
  do {
    const page = await client.send(new DescribeLoadBalancersCommand({ Marker }));
    const found = page.LoadBalancers?.find(({ DNSName }) => DNSName?.toLowerCase() === dnsName.toLowerCase());
    if (found) return found.LoadBalancerArn;
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return undefined;
}

async function listenerOf(
  { ListenerArn, Port = 0, DefaultActions }: Listener,
  client: ElasticLoadBalancingV2Client,
): Promise<SeenListener> {
  const { Rules = [] } = await client.send(new DescribeRulesCommand({ ListenerArn }));
  return {
    port: Port,
    rules: Rules.flatMap(({ Conditions = [], Actions }) => {
      const hosts = Conditions.flatMap(({ HostHeaderConfig, Values }) => HostHeaderConfig?.Values ?? Values ?? []);
      return hosts.length === 0 ? [] : [{ hosts, targetGroup: forwardedTo(Actions) }];
    }),
    targetGroup: forwardedTo(DefaultActions),
  };
}

const forwardedTo = (actions: readonly Action[] = []): string | undefined =>
  actions.flatMap(
    ({ TargetGroupArn, ForwardConfig }) => TargetGroupArn ?? ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn ?? [],
  )[0];

async function targetsOf(arn: string, client: ElasticLoadBalancingV2Client): Promise<SeenTarget[]> {
  const { TargetHealthDescriptions = [] } = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
    id: Target?.Id ?? "",
    port: Target?.Port ?? 0,
    state: TargetHealth?.State ?? "",
    why: TargetHealth?.Description ?? "",
  }));
}

function ruleOf(rule: SecurityGroupRule): Rule {
  const { SecurityGroupRuleId = "", GroupId = "", IsEgress, IpProtocol, FromPort, ToPort } = rule;
  const { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo } = rule;
  const cidr = CidrIpv4 ?? CidrIpv6;
  return {
    id: SecurityGroupRuleId,
    direction: IsEgress ? "egress" : "ingress",
    group: GroupId,
    protocol: IpProtocol,
    fromPort: FromPort,
    toPort: ToPort,
    peer:
      ReferencedGroupInfo?.GroupId !== undefined
        ? { group: ReferencedGroupInfo.GroupId }
        : cidr !== undefined
          ? { cidr }
          : PrefixListId === undefined
            ? undefined
            : UNKNOWN,
  };
}
