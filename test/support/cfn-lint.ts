/** CloudFormation's own linter, from PyPI, in a virtual environment of this machine that later runs use again. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "1.58.0";
const HOME = join(tmpdir(), `corpai-cfn-lint-${VERSION}`);

export const hasPython = (): boolean => spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0;

/** What the linter has against a template; empty where it has nothing. @throws where it cannot be installed */
export function lint(template: string): string {
  install();
  const folder = mkdtempSync(join(tmpdir(), "corpai-template-"));
  try {
    const file = join(folder, "template.yaml");
    writeFileSync(file, template);
    const linter = [
      "-c",
      "import sys; from cfnlint.runner import main; sys.exit(main())",
      "--regions",
      "us-east-1",
      "--include-checks",
      "W",
      "--",
      file,
    ];
    const { status, stdout, stderr } = spawnSync(join(HOME, "bin/python"), linter, { encoding: "utf8" });
    return status === 0 ? "" : stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function install(): void {
  if (existsSync(HOME)) return;
  const unfinished = `${HOME}.${process.pid}`;
  execFileSync("python3", ["-m", "venv", unfinished]);
  execFileSync(join(unfinished, "bin/python"), ["-m", "pip", "install", "--quiet", `cfn-lint==${VERSION}`]);
  try {
    renameSync(unfinished, HOME);
  } catch {
    // Another run was first.
    rmSync(unfinished, { recursive: true, force: true });
  }
}
