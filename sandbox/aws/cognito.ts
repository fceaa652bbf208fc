/** Cognito as programs use it that have no people: pools with a domain, resource servers, clients. Whom it gives tokens, tokens.ts judges. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, record, records, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { arn } from "./network.ts";

export const POOL = "aws:cognito/userPool:UserPool";
export const DOMAIN = "aws:cognito/userPoolDomain:UserPoolDomain";
export const RESOURCE_SERVER = "aws:cognito/resourceServer:ResourceServer";
export const CLIENT = "aws:cognito/userPoolClient:UserPoolClient";

const invalid = (message: string): Refusal => new Refusal("InvalidParameterException", message);
/** Words that no domain of a pool may hold. */
const RESERVED = ["aws", "amazon", "cognito"];

function ownedPool(inputs: Properties, { world, caller }: Context): WorldObject {
  const id = text(inputs.userPoolId) ?? "";
  const pool = world.get(POOL, id, caller.account);
  if (!pool || pool.region !== caller.region)
    throw new Refusal("ResourceNotFoundException", `User pool ${id} does not exist.`);
  return pool;
}

const ofPool = (world: World, type: string, poolId: string): WorldObject[] =>
  world.all(type, ({ inputs }) => inputs.userPoolId === poolId);

export const domainOf = (world: World, poolId: string): WorldObject | undefined => ofPool(world, DOMAIN, poolId)[0];

/** What a pool's tokens name as their issuer. */
export const issuerOf = ({ id, region }: Pick<WorldObject, "id" | "region">): string =>
  `https://cognito-idp.${region}.amazonaws.com/${id}`;

export const DISCOVERY = "/.well-known/openid-configuration";

/** The pool whose discovery document is at a URL; undefined where there is none. */
export const poolAt = (world: World, url: string): WorldObject | undefined =>
  world.all(POOL, (pool) => `${issuerOf(pool)}${DISCOVERY}` === url)[0];

/** All scopes that a pool's resource servers define, as tokens carry them. */
const scopesOf = (world: World, poolId: string): readonly string[] =>
  ofPool(world, RESOURCE_SERVER, poolId).flatMap(({ computed }) => texts(computed.scopeIdentifiers));

const pool: ResourceModel = {
  type: POOL,
  arguments: {
    name: {},
    deletionProtection: { default: "INACTIVE" },
    mfaConfiguration: { default: "OFF" },
    adminCreateUserConfig: {},
    userPoolTier: {},
    tags: {},
  },
  autoname: { property: "name", limit: 128 },
  computed: [
    ..."arn creationDate customDomain domain emailVerificationMessage endpoint estimatedNumberOfUsers lastModifiedDate region".split(
      " ",
    ),
    "userPoolTier",
  ],
  check({ deletionProtection, userPoolTier }) {
    const failures: CheckFailure[] = [];
    for (const [property, value, allowed] of [
      ["deletionProtection", deletionProtection, ["ACTIVE", "INACTIVE"]],
      ["userPoolTier", userPoolTier, ["LITE", "ESSENTIALS", "PLUS"]],
    ] as const)
      if (value !== undefined && value !== UNKNOWN && !(allowed as readonly unknown[]).includes(value))
        failures.push([property, `expected ${property} to be one of [${allowed.join(" ")}], got ${String(value)}`]);
    return failures;
  },
  create(inputs, { world, caller }) {
    const id = `${caller.region}_${world.hex(9)}`;
    return {
      id,
      computed: {
        arn: arn("cognito-idp", caller, `userpool/${id}`),
        endpoint: `cognito-idp.${caller.region}.amazonaws.com/${id}`,
        creationDate: "",
        lastModifiedDate: "",
        customDomain: "",
        domain: "",
        emailVerificationMessage: "",
        estimatedNumberOfUsers: 0,
        userPoolTier: inputs.userPoolTier ?? "ESSENTIALS",
        region: caller.region,
      },
    };
  },
  update: (_object, inputs) => ({ userPoolTier: inputs.userPoolTier ?? "ESSENTIALS" }),
  read: (object, { world }) => ({ domain: text(domainOf(world, object.id)?.inputs.domain) ?? "" }),
  remove(object, { world }) {
    if (object.inputs.deletionProtection === "ACTIVE")
      throw invalid(
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
      );
    if (domainOf(world, object.id))
      throw invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.");
    for (const type of [CLIENT, RESOURCE_SERVER]) ofPool(world, type, object.id).forEach((one) => world.remove(one));
  },
  seconds: { create: 2, delete: 2 },
  calls: {
    arn: "cognito-idp:userpool/*",
    create: [["cognito-idp:CreateUserPool"]],
    read: [
      ["cognito-idp:DescribeUserPool", "self"],
      ["cognito-idp:GetUserPoolMfaConfig", "self"],
    ],
    update: each(
      ["name", "deletionProtection", "mfaConfiguration", "adminCreateUserConfig", "userPoolTier"],
      ["cognito-idp:UpdateUserPool", "self"],
    ),
    delete: [["cognito-idp:DeleteUserPool", "self"]],
  },
};

const domain: ResourceModel = {
  type: DOMAIN,
  arguments: { domain: { required: true, replace: true }, userPoolId: { required: true, replace: true } },
  computed: [
    ..."awsAccountId cloudfrontDistribution cloudfrontDistributionArn cloudfrontDistributionZoneId region s3Bucket".split(
      " ",
    ),
    ..."managedLoginVersion version".split(" "),
  ],
  check({ domain: given_ }) {
    const wanted = text(given_);
    return wanted === undefined || /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(wanted)
      ? []
      : [["domain", `invalid value for domain (only lowercase alphanumeric characters and hyphens): ${wanted}`]];
  },
  create(inputs, context) {
    const { world, caller } = context;
    const owner = ownedPool(inputs, context);
    const name = given(text(inputs.domain), "domain");
    const reserved = RESERVED.find((word) => name.includes(word));
    if (reserved !== undefined) throw invalid(`Domain cannot contain reserved word: ${reserved}`);
    if (domainOf(world, owner.id)) throw invalid("User pool already has a domain configured.");
    // A prefix is one host name of the region, whoever's account it is.
    if (world.all(DOMAIN, (one) => one.region === caller.region && one.inputs.domain === name).length > 0)
      throw invalid("Domain already associated with another user pool.");
    return {
      id: name,
      computed: {
        awsAccountId: caller.account,
        cloudfrontDistribution: `d${world.hex(13)}.cloudfront.net`,
        cloudfrontDistributionArn: `d${world.hex(13)}.cloudfront.net`,
        cloudfrontDistributionZoneId: "Z2FDTNDATAQYW2",
        managedLoginVersion: 1,
        region: caller.region,
        s3Bucket: `aws-cognito-prod-${caller.region}-assets`,
        version: "1",
      },
    };
  },
  seconds: { create: 10, delete: 5 },
  calls: {
    create: [["cognito-idp:CreateUserPoolDomain", "userPoolId"]],
    read: [["cognito-idp:DescribeUserPoolDomain"]],
    delete: [["cognito-idp:DeleteUserPoolDomain", "userPoolId"]],
  },
};

const identifiers = ({ identifier, scopes }: Properties): string[] =>
  records(scopes).map(({ scopeName }) => `${text(identifier) ?? ""}/${text(scopeName) ?? ""}`);

const resourceServer: ResourceModel = {
  type: RESOURCE_SERVER,
  arguments: {
    identifier: { required: true, replace: true },
    name: { required: true },
    scopes: { set: true },
    userPoolId: { required: true, replace: true },
  },
  computed: ["scopeIdentifiers", "region"],
  // The bridge names what has a name, as everywhere.
  settle: (inputs, { olds, autoname }) => ({ ...inputs, name: inputs.name ?? olds.name ?? autoname(7) }),
  unknownOnUpdate: (changed) => (changed.includes("scopes") ? ["scopeIdentifiers"] : []),
  create(inputs, context) {
    const owner = ownedPool(inputs, context);
    const identifier = given(text(inputs.identifier), "identifier");
    const isNamed = ({ inputs: other }: WorldObject): boolean => other.identifier === identifier;
    if (ofPool(context.world, RESOURCE_SERVER, owner.id).some(isNamed))
      throw invalid(`${owner.id} already has a resource server with identifier ${identifier}`);
    return {
      id: `${owner.id}|${identifier}`,
      computed: { scopeIdentifiers: identifiers(inputs), region: context.caller.region },
    };
  },
  update: (_object, inputs) => ({ scopeIdentifiers: identifiers(inputs) }),
  seconds: { create: 1, delete: 1 },
  calls: {
    create: [["cognito-idp:CreateResourceServer", "userPoolId"]],
    read: [["cognito-idp:DescribeResourceServer", "userPoolId"]],
    update: each(["name", "scopes"], ["cognito-idp:UpdateResourceServer", "userPoolId"]),
    delete: [["cognito-idp:DeleteResourceServer", "userPoolId"]],
  },
};

/** What Cognito has against a client's flows and scopes. */
function judgeClient(inputs: Properties, { world }: Context): void {
  const flows = texts(inputs.allowedOauthFlows);
  if (flows.includes("client_credentials")) {
    if (flows.length > 1)
      throw new Refusal(
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected along with code flow or implicit flow.",
      );
    if (!flag(inputs.generateSecret))
      throw new Refusal(
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected if client does not have a client secret.",
      );
  }
  const known = scopesOf(world, text(inputs.userPoolId) ?? "");
  const missing = texts(inputs.allowedOauthScopes).find((scope) => !known.includes(scope));
  if (missing !== undefined) throw new Refusal("ScopeDoesNotExistException", `Invalid scope requested: ${missing}`);
  if (flows.length > 0 && !flag(inputs.allowedOauthFlowsUserPoolClient))
    throw invalid("AllowedOAuthFlowsUserPoolClient is required if AllowedOAuthFlows or AllowedOAuthScopes are set.");
}

const TUNABLE =
  "name allowedOauthFlowsUserPoolClient accessTokenValidity enableTokenRevocation preventUserExistenceErrors".split(
    " ",
  );
const SETS = ["allowedOauthFlows", "allowedOauthScopes", "explicitAuthFlows"];

const client: ResourceModel = {
  type: CLIENT,
  arguments: {
    ...Object.fromEntries(TUNABLE.map((name) => [name, {}])),
    ...Object.fromEntries(SETS.map((name) => [name, { set: true } as const])),
    tokenValidityUnits: {},
    generateSecret: { replace: true },
    userPoolId: { required: true, replace: true },
  },
  autoname: { property: "name", limit: 128 },
  computed: ["clientSecret", "region", ...TUNABLE.slice(2), ...SETS],
  create(inputs, context) {
    ownedPool(inputs, context);
    judgeClient(inputs, context);
    const { world, caller } = context;
    return {
      id: world.hex(26),
      computed: {
        clientSecret: flag(inputs.generateSecret) ? world.hex(51) : "",
        accessTokenValidity: inputs.accessTokenValidity ?? 1,
        enableTokenRevocation: inputs.enableTokenRevocation ?? true,
        preventUserExistenceErrors: inputs.preventUserExistenceErrors ?? "",
        ...Object.fromEntries(SETS.map((name) => [name, inputs[name] ?? []])),
        region: caller.region,
      },
    };
  },
  update(object, inputs, context) {
    judgeClient(inputs, context);
    return Object.fromEntries(
      [...TUNABLE.slice(2), ...SETS].map((name) => [name, inputs[name] ?? record(object.computed)[name] ?? null]),
    );
  },
  seconds: { create: 1, delete: 1 },
  calls: {
    create: [["cognito-idp:CreateUserPoolClient", "userPoolId"]],
    read: [["cognito-idp:DescribeUserPoolClient", "userPoolId"]],
    update: each([...TUNABLE, ...SETS, "tokenValidityUnits"], ["cognito-idp:UpdateUserPoolClient", "userPoolId"]),
    delete: [["cognito-idp:DeleteUserPoolClient", "userPoolId"]],
  },
};

export const cognitoModels: readonly ResourceModel[] = [pool, domain, resourceServer, client];
