import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { reportFormats } from "../src/report-formats.ts";
import { hostileProject } from "./hostile-gate.ts";
import { towpath } from "./towpath.ts";

async function json(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, "utf8"));
}

describe("towpath report", () => {
  it("writes the last run in every format in one call", async () => {
    const { root } = await hostileProject(9);
    expect((await towpath(["check"], { cwd: root })).code).toBe(1);
    const formats = [...reportFormats.keys()];
    const args = formats.flatMap((format) => ["--format", `${format}=out/${format}`]);
    const { code, stdout, stderr } = await towpath(["report", ...args], { cwd: root });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain(join(root, "out", "sarif"));
    expect((await readdir(join(root, "out"))).toSorted()).toEqual(formats.toSorted());
    expect(await json(join(root, "out/sarif"))).toMatchObject({ version: "2.1.0" });
    expect(await json(join(root, "out/badge"))).toMatchObject({ message: "dev check failed", color: "red" });
    expect(await readFile(join(root, "out/junit"), "utf8")).toContain('failures="1"');
  });

  it("is named whole in the help", async () => {
    const { stdout } = await towpath(["report", "--help"], { cwd: "." });
    const words = stdout.replaceAll(/\s+/g, " ");
    for (const format of reportFormats.keys()) expect(words).toMatch(new RegExp(`[ ,]${format}[ ,;]`));
  });

  it("prints Markdown when no format is named, cleaned of what disturbs a terminal", async () => {
    const { root } = await hostileProject(9);
    await towpath(["check"], { cwd: root });
    for (const format of reportFormats.keys()) {
      const { code, stdout } = await towpath(["report", "--format", format], { cwd: root });
      expect(code).toBe(0);
      // oxlint-disable-next-line no-control-regex -- what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\\u001b/);
    }
    const { stdout } = await towpath(["report"], { cwd: root });
    expect(stdout).toMatch(/^# foo → dev: not passed\n/);
  });

  it("names paths from the root of the repository where the configuration lies below it", async () => {
    const { root } = await hostileProject(1, "", "services/a/");
    await mkdir(join(root, ".git"));
    const cwd = join(root, "services/a");
    await towpath(["check"], { cwd });
    const { stdout } = await towpath(["report", "--format", "gitlab"], { cwd });
    expect(JSON.parse(stdout)[0].location.path).toBe("services/a/src/foo/a.py");
  });

  it("reads a record from anywhere, without a configuration", async () => {
    const { root } = await hostileProject(2);
    await towpath(["check"], { cwd: root });
    const [run = ""] = await readdir(join(root, ".towpath/runs"));
    const record = await readFile(join(root, ".towpath/runs", run, "result.json"));
    const elsewhere = await project({ "record.json": record });
    const { code, stdout } = await towpath(["report", "record.json", "--format", "comment"], {
      cwd: elsewhere.root,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!-- towpath: check dev foo -->\n/);
  });

  it.each([
    ["no JSON", "{", "no JSON"],
    ["a newer one", '{"schemaVersion": 2}', "schemaVersion 2"],
    ["another document", '{"a": 1}', "no schemaVersion"],
    ["half a one", '{"schemaVersion": 1, "run": "x"}', "damaged at"],
  ])("refuses a record that is %s: exit 2, nothing is written", async (_, text, words) => {
    const { root } = await project({ "record.json": text });
    const { code, stderr } = await towpath(["report", "./record.json", "--format", "sarif=a.sarif"], {
      cwd: root,
    });
    expect(stderr).toContain(words);
    expect(code).toBe(2);
    expect(existsSync(join(root, "a.sarif"))).toBe(false);
  });

  it.each([
    ["an unknown format", ["--format", "pdf"], "TP1001"],
    ["two formats on standard output", ["--format", "md", "--format", "json"], "TP1001"],
    ["a path twice", ["--format", "md=a", "--output", "b"], "TP1001"],
    ["two formats at one path", ["--format", "md=a", "--format", "json=./a"], "would be lost"],
    ["an unknown run", ["20200101-000000-abcd"], "TP6003"],
    ["a name that leads elsewhere", ["../../etc/passwd"], "TP6003"],
    ["no run yet", [], "TP6003"],
  ])("refuses %s", async (_, args, code) => {
    const { root } = await project({ "towpath.config.yaml": "plugins: []\n" });
    const called = await towpath(["report", ...args], { cwd: root });
    expect(called.stderr).toContain(code);
    expect(called.code).toBe(2);
  });

  it("has a badge that says so when there is no run", async () => {
    const { root } = await project({ "towpath.config.yaml": "plugins: []\n" });
    const { code, stdout } = await towpath(["report", "--format", "badge"], { cwd: root });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ message: "unknown", isError: true });
  });

  it("never writes through a link", async () => {
    const { root } = await hostileProject(1);
    await towpath(["check"], { cwd: root });
    await writeFile(join(root, "precious"), "mine");
    await symlink(join(root, "precious"), join(root, "out.md"));
    const { code } = await towpath(["report", "-o", "out.md"], { cwd: root });
    expect(code).toBe(2);
    expect(await readFile(join(root, "precious"), "utf8")).toBe("mine");
  });

  it("believes the journal where the record is of another time", async () => {
    const { root } = await hostileProject(2);
    await towpath(["check"], { cwd: root });
    const [run = ""] = await readdir(join(root, ".towpath/runs"));
    const path = join(root, ".towpath/runs", run, "result.json");
    await writeFile(path, JSON.stringify({ ...(await json(path)), status: "parked", stages: [] }));
    const { stdout } = await towpath(["report", "--format", "gitlab"], { cwd: root });
    expect(JSON.parse(stdout)).toHaveLength(2);
  });

  it("tells of a run whose process was killed from the journal: not decided", async () => {
    const { root } = await hostileProject(1, "await new Promise((r) => setTimeout(r, 60_000))");
    await towpath(["check", "--ndjson"], {
      cwd: root,
      onOutput: (text, kill) => void (text.includes('"gate:start"') && kill("SIGKILL")),
    });
    const { code, stdout } = await towpath(["report", "--format", "junit"], { cwd: root });
    expect(code).toBe(0);
    expect(stdout).toMatch(/<testsuites [^>]*errors="1"/);
    expect((await towpath(["report"], { cwd: root })).stdout).toContain("not decided");
  });
});
