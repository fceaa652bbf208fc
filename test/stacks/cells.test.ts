// Proves what cells are built from and what may not change of them, on Pulumi's mocks and the sandbox's look-ups: the network's further endpoint subnets, the
// stack of connections that names them, and the ways of pods to them. That endpoints then stand there is proved end to end.
import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import connections from "../../stacks/connections/index.ts";
import { egressOf } from "../../stacks/mcp-servers/traffic.ts";
import network from "../../stacks/network/index.ts";
import { statedQuotaProblems } from "../../stacks/stated-quotas.ts";
import { recorder, value } from "../components/support/recorder.ts";
import { DATA, actor, demoWorld } from "../sandbox/support/world.ts";
import { restore, runProgram } from "./support/program.ts";

after(restore);

const subnets = (third: number) =>
  ["use1-az1", "use1-az2"].map((azId, index) => ({
    id: `s-${third + index}`,
    azId,
    cidr: `10.40.${third + index}.0/24`,
  }));

describe("a cell of the network", () => {
  const run = (endpointCells: object, standing: object = {}) =>
    runProgram("network.demo", {
      as: actor(demoWorld(), DATA),
      program: network,
      upstream: { "network.demo": { clientSubnets: [], endpointCells: standing } },
      change: (config) => void (config["corpai:endpointCells"] = endpointCells),
    });

  it("is a subnet in each AZ, of its own block and without a way out, and nothing else of the network changes for it", async () => {
    const [without, with_] = [await run({}), await run({ east: { block: 2, azIds: ["use1-az1", "use1-az4"] } })];
    assert.equal(with_.refusal, undefined);
    const named = ({ type, name }: { readonly type: string; readonly name: string }) => `${type} ${name}`;
    const before = without.resources.map(named);
    const added = with_.resources.filter((one) => !before.includes(named(one)));
    assert.deepEqual(added.map(named).sort(), [
      "aws:ec2/routeTable:RouteTable corpai-cell-east",
      "aws:ec2/routeTableAssociation:RouteTableAssociation corpai-cell-east-use1-az1",
      "aws:ec2/routeTableAssociation:RouteTableAssociation corpai-cell-east-use1-az4",
      "aws:ec2/subnet:Subnet corpai-cell-east-use1-az1",
      "aws:ec2/subnet:Subnet corpai-cell-east-use1-az4",
      "corpai:network:EndpointCell corpai-cell-east",
    ]);
    assert.deepEqual(
      added.flatMap(({ inputs: { cidrBlock } }) => cidrBlock ?? []),
      ["10.40.200.0/24", "10.40.203.0/24"],
    );
    const unchanged = with_.resources.filter((one) => before.includes(named(one)));
    assert.deepEqual(unchanged, without.resources);
  });

  it("keeps its block as long as it stands, since its endpoints could not follow", async () => {
    const standing = { east: [{ azId: "use1-az1", id: "s", cidr: "10.40.192.0/24" }] };
    const { refusal, resources } = await run({ east: { block: 3 } }, standing);
    assert.match(
      refusal ?? "",
      /corpai:endpointCells\.east: given .*allowed: the subnets that stand: 10\.40\.192\.0\/24 in use1-az1/,
    );
    assert.deepEqual(resources, []);
    assert.equal((await run({ east: { block: 1 } }, standing)).refusal, undefined);
    assert.equal((await run({ west: { block: 3 } }, standing)).refusal, undefined, "an empty one may go");
  });
});

describe("a stack of connections", () => {
  it("stays in its cell, since an endpoint cannot leave a subnet for another one of the same AZ", async () => {
    const { refusal, resources } = await runProgram("connections.demo", {
      as: actor(demoWorld(), DATA),
      program: connections,
      upstream: {
        "network.demo": { vpcId: "vpc-1", endpointSubnets: subnets(144), endpointCells: { east: subnets(192) } },
        "connections.demo": { connections: { clickhouse: {} }, cell: "east" },
      },
    });
    assert.match(refusal ?? "", /connections\.demo: corpai:cell: given nothing; allowed: "east", where the endpoints/);
    assert.deepEqual(resources, []);
  });
});

describe("a server's pods", () => {
  const cells = {
    "network.demo": { endpointSubnets: subnets(144), dataSubnets: [], endpointCells: { east: subnets(192) } },
  };
  const egress = async (facts: Parameters<typeof egressOf>[1]["facts"]): Promise<string[]> => {
    await recorder.install("mcp-servers.demo", {});
    const network = {
      output: (name: keyof (typeof cells)["network.demo"]) => pulumi.output(cells["network.demo"][name]),
    } as unknown as Parameters<typeof egressOf>[1]["network"];
    const env = {
      A: { connection: "common", value: "port" },
      B: { connection: "east", value: "port" },
    } as const;
    const ports: Readonly<Record<string, number>> = { common: 443, east: 8443 };
    const all = await value(
      egressOf({ env } as unknown as Parameters<typeof egressOf>[0], {
        network,
        facts,
        stores: {} as Parameters<typeof egressOf>[1]["stores"],
        targets: (key) => ({
          host: pulumi.output(undefined),
          port: pulumi.output(ports[key] ?? 0),
          portNamed: () => pulumi.output(0),
          everyPort: () => [{ connection: key, port: pulumi.output(ports[key] ?? 0) }],
          serverName: pulumi.output(""),
          caBundle: pulumi.output(""),
        }),
      }),
    );
    return all.slice(1).map(({ cidrs, port }) => `${cidrs.join(" ")}:${port}`);
  };
  const stack = (name: string, cell: string | undefined, key: string) => ({
    stack: name,
    cell,
    region: "us-east-1",
    account: DATA,
    registrations: { [key]: { service: { serviceName: "s", port: 1 } } },
  });

  it("may send to the subnets of the cell in which a connection stands, on that connection's port, and to no other cell's", async () => {
    const common = stack("connections.demo", undefined, "common");
    assert.deepEqual(await egress({ connections: [common, stack("connections.demo.east", "east", "east")] }), [
      "10.40.144.0/24 10.40.145.0/24:443",
      "10.40.192.0/24 10.40.193.0/24:8443",
    ]);
  });

  it("may send nowhere, and not everywhere, for a connection in a cell that is not built yet", async () => {
    const common = stack("connections.demo", undefined, "common");
    assert.deepEqual(await egress({ connections: [common, stack("connections.demo.west", "west", "east")] }), [
      "10.40.144.0/24 10.40.145.0/24:443",
    ]);
  });
});

describe("a quota that a file states", () => {
  it("is compared with what AWS has granted, in exactly its account, and costs no look-up where none is stated", async () => {
    const own = actor(demoWorld(), DATA);
    const problems = async (quotas: Parameters<typeof statedQuotaProblems>[2]) => {
      await recorder.install("network.demo", {});
      const asked: unknown[] = [];
      const token = "aws:servicequotas/getServiceQuota:getServiceQuota";
      recorder.lookups = {
        [token]: (args) => {
          asked.push(args.quotaCode);
          return own.look(token, args as Parameters<typeof own.look>[1]);
        },
      };
      return { found: await statedQuotaProblems("network.demo", DATA, quotas), asked };
    };
    assert.deepEqual(await problems({ "444455556666": { interfaceEndpointsPerVpc: 100 } }), { found: [], asked: [] });
    assert.deepEqual(await problems({ [DATA]: { interfaceEndpointsPerVpc: 50 } }), {
      found: [],
      asked: ["L-29B6F2EB"],
    });
    const { found } = await problems({ [DATA]: { interfaceEndpointsPerVpc: 100 } });
    assert.match(
      JSON.stringify(found),
      /quotas\.111122223333\.interfaceEndpointsPerVpc.*at most 50, to which AWS has raised/,
    );
  });
});
