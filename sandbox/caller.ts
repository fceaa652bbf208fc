import { parse } from "yaml";
import { Refusal } from "./model.ts";
import type { Caller } from "./model.ts";
import type { Properties, Value } from "./wire.ts";
import { isObject } from "./wire.ts";
import type { World } from "./world.ts";

/** Nested provider settings travel as JSON text. */
function parsed(value: Value | undefined): Value | undefined {
  if (typeof value !== "string" || !/^[[{"]/.test(value)) return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}

const firstString = (value: Value | undefined): string | undefined =>
  Array.isArray(value) && typeof value[0] === "string" ? value[0] : undefined;

/** `urn:pulumi:network.demo::corpai::pulumi:providers:aws::default_7_48_0` → `network.demo`. */
export const stackOf = (urn: string): string => urn.split("::")[0]?.split(":")[2] ?? "";

/** The second part of the stack's name. */
function environmentOf(urn: string): string {
  const stack = stackOf(urn);
  const environment = stack.split(".")[1];
  if (environment === undefined)
    throw new Refusal("SandboxError", `stack "${stack}" names no environment, so the sandbox has no world for it`);
  return environment;
}

/** Who a provider acts as, by its ordinary settings: region, allowed accounts, an assumed role. */
export function callerOf(
  urn: string,
  settings: Properties,
  worldOf: (environment: string) => World,
): Omit<Caller, "run"> {
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, parsed(value) ?? null]));
  const environment = environmentOf(urn);
  const kind = urn.split("::")[2]?.split(":").at(-1);
  const world = worldOf(environment);
  const defaultTags =
    isObject(config.defaultTags) && isObject(config.defaultTags.tags)
      ? (config.defaultTags.tags as Record<string, string>)
      : {};
  const base = { environment, defaultTags, config };
  if (kind === "kubernetes") return { ...base, account: apiServerOf(config), region: "", role: undefined };
  if (kind !== "aws" && kind !== "aws-native") return { ...base, account: "", region: "", role: undefined };

  const region = typeof config.region === "string" ? config.region : undefined;
  if (region === undefined)
    throw new Refusal("MissingRegion", "no AWS region: set aws:region in the stack's configuration");
  const allowed = config.allowedAccountIds;
  const own = firstString(allowed);
  if (own === undefined)
    throw new Refusal(
      "SandboxError",
      "the sandbox takes the account from aws:allowedAccountIds, which this stack does not set",
    );

  // The one takes a list, the other a single role.
  const assumption = Array.isArray(config.assumeRoles) ? config.assumeRoles[0] : config.assumeRole;
  const assumed = isObject(assumption) ? assumption.roleArn : undefined;
  if (assumed === undefined || assumed === null)
    return { ...base, account: knownAccount(own, world), region, role: undefined };
  const [, account = "", role = ""] = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(String(assumed)) ?? [];
  if (!world.get("aws:iam/role:Role", role, account))
    throw new Refusal(
      "AccessDenied",
      `User is not authorized to perform: sts:AssumeRole on resource: ${String(assumed)}`,
    );
  if (Array.isArray(allowed) && !allowed.includes(account))
    throw new Refusal("SandboxError", `AWS account ID not allowed: ${account}`);
  return { ...base, account: knownAccount(account, world), region, role };
}

/** The API server of a kubeconfig given as JSON or YAML text: one cluster, the current context's. */
function apiServerOf({ kubeconfig }: Properties): string {
  const text = typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig ?? "");
  const document: unknown = parse(text);
  const clusters = isObject(document) && Array.isArray(document.clusters) ? document.clusters : [];
  const cluster = isObject(clusters[0]) && isObject(clusters[0].cluster) ? clusters[0].cluster : undefined;
  if (clusters.length !== 1 || typeof cluster?.server !== "string") {
    throw new Refusal("SandboxError", "the kubernetes provider needs a kubeconfig with exactly one cluster");
  }
  return cluster.server;
}

function knownAccount(account: string, world: World): string {
  if (world.facts.zones[account] === undefined) {
    throw new Refusal(
      "InvalidClientTokenId",
      `the security token is invalid: account ${account} does not exist in this environment's estate`,
    );
  }
  return account;
}
