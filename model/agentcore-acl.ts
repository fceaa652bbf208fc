import { HTTPS } from "./agentcore-rules.ts";

/** One entry of a subnet's network ACL, which lets through and denies nothing: what no entry names is denied. */
export interface AclEntry {
  readonly ruleNo: number;
  readonly cidrBlock: string;
  readonly fromPort: number;
  readonly toPort: number;
}

/** Where answers come back to: AWS's services and Lambda use all of it. https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html */
export const EPHEMERAL = { from: 1024, to: 65_535 } as const;

const FIRST_GATEWAY_ENTRY = 200;

/**
 * What passes between the isolated subnets and what their gateways lead to. An ACL remembers no connections, so each way is there twice; and it knows no
 * prefix lists, so AWS's ranges are named one by one.
 *
 * @param gatewayCidrs ranges behind the gateway endpoints, as AWS has them now
 */
export function aclEntries(
  vpcCidr: string,
  gatewayCidrs: readonly string[],
): { readonly ingress: readonly AclEntry[]; readonly egress: readonly AclEntry[] } {
  const calls = { fromPort: HTTPS, toPort: HTTPS };
  const answers = { fromPort: EPHEMERAL.from, toPort: EPHEMERAL.to };
  const inside = [
    { ruleNo: 100, cidrBlock: vpcCidr, ...calls },
    { ruleNo: 110, cidrBlock: vpcCidr, ...answers },
  ];
  const ranges = [...new Set(gatewayCidrs)].sort();
  const beyond = (ports: Pick<AclEntry, "fromPort" | "toPort">): AclEntry[] =>
    ranges.map((cidrBlock, index) => ({ ruleNo: FIRST_GATEWAY_ENTRY + index, cidrBlock, ...ports }));
  return { ingress: [...inside, ...beyond(answers)], egress: [...inside, ...beyond(calls)] };
}
