import { PolicyPack } from "@pulumi/policy";
import { policiesOf } from "./frame/pack.ts";
import { RULES } from "./rules.ts";

// Serves as soon as it exists: nothing but the engine may load this file.
new PolicyPack("corpai", {
  description: "Keeps private things private: PrivateLink, EKS and isolated VPCs on AWS.",
  policies: policiesOf(RULES),
});
