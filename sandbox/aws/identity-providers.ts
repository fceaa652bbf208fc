/** Providers of identities by OpenID Connect: an account has one for each issuer. */
import type { CheckFailure, FunctionModel, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, record, text, texts } from "../values.ts";
import type { World } from "../world.ts";
import { accountArn, list, parsed, roleByArn, statements } from "./iam.ts";
import { applies } from "./policies.ts";

export const PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";

/** IAM knows an issuer by its URL without the scheme. */
const keyOf = (url: string): string => url.replace(/^https:\/\//, "");

const provider: ResourceModel = {
  type: PROVIDER,
  arguments: {
    url: { required: true, replace: true },
    clientIdLists: { required: true, set: true },
    thumbprintLists: {},
    tags: {},
  },
  computed: ["arn", "thumbprintLists"],
  check(inputs) {
    const failures: CheckFailure[] = [];
    const url = text(inputs.url);
    if (url !== undefined && !/^https:\/\/[^\s?#]{1,247}$/.test(url))
      failures.push(["url", `expected "url" to have a url with schema of: "https", got ${url}`]);
    return failures;
  },
  create(inputs, { world, caller }) {
    const url = given(text(inputs.url), "url");
    const arn = accountArn(caller.account, "oidc-provider", "/", keyOf(url));
    if (world.get(PROVIDER, arn, caller.account))
      throw new Refusal("EntityAlreadyExists", `Provider with url ${url} already exists.`);
    // AWS takes the top of the issuer's certificates itself where none is given.
    return { id: arn, computed: { arn, thumbprintLists: inputs.thumbprintLists ?? [world.hex(40)] } };
  },
  update: () => ({}),
  seconds: { create: 1 },
  calls: {
    arn: "iam:oidc-provider/*",
    create: [["iam:CreateOpenIDConnectProvider", "self"]],
    read: [["iam:GetOpenIDConnectProvider", "self"]],
    update: {
      clientIdLists: [
        ["iam:AddClientIDToOpenIDConnectProvider", "self"],
        ["iam:RemoveClientIDFromOpenIDConnectProvider", "self"],
      ],
      thumbprintLists: [["iam:UpdateOpenIDConnectProviderThumbprint", "self"]],
    },
    delete: [["iam:DeleteOpenIDConnectProvider", "self"]],
  },
};

const getProvider: FunctionModel = {
  token: "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider",
  arguments: ["arn"],
  calls: [["iam:GetOpenIDConnectProvider"]],
  call({ arn }, { world, caller }) {
    const found = world.get(PROVIDER, text(arn) ?? "", caller.account);
    if (!found) throw new Refusal("NoSuchEntity", `OpenIDConnect Provider not found for arn ${text(arn) ?? ""}`);
    const { id, inputs, computed } = found;
    return {
      id,
      arn: id,
      url: keyOf(text(inputs.url) ?? ""),
      clientIdLists: texts(inputs.clientIdLists),
      thumbprintLists: computed.thumbprintLists ?? [],
      tags: inputs.tagsAll ?? inputs.tags ?? {},
    };
  },
};

/** What an issuer has signed of its holder. */
export interface Token {
  /** By the name that IAM has for the issuer. */
  readonly issuer: string;
  readonly aud: string;
  readonly sub: string;
}

/** Why a token's holder may not assume a role, in STS's words; undefined where it may. */
export function whyTokenDenied(world: World, roleArn: string, { issuer, aud, sub }: Token): string | undefined {
  const role = roleByArn(world, roleArn);
  const believed = world.all(
    PROVIDER,
    ({ account, inputs }) => account === role?.account && keyOf(text(inputs.url) ?? "") === issuer,
  )[0];
  if (!believed) return `InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${issuer}`;
  if (!texts(believed.inputs.clientIdLists).includes(aud)) return "InvalidIdentityToken: Incorrect token audience";
  const request = {
    action: "sts:AssumeRoleWithWebIdentity",
    arn: undefined,
    keys: { [`${issuer}:aud`]: aud, [`${issuer}:sub`]: sub },
  };
  const trusted = statements(parsed(role?.inputs.assumeRolePolicy)).some(
    (statement) =>
      statement.Effect === "Allow" &&
      list(record(statement.Principal).Federated).includes(believed.id) &&
      applies(statement, request),
  );
  return trusted ? undefined : "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
}

export const identityProviderModels: readonly ResourceModel[] = [provider];
export const identityProviderFunctions: readonly FunctionModel[] = [getProvider];
