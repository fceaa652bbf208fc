// Proves what an assumed role may do in the sandbox: policies as IAM reads them, calls as the real provider makes them, and that the project's own two
// policies allow the demo's connections and nothing needless. AWS itself is not asked: which calls are made is read from the provider's source.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type PULUMI_ACTIONS,
  connectivityForPulumiPolicy,
  connectivityPolicy,
  type PolicyDocument,
} from "../../model/iam-documents.ts";
import { permitMake } from "../../sandbox/aws/authorization.ts";
import { catalog } from "../../sandbox/catalog.ts";
import { HalfDone } from "../../sandbox/operations.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { World } from "../../sandbox/world.ts";
import { T, consumer, endpointArguments, offer, tcp } from "./support/connection.ts";
import { textOf } from "./support/cluster.ts";
import { type Statement, ROLE, attach, crossAccount, document, powerful } from "./support/roles.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor } from "./support/world.ts";

const TAGS = { ManagedBy: "corpai" };
const USER = `arn:aws:sts::${DATA}:assumed-role/${ROLE}/sandbox`;
const ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones";

/** The demo's world, and whoever assumes its role under these statements. */
function under(...statements: readonly Statement[]): { world: World; administrator: Actor; role: Actor } {
  const world = demoWorld();
  const administrator = actor(world, DATA);
  if (statements.length > 0) attach(administrator, "test", document(...statements));
  return { world, administrator, role: crossAccount(world) };
}

/** Both sides of a connection as they stand before `connections` runs, and whoever runs it. */
function beforeConnections(...policies: readonly PolicyDocument[]) {
  const world = demoWorld();
  const administrator = actor(world, DATA);
  const { service } = offer(administrator);
  const own = consumer(administrator);
  policies.forEach((policy, index) => attach(administrator, `policy-${index}`, JSON.stringify(policy)));
  return { world, administrator, role: crossAccount(world), own, service };
}
type Stage = ReturnType<typeof beforeConnections>;

/** What the program does, by the same resources and tags. */
const steps = {
  zones: ({ role }: Stage) => role.look(ZONES, { state: "available" }),
  service: ({ role, service }: Stage) =>
    role.look("aws:ec2/getVpcEndpointService:getVpcEndpointService", { serviceName: service.serviceName ?? "" }),
  group: ({ role, own }: Stage) => role.make(T.group, { name: "clickhouse", vpcId: own.vpc.id, tags: TAGS }),
  rule: ({ role, own }: Stage, group: string) =>
    role.make(T.ingress, { securityGroupId: group, ...tcp(8443, { referencedSecurityGroupId: own.workloads.id }) }),
  endpoint: ({ role, own, service }: Stage, group: string) =>
    role.make(T.endpoint, { ...endpointArguments(own, service), securityGroupIds: [group], tags: TAGS }),
};

/** Made by the administrator, as if all had gone well before. */
const groupOf = ({ administrator, own }: Stage, tags: Properties = TAGS): string =>
  administrator.make(T.group, { name: "made-before", vpcId: own.vpc.id, tags }).id;

function without(policy: PolicyDocument, action: string): PolicyDocument {
  const kept = (actions: string | readonly string[]): string[] => [actions].flat().filter((one) => one !== action);
  const statements = policy.Statement.map((statement) => ({ ...statement, Action: kept(statement.Action) }));
  return { ...policy, Statement: statements.filter(({ Action }) => Action.length > 0) };
}

const refusal = (action: string, resource?: string): RegExp =>
  new RegExp(
    `^(Error: )?(UnauthorizedOperation: You are not authorized to perform this operation\\. )?User: ${USER} is not authorized to perform: ${action}${
      resource === undefined ? "" : ` on resource: ${resource.replaceAll("*", "\\*")}`
    } because no identity-based policy allows the ${action} action$`,
  );

function failing(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail("it went well");
}

describe("an assumed role of the sandbox", () => {
  it("may do nothing that no policy allows, while a provider without a role is the account's administrator", () => {
    const { world, administrator, role } = under();
    const before = world.objects.length;
    assert.match(failing(() => role.look(ZONES)).message, refusal("ec2:DescribeAvailabilityZones"));
    assert.match(
      failing(() => role.make(T.vpc, { cidrBlock: "10.50.0.0/16" })).message,
      refusal("ec2:CreateVpc", `arn:aws:ec2:us-east-1:${DATA}:vpc/*`),
    );
    assert.equal(world.objects.length, before, "what is refused leaves nothing behind");
    administrator.look(ZONES);
  });

  it("may ask who it is without permission, as in AWS", () => {
    const { role } = under();
    assert.equal(role.look("aws:index/getCallerIdentity:getCallerIdentity").arn, USER);
  });

  it("gets other services' words from other services", () => {
    const { role } = under();
    assert.match(failing(() => role.look("aws:iam/getRole:getRole", { name: ROLE })).message, /^AccessDenied: User: /);
    assert.match(
      failing(() => role.make("aws:cloudwatch/logGroup:LogGroup", { name: "flow" })).message,
      new RegExp(
        `^AccessDeniedException: User: ${USER} is not authorized to perform: logs:CreateLogGroup on resource: arn:aws:logs:us-east-1:${DATA}:log-group:flow `,
      ),
    );
  });

  const vpcIn = (block: string) => (role: Actor) => role.make(T.vpc, { cidrBlock: block, tags: { team: "network" } });
  const makeVpc = vpcIn("10.50.0.0/16");
  const cases: readonly (readonly [name: string, statements: readonly Statement[], allowed: boolean])[] = [
    ["wildcards in actions", [{ Action: "ec2:*" }], true],
    ["one wildcard for everything", [{ Action: "*" }], true],
    [
      "actions in any case",
      [{ Action: "ec2:createvpc" }, { Action: ["ec2:CreateTags", "ec2:Describe?pc*", "ec2:Describe*"] }],
      true,
    ],
    ["the other actions of NotAction", [{ NotAction: "iam:*" }], true],
    [
      "ARNs with wildcards",
      [{ Action: "ec2:Create*", Resource: "arn:aws:ec2:*:*:vpc/*" }, { Action: "ec2:Describe*" }],
      true,
    ],
    [
      "ARNs of other kinds",
      [{ Action: "ec2:Create*", Resource: "arn:aws:ec2:*:*:subnet/*" }, { Action: "ec2:Describe*" }],
      false,
    ],
    [
      "describe calls only for all resources",
      [{ Action: "ec2:Create*" }, { Action: "ec2:Describe*", Resource: "arn:aws:ec2:*:*:vpc/*" }],
      false,
    ],
    [
      "a tag that the request brings",
      [
        { Action: "ec2:*", Condition: { StringEquals: { "aws:RequestTag/team": "network" } } },
        { Action: "ec2:Describe*" },
      ],
      true,
    ],
    [
      "one of several values",
      [
        { Action: "ec2:*", Condition: { StringEquals: { "aws:RequestTag/team": ["data", "network"] } } },
        { Action: "ec2:Describe*" },
      ],
      true,
    ],
    [
      "a tag with another value",
      [
        { Action: "ec2:*", Condition: { StringEquals: { "aws:RequestTag/team": "data" } } },
        { Action: "ec2:Describe*" },
      ],
      false,
    ],
    [
      "a tag that the object would have to have already",
      [
        { Action: "ec2:*", Condition: { StringEquals: { "ec2:ResourceTag/team": "network" } } },
        { Action: "ec2:Describe*" },
      ],
      false,
    ],
    [
      "what is missing, if it exists",
      [{ Action: "ec2:*", Condition: { StringEqualsIfExists: { "ec2:ResourceTag/team": "x" } } }],
      true,
    ],
    ["patterns of values", [{ Action: "ec2:*", Condition: { StringLike: { "aws:RequestedRegion": "us-*" } } }], true],
    [
      "values other than one",
      [{ Action: "ec2:*", Condition: { StringNotEquals: { "aws:RequestedRegion": "us-east-1" } } }],
      false,
    ],
    [
      "tagging only by the call that creates",
      [
        { Action: "ec2:CreateVpc" },
        { Action: "ec2:Describe*" },
        { Action: "ec2:CreateTags", Condition: { StringEquals: { "ec2:CreateAction": "CreateVpc" } } },
      ],
      true,
    ],
    [
      "tagging by another call that creates",
      [
        { Action: "ec2:CreateVpc" },
        { Action: "ec2:Describe*" },
        { Action: "ec2:CreateTags", Condition: { StringEquals: { "ec2:CreateAction": "CreateSubnet" } } },
      ],
      false,
    ],
    ["an explicit deny before any allow", [{ Action: "*" }, { Effect: "Deny", Action: "ec2:CreateVpc" }], false],
  ];
  for (const [name, statements, allowed] of cases) {
    it(`${allowed ? "is allowed by" : "is not allowed by"} ${name}`, () => {
      const { role } = under(...statements);
      if (allowed) makeVpc(role);
      else assert.match(failing(() => makeVpc(role)).message, /UnauthorizedOperation/);
    });
  }

  it("says whether a deny was explicit, since no further policy helps then", () => {
    const { role } = under({ Action: "*" }, { Effect: "Deny", Action: "ec2:CreateVpc" });
    assert.match(
      failing(() => makeVpc(role)).message,
      /ec2:CreateVpc on resource: \S+ with an explicit deny in an identity-based policy$/,
    );
  });

  it("is allowed by inline policies too, and within its permissions boundary only", () => {
    const { world, administrator, role } = under();
    administrator.make("aws:iam/rolePolicy:RolePolicy", {
      name: "inline",
      role: ROLE,
      policy: document({ Action: "*" }),
    });
    makeVpc(role);
    const { arn } = administrator.make("aws:iam/policy:Policy", {
      name: "fence",
      policy: document({ Action: "ec2:Describe*" }),
    });
    const own = world.get("aws:iam/role:Role", ROLE, DATA);
    assert.ok(own);
    own.inputs = { ...own.inputs, permissionsBoundary: textOf(arn) };
    assert.match(
      failing(() => vpcIn("10.60.0.0/16")(role)).message,
      /because no permissions boundary allows the ec2:CreateVpc action$/,
    );
    role.look(ZONES);
  });

  it("is not judged by what the sandbox cannot read: policies of AWS's own without their text, unknown operators and keys", () => {
    const { role, administrator } = under();
    administrator.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
      role: ROLE,
      policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    });
    assert.match(
      failing(() => role.look(ZONES)).message,
      /^SandboxUnsupported: .* does not have the text of arn:aws:iam::aws:policy\/ReadOnlyAccess/,
    );
    const conditions: readonly (readonly [Properties, RegExp])[] = [
      [{ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, /condition operator IpAddress/],
      [{ StringEquals: { "ec2:VpceServiceOwner": "amazon" } }, /condition key ec2:VpceServiceOwner/],
    ];
    for (const [Condition, message] of conditions)
      assert.match(failing(() => makeVpc(under({ Action: "*", Condition }).role)).message, message);
  });

  it("may not use what nobody knows the calls of, so that nothing is allowed by mistake", () => {
    const { world, role } = under({ Action: "*" });
    const nameless = {
      type: "aws:x/new:New",
      arguments: {},
      computed: [],
      create: () => ({ id: "new", computed: {} }),
    };
    assert.match(
      failing(() => permitMake(nameless, {}, role.context)).message,
      /does not know which calls aws:x\/new:New makes/,
    );
    permitMake(nameless, {}, actor(world, DATA).context);
  });

  it("finds the calls of every type and function of AWS that the sandbox has", () => {
    const models = [...catalog.resources.values(), ...catalog.functions.values()];
    const names = models.flatMap((model) => (model.calls ? [] : ["type" in model ? model.type : model.token]));
    assert.deepEqual(
      names.filter((name) => name.startsWith("aws:")),
      [],
    );
  });

  it("finds a call for every argument that can change in place", () => {
    const unchangeable = [...catalog.resources.values()].flatMap(({ type, arguments: known, calls }) =>
      Object.entries(known).flatMap(([name, { replace }]) =>
        calls === undefined || replace || name === "tags" || calls.update?.[name] !== undefined
          ? []
          : [`${type} ${name}`],
      ),
    );
    assert.deepEqual(unchangeable, []);
  });

  it("that may do everything builds both sides of a connection, and takes them down", () => {
    const world = demoWorld();
    const role = powerful(world, DATA, "deployer");
    const { service } = offer(role);
    const own = consumer(role);
    const endpoint = role.make(T.endpoint, endpointArguments(own, service));
    role.make(T.accepter, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: service.id });
    role.unmake(T.endpoint, endpoint.id);
    role.unmake(T.service, service.id);
  });

  it("changes and removes tags by calls of their own, judged on the tags that stand", () => {
    const tagged = { StringEquals: { "ec2:ResourceTag/ManagedBy": "corpai" } };
    const stage = beforeConnections();
    attach(
      stage.administrator,
      "tags",
      document({ Action: "ec2:Describe*" }, { Action: "ec2:CreateTags", Condition: tagged }),
    );
    const inputs = { name: "made-before", vpcId: stage.own.vpc.id };
    const group = groupOf(stage);
    stage.role.change(T.group, group, { ...inputs, tags: { ...TAGS, Name: "one" } });
    assert.match(
      failing(() => stage.role.change(T.group, group, { ...inputs, tags: TAGS })).message,
      refusal("ec2:DeleteTags", `arn:aws:ec2:us-east-1:${DATA}:security-group/${group}`),
    );
    stage.administrator.change(T.group, group, { ...inputs, tags: {} });
    assert.match(
      failing(() => stage.role.change(T.group, group, { ...inputs, tags: TAGS })).message,
      refusal("ec2:CreateTags", `arn:aws:ec2:us-east-1:${DATA}:security-group/${group}`),
    );
  });
});

describe("the policies for CorpAI's role", () => {
  it("are refused at the first call without both", () => {
    const stage = beforeConnections();
    assert.match(failing(() => steps.zones(stage)).message, refusal("ec2:DescribeAvailabilityZones"));
    assert.match(failing(() => steps.service(stage)).message, refusal("ec2:DescribeVpcEndpointServices"));
    assert.match(
      failing(() => steps.group(stage)).message,
      refusal("ec2:CreateSecurityGroup", `arn:aws:ec2:us-east-1:${DATA}:security-group/*`),
    );
  });

  it("allow together all that the program does: look up, create, change subnets, port and display name, read, delete", () => {
    const stage = beforeConnections(connectivityPolicy, connectivityForPulumiPolicy);
    steps.zones(stage);
    steps.service(stage);
    const group = steps.group(stage);
    const rule = steps.rule(stage, group.id);
    const endpoint = steps.endpoint(stage, group.id);
    const { role, own, service } = stage;
    const placed = { ...endpointArguments(own, service, ["use1-az1"]), securityGroupIds: [group.id] };
    role.change(T.endpoint, endpoint.id, { ...placed, tags: TAGS });
    role.change(T.endpoint, endpoint.id, { ...placed, tags: { ...TAGS, Name: "ClickHouse" } });
    const port = { securityGroupId: group.id, ...tcp(9440, { referencedSecurityGroupId: own.workloads.id }) };
    role.change(T.ingress, rule.id, port);
    for (const [type, { id }] of [
      [T.group, group],
      [T.ingress, rule],
      [T.endpoint, endpoint],
    ] as const)
      role.read(type, id);
    role.unmake(T.endpoint, endpoint.id);
    role.unmake(T.ingress, rule.id);
    role.unmake(T.group, group.id);
  });

  // F7 of the facts: what the document's own policy lacks, and what is left behind where it is missing.
  const gaps: readonly {
    readonly action: keyof typeof PULUMI_ACTIONS.read | keyof typeof PULUMI_ACTIONS.change;
    readonly act: (stage: Stage) => unknown;
    readonly leaves?: string;
  }[] = [
    { action: "ec2:DescribeAvailabilityZones", act: (stage) => steps.zones(stage) },
    { action: "ec2:RevokeSecurityGroupEgress", act: (stage) => steps.group(stage), leaves: T.group },
    { action: "ec2:DescribePrefixLists", act: (stage) => steps.endpoint(stage, groupOf(stage)), leaves: T.endpoint },
    {
      action: "ec2:DescribeNetworkInterfaces",
      act: (stage) => steps.endpoint(stage, groupOf(stage)),
      leaves: T.endpoint,
    },
    {
      action: "ec2:DescribeVpcAttribute",
      act: ({ role, own }) => role.look("aws:ec2/getVpc:getVpc", { id: own.vpc.id }),
    },
    {
      action: "ec2:DescribeSecurityGroupRules",
      act: (stage) => stage.role.read(T.ingress, steps.rule(stage, groupOf(stage)).id),
    },
    {
      action: "ec2:ModifySecurityGroupRules",
      act(stage) {
        const rule = {
          securityGroupId: groupOf(stage),
          ...tcp(9440, { referencedSecurityGroupId: stage.own.workloads.id }),
        };
        stage.role.change(T.ingress, steps.rule(stage, rule.securityGroupId).id, rule);
      },
    },
    {
      action: "ec2:RevokeSecurityGroupIngress",
      act: (stage) => stage.role.unmake(T.ingress, steps.rule(stage, groupOf(stage)).id),
    },
    {
      action: "ec2:ModifyVpcEndpoint",
      act(stage) {
        const { id } = steps.endpoint(stage, groupOf(stage));
        stage.role.change(T.endpoint, id, { ...endpointArguments(stage.own, stage.service), tags: TAGS });
      },
    },
  ];
  for (const { action, act, leaves } of gaps) {
    it(`fail at exactly ${action} without it${leaves === undefined ? "" : `, after the ${leaves.split(":").at(-1) ?? ""} exists`}`, () => {
      const stage = beforeConnections(connectivityPolicy, without(connectivityForPulumiPolicy, action));
      const error = failing(() => act(stage));
      assert.match(
        error.message,
        new RegExp(
          `is not authorized to perform: ${action}( on resource: \\S+)? because no identity-based policy allows the ${action} action$`,
        ),
      );
      assert.equal(error instanceof HalfDone ? error.object.type : undefined, leaves);
      if (error instanceof HalfDone) assert.equal(stage.world.get(error.object.type, error.object.id), error.object);
    });
  }

  it("of the document alone leave a security group behind that lets everything out: the provider could not take AWS's own rule away", () => {
    const stage = beforeConnections(connectivityPolicy);
    const error = failing(() => steps.group(stage));
    assert.ok(error instanceof HalfDone);
    const egress = stage.world.all(T.egress, ({ inputs }) => inputs.securityGroupId === error.object.id);
    assert.deepEqual(
      egress.map(({ inputs }) => [inputs.ipProtocol, inputs.cidrIpv4]),
      [["-1", "0.0.0.0/0"]],
    );
    stage.administrator.unmake(T.group, error.object.id);
    assert.deepEqual(
      stage.world.all(T.egress, ({ inputs }) => inputs.securityGroupId === error.object.id),
      [],
    );
  });

  it("let an untagged group be created that they never let change or go again (F8)", () => {
    const stage = beforeConnections(connectivityPolicy, connectivityForPulumiPolicy);
    const error = failing(() => stage.role.make(T.group, { name: "untagged", vpcId: stage.own.vpc.id }));
    assert.ok(error instanceof HalfDone);
    assert.match(error.message, /ec2:RevokeSecurityGroupEgress on resource/);
    const group = `arn:aws:ec2:us-east-1:${DATA}:security-group/${error.object.id}`;
    assert.match(
      failing(() => steps.rule(stage, error.object.id)).message,
      refusal("ec2:AuthorizeSecurityGroupIngress", group),
    );
    assert.match(
      failing(() => stage.role.unmake(T.group, error.object.id)).message,
      refusal("ec2:DeleteSecurityGroup", group),
    );
  });

  it("refuse tags on a rule, after the rule exists: the provider tags it by a call of its own (F8)", () => {
    const stage = beforeConnections(connectivityPolicy, connectivityForPulumiPolicy);
    const rule = { securityGroupId: groupOf(stage), ...tcp(8443, { cidrIpv4: "10.40.0.0/16" }), tags: TAGS };
    const error = failing(() => stage.role.make(T.ingress, rule));
    assert.ok(error instanceof HalfDone);
    assert.match(error.message, refusal("ec2:CreateTags", error.object.computed.arn as string));
  });

  it("cover a changed port only where ec2:ModifySecurityGroupRules is allowed on group and rule: the provider modifies the rule that stands", () => {
    const stage = beforeConnections(
      connectivityPolicy,
      without(connectivityForPulumiPolicy, "ec2:ModifySecurityGroupRules"),
    );
    const group = groupOf(stage);
    const { id } = steps.rule(stage, group);
    const changed = { securityGroupId: group, ...tcp(9440, { referencedSecurityGroupId: stage.own.workloads.id }) };
    const change = () => stage.role.change(T.ingress, id, changed);
    assert.match(
      failing(change).message,
      refusal("ec2:ModifySecurityGroupRules", `arn:aws:ec2:us-east-1:${DATA}:security-group/${group}`),
    );
    const onBoth = ["security-group", "security-group-rule"].map((kind) => `arn:aws:ec2:*:*:${kind}/*`);
    attach(stage.administrator, "ports", document({ Action: "ec2:ModifySecurityGroupRules", Resource: onBoth }));
    change();
  });

  it("do not touch what does not carry CorpAI's tag", () => {
    const stage = beforeConnections(connectivityPolicy, connectivityForPulumiPolicy);
    const foreign = groupOf(stage, { ManagedBy: "somebody" });
    assert.match(failing(() => steps.rule(stage, foreign)).message, /ec2:AuthorizeSecurityGroupIngress/);
    assert.match(failing(() => stage.role.unmake(T.group, foreign)).message, /ec2:DeleteSecurityGroup/);
  });
});
