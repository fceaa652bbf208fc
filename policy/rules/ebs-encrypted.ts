import { each, mustBe } from "../frame/expectations.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const VOLUME = "aws:ebs/volume:Volume";
const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const IN_CLEAR = "and it is then in clear unless the account says otherwise";

export const ebsEncrypted = rule({
  name: "ebs-encrypted",
  title: "Volumes are encrypted",
  says: "A volume that is described is encrypted.",
  why: "A snapshot of it is a file that can be shared.",
  severity: "medium",
  set: "baseline",
  topics: ["compute", "encryption"],
  references: [...securityHub("EC2.3", "EC2.7"), ...nist("SC-28", "SC-13")],
  url: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
  fix: "Set encrypted: true.",
  types: new Set([VOLUME, INSTANCE, TEMPLATE]),

  *resource(subject) {
    if (subject.type === VOLUME) yield* mustBe(subject, "encrypted", true, { absent: IN_CLEAR });
    for (const path of subject.type === INSTANCE ? ["rootBlockDevice", "ebsBlockDevices"] : [])
      yield* each(subject, path, (device) => mustBe(device, "encrypted", true, { absent: IN_CLEAR }));
    if (subject.type === TEMPLATE)
      yield* each(subject, "blockDeviceMappings", (mapping) =>
        each(mapping, "ebs", (ebs) => mustBe(ebs, "encrypted", true, { absent: IN_CLEAR })),
      );
  },
});
