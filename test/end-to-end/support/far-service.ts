/** The demo's environment with one service alone: in another region, spoken to over TLS, with a name of its own. Written over the files of a clone. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Clone } from "./clone.ts";

const CORPAI = "111122223333";
/** Customer Initech, whose warehouse stands in Ireland. */
const INITECH = "888899990000";
export const SERVICE_REGION = "eu-west-1";
export const NAME = "warehouse.initech.example";
export const SERVICES = "customer-services.demo.far";
export const IMAGE = `public.ecr.aws/corpai/mcp-warehouse@sha256:${"5".repeat(64)}`;
const ZONE = "Z0INITECHEXAMPLE";
const ROLE = `arn:aws:iam::${CORPAI}:role/corpai-cross-account-access`;

export const AUTHORITY = readFileSync(join(import.meta.dirname, "../../fixtures/acme-authority.pem"), "utf8");

const instance = (subnet: string, ip: string) => ({
  subnet,
  ip,
  securityGroups: ["sg-01417ec0000000001"],
  listens: [{ port: 8443, protocol: "HTTPS", paths: { "/ping": 200 }, certificateNames: [NAME], signedBy: AUTHORITY }],
});

const ESTATE = {
  zones: { "eu-west-1a": "euw1-az3", "eu-west-1b": "euw1-az1", "eu-west-1c": "euw1-az2" },
  hostedZones: { [ZONE]: { name: "initech.example" } },
  vpcs: {
    "vpc-01417ec0000000001": {
      region: SERVICE_REGION,
      cidr: "10.20.0.0/16",
      subnets: {
        "subnet-01417ec000000000a": { cidr: "10.20.0.0/24", zone: "eu-west-1a" },
        "subnet-01417ec000000000b": { cidr: "10.20.1.0/24", zone: "eu-west-1b" },
      },
      securityGroups: {
        "sg-01417ec0000000001": {
          name: "warehouse",
          description: "Warehouse nodes",
          egress: [{ protocol: "-1", cidr: "0.0.0.0/0" }],
        },
      },
      instances: {
        "i-01417ec0000000001": instance("subnet-01417ec000000000a", "10.20.0.21"),
        "i-01417ec0000000002": instance("subnet-01417ec000000000b", "10.20.1.21"),
      },
    },
  },
};

const aws = (account: string, region = "us-east-1"): Record<string, unknown> => ({
  "aws:region": region,
  "aws:allowedAccountIds": [account],
});

const FILES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "customer-access.demo.data": {
    ...aws(CORPAI),
    "corpai:reach": { privateNames: true, serviceRegions: [SERVICE_REGION] },
  },
  [SERVICES]: {
    ...aws(INITECH, SERVICE_REGION),
    "corpai:vpcId": "vpc-01417ec0000000001",
    "corpai:subnets": [
      { id: "subnet-01417ec000000000a", azId: "euw1-az3" },
      { id: "subnet-01417ec000000000b", azId: "euw1-az1" },
    ],
    "corpai:clientCidr": "10.40.0.0/17",
    "corpai:principals": [ROLE],
    "corpai:services": {
      warehouse: {
        port: 8443,
        targets: { type: "instance", instanceIds: ["i-01417ec0000000001", "i-01417ec0000000002"] },
        healthCheck: { protocol: "HTTPS", path: "/ping" },
        targetSecurityGroupId: "sg-01417ec0000000001",
        openTargetSecurityGroup: true,
        tls: { serverName: NAME, caBundle: AUTHORITY },
        privateDns: { name: NAME, hostedZoneId: ZONE },
        supportedRegions: ["us-east-1"],
      },
    },
  },
  "connections.demo": {
    ...aws(CORPAI),
    "aws:assumeRoles": [{ roleArn: ROLE }],
    "corpai:registrations": {
      warehouse: {
        displayName: "Initech Warehouse",
        service: { fromStack: SERVICES, key: "warehouse" },
        serviceRegion: SERVICE_REGION,
      },
    },
  },
  "customer-acceptance.demo.far": {
    ...aws(INITECH, SERVICE_REGION),
    "corpai:accept": { warehouse: [{ fromStack: "connections.demo", key: "warehouse" }] },
  },
  "mcp-servers.demo": {
    ...aws(CORPAI),
    "aws:defaultTags": { tags: { ManagedBy: "corpai-terraform" } },
    "corpai:servers": {
      "warehouse-mcp": {
        image: IMAGE,
        env: {
          WAREHOUSE_HOST: { connection: "warehouse", value: "host" },
          WAREHOUSE_PORT: { connection: "warehouse", value: "port" },
          WAREHOUSE_SERVER_NAME: { connection: "warehouse", value: "serverName" },
          WAREHOUSE_CA_BUNDLE: { connection: "warehouse", value: "caBundle" },
        },
      },
    },
  },
};

/** What the demo has and this environment has not. */
const REMOVED = [
  "customer-services.demo.data",
  "customer-services.demo.tools",
  "customer-acceptance.demo.data",
  "customer-acceptance.demo.tools",
  "data.demo",
  "private-connections.demo",
  "bootstrap.demo",
  "bootstrap.demo.tools",
  "delivery.demo",
];

export function farService({ folder }: Clone): void {
  const path = (stack: string): string => join(folder, `environments/Pulumi.${stack}.yaml`);
  const { encryptionsalt } = parse(readFileSync(path("network.demo"), "utf8")) as { readonly encryptionsalt: string };
  for (const stack of REMOVED) rmSync(path(stack));
  for (const [stack, config] of Object.entries(FILES))
    writeFileSync(path(stack), stringify({ config, encryptionsalt }));

  // That data leaves its region is the environment's owner's to allow.
  const policies = join(folder, "environments/policies.demo.json");
  const configured = JSON.parse(readFileSync(policies, "utf8")) as object;
  const allowed = { allowedRegions: ["us-east-1"] };
  writeFileSync(policies, JSON.stringify({ ...configured, "endpoint-service-regions": allowed }));

  const estate = join(folder, "sandbox/estates/demo.yaml");
  const world = parse(readFileSync(estate, "utf8")) as {
    readonly accounts: Record<string, unknown>;
    readonly images: Record<string, unknown>;
  };
  world.accounts[INITECH] = ESTATE;
  world.images[IMAGE] = {
    readyWhenReaches: [
      {
        host: "WAREHOUSE_HOST",
        port: "WAREHOUSE_PORT",
        certificateFor: "WAREHOUSE_SERVER_NAME",
        caBundle: "WAREHOUSE_CA_BUNDLE",
      },
    ],
  };
  writeFileSync(estate, stringify(world));
}
