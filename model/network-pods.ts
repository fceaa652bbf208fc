import { podSpec, specOf, valueOf } from "./deployment.ts";
import type { ConnectionValue } from "./environment-facts.ts";
import { type Endpoint, type NetworkPlan, type Source } from "./network-nodes.ts";
import type { Places } from "./network-places.ts";
import {
  type Plain,
  type Records,
  type ResourceRecord,
  TYPE,
  UNKNOWN,
  type Unknown,
  argument,
  fields,
  integer,
  list,
  text,
} from "./resource-record.ts";
import { regionalHost } from "./service-name.ts";

type Standing = Pick<Source, "vpcId" | "places" | "groups">;

/** The pods that use a connection: one source for each workload or, where none does, one for such a workload as could. */
export function sourcesOf(
  { key: connection, portName }: { readonly key: string; readonly portName: string | undefined },
  endpoint: Endpoint | undefined,
  { records, places, plan }: { readonly records: Records; readonly places: Places; readonly plan: NetworkPlan },
): Source[] {
  const deploymentOf = ({ name, stack }: NetworkPlan["workloads"][number]): ResourceRecord | undefined =>
    records.of(TYPE.deployment).find((record) => record.stack === stack && record.name === name);
  const named = predecessorsOf(connection, plan);
  const privateName = plan.registrations.find(({ key }) => key === connection)?.privateName;
  const isSucceeded = plan.registrations.some(({ succeeds }) => succeeds === connection);
  const users = plan.workloads.filter((workload) => {
    const own = workload.uses.filter((use) => named.includes(use.connection));
    if (own.length === 0) return false;
    // Where another connection may answer in its place, what the pods hold says which one does.
    const hosts = own
      .filter(({ value }) => value === "host")
      .map(({ variable }) => hostIn(deploymentOf(workload), variable));
    const holds =
      endpoint !== undefined &&
      hosts.some((one) => typeof one === "string" && (one.startsWith(`${endpoint.id}-`) || one === privateName));
    if (holds) return true;
    const isDirect = own.some((use) => use.connection === connection);
    return isDirect && (!isSucceeded || hosts.every((one) => typeof one !== "string" || one.endsWith(".invalid")));
  });
  const host = hostOf(endpoint);
  const anywhere = anyWorkload(records, places);
  const unseen = { ...anywhere, port: undefined, serverName: undefined, pods: undefined };
  if (users.length === 0) return [{ ...unseen, name: "pods", host, built: true }];
  return users.map((workload): Source => {
    const { name, uses } = workload;
    const deployment = deploymentOf(workload);
    if (!deployment) return { ...unseen, name, host: UNKNOWN, built: false };
    const variable = (value: ConnectionValue): string | undefined =>
      uses.find(
        (use) => named.includes(use.connection) && use.value === value && (value !== "port" || use.port === portName),
      )?.variable;
    const [hostVariable, portVariable] = [variable("host"), variable("port")];
    const nameVariable = variable("serverName");
    return {
      ...(standingOf(deployment, records, places) ?? anywhere),
      name,
      host: hostVariable === undefined ? host : text(valueOf(deployment, hostVariable)),
      port: portVariable === undefined ? undefined : integer(valueOf(deployment, portVariable)),
      serverName: nameVariable === undefined ? undefined : text(valueOf(deployment, nameVariable)),
      pods: podsOf(deployment),
      built: true,
    };
  });
}

/** What servers may call a connection: its own key, and those whose place it takes. */
function predecessorsOf(connection: string, plan: NetworkPlan, seen: readonly string[] = []): readonly string[] {
  const succeeds = plan.registrations.find(({ key }) => key === connection)?.succeeds;
  if (succeeds === undefined || seen.includes(succeeds)) return [connection];
  return [connection, ...predecessorsOf(succeeds, plan, [...seen, connection])];
}

const hostIn = (deployment: ResourceRecord | undefined, variable: string): string | Unknown | undefined =>
  deployment && text(valueOf(deployment, variable));

function hostOf(endpoint: Endpoint | undefined): string | Unknown | undefined {
  if (!endpoint || endpoint.dnsNames === UNKNOWN) return UNKNOWN;
  return regionalHost(endpoint.dnsNames.map((dnsName) => ({ dnsName })));
}

/** By the node pool that takes the workload's pods; undefined where no node class of these programs does. */
function standingOf(deployment: ResourceRecord, records: Records, places: Places): Standing | undefined {
  const wanted = Object.entries(fields(podSpec(deployment).nodeSelector));
  const pool = records.of(TYPE.nodePool).find((record) => {
    const labels = fields(fields(fields(specOf(record).template).metadata).labels);
    return wanted.every(([key, value]) => labels[key] === value);
  });
  const className = pool && fields(fields(fields(specOf(pool).template).spec).nodeClassRef).name;
  const nodeClass = records
    .of(TYPE.nodeClass)
    .find((record) => fields(argument(record, "metadata")).name === className);
  if (!nodeClass) return undefined;
  const spec = specOf(nodeClass);
  const own = spec.podSubnetSelectorTerms !== undefined;
  const subnets = selected(own ? spec.podSubnetSelectorTerms : spec.subnetSelectorTerms);
  return {
    places: subnets === UNKNOWN ? places.planned("client") : places.of(subnets),
    groups: selected(own ? spec.podSecurityGroupSelectorTerms : spec.securityGroupSelectorTerms),
    vpcId: subnets === UNKNOWN ? UNKNOWN : places.vpcOf(subnets),
  };
}

/** By what the network program tells its readers. */
function anyWorkload(records: Records, places: Places): Standing {
  const outputs = records.of(TYPE.stack).find((record) => argument(record, "workloadsSecurityGroupId") !== undefined);
  const group = outputs && text(argument(outputs, "workloadsSecurityGroupId"));
  return {
    vpcId: (outputs && text(argument(outputs, "vpcId"))) ?? UNKNOWN,
    places: places.planned("client"),
    groups: group === undefined || group === UNKNOWN ? UNKNOWN : [group],
  };
}

/** Ids that selector terms name; a term by tags or by name selects what nobody here knows. */
function selected(terms: Plain | undefined): readonly string[] | Unknown {
  const all = list(terms);
  if (all === UNKNOWN) return UNKNOWN;
  const ids = all.map((term) => fields(term).id);
  const known = ids.filter((id) => typeof id === "string");
  return known.length === ids.length ? known : UNKNOWN;
}

function podsOf(deployment: ResourceRecord): Source["pods"] {
  const [wanted, ready] = [
    integer(specOf(deployment).replicas),
    integer(fields(argument(deployment, "status")).readyReplicas),
  ];
  return typeof wanted === "number" ? { wanted, ready: typeof ready === "number" ? ready : 0 } : undefined;
}
