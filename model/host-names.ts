import { X509Certificate } from "node:crypto";

/** Ends of names that public resolvers never know. RFC 2606, 6762, 8375 and ICANN's reservation of `internal`, and those that people make up. */
const PRIVATE_ENDS = [
  "internal",
  "local",
  "localhost",
  "localdomain",
  "invalid",
  "test",
  "home.arpa",
  "lan",
  "corp",
  "home",
  "private",
  "intranet",
] as const;

/** Whether no public resolver can know a host, which is a name and no address. */
export function isPrivateName(host: string): boolean {
  const name = host.toLowerCase();
  if (isAddress(name)) return false;
  return !name.includes(".") || PRIVATE_ENDS.some((end) => name.endsWith(`.${end}`));
}

const IPV4 = /^(\d{1,3}\.){3}\d{1,3}$/;
/** Whether a host is an address, and not a name. */
export const isAddress = (host: string): boolean => IPV4.test(host) || host.includes(":");

/** Whether a host is a load balancer's own name, which AWS publishes, be it with private addresses. */
export const isLoadBalancerName = (host: string): boolean =>
  /\.elb\..*amazonaws\.com(\.cn)?$|\.elb\.amazonaws\.com$/.test(host);

/** Host and port of an endpoint; undefined for what is no URL of HTTP. */
export function endpointParts(url: string): { readonly host: string; readonly port: number } | undefined {
  const parsed = URL.parse(url);
  if (!parsed || !["https:", "http:"].includes(parsed.protocol)) return undefined;
  return {
    host: parsed.hostname,
    port: parsed.port === "" ? (parsed.protocol === "https:" ? 443 : 80) : Number(parsed.port),
  };
}

/** Whether a certificate speaks for a host; undefined where it is one of an authority, which says nothing of hosts, or none at all. */
export function certificateCovers(pem: string, host: string): boolean | undefined {
  const certificate = parseCertificate(pem);
  if (!certificate || certificate.ca) return undefined;
  return certificate.checkHost(host) !== undefined;
}

export const isCertificate = (pem: string): boolean => parseCertificate(pem) !== undefined;

/** For whom it is, in its own words. */
export const certificateNames = (pem: string): string => parseCertificate(pem)?.subjectAltName ?? "no name";

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
