// As Pulumi's own template makes a pack.
import { PolicyPack } from "@pulumi/policy";

new PolicyPack("trivial", {
  policies: [
    {
      name: "trivial",
      description: "A resource is tagged by somebody.",
      enforcementLevel: "mandatory",
      validateResource: ({ props }, report) => {
        if (props.tags?.owner === "nobody") report("it is nobody's");
      },
    },
  ],
});
