// Proves what is taken for a certificate bundle, and which variables are taken for switches that keep clients from verifying. What clients really make of such
// variables is theirs; the list follows their documentation.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { bundlePath, certificatesIn, isBundle, shutsOut } from "../../model/tls.ts";
import { isTlsSwitch, switchesTlsOff } from "../../model/tls-switches.ts";

const pem = (name: string): string => readFileSync(join(import.meta.dirname, `../fixtures/${name}.pem`), "utf8");
const [AUTHORITY, OTHER, LEAF] = [pem("acme-authority"), pem("other-authority"), pem("acme.example")];

describe("a certificate bundle", () => {
  it("is one certificate or several, and nothing else", () => {
    assert.ok(isBundle(AUTHORITY));
    assert.ok(isBundle(`${AUTHORITY}\n${OTHER}`));
    assert.equal(certificatesIn(`${AUTHORITY}\n${OTHER}`).length, 2);
    for (const wrong of ["", "text", `${AUTHORITY}\ntext`, AUTHORITY.replace(/[A-Z]{3}/g, "!!!")])
      assert.equal(isBundle(wrong), false, wrong.slice(0, 20));
  });

  it("shuts everybody out where it is a certificate for another name alone; an authority may sign for any name", () => {
    const serverName = "github.acme.example";
    assert.equal(shutsOut({ serverName, caBundle: LEAF }), false);
    assert.equal(shutsOut({ serverName: "github.other.example", caBundle: LEAF }), true);
    assert.equal(shutsOut({ serverName: "github.other.example", caBundle: LEAF + AUTHORITY }), false);
    assert.equal(shutsOut({ serverName }), false);
  });

  it("is a file of its connection's own", () =>
    assert.equal(bundlePath("github"), "/etc/corpai/connections/github.pem"));
});

describe("a variable", () => {
  for (const [name, value] of [
    ["NODE_TLS_REJECT_UNAUTHORIZED", "0"],
    ["PYTHONHTTPSVERIFY", "0"],
    ["GIT_SSL_NO_VERIFY", "true"],
    ["PGSSLMODE", "disable"],
    ["PGSSLMODE", "require"],
    ["PGSSLMODE", "verify-ca"],
    ["MYSQL_SSL_MODE", "PREFERRED"],
    ["CLICKHOUSE_SSL_VERIFY", "False"],
    ["CLICKHOUSE_VERIFY_SSL", "no"],
    ["GITHUB_INSECURE", "1"],
    ["VAULT_SKIP_VERIFY", "true"],
    ["GRAFANA_TLS_SKIP_VERIFY", "yes"],
    ["MONGO_ALLOW_INVALID_CERTIFICATES", "true"],
    ["MSSQL_TRUST_SERVER_CERTIFICATE", "true"],
    ["REDIS_SSL_CHECK_HOSTNAME", "false"],
    ["DATABASE_URL", "postgres://u@h/d?sslmode=prefer&x=1"],
    ["DATABASE_URL", "mongodb://h/?tls=true&tlsAllowInvalidCertificates=true"],
    ["CLICKHOUSE_DSN", "https://h:8443/?secure=true&skip_verify=true"],
    ["CURL_OPTIONS", "--silent --insecure"],
  ] as const)
    it(`${name}=${value} switches verification off`, () => assert.ok(switchesTlsOff(name, value)));

  for (const [name, value] of [
    ["NODE_TLS_REJECT_UNAUTHORIZED", "1"],
    ["PGSSLMODE", "verify-full"],
    ["MYSQL_SSL_MODE", "VERIFY_IDENTITY"],
    ["CLICKHOUSE_SSL_VERIFY", "true"],
    ["GITHUB_INSECURE", "false"],
    ["DATABASE_URL", "postgres://u@h/d?sslmode=verify-full"],
    ["GITHUB_HOST", "vpce-1.example"],
    ["HEALTH_CHECK", "off"],
  ] as const)
    it(`${name}=${value} does not`, () => assert.equal(switchesTlsOff(name, value), false));

  it("with a switch's name is known as one whatever it holds", () => {
    for (const name of ["PGSSLMODE", "NODE_TLS_REJECT_UNAUTHORIZED", "X_SSL_VERIFY"]) assert.ok(isTlsSwitch(name));
    for (const name of ["GITHUB_HOST", "SSL_CERT_FILE", "GITHUB_SERVER_NAME"]) assert.equal(isTlsSwitch(name), false);
  });
});
