/** Proves which CIDRs hold addresses of the internet. Addresses that are drawn at random are checked against the blocks by arithmetic of their own. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { holdsPublicAddresses } from "../../model/public-addresses.ts";

describe("a CIDR", () => {
  it("holds public addresses unless it is inside of a private block", () => {
    for (const cidr of ["10.0.0.0/8", "172.31.0.0/16", "192.168.1.7/32", "100.64.0.0/10", "fd12::/48", "fe80::/64"])
      assert.equal(holdsPublicAddresses(cidr), false, cidr);
    for (const cidr of ["0.0.0.0/0", "128.0.0.0/1", "172.32.0.0/16", "8.8.8.8/32", "10.0.0.0/7", "::/0", "2000::/3"])
      assert.equal(holdsPublicAddresses(cidr), true, cidr);
  });

  it("is what AWS makes of it, which drops host bits", () => {
    assert.equal(holdsPublicAddresses("10.0.0.1/0"), true);
    assert.equal(holdsPublicAddresses("10.1.2.3/8"), false);
  });

  it("may be none at all", () => {
    for (const text of ["", "10.0.0.0", "10.0.0.0/33", "sg-1", "300.0.0.0/8"])
      assert.equal(holdsPublicAddresses(text), undefined, text);
  });

  it("of one address is public unless that lies in one of the blocks", () => {
    const isPrivate = ([a = 0, b = 0]: readonly number[]): boolean =>
      a === 10 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) ||
      a === 127;
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const bytes = address.split(".").map(Number);
        assert.equal(holdsPublicAddresses(`${address}/32`), !isPrivate(bytes), address);
      }),
    );
  });
});
