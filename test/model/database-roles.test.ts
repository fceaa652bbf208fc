// Proves the text that makes database roles and the names that servers log in by. That PostgreSQL takes it is shown by nothing here: the sandbox reads it with a
// parser of its own.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { cacheAccess, cacheUser, databaseUser, rolesSql } from "../../model/database-roles.ts";
import { KEY } from "../../model/physical-name.ts";

const key = fc
  .stringMatching(/^[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,3}$/)
  .filter((text) => text.length <= 40 && KEY.test(text));

describe("a server's user", () => {
  it("in a database is another one for every server, within PostgreSQL's 63 characters", () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        assert.equal(databaseUser(one) === databaseUser(other), one === other);
        assert.match(databaseUser(one), /^mcp_[a-z0-9_]{1,59}$/);
      }),
    );
  });

  it("in a cache is another one for every server and environment, within ElastiCache's 40 characters", () => {
    fc.assert(
      fc.property(key, key, key, (environment, one, other) => {
        assert.equal(cacheUser(environment, one) === cacheUser(environment, other), one === other);
        assert.match(cacheUser(environment, one), /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/);
      }),
    );
    assert.equal(cacheUser("demo", "memory-mcp"), "mcp-demo-memory-mcp");
  });

  it("in a cache has its own keys and channels, and no command that looks at others or at the server", () => {
    assert.equal(
      cacheAccess("memory-mcp"),
      "on ~memory-mcp:* &memory-mcp:* -@all +@read +@write +@pubsub +@transaction +@connection -@dangerous",
    );
  });
});

describe("the SQL that makes roles", () => {
  it("is the same for the same roles in any order", () => {
    assert.equal(rolesSql("d", ["b", "a"]), rolesSql("d", ["a", "b"]));
    assert.notEqual(rolesSql("d", ["a"]), rolesSql("d", ["a", "b"]));
  });

  it("creates only what is missing, and may run again", () => {
    assert.deepEqual(rolesSql("memory", ["mcp_a"]).split("\n"), [
      'REVOKE CONNECT, TEMPORARY ON DATABASE "memory" FROM PUBLIC;',
      `SELECT 'CREATE ROLE "mcp_a" LOGIN' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'mcp_a') \\gexec`,
      'ALTER ROLE "mcp_a" LOGIN;',
      'GRANT rds_iam TO "mcp_a";',
      'GRANT CONNECT ON DATABASE "memory" TO "mcp_a";',
      'CREATE SCHEMA IF NOT EXISTS "mcp_a";',
      'GRANT USAGE, CREATE ON SCHEMA "mcp_a" TO "mcp_a";',
      'ALTER ROLE "mcp_a" IN DATABASE "memory" SET search_path TO "mcp_a";',
      "",
    ]);
  });

  it("never makes the master a member of a role that logs in by IAM, which would end its own login by password", () => {
    assert.doesNotMatch(rolesSql("memory", ["mcp_a"]), /TO CURRENT_USER|AUTHORIZATION|TO "?master/i);
  });

  it("quotes what it is given: no name leaves its quotes", () => {
    const outside = (sql: string): string => sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, "_");
    const plain = outside(rolesSql("d", ["r"]));
    const text = fc.string({ minLength: 1, unit: fc.constantFrom("'", '"', ";", "-", "a", " ", "\\", "\n", ":") });
    fc.assert(fc.property(text, text, (database, role) => assert.equal(outside(rolesSql(database, [role])), plain)));
  });
});
