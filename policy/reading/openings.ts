import type { Fields } from "../frame/fields.ts";
import { asText, type Reading } from "../frame/guarded.ts";
import type { Subject } from "../frame/shown.ts";

export const GROUP_TYPE = "aws:ec2/securityGroup:SecurityGroup";
export const DEFAULT_GROUP_TYPE = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
export const RULE_TYPE = "aws:ec2/securityGroupRule:SecurityGroupRule";
export const INGRESS_TYPE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const EGRESS_TYPE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

/** The three spellings of an ingress rule, and the default group's. */
export const OPENING_TYPES: ReadonlySet<string> = new Set([GROUP_TYPE, DEFAULT_GROUP_TYPE, RULE_TYPE, INGRESS_TYPE]);

/** One ingress rule, however it is spelled. */
export interface Opening {
  readonly fields: Fields;
  /** Where it stands among the properties of its resource: `ingress.0`, or nowhere where the resource is the rule. */
  readonly path: string;
  /** Whether it is ingress at all is not known yet. */
  readonly uncertain: boolean;
}

/** The ingress rules of a resource; `unknown` where some may be hidden. */
export function openingsOf(subject: Subject): Reading<readonly Reading<Opening>[]> {
  if (subject.type === INGRESS_TYPE) return own(subject, false);
  if (subject.type === RULE_TYPE) {
    const direction = subject.text("type");
    if (direction.is === "known" && direction.value !== "ingress") return { is: "absent" };
    return own(subject, direction.is !== "known");
  }
  const inline = subject.parts("ingress");
  if (inline.is !== "known") return inline;
  return {
    is: "known",
    value: inline.value.map((one, index): Reading<Opening> =>
      one.is === "known"
        ? { is: "known", value: { fields: one.value, path: `ingress.${index}`, uncertain: false } }
        : one,
    ),
  };
}

const own = (fields: Fields, uncertain: boolean): Reading<readonly Reading<Opening>[]> => ({
  is: "known",
  value: [{ is: "known", value: { fields, path: "", uncertain } }],
});

/** Something that a rule admits, and where that is written. */
export interface Admitted {
  readonly where: string;
  readonly value: Reading<string>;
}

const within =
  (lists: readonly string[], texts: readonly string[]) =>
  ({ fields }: Opening): readonly Admitted[] => [
    ...lists.flatMap((path): Admitted[] => {
      const list = fields.list(path);
      if (list.is === "absent") return [];
      const where = fields.at(path);
      if (list.is === "unknown") return [{ where, value: list }];
      return list.value.map((value, index) => ({ where: `"${where.slice(1, -1)}[${index}]"`, value: asText(value) }));
    }),
    ...texts.flatMap((path): Admitted[] => {
      const value = fields.text(path);
      return value.is === "absent" ? [] : [{ where: fields.at(path), value }];
    }),
  ];

/** CIDRs that a rule admits, of both address families. */
export const cidrsOf = within(["cidrBlocks", "ipv6CidrBlocks"], ["cidrIpv4", "cidrIpv6"]);
export const PREFIX_LIST_PATHS = { list: "prefixListIds", text: "prefixListId" } as const;
export const prefixListsOf = within([PREFIX_LIST_PATHS.list], [PREFIX_LIST_PATHS.text]);
