// Proves what the files say of connections that cross regions or go by their services' own names: what is refused, what is explained, what is next, and what CorpAI's
// role is allowed for it. That AWS has these rules, the sandbox says: sandbox/{private-names,cross-region}.test.ts.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { connectivityReachPolicy, reachesFurther } from "../../model/connectivity-reach.ts";
import { duplicateNames, privateNameStep } from "../../model/private-name.ts";
import { crossingProblems, supportProblems } from "../../model/region-check.ts";
import { clientHost } from "../../model/service-name.ts";
import { NO_REMOTE_ACCESS, chooseRemoteZones, zoneChoiceFault } from "../../model/zones.ts";
import { explainZones } from "../../model/zones-explained.ts";

const AT = { stack: "connections.demo", property: "corpai:registrations.warehouse" };
const [OWN, FAR] = ["us-east-1", "eu-west-1"];

describe("a connection across regions", () => {
  it("is none where both ends are in one region, and then needs no word", () => {
    assert.deepEqual(crossingProblems(AT, { own: OWN, region: OWN, serviceRegion: undefined }), []);
    const [superfluous] = crossingProblems(AT, { own: OWN, region: OWN, serviceRegion: OWN });
    assert.equal(superfluous?.property, "corpai:registrations.warehouse.serviceRegion");
    assert.match(superfluous.allowed, /no key, since the service is in us-east-1 as well/);
  });

  it("is wanted in so many words on both sides: data leaves a region by nobody's oversight", () => {
    const [silent] = crossingProblems(AT, { own: OWN, region: FAR, serviceRegion: undefined });
    assert.match(
      silent?.wayOut ?? "",
      /set serviceRegion: eu-west-1 here, and us-east-1 under supportedRegions of the service/,
    );
    const [elsewhere] = crossingProblems(AT, { own: OWN, region: FAR, serviceRegion: "us-west-2" });
    assert.match(elsewhere?.allowed ?? "", /eu-west-1, where the service is/);
    const crossing = { own: OWN, region: FAR, serviceRegion: FAR };
    assert.deepEqual(crossingProblems(AT, crossing), []);
    const [unsupported] = supportProblems(AT, ["us-west-2"], crossing, "warehouse");
    assert.match(unsupported?.allowed ?? "", /a list with us-east-1, where the endpoint of warehouse stands/);
    assert.deepEqual(supportProblems(AT, [OWN], crossing, "warehouse"), []);
  });

  it("stands in all of CorpAI's AZs but those from which AWS reaches no other region, and is explained AZ by AZ", () => {
    const choice = chooseRemoteZones(["use1-az1", "use1-az3", "use1-az2"], FAR);
    assert.deepEqual([choice.shared, choice.onlyConsumer], [["use1-az1", "use1-az2"], ["use1-az3"]]);
    const names = { consumer: { "use1-az1": "us-east-1a", "use1-az3": "us-east-1e" }, service: {} };
    assert.deepEqual(explainZones(choice, names), [
      "use1-az1 (us-east-1a to CorpAI): used: the service is in eu-west-1, and AWS hands over to its AZs whichever they are",
      "use1-az2 (no name known to CorpAI): used: the service is in eu-west-1, and AWS hands over to its AZs whichever they are",
      "use1-az3 (us-east-1e to CorpAI): not used: AWS has no access to other regions from it",
    ]);
    assert.equal(zoneChoiceFault(choice, undefined, "2026-11-21"), undefined);
    const one = chooseRemoteZones(["use1-az1", "use1-az3"], FAR);
    assert.match(
      zoneChoiceFault(one, undefined, "2026-11-21")?.allowed ?? "",
      /at least 2 AZs from which AWS reaches other regions: none of use1-az3/,
    );
    const permitted = { reason: "migration", until: "2027-01-01" };
    assert.equal(zoneChoiceFault(one, permitted, "2026-11-21"), undefined);
    assert.match(
      zoneChoiceFault(chooseRemoteZones(["use1-az3"], FAR), permitted, "2026-11-21")?.wayOut ?? "",
      /another AZ/,
    );
  });

  it("never stands where AWS has no remote access, and never leaves out another AZ, whatever the network has", () => {
    const azIds = ["use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6", ...NO_REMOTE_ACCESS];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...azIds)), (consumer) => {
        const { shared, onlyConsumer, onlyService } = chooseRemoteZones(consumer, FAR);
        assert.deepEqual([...shared, ...onlyConsumer].sort(), [...new Set(consumer)].sort());
        assert.ok(shared.every((azId) => !NO_REMOTE_ACCESS.includes(azId)));
        assert.ok(onlyConsumer.every((azId) => NO_REMOTE_ACCESS.includes(azId)));
        assert.deepEqual(onlyService, []);
      }),
    );
  });
});

describe("a service's own name", () => {
  const NAME = "warehouse.acme.example";
  const of = { key: "warehouse", environment: "prod" };
  const HOST = "vpce-0123456789abcdef0-a1b2c3d4.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com";

  it("is the customer's to show first, then CorpAI's to switch on, then nobody's", () => {
    assert.match(
      privateNameStep({ name: NAME, isShown: false }, false, of)?.action ?? "",
      /until warehouse\.acme\.example is shown .* publish the TXT record .* recordPublished: true/,
    );
    assert.equal(privateNameStep({ name: NAME, isShown: false }, false, of)?.who, "customer");
    const next = privateNameStep({ name: NAME, isShown: true }, false, of);
    assert.deepEqual(
      [next?.who, /npx corpai up prod --only connections,mcp-servers$/.test(next?.action ?? "")],
      ["corpai", true],
    );
    assert.equal(privateNameStep({ name: NAME, isShown: true }, true, of), null);
  });

  it("is the clients' host once the endpoint answers to it, and not before", () => {
    const dnsEntries = [{ dnsName: HOST }, { dnsName: NAME }];
    assert.equal(clientHost({ dnsEntries, privateDnsEnabled: true }, NAME), NAME);
    assert.equal(clientHost({ dnsEntries, privateDnsEnabled: false }, NAME), HOST);
    assert.equal(clientHost({ dnsEntries }, undefined), HOST);
    assert.equal(clientHost({ dnsEntries: [], privateDnsEnabled: true }, NAME), undefined);
  });

  it("is one connection's in a VPC", () => {
    const one = { stack: "connections.demo.a", key: "warehouse", name: NAME };
    const nameless = { ...one, name: undefined };
    assert.deepEqual(duplicateNames([one, nameless, nameless]), []);
    const [twice, ...others] = duplicateNames([one, { ...one, stack: "connections.demo.b", key: "again" }]);
    assert.equal(others.length, 0);
    assert.match(twice?.given ?? "", /warehouse\.acme\.example, which warehouse of connections\.demo\.a is as well/);
  });
});

describe("the policy for names and regions", () => {
  it("holds what is used, and nothing for who uses neither", () => {
    assert.equal(reachesFurther({ privateNames: false, serviceRegions: [] }), false);
    const actions = (reach: Parameters<typeof connectivityReachPolicy>[0]): unknown[] =>
      connectivityReachPolicy(reach, OWN).Statement.map(({ Effect, Action }) => `${Effect} ${String(Action)}`);
    assert.deepEqual(actions({ privateNames: true, serviceRegions: [] }), ["Allow route53:AssociateVPCWithHostedZone"]);
    assert.deepEqual(actions({ privateNames: false, serviceRegions: [FAR] }), [
      "Allow vpce:AllowMultiRegion",
      "Deny ec2:CreateVpcEndpoint",
    ]);
  });

  it("keeps the role to the regions that are named, and to its own", () => {
    const { Statement } = connectivityReachPolicy({ privateNames: false, serviceRegions: [FAR] }, OWN);
    assert.deepEqual(Statement.at(-1)?.Condition, {
      StringNotEqualsIfExists: { "ec2:VpceServiceRegion": ["eu-west-1", "us-east-1"] },
    });
  });
});
