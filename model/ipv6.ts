import ipaddr from "ipaddr.js";

/** Bits of an address. */
const BITS = 128;

/** Whether a text is an IPv6 CIDR in canonical form: host bits zero. */
export function isIpv6Cidr(text: string): boolean {
  if (!ipaddr.IPv6.isValidCIDR(text)) return false;
  const [address, bits] = ipaddr.IPv6.parseCIDR(text);
  const first = ipaddr.IPv6.networkAddressFromCIDR(text);
  return bits <= BITS && address.toString() === first.toString();
}

/** Whether one IPv6 CIDR lies in another; false for what is none. */
export function ipv6Contains(outer: string, inner: string): boolean {
  if (!ipaddr.IPv6.isValidCIDR(outer) || !ipaddr.IPv6.isValidCIDR(inner)) return false;
  const [range, bits] = ipaddr.IPv6.parseCIDR(outer);
  const [address, narrower] = ipaddr.IPv6.parseCIDR(inner);
  return narrower >= bits && address.match(range, bits);
}
