/**
 * Proves that the pack finds nothing false in what the real awsx and eks components register: their recorded registrations, in a program of ours, with
 * the strict set. What it does find is what the recorded arguments leave out, and each line says so.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../policy/rules.ts";
import { type Config, type Declared, FakeStack, packOf, type Values } from "./support/stack.ts";

interface Recording {
  readonly resources: readonly { readonly type: string; readonly name: string; readonly inputs?: Values }[];
}

const { recordings } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../fixtures/recorded-components.json"), "utf8"),
) as { readonly recordings: readonly Recording[] };

const STRICT: Config = Object.fromEntries(RULES.map(({ name }) => [name, { enforcementLevel: "mandatory" }]));

/** As our stack files have them. */
const PROVIDER: Values = {
  region: "us-east-1",
  allowedAccountIds: '["111122223333"]',
  defaultTags: '{"tags":{"ManagedBy":"corpai-terraform"}}',
};

/** By the property that holds it, whose id it is: the recordings have ids only where they are used. */
const OWNERS: Readonly<Record<string, string>> = {
  vpcId: "aws:ec2/vpc:Vpc",
  subnetId: "aws:ec2/subnet:Subnet",
  routeTableId: "aws:ec2/routeTable:RouteTable",
  gatewayId: "aws:ec2/internetGateway:InternetGateway",
  natGatewayId: "aws:ec2/natGateway:NatGateway",
  securityGroupId: "aws:ec2/securityGroup:SecurityGroup",
};

const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** References to resources, which the engine shows a pack as the ids that they stand for. */
function flattened(inputs: Values): Values {
  const entries = Object.entries(inputs).map(([key, value]) => {
    const reference = typeof value === "object" && value !== null && !Array.isArray(value) && SIGNATURE in value;
    return [key, reference ? ((value as Values)["id"] ?? "") : value] as const;
  });
  return Object.fromEntries(entries);
}

function declared({ resources }: Recording): readonly Declared[] {
  const ids = new Map<string, string>();
  for (const { inputs } of resources)
    for (const [property, type] of Object.entries(OWNERS)) {
      const id = inputs?.[property];
      if (typeof id === "string") ids.set(`${type} ${id.replace(/-\d+$/, "")}`, id);
    }
  return resources.map(({ type, name, inputs: recorded }) => {
    const inputs = flattened(recorded ?? {});
    const id = ids.get(`${type} ${name}`);
    return { type, name, inputs, outputs: { ...inputs, ...(id !== undefined && { id }) }, provider: PROVIDER };
  });
}

const WITHOUT_KEY = "mandatory eks-secrets-encryption mcp-eksCluster";
const WITHOUT_LOGS = "mandatory eks-control-plane-logs mcp-eksCluster";
const WITHOUT_FLOW_LOGS = "mandatory flow-logs-present corpai";

describe("the policy pack, of what awsx and eks build", () => {
  const cases: readonly (readonly [what: string, expected: readonly string[]])[] = [
    ["a VPC with one NAT gateway, and a cluster in Auto Mode", [WITHOUT_LOGS, WITHOUT_KEY, WITHOUT_FLOW_LOGS]],
    ["a VPC with a NAT gateway in each AZ", [WITHOUT_FLOW_LOGS]],
    [
      "a cluster with managed nodes",
      [
        WITHOUT_KEY,
        // The recording's own role, whose trust policy it left empty.
        "mandatory iam-trust-scoped node",
        // Nothing in the recording says in which AZs subnets "subnet-a" and "subnet-b" are.
        "advisory two-availability-zones mcp-eksCluster",
      ],
    ],
  ];

  it("has been tried on every recording", () => {
    assert.equal(recordings.length, cases.length);
  });

  for (const [index, [what, expected]] of cases.entries()) {
    it(`finds in ${what} only what its arguments leave out`, async () => {
      const recording = recordings[index];
      assert.ok(recording);
      const reports = await new FakeStack("network.demo", declared(recording)).judgedByPack(packOf(RULES), STRICT);
      assert.deepEqual(
        reports.map(({ rule, level, name }) => `${level} ${rule} ${name}`).sort(),
        expected.toSorted(),
        reports.map(({ message }) => message).join("\n"),
      );
    });
  }
});
