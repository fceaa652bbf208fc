// Proves that a pod whose image verifies certificates is ready exactly while the service shows one that it believes: for the server name it was told, signed by
// an authority of its bundle. What a real client does beyond that (dates, revocation, chains) the sandbox does not imitate.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import type { Pod } from "../../sandbox/kubernetes/pods.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { ImageFacts } from "../../sandbox/world.ts";
import { CLICKHOUSE_IMAGE, K } from "./support/cluster.ts";
import { INSTANCES, connection, setListens } from "./support/connection.ts";
import type { Connection } from "./support/connection.ts";
import { type Stage, besideConnection } from "./support/workload.ts";

const pem = (name: string): string => readFileSync(join(import.meta.dirname, `../fixtures/${name}.pem`), "utf8");
const [AUTHORITY, OTHER] = [pem("acme-authority"), pem("other-authority")];
const NAME = "clickhouse.acme.example";

describe("a pod that verifies certificates", () => {
  let built: Connection;
  let stage: Stage;
  beforeEach(() => {
    built = connection();
    stage = besideConnection(built);
    (built.world.facts.images as Record<string, ImageFacts>)[CLICKHOUSE_IMAGE] = {
      readyWhenReaches: [
        {
          host: "CLICKHOUSE_HOST",
          port: "CLICKHOUSE_PORT",
          certificateFor: "CLICKHOUSE_SERVER_NAME",
          caBundle: "CLICKHOUSE_CA",
        },
      ],
    };
  });

  function shows(certificateNames: readonly string[], signedBy?: string): void {
    for (const id of INSTANCES)
      setListens(built, id, [{ port: 8443, protocol: "HTTPS", paths: { "/ping": 200 }, certificateNames, signedBy }]);
  }

  /** @param bundle what the mounted file holds; none mounted without */
  function pods(serverName: string, bundle?: string): readonly Pod[] {
    const env: Properties[] = [
      ...stage.env(),
      { name: "CLICKHOUSE_SERVER_NAME", value: serverName },
      { name: "CLICKHOUSE_CA", value: "/etc/bundles/clickhouse.pem" },
    ];
    if (bundle === undefined) return stage.run({ env });
    stage.cluster.kubernetes.make(K.configMap, {
      metadata: { name: "bundles", namespace: "mcp" },
      data: { "clickhouse.pem": bundle },
    });
    return stage.run({
      env,
      container: { volumeMounts: [{ name: "bundles", mountPath: "/etc/bundles", readOnly: true }] },
      pod: { volumes: [{ name: "bundles", configMap: { name: "bundles" } }] },
    });
  }

  function unready(all: readonly Pod[], reason: RegExp): void {
    assert.equal(all.length, 2);
    for (const pod of all) {
      assert.equal(pod.ready, false);
      assert.match(pod.reason, reason);
    }
  }

  for (const names of [[NAME], ["other.example", "*.acme.example"]])
    it(`is ready where the certificate is for ${names.join(", ")}, and signed by one of its bundle's authorities`, () => {
      shows(names, AUTHORITY);
      const all = pods(NAME, `${OTHER}\n${AUTHORITY}`);
      assert.deepEqual(
        all.map(({ ready }) => ready),
        [true, true],
        all[0]?.reason,
      );
    });

  it("is not ready where the certificate is for another name, for that reason", () => {
    shows(["*.other.example"], AUTHORITY);
    unready(
      pods(NAME, AUTHORITY),
      /is blocked at target: the certificate that i-\w+ shows on 8443 is for \*\.other\.example, not for clickhouse\.acme\.example/,
    );
  });

  it("is not ready where it takes the endpoint's name for the service's", () => {
    shows([NAME], AUTHORITY);
    unready(pods(built.host(), AUTHORITY), /is for clickhouse\.acme\.example, not for vpce-/);
  });

  it("is not ready where an authority signed that is not in its bundle", () => {
    shows([NAME], OTHER);
    unready(pods(NAME, AUTHORITY), /is signed by an authority that is none of those in the client's bundle/);
  });

  it("is not ready where a public authority signed, and its bundle holds the owner's alone", () => {
    shows([NAME]);
    unready(pods(NAME, AUTHORITY), /is signed by a public authority, which is none of those in the client's bundle/);
  });

  it("is not ready where the bundle that it names is not mounted", () => {
    shows([NAME], AUTHORITY);
    unready(pods(NAME), /there is no file \/etc\/bundles\/clickhouse\.pem, which CLICKHOUSE_CA names/);
  });
});
