import { isTlsSwitch, switchesTlsOff } from "../../model/tls-switches.ts";
import { each } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachContainer, POD_TYPES } from "../reading/pods.ts";

export const podTlsVerified = rule({
  name: "pod-tls-verified",
  title: "Pods check whom they talk to",
  says: "No variable keeps a client from verifying certificates, or the names on them.",
  why: "A client that verifies nothing gives its password to whoever answers, and nobody notices.",
  severity: "high",
  set: "baseline",
  topics: ["kubernetes", "encryption"],
  references: nist("SC-8(1)", "IA-9"),
  url: "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_protect_data_transit_authentication.html",
  fix: "Remove it. Give the client the server name and certificate bundle of its connection instead.",
  types: POD_TYPES,

  *resource(subject) {
    yield* eachContainer(subject, function* (container) {
      yield* each(container, "env", function* (variable) {
        const [name, value] = [variable.text("name"), variable.text("value")];
        if (name.is === "unknown") yield undecided(`${variable.at("name")} is not known yet: it may be a switch`);
        // A switch inside an address is the schema's to find: most values here are not known before an update.
        if (name.is !== "known" || !isTlsSwitch(name.value)) return;
        if (value.is === "known" && switchesTlsOff(name.value, value.value))
          yield violation(`${variable.at("value")} of ${name.value} switches verification off`);
        // A value from elsewhere is nobody's to see.
        if (value.is !== "known")
          yield undecided(`${variable.at("value")} of ${name.value} may switch verification off, and is not known`);
      });
    });
  },
});
