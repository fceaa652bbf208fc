/** The description as steps in AWS's console, in the order and words of the onboarding document, with what that leaves out. */
import type { ServiceDescription, TargetGroupDescription } from "./description.ts";

/** A step: its title, and what to do, line by line. */
interface Step {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Numbered, as Markdown. */
export function consoleSteps(description: ServiceDescription): string {
  const steps = [
    securityGroup(description),
    ...description.targetGroups.map((group) => targetGroup(group, description)),
    loadBalancer(description),
    endpointService(description),
    ...(description.onTargets.length > 0 ? [targetsGroup(description)] : []),
  ];
  return steps
    .map(({ title, lines }, index) =>
      [`## Step ${index + 1}: ${title}`, "", ...lines.map((line, at) => `${at + 1}. ${line}`), ""].join("\n"),
    )
    .join("\n");
}

const tagLine = ({ tags }: ServiceDescription): string =>
  `Add tag: ${Object.entries(tags)
    .map(([key, value]) => `Key = ${key}, Value = ${value}`)
    .join("; ")}`;

function securityGroup(description: ServiceDescription): Step {
  const { name, description: says, inbound, outbound } = description.securityGroup;
  return {
    title: "Create a Security Group",
    lines: [
      "Go to EC2 → Security Groups, and click “Create security group”",
      `Name: ${name}`,
      `Description: ${says}`,
      `VPC: ${description.vpcId}`,
      ...inbound.map(({ port, from }) => `Inbound rule: Custom TCP, Port = ${port}, Source = ${from}`),
      "Outbound rules: delete the default “All traffic” rule",
      ...outbound.map(({ port, to }) => `Outbound rule: Custom TCP, Port = ${port}, Destination = ${to}`),
      tagLine(description),
      "Click “Create security group”",
    ],
  };
}

const TYPE_WORDS = { instance: "Instances", ip: "IP addresses", alb: "Application Load Balancer" } as const;

function targetGroup(group: TargetGroupDescription, description: ServiceDescription): Step {
  const { name, type, port, health, proxyProtocol, targets } = group;
  const on = health.port === "traffic-port" ? "the traffic port" : `port ${health.port}`;
  return {
    title: `Create Target Group ${name}`,
    lines: [
      "Go to EC2 → Target Groups, and click “Create target group”",
      `Target type: ${TYPE_WORDS[type]}`,
      `Name: ${name}`,
      "Protocol: TCP",
      `Port: ${port}`,
      `VPC: ${description.vpcId}`,
      `Health check: ${health.protocol}${health.path === null ? "" : ` with path ${health.path}`}, on ${on}`,
      tagLine(description),
      ...targets.map(
        ({ id, port: own, outside }) =>
          `Register target: ${id}, port ${own}${outside ? ", Availability Zone = All" : ""}; click “Include as pending below”`,
      ),
      "Click “Create target group”",
      ...(type === "alb" ? [] : [`Attributes → Edit: Proxy protocol v2 = ${proxyProtocol ? "on" : "off"}`]),
    ],
  };
}

function loadBalancer(description: ServiceDescription): Step {
  const { name, subnetIds, inboundRulesOnPrivateLink, deletionProtection } = description.loadBalancer;
  return {
    title: "Create a Network Load Balancer",
    lines: [
      "Go to EC2 → Load Balancers, click “Create load balancer” → Network Load Balancer",
      `Name: ${name}`,
      "Scheme: Internal",
      `VPC: ${description.vpcId}`,
      `Mappings: ${subnetIds.join(", ")}`,
      `Security groups: ${description.securityGroup.name}`,
      `Enforce inbound rules on PrivateLink traffic: ${inboundRulesOnPrivateLink}`,
      ...description.listeners.map(
        ({ port, targetGroup: to, idleTimeoutSeconds }) =>
          `Listener: TCP : ${port}, forward to ${to}; afterwards Attributes → Edit: TCP idle timeout = ${idleTimeoutSeconds} seconds`,
      ),
      tagLine(description),
      "Click “Create load balancer”, and wait until its state is Active",
      "Attributes → Edit: enable Cross-zone load balancing",
      `Attributes → Edit: Deletion protection = ${deletionProtection ? "on" : "off"}`,
    ],
  };
}

function endpointService(description: ServiceDescription): Step {
  const { name, acceptanceRequired, principals, privateDnsName, supportedRegions } = description.endpointService;
  return {
    title: "Create a VPC Endpoint Service",
    lines: [
      "Go to VPC → Endpoint Services, and click “Create endpoint service”",
      `Name: ${name}`,
      "Load balancer type: Network",
      `Load balancer: ${description.loadBalancer.name}`,
      `Supported Regions: ${supportedRegions.join(", ") || "leave empty (same-region only)"}`,
      `Acceptance required: ${acceptanceRequired ? "checked" : "unchecked"}`,
      `Enable private DNS name: ${privateDnsName === null ? "leave unchecked" : `checked, ${privateDnsName}`}`,
      "Supported IP address types: IPv4",
      tagLine(description),
      "Click “Create”",
      ...principals.map((principal) => `Allow principals → Allow principals: ${principal}`),
      ...(privateDnsName === null
        ? []
        : [
            "Publish the TXT record of Domain verification name and value, at that domain or one above",
            "Actions → Verify domain ownership for private DNS name, until the state is verified; then tell CorpAI",
          ]),
      "Copy the Service name, and send it to CorpAI with the port",
    ],
  };
}

function targetsGroup({ onTargets, securityGroup: { name } }: ServiceDescription): Step {
  return {
    title: "Open the targets to the load balancer",
    lines: onTargets.map(
      ({ securityGroupId, port }) =>
        `EC2 → Security Groups → ${securityGroupId} → Edit inbound rules: Custom TCP, Port = ${port}, Source = ${name}`,
    ),
  };
}
