// Proves when a version may be used, by the dates of the table. That the dates are EKS's is for whoever reads the source again.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { controlPlaneZones } from "../../model/control-plane-zones.ts";
import {
  DEFAULT_KUBERNETES_VERSION,
  KUBERNETES_VERSIONS,
  KUBERNETES_VERSIONS_SOURCE,
  kubernetesStepFault,
  kubernetesVersionFault,
} from "../../model/kubernetes-versions.ts";

describe("Kubernetes versions", () => {
  it("have no gap and end in their order, so that there is always a next step", () => {
    const minors = KUBERNETES_VERSIONS.map(({ version }) => Number(version.split(".")[1]));
    assert.deepEqual(
      minors,
      Array.from(minors, (_none, index) => (minors[0] ?? 0) + index),
    );
    const ends = KUBERNETES_VERSIONS.map(({ standardSupportEnds }) => standardSupportEnds);
    assert.deepEqual(ends, [...ends].sort());
  });

  it("include the default, in standard support on the day on which the table was read", () => {
    assert.equal(kubernetesVersionFault(DEFAULT_KUBERNETES_VERSION, KUBERNETES_VERSIONS_SOURCE.read), undefined);
  });

  it("are refused when EKS is yet to offer them, with the place to add their date", () => {
    const fault = kubernetesVersionFault("1.99", "2026-11-24");
    assert.match(fault?.allowed ?? "", /^versions in EKS's standard support: "1\.34" \(until 2026-12-02\), "1\.35"/);
    assert.match(fault?.wayOut ?? "", /add the date from https:.* to model\/kubernetes-versions\.ts/);
  });

  it("go up one at a time, and never down", () => {
    assert.equal(kubernetesStepFault("1.34", "1.34"), undefined);
    assert.equal(kubernetesStepFault("1.34", "1.35"), undefined);
    assert.match(kubernetesStepFault("1.34", "1.36")?.wayOut ?? "", /^Upgrade to 1\.35 first/);
    assert.match(kubernetesStepFault("1.35", "1.34")?.wayOut ?? "", /never goes back/);
    assert.equal(kubernetesStepFault("1.9", "1.10"), undefined);
  });
});

describe("the control plane's AZs", () => {
  it("are two that stay the same whatever is appended, and none that EKS builds no control plane in", () => {
    const zones = ["use1-az3", "use1-az1", "use1-az4"];
    assert.deepEqual(controlPlaneZones(zones), ["use1-az1", "use1-az4"]);
    assert.deepEqual(controlPlaneZones([...zones, "use1-az2", "use1-az6"]), controlPlaneZones(zones));
    assert.deepEqual(controlPlaneZones(["use1-az3", "use1-az1"]), ["use1-az1"]);
  });
});
