/** Breaks rules that mend: one value is another, one is not known yet, one is not there. */
import * as aws from "@pulumi/aws";

const tags = { corpai: "privatelink" };

export default async (): Promise<void> => {
  const key = new aws.kms.Key("another-value", { enableKeyRotation: false, tags });
  new aws.kms.Key("not-known-yet", { enableKeyRotation: key.arn.apply((arn) => arn === ""), tags });
  new aws.kms.Key("not-there", { tags });
};
