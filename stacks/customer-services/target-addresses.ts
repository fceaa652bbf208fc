import { outsideAddresses, targetPorts } from "../../model/forwarding.ts";
import { cidrContains } from "../../model/cidr-plan.ts";
import type { StackProblem } from "../../model/problem.ts";
import type { ForwardedServiceConfig } from "./config.ts";
import { type StatedQuotas, allowedBy, beyondQuota, quotaInWords } from "../../model/quotas.ts";

/**
 * What targets beyond the VPC may be: reached over a peering, a transit gateway or a VPN.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html
 */
const PRIVATE_RANGES = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

interface Circumstances {
  readonly stack: string;
  readonly account: string;
  readonly quotas: StatedQuotas;
}

/** Addresses that AWS registers as no targets, or for which the load balancer's group has no room: each one beyond the VPC is a rule of its own. */
export function addressProblems(
  { stack, account, quotas }: Circumstances,
  key: string,
  service: ForwardedServiceConfig,
  vpcCidrs: readonly string[],
): StackProblem[] {
  const { targets } = service;
  if (targets.type !== "ip" || vpcCidrs.length === 0) return [];
  const at = { stack, property: `corpai:services.${key}.targets.addresses` };
  const ranges = [...vpcCidrs, ...PRIVATE_RANGES];
  const problems = targets.addresses
    .filter((address) => !ranges.some((range) => cidrContains(range, `${address}/32`)))
    .map((address) => ({
      ...at,
      given: address,
      allowed: `addresses of the VPC (${vpcCidrs.join(", ")}) or of ${PRIVATE_RANGES.join(", ")}: AWS registers no public ones`,
      wayOut: "Give the target's private address.",
    }));

  const [outside, ports] = [outsideAddresses({ targets, vpcCidrs }).length, targetPorts(service).length];
  const rules = (outside + 1) * ports;
  const allowed = allowedBy("rulesPerSecurityGroup", account, quotas);
  if (rules > allowed) {
    problems.push({
      ...at,
      given: `${outside} addresses beyond the VPC, which make ${rules} egress rules`,
      allowed: `at most ${allowed} rules in the load balancer's group, ${quotaInWords("rulesPerSecurityGroup")}`,
      wayOut: beyondQuota("rulesPerSecurityGroup", account, "divide the addresses among several services"),
    });
  }
  return problems;
}
