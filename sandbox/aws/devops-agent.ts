/** AWS DevOps Agent: agent spaces, private connections, and the services that agents reach over them. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import {
  CONFIGURATION,
  GATEWAY,
  conflict,
  invalid,
  judgePlace,
  newGatewayId,
  notFound,
  occupy,
  overQuota,
  placeOf,
  portRange,
  whyNoGateway,
} from "./lattice.ts";
import { mayUse } from "./lattice-sharing.ts";
import { isHost } from "./names.ts";
import { arn, detach, inPlace } from "./network.ts";
import { deniedByOrganization } from "./policy-simulation.ts";
import { hasServiceLinkedRole, makeServiceLinkedRole } from "./service-linked-roles.ts";

export const SPACE = "aws-native:devopsagent:AgentSpace";
export const PRIVATE_CONNECTION = "aws-native:devopsagent:PrivateConnection";
export const SERVICE = "aws-native:devopsagent:Service";
export const ASSOCIATION = "aws-native:devopsagent:Association";

/** https://docs.aws.amazon.com/devopsagent/latest/userguide/ : "up to 10 minutes". */
const CREATE_SECONDS = 600;
const SPACES_PER_REGION = 100;
const CERTIFICATE_LIMIT = 32768;
const PORT_RANGES = 11;

const inRegion = (world: World, type: string, context: Context): WorldObject[] => world.all(type, inPlace(context));

// ---- agent spaces

const agentSpace: ResourceModel = {
  type: SPACE,
  arguments: { name: {}, description: {}, kmsKeyArn: { replace: true }, locale: {}, operatorApp: {}, tags: {} },
  autoname: { property: "name", limit: 64 },
  tagList: true,
  computed: ["agentSpaceId", "arn", "createdAt", "updatedAt"],
  create(_inputs, context) {
    const { world, caller } = context;
    if (inRegion(world, SPACE, context).length >= SPACES_PER_REGION)
      throw overQuota(`This account has ${SPACES_PER_REGION} agent spaces in ${caller.region}`);
    makeServiceLinkedRole(context, "aidevops.amazonaws.com");
    const id = uuid(world);
    const now = String(world.clock);
    return {
      id,
      computed: { agentSpaceId: id, arn: arn("aidevops", caller, `agentspace/${id}`), createdAt: now, updatedAt: now },
    };
  },
  update: (_object, _inputs, { world }) => ({ updatedAt: String(world.clock) }),
  remove({ id }, { world }) {
    const [used] = world.all(ASSOCIATION, ({ inputs }) => inputs.agentSpaceId === id);
    if (used) throw conflict(`Agent space ${id} has the association ${used.id}`);
  },
  seconds: { create: 10, delete: 10 },
};

const uuid = (world: World): string => [8, 4, 4, 4, 12].map((digits) => world.hex(digits)).join("-");

// ---- private connections

const nameOf = ({ inputs }: WorldObject): string => text(inputs.name) ?? "";

export const connectionNamed = (world: World, name: string, context: Pick<WorldObject, "account" | "region">) =>
  world.all(
    PRIVATE_CONNECTION,
    (one) => one.account === context.account && one.region === context.region && nameOf(one) === name,
  )[0];

export const serviceManaged = ({ inputs }: Pick<WorldObject, "inputs">): Properties | undefined => {
  const mode = record(inputs.connectionConfiguration).serviceManaged;
  return mode === undefined || mode === null ? undefined : record(mode);
};

/** ACTIVE as soon as its time has come, unless it failed. */
export const connectionStatus = (world: World, { computed, readyAt }: WorldObject): string =>
  text(computed._failed) !== undefined ? "CREATE_FAILED" : readyAt <= world.clock ? "ACTIVE" : "CREATE_IN_PROGRESS";

/** The shared or own resource configuration that a self-managed one names. */
export const configurationOf = (world: World, { inputs }: Pick<WorldObject, "inputs">): WorldObject | undefined =>
  world.all(
    CONFIGURATION,
    ({ computed }) =>
      computed.arn === record(record(inputs.connectionConfiguration).selfManaged).resourceConfigurationId,
  )[0];

const ADDRESS_TYPES = ["IPV4", "IPV6", "DUAL_STACK"];

function modeFailures(mode: Properties): CheckFailure[] {
  const at = (property: string): string => `connectionConfiguration.serviceManaged.${property}`;
  const failures: CheckFailure[] = [];
  const address = text(mode.hostAddress);
  if (address !== undefined && (address.length < 3 || address.length > 255))
    failures.push([at("hostAddress"), "must have 3 to 255 characters"]);
  if (texts(mode.securityGroupIds).length > 5) failures.push([at("securityGroupIds"), "must have 1 to 5 items"]);
  if (texts(mode.portRanges).length > PORT_RANGES)
    failures.push([at("portRanges"), `must have at most ${PORT_RANGES} items`]);
  for (const range of texts(mode.portRanges))
    // The API's own wording knows no range of one port.
    if (!portRange(range) || /^(\d+)-\1$/.test(range))
      failures.push([at("portRanges"), `"${range}" is no port and no range of ports`]);
  const family = text(mode.ipAddressType);
  if (family !== undefined && !ADDRESS_TYPES.includes(family))
    failures.push([at("ipAddressType"), `must be one of ${ADDRESS_TYPES.join(", ")}`]);
  return failures;
}

const privateConnection: ResourceModel = {
  type: PRIVATE_CONNECTION,
  arguments: {
    name: { replace: true },
    connectionConfiguration: { required: true, replace: true },
    certificate: {},
    tags: {},
  },
  autoname: { property: "name", limit: 30 },
  tagList: true,
  computed: ["arn", "status", "certificateExpiryTime"],
  check(inputs) {
    const name = text(inputs.name);
    const failures: CheckFailure[] = [];
    if (name !== undefined && !/^(?=.{3,30}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name))
      failures.push(["name", `"${name}" must have 3 to 30 lower-case letters, digits and hyphens`]);
    if ((text(inputs.certificate)?.length ?? 0) > CERTIFICATE_LIMIT)
      failures.push(["certificate", `must have at most ${CERTIFICATE_LIMIT} characters`]);
    const mode = serviceManaged({ inputs });
    return mode ? [...failures, ...modeFailures(mode)] : failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = text(inputs.name) ?? "";
    if (connectionNamed(world, name, caller)) throw conflict(`Private connection ${name} already exists`);
    const mode = serviceManaged({ inputs });
    const failed = mode ? buildManaged(name, mode, context) : judgeConfigurationOf(inputs, context);
    return {
      id: name,
      computed: {
        arn: arn("aidevops", caller, `private-connection/${name}`),
        certificateExpiryTime: "",
        status: failed === undefined ? "ACTIVE" : "CREATE_FAILED",
        ...(failed !== undefined && { _failed: failed }),
        ...(caller.role !== undefined && { _createdBy: caller.role }),
      },
    };
  },
  // Cloud Control waits for the end of it.
  awaits(object) {
    const failed = text(object.computed._failed);
    if (failed !== undefined)
      throw new Refusal("NotStabilized", `private connection ${nameOf(object)} is CREATE_FAILED: ${failed}`);
  },
  unready: ({ computed }) => computed._failed !== undefined,
  update: () => ({}),
  read: (object, { world }) => ({ status: connectionStatus(world, object) }),
  remove(object, { world }) {
    const [user] = servicesOver(world, object);
    if (user) throw conflict(`Private connection ${nameOf(object)} is in use by service ${user.id}`);
    const gateway = managedGatewayOf(world, object);
    if (!gateway) return;
    detach(world, gateway.id);
    world.remove(gateway);
  },
  seconds: { create: CREATE_SECONDS, delete: 300 },
};

/** The service's gateway stands in the account that it works for, to be seen and not touched. */
const gatewayName = (name: string): string => `aidevops-${name}`;
export const managedGatewayOf = (world: World, connection: WorldObject): WorldObject | undefined =>
  world.all(
    GATEWAY,
    ({ account, region, inputs, computed }) =>
      account === connection.account &&
      region === connection.region &&
      inputs.name === gatewayName(nameOf(connection)) &&
      computed._managedBy !== undefined,
  )[0];

/** @returns why it fails while AWS is at it @throws {Refusal} of what AWS refuses at once */
function buildManaged(name: string, mode: Properties, context: Context): string | undefined {
  const { world, caller } = context;
  const host = text(mode.hostAddress) ?? "";
  if (!isHost(host)) throw invalid(`hostAddress ${host} is neither a DNS name nor an IP address`);
  if (texts(mode.subnetIds).length === 0) throw invalid("subnetIds must have 1 to 20 items");
  const place = placeOf(mode, context);
  const subnets = judgePlace(place, context);
  const action = "vpc-lattice:CreateResourceGateway";
  if (deniedByOrganization(context, action))
    return `the service-linked role may not perform ${action}: a service control policy denies it`;
  const why = whyNoGateway(place, context, subnets);
  if (why !== undefined) return why;
  if (!hasServiceLinkedRole(world, caller.account, "aidevops.amazonaws.com"))
    return "there is no service-linked role AWSServiceRoleForAIDevOps, which comes with the first agent space";
  const id = newGatewayId(context);
  occupy(id, place, subnets, context);
  world.put({
    type: GATEWAY,
    id,
    account: caller.account,
    region: caller.region,
    inputs: {
      name: gatewayName(name),
      vpcId: place.vpcId,
      subnetIds: [...place.subnetIds],
      tags: { AWSAIDevOpsManaged: "true" },
    },
    computed: {
      arn: arn("vpc-lattice", caller, `resourcegateway/${id}`),
      status: "ACTIVE",
      securityGroupIds: [...place.securityGroupIds],
      resourceConfigDnsResolution: mode.dnsResolution ?? "PUBLIC",
      _managedBy: "devops-agent.amazonaws.com",
    },
    readyAt: 0,
    estate: false,
  });
  return undefined;
}

/** @throws {Refusal} */
function judgeConfigurationOf(inputs: Properties, { world, caller }: Context): undefined {
  const named = text(record(record(inputs.connectionConfiguration).selfManaged).resourceConfigurationId) ?? "";
  // The document shows an id; what Cloud Control hands on must be the ARN.
  if (!named.startsWith("arn:"))
    throw invalid(`resourceConfigurationId ${named} is no ARN of a resource configuration`);
  if (named.split(":")[3] !== caller.region)
    throw invalid(`Resource configuration ${named} is not in region ${caller.region}`);
  const found = configurationOf(world, { inputs });
  if (!found || !mayUse(world, found, caller)) throw notFound("Resource configuration", named);
  if (found.inputs.type === "GROUP")
    throw invalid(`Resource configuration ${named} is a group: name one of its children`);
  return undefined;
}

// ---- services

/** By type of service, the property of `serviceDetails` and `configuration` that it goes by. */
const KINDS: Readonly<Record<string, { readonly details: string; readonly configuration: string }>> = {
  mcpserver: { details: "mcpServer", configuration: "mcpServer" },
  mcpservergrafana: { details: "mcpServerGrafana", configuration: "mcpServerGrafana" },
  mcpserversplunk: { details: "mcpServerSplunk", configuration: "mcpServerSplunk" },
  mcpservernewrelic: { details: "mcpServerNewRelic", configuration: "mcpServerNewRelic" },
  mcpserversigv4: { details: "mcpServerSigV4", configuration: "mcpServerSigV4" },
  gitlab: { details: "gitLab", configuration: "gitLab" },
  dynatrace: { details: "dynatrace", configuration: "dynatrace" },
  servicenow: { details: "serviceNow", configuration: "serviceNow" },
  pagerduty: { details: "pagerDuty", configuration: "pagerDuty" },
  azureidentity: { details: "azureIdentity", configuration: "azure" },
};

/** Every private connection that a service names: one for all its ways, or one for each. */
const connectionNames = ({
  privateConnectionName,
  exchangeUrlPrivateConnectionName,
  targetUrlPrivateConnectionName,
}: Properties): string[] =>
  [privateConnectionName, exchangeUrlPrivateConnectionName, targetUrlPrivateConnectionName].flatMap(
    (name) => text(name) ?? [],
  );

/** The one over which requests go. */
export const targetConnection = ({ inputs }: Pick<WorldObject, "inputs">): string | undefined =>
  text(inputs.privateConnectionName) ?? text(inputs.targetUrlPrivateConnectionName);

const servicesOver = (world: World, connection: WorldObject): WorldObject[] =>
  world.all(
    SERVICE,
    ({ account, region, inputs }) =>
      account === connection.account && region === connection.region && connectionNames(inputs).includes(connection.id),
  );

const detailsOf = ({ serviceType, serviceDetails }: Properties): Properties =>
  record(record(serviceDetails)[KINDS[text(serviceType) ?? ""]?.details ?? ""]);

/** @throws {Refusal} of a URL that no client could use */
function endpointOf(details: Properties): string {
  const url = text(details.endpoint) ?? text(details.targetUrl) ?? "";
  if (url === "") return "";
  const parsed = URL.parse(url);
  if (!parsed || !["https:", "http:"].includes(parsed.protocol)) throw invalid(`endpoint ${url} is no URL`);
  return url;
}

const service: ResourceModel = {
  type: SERVICE,
  arguments: {
    serviceType: { required: true, replace: true },
    serviceDetails: { sensitive: true },
    privateConnectionName: { replace: true },
    exchangeUrlPrivateConnectionName: { replace: true },
    targetUrlPrivateConnectionName: { replace: true },
    kmsKeyArn: { replace: true },
    tags: {},
  },
  tagList: true,
  computed: ["serviceId", "arn", "accessibleResources", "additionalServiceDetails"],
  check({ serviceType }) {
    const kind = text(serviceType);
    return kind === undefined || Object.hasOwn(KINDS, kind)
      ? []
      : [["serviceType", `must be one of ${Object.keys(KINDS).join(", ")}`]];
  },
  create(inputs, context) {
    const { world, caller } = context;
    const computed = judged(inputs, context);
    const id = uuid(world);
    return { id, computed: { ...computed, serviceId: id, arn: arn("aidevops", caller, `service/${id}`) } };
  },
  update: (_object, inputs, context) => judged(inputs, context),
  remove({ id }, { world }) {
    const [used] = world.all(ASSOCIATION, ({ inputs }) => inputs.serviceId === id);
    if (used) throw conflict(`Service ${id} has the association ${used.id}`);
  },
  seconds: { create: 15, delete: 10 },
};

/** @throws {Refusal} @returns what the world keeps in clear: details as a whole hold tokens */
function judged(inputs: Properties, { world, caller }: Context): Properties {
  const details = detailsOf(inputs);
  if (Object.keys(details).length === 0) throw invalid(`serviceDetails has nothing for ${text(inputs.serviceType)}`);
  for (const name of connectionNames(inputs)) {
    const connection = connectionNamed(world, name, caller);
    if (!connection) throw notFound("Private connection", name);
    if (connectionStatus(world, connection) !== "ACTIVE" && connection.computed._failed !== undefined)
      throw invalid(`Private connection ${name} is ${connectionStatus(world, connection)}`);
  }
  if (inputs.privateConnectionName !== undefined && connectionNames(inputs).length > 1)
    throw invalid(
      "privateConnectionName cannot be combined with targetUrlPrivateConnectionName or exchangeUrlPrivateConnectionName",
    );
  const authorization = record(details.authorizationConfig);
  if (inputs.serviceType === "mcpservergrafana" && authorization.bearerToken === undefined)
    throw invalid("authorizationConfig of Grafana must hold bearerToken");
  if (inputs.serviceType === "mcpserver" && Object.keys(authorization).length !== 1)
    throw invalid("authorizationConfig must hold exactly one of apiKey, bearerToken and oAuthClientCredentials");
  return {
    accessibleResources: [],
    additionalServiceDetails: {},
    _endpoint: endpointOf(details),
    _name: text(details.name) ?? "",
  };
}

// ---- associations

const association: ResourceModel = {
  type: ASSOCIATION,
  arguments: {
    agentSpaceId: { required: true, replace: true },
    serviceId: { required: true },
    configuration: { required: true },
    linkedAssociationIds: {},
  },
  computed: ["associationId", "createdAt", "updatedAt"],
  create(inputs, context) {
    const { world } = context;
    judgeAssociation(inputs, undefined, context);
    const associationId = uuid(world);
    const now = String(world.clock);
    return {
      id: `${text(inputs.agentSpaceId)}|${associationId}`,
      computed: { associationId, createdAt: now, updatedAt: now },
    };
  },
  update(object, inputs, context) {
    judgeAssociation(inputs, object, context);
    return { updatedAt: String(context.world.clock) };
  },
  seconds: { create: 10, delete: 10 },
};

/** Clouds and chats that are not registered as services: their own configuration is all. */
function judgeAssociation(inputs: Properties, self: WorldObject | undefined, context: Context): void {
  const { world, caller } = context;
  const [spaceId, serviceId] = [text(inputs.agentSpaceId) ?? "", text(inputs.serviceId) ?? ""];
  if (!world.get(SPACE, spaceId, caller.account)) throw notFound("Agent space", spaceId);
  const found = world.get(SERVICE, serviceId, caller.account);
  if (!found) throw notFound("Service", serviceId);
  const twin = world.all(
    ASSOCIATION,
    (other) => other !== self && other.inputs.agentSpaceId === spaceId && other.inputs.serviceId === serviceId,
  )[0];
  if (twin) throw conflict(`Service ${serviceId} is already associated with agent space ${spaceId}`);
  const kind = KINDS[text(found.inputs.serviceType) ?? ""]?.configuration ?? "";
  const configuration = record(inputs.configuration);
  if (configuration[kind] === undefined || Object.keys(configuration).length !== 1)
    throw invalid(
      `configuration of a service of type ${text(found.inputs.serviceType)} must hold ${kind} and nothing else`,
    );
  const own = record(configuration[kind]);
  if (kind === "mcpServer" && texts(own.tools).length === 0) throw invalid("tools must have at least one item");
  const endpoint = text(own.endpoint);
  if (endpoint !== undefined && endpoint !== found.computed._endpoint)
    throw invalid(`endpoint ${endpoint} is not that of service ${serviceId}, ${text(found.computed._endpoint)}`);
}

export const devopsAgentModels: readonly ResourceModel[] = [agentSpace, privateConnection, service, association];
