/** Public DNS: Route 53's hosted zones, which stand before anybody runs a program, and the records that programs put into them. */
import type { CheckFailure, Context, FunctionModel, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { integer, text, texts } from "../values.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";

export const HOSTED_ZONE = "aws:route53/zone:Zone";
const RECORD = "aws:route53/record:Record";
const TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SPF", "SRV", "TXT"];

/** Route 53 is everywhere at once: a zone is its account's, in no region. */
function zoneOf({ world, caller }: Context, id: string): WorldObject {
  const zone = world.get(HOSTED_ZONE, id, caller.account);
  if (!zone) throw new Refusal("NoSuchHostedZone", `No hosted zone found with ID: ${id}`);
  return zone;
}

const nameOfZone = ({ inputs }: WorldObject): string => text(inputs.name) ?? "";
const within = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

/** The provider takes a name that does not end in the zone's for one inside of it. */
function fullName(name: string, zone: string): string {
  const plain = name.toLowerCase().replace(/\.$/, "");
  return within(plain, zone) ? plain : plain === "" ? zone : `${plain}.${zone}`;
}

const record: ResourceModel = {
  type: RECORD,
  arguments: {
    zoneId: { required: true, replace: true },
    name: { required: true, replace: true },
    type: { required: true, replace: true },
    ttl: {},
    records: { set: true },
    allowOverwrite: {},
  },
  computed: ["allowOverwrite", "fqdn"],
  check({ type, ttl, records }) {
    const failures: CheckFailure[] = [];
    if (type !== UNKNOWN && !TYPES.includes(text(type) ?? ""))
      failures.push(["type", `expected type to be one of ["${TYPES.join('" "')}"], got ${text(type) ?? ""}`]);
    if (records !== undefined && ttl === undefined)
      failures.push(["records", `"records": all of \`records,ttl\` must be specified`]);
    return failures;
  },
  create(inputs, context) {
    const zone = zoneOf(context, text(inputs.zoneId) ?? "");
    const fqdn = fullName(text(inputs.name) ?? "", nameOfZone(zone));
    const type = text(inputs.type) ?? "";
    const [standing] = context.world.all(
      RECORD,
      (one) => one.inputs.zoneId === zone.id && one.computed.fqdn === fqdn && one.inputs.type === type,
    );
    if (standing && inputs.allowOverwrite !== true)
      throw new Refusal(
        "InvalidChangeBatch",
        `[Tried to create resource record set [name='${fqdn}.', type='${type}'] but it already exists]`,
      );
    return { id: `${zone.id}_${fqdn}_${type}`, computed: { fqdn, allowOverwrite: inputs.allowOverwrite ?? false } };
  },
  update: () => ({}),
  seconds: { create: 30, delete: 30 },
  calls: {
    create: [["route53:GetHostedZone"], ["route53:ChangeResourceRecordSets"], ["route53:GetChange"]],
    read: [["route53:GetHostedZone"], ["route53:ListResourceRecordSets"]],
    update: each(["allowOverwrite", "ttl", "records"], ["route53:ChangeResourceRecordSets"]),
    delete: [["route53:ChangeResourceRecordSets"]],
  },
};

/** What anybody on the internet gets for a TXT query. */
export const publicTexts = (world: World, name: string): string[] =>
  world
    .all(RECORD, ({ inputs, computed }) => inputs.type === "TXT" && computed.fqdn === name.toLowerCase())
    .flatMap(({ inputs }) => texts(inputs.records).map((one) => one.replace(/^"(.*)"$/, "$1")));

const getZone: FunctionModel = {
  token: "aws:route53/getZone:getZone",
  arguments: ["zoneId"],
  calls: [["route53:GetHostedZone"], ["route53:ListTagsForResource"]],
  call(args, context) {
    const zone = zoneOf(context, text(args.zoneId) ?? "");
    return {
      id: zone.id,
      zoneId: zone.id,
      arn: `arn:aws:route53:::hostedzone/${zone.id}`,
      name: nameOfZone(zone),
      privateZone: false,
      callerReference: "estate",
      comment: "",
      linkedServiceDescription: "",
      linkedServicePrincipal: "",
      nameServers: [1, 2, 3, 4].map((number) => `ns-${number}.awsdns-00.example`),
      primaryNameServer: "ns-1.awsdns-00.example",
      resourceRecordSetCount:
        2 +
        context.world.all(RECORD, ({ inputs }) => inputs.zoneId === zone.id && integer(inputs.ttl) !== undefined)
          .length,
      tags: {},
    };
  },
};

export const hostedZoneModels: readonly ResourceModel[] = [record];
export const hostedZoneLookups: readonly FunctionModel[] = [getZone];
