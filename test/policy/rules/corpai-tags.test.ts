/**
 * Proves which tags the rule wants in which stack, where it looks for them, and which types it asks. That the list of types fits the
 * installed SDK is proven in taggable-types.test.ts.
 */
import assert from "node:assert/strict";
import { TAG_SCHEMES } from "../../../model/tags.ts";
import { corpaiTags } from "../../../policy/rules/corpai-tags.ts";
import { undecided as open, violation } from "../../../policy/frame/finding.ts";
import { FakeStack, type Report, type Values } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

interface Case {
  readonly stack?: string;
  readonly type?: string;
  readonly inputs?: Values;
  readonly provider?: Values;
}

function judge({
  stack = "network.demo",
  type = "aws:ec2/vpc:Vpc",
  inputs = {},
  provider = {},
}: Case): Promise<readonly Report[]> {
  return new FakeStack(stack, [{ type, name: "thing", inputs, provider }]).judgedBy(corpaiTags);
}

const corpai = TAG_SCHEMES.corpai;
const CARRY = "which the resources of stack network.demo carry. Add it to its tags or to the provider's default tags.";

const refused: Report = {
  name: "thing",
  level: "mandatory",
  message: `thing: "tags" lacks ManagedBy=corpai-terraform, ${CARRY}`,
};
const undecided: Report = {
  name: "thing",
  level: "advisory",
  message:
    'thing: undecided, checked at update: "tags" has to carry ManagedBy=corpai-terraform, and ManagedBy is not known yet. Give it as a plain value.',
};

describe("corpai-tags", () => {
  it("passes a resource that carries the tags of its program, among others", async () => {
    assert.deepEqual(await judge({ inputs: { tags: { ...corpai, Name: "vpc" } } }), []);
  });

  it("refuses one without them, whether it has tags or none", async () => {
    const untagged: readonly Values[] = [{}, { tags: {} }, { tags: { Name: "vpc" } }];
    for (const inputs of untagged) assert.deepEqual(await judge({ inputs }), [refused]);
  });

  it("refuses another value, and does not print it, since a policy sees secrets in clear", async () => {
    assert.deepEqual(await judge({ inputs: { tags: { ManagedBy: "hunter2" } } }), [
      {
        ...refused,
        message: `thing: "tags" has ManagedBy with another value than ManagedBy=corpai-terraform, ${CARRY}`,
      },
    ]);
  });

  it("wants the scheme of the stack's own program", async () => {
    const carriers: Readonly<Record<string, Values>> = {
      "connections.demo": TAG_SCHEMES.endpoint,
      "connections.prod.cell-2": TAG_SCHEMES.endpoint,
      "customer-services.demo.data": TAG_SCHEMES.customer,
      "cluster.demo": TAG_SCHEMES.corpai,
    };
    for (const stack of Object.keys(carriers)) {
      for (const scheme of Object.values(TAG_SCHEMES)) {
        const expected = scheme === carriers[stack] ? [] : ["mandatory"];
        assert.deepEqual(
          (await judge({ stack, inputs: { tags: scheme } })).map(({ level }) => level),
          expected,
          `${stack} with ${JSON.stringify(scheme)}`,
        );
      }
    }
  });

  it("takes any of the three in a stack that is none of this project's", async () => {
    for (const scheme of Object.values(TAG_SCHEMES))
      assert.deepEqual(await judge({ stack: "dev", inputs: { tags: scheme } }), []);
    assert.deepEqual(await judge({ stack: "dev", inputs: { tags: { Name: "vpc" } } }), [
      {
        ...refused,
        message:
          'thing: "tags" lacks corpai=privatelink or ManagedBy=corpai or ManagedBy=corpai-terraform, which the resources of stack dev carry. Add it to its tags or to the provider\'s default tags.',
      },
    ]);
  });

  it("counts the provider's default tags, which do not stand in the resource's own: JSON on the wire, an object for a program", async () => {
    for (const defaultTags of [JSON.stringify({ tags: corpai }), { tags: corpai }]) {
      assert.deepEqual(await judge({ provider: { defaultTags } }), []);
      assert.deepEqual(await judge({ provider: { defaultTags }, inputs: { tags: { Name: "vpc" } } }), []);
      const overridden = await judge({ provider: { defaultTags }, inputs: { tags: { ManagedBy: "somebody else" } } });
      assert.deepEqual(
        overridden.map(({ level }) => level),
        ["mandatory"],
        "AWS's provider lets a resource's own tags win",
      );
    }
    for (const defaultTags of ["no JSON", "null", "[]", '{"tags":"none"}'])
      assert.deepEqual(await judge({ provider: { defaultTags } }), [refused]);
  });

  it("counts tagsAll, where a state already has the provider's answer", async () => {
    assert.deepEqual(await judge({ inputs: { tagsAll: corpai } }), []);
  });

  it("says that it cannot decide only where an unknown value could matter", async () => {
    const defaultTags = JSON.stringify({ tags: corpai });
    assert.deepEqual(await judge({ inputs: { tags: { ManagedBy: UNKNOWN } } }), [undecided]);
    assert.deepEqual(await judge({ inputs: { tags: UNKNOWN } }), [undecided]);
    assert.deepEqual(
      await judge({ inputs: { tags: UNKNOWN }, provider: { defaultTags } }),
      [undecided],
      "an unknown map may override the default",
    );
    assert.deepEqual(await judge({ provider: { defaultTags: UNKNOWN } }), [undecided]);
    assert.deepEqual(await judge({ inputs: { tags: { Name: UNKNOWN } } }), [refused], "the key is known to be absent");
    assert.deepEqual(await judge({ inputs: { tags: { ...corpai, Name: UNKNOWN } } }), []);
    assert.deepEqual(await judge({ inputs: { tags: corpai }, provider: { defaultTags: UNKNOWN } }), []);
  });

  it("exempts the rules of security groups, which CorpAI's role at the customer may not tag", async () => {
    for (const type of [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      "aws:ec2/securityGroupRule:SecurityGroupRule",
    ]) {
      assert.deepEqual(await judge({ type }), []);
    }
    assert.deepEqual(
      await judge({ type: "aws:ec2/securityGroup:SecurityGroup" }),
      [refused],
      "the group itself is tagged",
    );
  });

  it("asks nothing of what takes no tags", async () => {
    for (const type of [
      "aws:ec2/route:Route",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "awsx:ec2:Vpc",
      "pulumi:providers:aws",
    ]) {
      assert.deepEqual(await judge({ type }), []);
    }
  });
});

const LACKS = violation('"tags" lacks ManagedBy=corpai-terraform, which the resources of stack network.prod carry');

describeRule(corpaiTags, {
  type: "aws:ec2/vpc:Vpc",
  sound: { tags: { ...corpai } },
  absent: [LACKS],
  cases: {
    "refuses one without": { inputs: { tags: { Name: "vpc" } }, finds: [LACKS] },
    "cannot decide while the tags are not known": {
      unknown: ["tags"],
      finds: [
        open(
          '"tags" has to carry ManagedBy=corpai-terraform, and ManagedBy is not known yet',
          "Give it as a plain value.",
        ),
      ],
    },
  },
});
