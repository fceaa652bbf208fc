import { each, expects, mustBe } from "../frame/expectations.ts";
import type { Fields } from "../frame/fields.ts";
import { type Finding, undecided, violation } from "../frame/finding.ts";
import type { Reading } from "../frame/guarded.ts";
import { cisEks, nist, pss } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachContainer, eachPod, POD_TYPES } from "../reading/pods.ts";

/** A container's own setting, else its pod's. */
const setting = <Value>(
  container: Fields,
  spec: Fields,
  read: (fields: Fields, path: string) => Reading<Value>,
  path: string,
): Reading<Value> => {
  const own = read(container, path);
  return own.is === "absent" ? read(spec, path) : own;
};

function* container(one: Fields, spec: Fields): Iterable<Finding> {
  yield* mustBe(one, "securityContext.privileged", false);
  yield* mustBe(one, "securityContext.allowPrivilegeEscalation", false, { absent: "and Kubernetes then allows it" });
  const nonRoot = setting(one, spec, (fields, path) => fields.flag(path), "securityContext.runAsNonRoot");
  yield* expects(nonRoot, one.at("securityContext.runAsNonRoot"), (value) => value, {
    absent: "nor that of its pod, so it may run as root",
    wrong: "is false",
  });
  const profile = setting(one, spec, (fields, path) => fields.text(path), "securityContext.seccompProfile.type");
  yield* expects(
    profile,
    one.at("securityContext.seccompProfile.type"),
    (type) => type === "RuntimeDefault" || type === "Localhost",
    {
      absent: "nor that of its pod, so no system call is filtered",
      wrong: "is neither RuntimeDefault nor Localhost",
    },
  );
  const path = "securityContext.capabilities.drop";
  const dropped = one.list(path);
  const all = dropped.is === "known" && dropped.value.some((name) => name.is === "known" && name.value === "ALL");
  if (all) return;
  yield dropped.is === "unknown" || (dropped.is === "known" && dropped.value.some(({ is }) => is === "unknown"))
    ? undecided(`${one.at(path)} is not known yet`)
    : violation(`${one.at(path)} does not have ALL`);
}

export const podRestricted = rule({
  name: "pod-restricted",
  title: "Pods keep to Kubernetes' restricted profile",
  says: "A pod runs as no root, without capabilities, without the host's namespaces and under a seccomp profile.",
  why: "What breaks out of a server has then nothing to break out with.",
  severity: "high",
  set: "baseline",
  topics: ["kubernetes", "hardening"],
  references: [...pss("Restricted"), ...cisEks("4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5"), ...nist("AC-6", "CM-7")],
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
  fix: "Give it the security context of the restricted profile.",
  types: POD_TYPES,

  *resource(subject) {
    yield* eachPod(subject, function* (spec) {
      for (const path of ["hostNetwork", "hostPID", "hostIPC"]) yield* mustBe(spec, path, false);
      yield* each(spec, "volumes", function* (volume) {
        if (volume.read("hostPath").is !== "absent") yield violation(`${volume.at("hostPath")} is of the node`);
      });
    });
    yield* eachContainer(subject, container);
  },
});
