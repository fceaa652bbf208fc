/** Proves that what a security group admits is judged the same by whichever of AWS's three spellings it is written in. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Rule } from "../../policy/frame/rule.ts";
import { sgNoPublicIngress } from "../../policy/rules/sg-no-public-ingress.ts";
import { sgNoWideIngress } from "../../policy/rules/sg-no-wide-ingress.ts";
import { type Declared, FakeStack } from "./support/stack.ts";
import { UNKNOWN } from "./support/unknown.ts";

interface Ingress {
  readonly protocol: string;
  readonly from: number | string;
  readonly to: number | string;
  readonly cidr: string;
}

const isIpv6 = (cidr: string): boolean => cidr.includes(":");

const spellings: readonly ((ingress: Ingress) => Declared)[] = [
  ({ protocol, from, to, cidr }) => ({
    type: "aws:ec2/securityGroup:SecurityGroup",
    name: "thing",
    inputs: {
      ingress: [{ protocol, fromPort: from, toPort: to, [isIpv6(cidr) ? "ipv6CidrBlocks" : "cidrBlocks"]: [cidr] }],
    },
  }),
  ({ protocol, from, to, cidr }) => ({
    type: "aws:ec2/securityGroupRule:SecurityGroupRule",
    name: "thing",
    inputs: {
      type: "ingress",
      protocol,
      fromPort: from,
      toPort: to,
      [isIpv6(cidr) ? "ipv6CidrBlocks" : "cidrBlocks"]: [cidr],
    },
  }),
  ({ protocol, from, to, cidr }) => ({
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    name: "thing",
    inputs: {
      ipProtocol: protocol,
      fromPort: from,
      toPort: to,
      [isIpv6(cidr) ? "cidrIpv6" : "cidrIpv4"]: cidr,
    },
  }),
];

const port = fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constant(UNKNOWN));
const ingress: fc.Arbitrary<Ingress> = fc.record({
  protocol: fc.constantFrom("tcp", "udp", "-1", UNKNOWN),
  from: port,
  to: port,
  cidr: fc.oneof(
    fc.constantFrom("0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "100.64.0.0/10", "::/0", "fd00::/8", "2600::/12", UNKNOWN),
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`),
  ),
});

describe("an ingress rule", () => {
  for (const rule of [sgNoPublicIngress, sgNoWideIngress] as const satisfies readonly Rule[]) {
    it(`is the same to ${rule.name} inline, standing alone, and in the older form`, async () => {
      await fc.assert(
        fc.asyncProperty(ingress, async (one) => {
          const levels = await Promise.all(
            spellings.map(async (spelled) =>
              (await new FakeStack("network.demo", [spelled(one)]).judgedBy(rule)).map(({ level }) => level),
            ),
          );
          assert.deepEqual(levels[1], levels[0]);
          assert.deepEqual(levels[2], levels[0]);
        }),
        { numRuns: 200 },
      );
    });
  }
});
