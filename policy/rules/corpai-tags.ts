import { schemesOfStack, TAG_SCHEMES, type Tags } from "../../model/tags.ts";
import { undecided, violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { carrying, effectiveTags } from "../reading/tags.ts";
import taggableTypes from "../reading/taggable-types.json" with { type: "json" };

/** Rules of security groups take tags and carry none: `CorpAIPrivateServiceConnectivity` lets CorpAI write them but not tag them. */
const EXEMPT = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];

const inWords = (tags: Tags): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(" and ");

export const corpaiTags = rule({
  name: "corpai-tags",
  title: "CorpAI's tags",
  says: "A resource that takes tags carries those of its program.",
  why: "Tags tell a customer what is CorpAI's, and limit what CorpAI's role in their account may touch.",
  severity: "high",
  set: "baseline",
  topics: ["privatelink", "ownership"],
  references: [...corpai("tags"), ...nist("CM-8", "AC-6")],
  url: "https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html",
  fix: "Add it to its tags or to the provider's default tags.",
  caution: "The tags of a program are those of programTags(program) in model/tags.ts.",
  types: new Set(taggableTypes.filter((type) => !EXEMPT.includes(type))),

  *resource(subject) {
    const schemes = schemesOfStack(subject.stack).map((scheme) => TAG_SCHEMES[scheme]);
    const tags = effectiveTags(subject);
    const carried = schemes.map((wanted) => carrying(tags, wanted));
    if (carried.some(({ is }) => is === "carried")) return;

    const wanted = schemes.map(inWords).join(" or ");
    const keys = (is: "open" | "other"): string =>
      [...new Set(carried.flatMap((each) => (each.is === is ? each.keys : [])))].join(", ");
    if (carried.some(({ is }) => is === "open")) {
      yield undecided(
        `"tags" has to carry ${wanted}, and ${keys("open")} is not known yet`,
        "Give it as a plain value.",
      );
      return;
    }
    const other = keys("other");
    const found = other === "" ? `"tags" lacks ${wanted}` : `"tags" has ${other} with another value than ${wanted}`;
    yield violation(`${found}, which the resources of stack ${subject.stack} carry`);
  },
});
