/** Providers of identities by OpenID Connect: an account has one for each issuer. */
import type { CheckFailure, FunctionModel, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, text, texts } from "../values.ts";
import { accountArn } from "./iam.ts";

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

export const identityProviderModels: readonly ResourceModel[] = [provider];
export const identityProviderFunctions: readonly FunctionModel[] = [getProvider];
