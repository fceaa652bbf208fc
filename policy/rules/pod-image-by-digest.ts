import { expects } from "../frame/expectations.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachContainer, POD_TYPES } from "../reading/pods.ts";

const BY_DIGEST = /@sha256:[0-9a-f]{64}$/;

export const podImageByDigest = rule({
  name: "pod-image-by-digest",
  title: "Images are what was reviewed",
  says: "A container's image is named by its digest.",
  why: "A tag can be moved to anything by whoever may push.",
  severity: "high",
  set: "baseline",
  topics: ["kubernetes", "hardening"],
  references: nist("CM-2", "SI-7(6)", "SR-4"),
  url: "https://kubernetes.io/docs/concepts/containers/images/",
  fix: "Name it as <repository>@sha256:<digest>.",
  types: POD_TYPES,

  *resource(subject) {
    yield* eachContainer(subject, (container) =>
      expects(container.text("image"), container.at("image"), (image) => BY_DIGEST.test(image), {
        wrong: "names no digest",
      }),
    );
  },
});
