import { each } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachContainer, POD_TYPES } from "../reading/pods.ts";

const SECRET = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;

export const podNoPlainSecrets = rule({
  name: "pod-no-plain-secrets",
  title: "Secrets stand in Secrets",
  says: "A variable that is called a secret comes from a Secret.",
  why: "A pod's description is read by everybody who may list pods, and stands in every log of it.",
  severity: "high",
  set: "baseline",
  topics: ["kubernetes", "identity"],
  references: nist("IA-5(7)", "SC-28"),
  url: "https://kubernetes.io/docs/concepts/configuration/secret/",
  fix: "Take it from a Secret by valueFrom.secretKeyRef.",
  types: POD_TYPES,

  *resource(subject) {
    yield* eachContainer(subject, function* (container) {
      yield* each(container, "env", function* (variable) {
        const [name, value] = [variable.text("name"), variable.read("value")];
        if (value.is === "absent" || (value.is === "known" && value.value === "")) return;
        if (name.is === "unknown") yield undecided(`${variable.at("name")} is not known yet, and it has a plain value`);
        else if (name.is === "known" && SECRET.test(name.value)) yield violation(`${variable.at("value")} is plain`);
      });
    });
  },
});
