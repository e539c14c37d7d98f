import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { GateResult } from "@towpath/core";
import { project, pythonEnv, runGate } from "@towpath/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import security, { type SastUserOptions } from "./index.ts";

const clean = "def add(a, b):\n    return a + b\n";
const high = "import subprocess\n\n\ndef run(command):\n    subprocess.call(command, shell=True)\n";
const medium = "def run(text):\n    return eval(text)\n";
const tests = { "tests/test_add.py": "def test():\n    assert True\n" };

type Project = Awaited<ReturnType<typeof project>>;

describe("sast", () => {
  let env: Record<string, string | undefined> = {};
  beforeAll(async () => {
    ({ env } = await pythonEnv());
  });

  const check = (at: Project, sast: SastUserOptions = {}): Promise<GateResult> =>
    runGate(security({ sast }), "sast", { root: at.root, env });
  const checkFile = async (text: string, sast: SastUserOptions = {}): Promise<GateResult> =>
    check(await project({ "src/foo/code.py": text, ...tests }), sast);

  it("passes clean code; tests are not looked at", async () => {
    const result = await checkFile(clean);
    expect(result).toMatchObject({
      verdict: "passed",
      candidates: 1,
      checked: 1,
      findings: [],
      tool: { name: "bandit" },
    });
    expect(result.measurements.map(({ name, value, threshold }) => ({ name, value, threshold }))).toEqual([
      { name: "issues of high severity", value: 0, threshold: 0 },
      { name: "issues of medium severity", value: 0, threshold: 5 },
    ]);
  });

  it("fails on one issue of high severity, and says where", async () => {
    const result = await checkFile(high);
    expect(result.verdict).toBe("failed");
    expect(result.findings.find(({ level }) => level === "error")).toMatchObject({
      rule: "B602",
      severity: "high",
      file: "src/foo/code.py",
      range: { startLine: 5, startColumn: 5, endLine: 5, endColumn: 41 },
    });
  });

  it("tolerates five issues of medium severity with a warning, and not a sixth", async () => {
    expect(await checkFile(medium.repeat(5))).toMatchObject({
      verdict: "warned",
      findings: Array.from({ length: 5 }, () => ({ level: "warning" })),
    });
    expect(await checkFile(medium.repeat(6))).toMatchObject({
      verdict: "failed",
      findings: Array.from({ length: 6 }, () => ({ level: "error" })),
    });
  });

  it("shows issues of low severity without a warning, unless they are limited", async () => {
    const low = "import subprocess\n";
    expect(await checkFile(low)).toMatchObject({ verdict: "passed", findings: [{ level: "note" }] });
    expect(await checkFile(low, { thresholds: { low: 0 } })).toMatchObject({ verdict: "failed" });
  });

  it("a file that bandit cannot parse is breakage, not a file without issues", async () => {
    const result = await check(
      await project({ "src/foo/a.py": clean, "src/foo/b.py": "def broken(:\n", ...tests }),
    );
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "parse", where: ["src/foo/b.py"] } });
  });

  it("reads the team's settings from pyproject.toml and counts what they leave out", async () => {
    const at = await project({
      "src/foo/a.py": clean,
      "src/foo/made.py": high,
      "pyproject.toml": '[tool.bandit]\nexclude_dirs = ["src/foo/made.py"]\n',
      ...tests,
    });
    const result = await check(at);
    expect(result).toMatchObject({ verdict: "passed", candidates: 2, checked: 1 });
    expect(result.notes.join()).toContain("1 files are left out by bandit's configuration: src/foo/made.py");
    await at.write("pyproject.toml", '[tool.bandit]\nexclude_dirs = ["src"]\n');
    expect(await check(at)).toMatchObject({ verdict: "errored", error: { kind: "no-input" } });
    await at.write("pyproject.toml", "[tool.bandit\n");
    expect(await check(at)).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
  });

  it("does not read a .bandit file, which could hide issues from the report", async () => {
    const at = await project({
      "src/foo/code.py": high,
      ".bandit": "[bandit]\nskips: B602\nexclude: src\n",
      ...tests,
    });
    const result = await check(at);
    expect(result.verdict).toBe("failed");
    expect(result.warnings.join()).toContain(".bandit is not read");
  });

  it("takes another configuration from the options, which must exist", async () => {
    const at = await project({ "src/foo/code.py": high, "bandit.yaml": "skips: [B602, B404]\n", ...tests });
    expect((await check(at, { config: "bandit.yaml" })).verdict).toBe("passed");
    expect(await check(at, { config: "gone.yaml" })).toMatchObject({
      verdict: "errored",
      error: { kind: "tool-config" },
    });
  });

  it("looks at files whose names bandit leaves out by default", async () => {
    const at = await project({ "src/foo/CVS_reader.py": high, ...tests });
    expect(await check(at)).toMatchObject({ verdict: "failed", checked: 1 });
  });

  it("counts exempted lines in the open", async () => {
    const result = await checkFile(high.replace("True)", "True)  # nosec"));
    expect(result.verdict).toBe("passed");
    expect(result.notes.join()).toContain("1 lines are exempted by # nosec");
  });

  it("does not repeat a password", async () => {
    const value = ["hunter", "2", "secret"].join("");
    const result = await checkFile(`password = "${value}"\n`);
    expect(result.findings).toMatchObject([{ rule: "B105" }]);
    expect(JSON.stringify(result)).not.toContain(value);
  });

  it("keeps a finding's identity when lines move", async () => {
    const at = await project({ "src/foo/code.py": medium, ...tests });
    const before = (await check(at)).findings[0]?.fingerprint;
    await at.write("src/foo/code.py", `\n\n\n${medium}`);
    expect((await check(at)).findings[0]?.fingerprint).toBe(before);
    await rename(join(at.root, "src/foo/code.py"), join(at.root, "src/foo/other.py"));
    expect((await check(at)).findings[0]?.fingerprint).not.toBe(before);
  });

  it("does not pass without a Python file", async () => {
    expect(await check(await project({ "src/foo/readme.md": "# foo\n", ...tests }))).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input" },
    });
  });
});
