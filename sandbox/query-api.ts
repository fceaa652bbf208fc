/** The form that EC2's and Elastic Load Balancing's own APIs share: a signed query goes in, XML comes out. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Who asks: the account whose key signed the request. */
export interface Signer {
  readonly account: string;
  readonly region: string;
}

/** `Credential=<key>/<day>/<region>/<service>/aws4_request`: in the sandbox, an account's key is its number. */
export function signerOf(authorization: string | undefined, service: string): Signer | undefined {
  const [, account, region, signed] =
    /Credential=(\d{12})\/\d{8}\/([a-z0-9-]+)\/([a-z0-9]+)\/aws4_request/.exec(authorization ?? "") ?? [];
  return account === undefined || region === undefined || signed !== service ? undefined : { account, region };
}

/** The values of a list: `VpcEndpointId.1`, `Names.member.1`, … */
export const listed = (query: URLSearchParams, name: string): string[] =>
  [...query].filter(([key]) => new RegExp(`^${name}(\\.\\w+)?\\.\\d+$`).test(key)).map(([, value]) => value);

/** The values of a filter; undefined where it is not given. */
export function filter(query: URLSearchParams, name: string): string[] | undefined {
  const [key] = [...query].find(([one, value]) => /^Filter\.\d+\.Name$/.test(one) && value === name) ?? [];
  if (key === undefined) return undefined;
  return listed(query, key.replace(/\.Name$/, "").replaceAll(".", "\\.") + "\\.Value");
}

export const tag = (name: string, value: string): string =>
  `<${name}>${value.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? sign)}</${name}>`;
