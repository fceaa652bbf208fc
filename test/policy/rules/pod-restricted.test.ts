import { undecided, violation } from "../../../policy/frame/finding.ts";
import { podRestricted } from "../../../policy/rules/pod-restricted.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const POD = "kubernetes:core/v1:Pod";
const container = {
  image: "server",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const spec = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container],
};
const AT = "containers[0].securityContext";
const CONTEXT = "spec.template.spec.containers.0.securityContext";

describeRule(podRestricted, {
  type: "kubernetes:apps/v1:Deployment",
  sound: { spec: { template: { spec } } },
  absent: [],
  cases: {
    "refuses what Kubernetes makes of no context at all": {
      type: POD,
      inputs: { spec: { containers: [{ image: "server" }] } },
      finds: [
        violation(`"spec.${AT}.allowPrivilegeEscalation" is not set, and Kubernetes then allows it`),
        violation(`"spec.${AT}.runAsNonRoot" is not set, nor that of its pod, so it may run as root`),
        violation(`"spec.${AT}.seccompProfile.type" is not set, nor that of its pod, so no system call is filtered`),
        violation(`"spec.${AT}.capabilities.drop" does not have ALL`),
      ],
    },
    "lets a container overrule its pod": {
      set: { [`${CONTEXT}.runAsNonRoot`]: false, [`${CONTEXT}.seccompProfile`]: { type: "Unconfined" } },
      finds: [
        violation(`"spec.template.spec.${AT}.runAsNonRoot" is false`),
        violation(`"spec.template.spec.${AT}.seccompProfile.type" is neither RuntimeDefault nor Localhost`),
      ],
    },
    "refuses a privileged container": {
      set: { [`${CONTEXT}.privileged`]: true },
      finds: [violation(`"spec.template.spec.${AT}.privileged" is true`)],
    },
    "refuses those that run before the others": {
      set: {
        "spec.template.spec.initContainers": [{ ...container, securityContext: { allowPrivilegeEscalation: false } }],
      },
      finds: [violation('"spec.template.spec.initContainers[0].securityContext.capabilities.drop" does not have ALL')],
    },
    "refuses the host's namespaces and files": {
      set: {
        "spec.template.spec.hostNetwork": true,
        "spec.template.spec.hostPID": true,
        "spec.template.spec.volumes": [{ hostPath: { path: "/" } }, { emptyDir: {} }],
      },
      finds: [
        violation('"spec.template.spec.hostNetwork" is true'),
        violation('"spec.template.spec.hostPID" is true'),
        violation('"spec.template.spec.volumes[0].hostPath" is of the node'),
      ],
    },
    "finds the pods of a CronJob": {
      type: "kubernetes:batch/v1:CronJob",
      inputs: { spec: { jobTemplate: { spec: { template: { spec: { ...spec, hostIPC: true } } } } } },
      finds: [violation('"spec.jobTemplate.spec.template.spec.hostIPC" is true')],
    },
    "cannot decide while the pods are not known": {
      unknown: ["spec.template.spec"],
      finds: [undecided('"spec.template.spec" is not known yet'), undecided('"spec.template.spec" is not known yet')],
    },
    "cannot decide while a capability is not known": {
      set: { [`${CONTEXT}.capabilities.drop`]: [UNKNOWN] },
      finds: [undecided(`"spec.template.spec.${AT}.capabilities.drop" is not known yet`)],
    },
  },
});
