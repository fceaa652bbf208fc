import ipaddr from "ipaddr.js";

/**
 * Blocks whose addresses nobody on the internet can have: RFC 1918, RFC 6598 (carriers, and EKS pods), link-local, loopback; unique local and
 * link-local IPv6. https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const PRIVATE_BLOCKS = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "fc00::/7",
  "fe80::/10",
  "::1/128",
].map((block) => ipaddr.parseCIDR(block));

/**
 * Whether a CIDR holds addresses that somebody on the internet can have. The halves of the internet do, and so does every other part of it. What AWS
 * does to host bits is done here as well: `10.0.0.0/0` is the whole internet.
 *
 * @returns undefined where the text is no CIDR
 */
export function holdsPublicAddresses(cidr: string): boolean | undefined {
  if (!ipaddr.isValidCIDR(cidr)) return undefined;
  const [address, length] = ipaddr.parseCIDR(cidr);
  return !PRIVATE_BLOCKS.some(
    ([block, prefix]) => block.kind() === address.kind() && prefix <= length && address.match(block, prefix),
  );
}
