import { PolicyPack } from "@pulumi/policy";
import { corpaiTags } from "./corpai-tags.ts";
import { nlbInternal } from "./nlb-internal.ts";
import { twoAvailabilityZones } from "./two-availability-zones.ts";

// Serves as soon as it exists: nothing but the engine may load this file.
new PolicyPack("corpai", {
  description: "What every CorpAI stack on AWS keeps to.",
  policies: [nlbInternal(), twoAvailabilityZones(), corpaiTags()],
});
