// Proves what the sandbox's AWS refuses of DNS firewalls, query logs and network ACLs, and by which rule a name passes. That AWS's texts are these is not
// proved: its own pages give codes, and few of the words.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { firewallVerdict } from "../../sandbox/aws/resolver.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { T } from "./support/connection.ts";
import { DATA, TOOLS, type Actor, type Outputs, actor, demoWorld } from "./support/world.ts";

const R = {
  domains: "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
  group: "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
  rule: "aws:route53/resolverFirewallRule:ResolverFirewallRule",
  association: "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
  config: "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
  log: "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
  logOf: "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
  acl: "aws:ec2/networkAcl:NetworkAcl",
} as const;

describe("the resolver's firewall", () => {
  let as: Actor;
  let vpc: Outputs;
  let group: Outputs;
  let allowed: Outputs;
  beforeEach(() => {
    as = actor(demoWorld(), DATA);
    vpc = as.make(T.vpc, { cidrBlock: "10.0.0.0/16" });
    group = as.make(R.group, {});
    allowed = as.make(R.domains, { domains: ["api.example.com", "*.inside.example"] });
  });
  const rule = (more: Properties = {}): Outputs =>
    as.make(R.rule, {
      action: "ALLOW",
      priority: 100,
      firewallRuleGroupId: group.id,
      firewallDomainListId: allowed.id,
      ...more,
    });
  const blockAll = (): Outputs =>
    rule({
      action: "BLOCK",
      blockResponse: "NXDOMAIN",
      priority: 200,
      firewallDomainListId: as.make(R.domains, { domains: ["*"] }, "all").id,
    });
  const associate = (more: Properties = {}): Outputs =>
    as.make(R.association, { firewallRuleGroupId: group.id, vpcId: vpc.id, priority: 200, ...more });
  const passes = (host: string): boolean => firewallVerdict(as.context.world, vpc.id, host).open;

  it("lets a name pass by the first rule that covers it: a star stands for labels before, never for none", () => {
    rule();
    blockAll();
    assert.ok(passes("evil.example"), "rules that no VPC has say nothing");
    associate();
    assert.deepEqual(["api.example.com", "API.example.com", "a.inside.example", "a.b.inside.example"].map(passes), [
      true,
      true,
      true,
      true,
    ]);
    assert.deepEqual(["inside.example", "example.com", "evilapi.example.com", "evil.example"].map(passes), [
      false,
      false,
      false,
      false,
    ]);
  });

  it("has its rules in the order of their priorities, whichever was made first", () => {
    blockAll();
    rule({ priority: 300 });
    associate();
    assert.equal(passes("api.example.com"), false);
  });

  it("takes a response with BLOCK, and with nothing else", () => {
    assert.throws(() => rule({ action: "BLOCK" }), /ValidationException: .*BlockResponse is required/);
    assert.throws(() => rule({ blockResponse: "NODATA" }), /ValidationException: .*only when the action is BLOCK/);
    assert.throws(() => rule({ action: "DROP" }), /expected action to be one of/);
  });

  it("takes a priority once, in a group and of the groups of a VPC", () => {
    rule();
    const other = as.make(R.domains, { domains: ["b.example"] }, "other").id;
    assert.throws(() => rule({ firewallDomainListId: other }), /ConflictException: .*priority 100/);
    associate();
    const second = as.make(R.group, {}, "second").id;
    assert.throws(() => associate({ firewallRuleGroupId: second }), /ConflictException: .*priority 200/);
    assert.throws(() => associate({ priority: 300 }), /ConflictException: .*already/);
    assert.throws(
      () => associate({ firewallRuleGroupId: second, priority: 100 }),
      /ValidationException: .*greater than 100/,
    );
  });

  it("keeps lists and groups that are in use, and associations that are protected", () => {
    rule();
    assert.throws(() => as.unmake(R.domains, allowed.id), /ConflictException: .*in use by 1 rules/);
    const { id } = associate({ mutationProtection: "ENABLED" });
    assert.throws(() => as.unmake(R.group, group.id), /ConflictException: .*associated with a VPC/);
    assert.throws(() => as.unmake(R.association, id), /ValidationException: .*protected against mutation/);
  });

  it("takes no domain that is none, and nothing of another account's", () => {
    assert.throws(() => as.make(R.domains, { domains: ["a..b"] }, "bad"), /ValidationException: .*"a\.\.b"/);
    assert.throws(() => as.make(R.domains, { domains: ["a.*.b"] }, "bad"), /ValidationException/);
    const many = Array.from({ length: 100_001 }, (_, index) => `n${index}.example`);
    assert.throws(() => as.make(R.domains, { domains: many }, "many"), /LimitExceededException/);
    const foreign = actor(as.context.world, TOOLS).make(R.domains, { domains: ["a.example"] }).id;
    assert.throws(() => rule({ firewallDomainListId: foreign }), /ResourceNotFoundException/);
    assert.throws(() => as.make(R.group, { name: "123" }), /invalid value for name/);
  });

  it("logs to a log group that is there, once for each VPC", () => {
    const destinationArn = `arn:aws:logs:us-east-1:${DATA}:log-group:/queries`;
    assert.throws(() => as.make(R.log, { destinationArn }), /InvalidRequestException: .*does not exist/);
    as.make("aws:cloudwatch/logGroup:LogGroup", { name: "/queries" });
    const log = as.make(R.log, { destinationArn });
    const association = { resolverQueryLogConfigId: log.id, resourceId: vpc.id };
    as.make(R.logOf, association);
    assert.throws(() => as.make(R.logOf, association, "twice"), /ResourceExistsException/);
    assert.throws(() => as.unmake(R.log, log.id), /InvalidRequestException: .*associated/);
  });

  it("is open or shut when it fails, and nothing else", () => {
    assert.throws(
      () => as.make(R.config, { resourceId: vpc.id, firewallFailOpen: "MAYBE" }),
      /one of \[ENABLED DISABLED\]/,
    );
    assert.equal(as.make(R.config, { resourceId: vpc.id }).firewallFailOpen, "DISABLED");
  });
});

describe("network ACLs", () => {
  const entry = (ruleNo: number): Properties => ({
    ruleNo,
    action: "allow",
    protocol: "tcp",
    cidrBlock: "10.0.0.0/16",
    fromPort: 443,
    toPort: 443,
  });

  it("take twenty entries in each direction, each number once, and subnets of their own VPC", () => {
    const as = actor(demoWorld(), DATA);
    const vpc = as.make(T.vpc, { cidrBlock: "10.0.0.0/16" });
    const make = (more: Properties): Outputs => as.make(R.acl, { vpcId: vpc.id, ...more });
    const entries = (count: number): Properties[] => Array.from({ length: count }, (_, index) => entry(index + 1));
    assert.throws(() => make({ egress: entries(21) }), /NetworkAclEntryLimitExceeded/);
    assert.throws(() => make({ ingress: [entry(1), entry(1)] }), /NetworkAclEntryAlreadyExists: .*identified by 1/);
    assert.throws(() => make({ ingress: [entry(40_000)] }), /InvalidParameterValue: .*40000/);
    assert.throws(() => make({ subnetIds: ["subnet-0acedada00000000a"] }), /InvalidParameterValue: .*does not belong/);
    make({ egress: entries(20), ingress: entries(20) });
  });
});
