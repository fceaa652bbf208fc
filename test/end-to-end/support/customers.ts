/** The demo's environment with a second customer and two cells of connections, written over the files of a clone. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { PassphraseCrypter } from "../../../cli/passphrase.ts";
import type { Clone } from "./clone.ts";

/** Customer Globex: an account of its own, in which AZ names are drawn otherwise, and a VPC with addresses that Acme has too. */
export const GLOBEX = "777788889999";
const GLOBEX_ESTATE = {
  zones: { "us-east-1a": "use1-az4", "us-east-1b": "use1-az2", "us-east-1c": "use1-az1" },
  roles: { "corpai-cross-account-access": { description: "CorpAI acts in this account through this role" } },
  vpcs: {
    "vpc-061ebec0000000001": {
      cidr: "10.20.0.0/16",
      tags: { Name: "globex" },
      subnets: {
        "subnet-061ebec000000000a": { cidr: "10.20.0.0/24", zone: "us-east-1a", tags: { Name: "globex-private-a" } },
        "subnet-061ebec000000000b": { cidr: "10.20.1.0/24", zone: "us-east-1b", tags: { Name: "globex-private-b" } },
      },
      securityGroups: {
        "sg-061ebec0000000001": {
          name: "warehouse",
          description: "Warehouse nodes",
          egress: [{ protocol: "-1", cidr: "0.0.0.0/0" }],
        },
      },
      instances: {
        "i-061ebec0000000001": {
          subnet: "subnet-061ebec000000000a",
          ip: "10.20.0.21",
          securityGroups: ["sg-061ebec0000000001"],
          listens: [{ port: 5432, protocol: "TCP" }],
        },
        "i-061ebec0000000002": {
          subnet: "subnet-061ebec000000000b",
          ip: "10.20.1.21",
          securityGroups: ["sg-061ebec0000000001"],
          listens: [{ port: 5432, protocol: "TCP" }],
        },
      },
    },
  },
};

const CORPAI = "111122223333";

/** Whose servers alone reach Globex. */
export const TENANT = "research";
const aws = (account: string): Record<string, unknown> => ({
  "aws:region": "us-east-1",
  "aws:allowedAccountIds": [account],
});

/** Acme's GitHub moves with the new warehouse into the second cell; github-mcp uses connections of both, and is the only one that may use the warehouse. */
const FILES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // Without roles in its account, Globex's stacks would have no settings of Pulumi Deployments.
  "bootstrap.demo.globex": {
    ...aws(GLOBEX),
    "corpai:side": "customer",
    "corpai:repository": "acme/connect",
    "corpai:organization": "acme",
  },
  "customer-access.demo.globex": aws(GLOBEX),
  "customer-services.demo.globex": {
    ...aws(GLOBEX),
    "corpai:vpcId": "vpc-061ebec0000000001",
    "corpai:subnets": [
      { id: "subnet-061ebec000000000a", azId: "use1-az4" },
      { id: "subnet-061ebec000000000b", azId: "use1-az2" },
    ],
    "corpai:clientCidr": "10.40.0.0/17",
    "corpai:principals": [`arn:aws:iam::${CORPAI}:role/corpai-cross-account-access`],
    "corpai:services": {
      warehouse: {
        port: 5432,
        targets: { type: "instance", instanceIds: ["i-061ebec0000000001", "i-061ebec0000000002"] },
        targetSecurityGroupId: "sg-061ebec0000000001",
        openTargetSecurityGroup: true,
      },
    },
  },
  "connections.demo.b": {
    ...aws(CORPAI),
    "aws:assumeRoles": [{ roleArn: `arn:aws:iam::${CORPAI}:role/corpai-cross-account-access` }],
    "corpai:registrations": {
      github: {
        displayName: "GitHub Enterprise",
        service: { fromStack: "customer-services.demo.tools", key: "github" },
      },
      warehouse: {
        displayName: "Globex 数据仓库",
        service: { fromStack: "customer-services.demo.globex", key: "warehouse" },
        tenants: [TENANT],
      },
    },
  },
  "customer-acceptance.demo.globex": {
    ...aws(GLOBEX),
    "corpai:accept": { warehouse: [{ fromStack: "connections.demo.b", key: "warehouse" }] },
  },
};

interface StackFile {
  config: Record<string, unknown>;
  encryptionsalt: string;
}
type Registrations = Record<string, unknown>;
interface Server {
  readonly image: string;
  tenant?: string;
  readonly env: Record<string, unknown>;
}

/** A clone's stack files, as plain values. */
function filesOf({ folder }: Clone) {
  const path = (stack: string): string => join(folder, `environments/Pulumi.${stack}.yaml`);
  return {
    path,
    read: (stack: string) => parse(readFileSync(path(stack), "utf8")) as StackFile,
    write: (stack: string, file: StackFile): void => writeFileSync(path(stack), stringify(file)),
  };
}

/** Encrypts values into the configuration of the pods, by key. */
export function plantSecrets(clone: Clone, secrets: Readonly<Record<string, string>>): void {
  const { read, write } = filesOf(clone);
  const file = read("mcp-servers.demo");
  const crypter = new PassphraseCrypter(clone.sandbox.passphrase, file.encryptionsalt);
  for (const [key, value] of Object.entries(secrets)) file.config[`corpai:${key}`] = { secure: crypter.encrypt(value) };
  write("mcp-servers.demo", file);
}

export function severalCustomers(clone: Clone): void {
  const { path, read, write } = filesOf(clone);
  const { encryptionsalt } = read("network.demo");

  for (const [stack, config] of Object.entries(FILES)) write(stack, { config, encryptionsalt });
  renameSync(path("connections.demo"), path("connections.demo.a"));
  const first = read("connections.demo.a");
  const registrations = first.config["corpai:registrations"] as Registrations;
  first.config["corpai:registrations"] = { clickhouse: registrations.clickhouse };
  write("connections.demo.a", first);
  for (const [stack, cell] of [
    ["customer-acceptance.demo.data", "a"],
    ["customer-acceptance.demo.tools", "b"],
  ] as const)
    writeFileSync(
      path(stack),
      readFileSync(path(stack), "utf8").replace("connections.demo,", `connections.demo.${cell},`),
    );

  const network = read("network.demo");
  network.config["corpai:tenants"] = [TENANT];
  write("network.demo", network);

  const servers = read("mcp-servers.demo");
  const github = (servers.config["corpai:servers"] as Record<string, Server>)["github-mcp"];
  if (!github) throw new Error("the demo has no github-mcp");
  github.tenant = TENANT;
  Object.assign(github.env, {
    WAREHOUSE_HOST: { connection: "warehouse", value: "host" },
    WAREHOUSE_PORT: { connection: "warehouse", value: "port" },
    CLICKHOUSE_HOST: { connection: "clickhouse", value: "host" },
  });
  write("mcp-servers.demo", servers);

  const estate = join(clone.folder, "sandbox/estates/demo.yaml");
  const world = parse(readFileSync(estate, "utf8")) as {
    accounts: Record<string, unknown>;
    images: Record<string, { readyWhenReaches: { host: string; port: string }[] }>;
  };
  world.accounts[GLOBEX] = GLOBEX_ESTATE;
  world.images[github.image]?.readyWhenReaches.push({ host: "WAREHOUSE_HOST", port: "WAREHOUSE_PORT" });
  writeFileSync(estate, stringify(world));
}
