// Proves that the commands which README.md tells people to try do so, in their order, in a fresh clone: each line of the blocks under "Try it" is run by a shell
// as it stands there. That other documents name real commands: test/cli/documented.test.ts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { shellLinesIn, textOf } from "../cli/support/documents.ts";
import { Clone } from "./support/clone.ts";

/** This is a test already. */
const NOT_HERE = ["npm test"];

describe("what README.md tells people to try", function () {
  this.timeout(600_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());
  const [, section = ""] = textOf("README.md").split(/^## Try it$/m);
  const lines = shellLinesIn(section.split(/^## /m)[0] ?? "").filter((line) => !NOT_HERE.includes(line));
  // What comes after this line is typed into the shell that it changes.
  const settings = lines.findIndex((line) => line.startsWith("eval "));
  const commands = [...lines.slice(0, settings), lines.slice(settings).join("\n")];

  it("is a handful of commands, the demo first", () => {
    assert.equal(commands[0], "npm run demo");
    assert.ok(commands.length > 7 && settings > 0, commands.join("\n"));
  });

  for (const command of commands)
    it(command.replace("\n", " && "), async () => {
      const { code, out, err } = await clone.run("bash", ["-e", "-c", command]);
      assert.equal(code, 0, out + err);
      assert.equal(clone.changedFiles(), "", "git status is clean after every command");
    });
});
