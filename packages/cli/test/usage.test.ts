import { readFile } from "node:fs/promises";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { towpath } from "./towpath.ts";

const python = {
  "src/foo/__init__.py": "",
  "src/foo/a.py": "def add(a: int, b: int) -> int:\n    return a + b\n",
};
const config = { "towpath.config.yaml": "plugins: [gate-ruff]\ncomponents: {foo: {source: [src/foo]}}\n" };
const inProject = async (files: Readonly<Record<string, string>>, ...args: readonly string[]) => {
  const { root } = await project(files);
  return { root, ...(await towpath(args, { cwd: root })) };
};
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe("towpath", () => {
  it("answers --version and --help with exit 0, and lists the exit codes", async () => {
    const { root } = await project({});
    const manifest = json(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    expect(await towpath(["--version"], { cwd: root })).toEqual({
      code: 0,
      stdout: `${String(manifest["version"])}\n`,
      stderr: "",
    });
    const help = await towpath(["--help"], { cwd: root });
    expect(help.code).toBe(0);
    for (const word of [
      "run",
      "check",
      "plan",
      "explain",
      "doctor",
      "init",
      "gates",
      "plugins",
      "config",
      "130, 143",
    ]) {
      expect(help.stdout).toContain(word);
    }
  });

  it.each([
    [["runn"], "unknown command 'runn'"],
    [["check", "--tarrget", "dev"], "unknown option '--tarrget'"],
    [["check", "--target", "prodd"], 'there is no target "prodd"'],
    [["check", "--reporter", "xml"], "there is no reporter xml"],
    [["check", "nolint"], "there is no gate nolint"],
    [["check", "--component", "bar"], "there is no component bar"],
    [["check", "--component", "../bar"], '"../bar" is no component name'],
    [["explain", "TP0000"], "there is no code TP0000"],
    [["run", "--until", "deploying"], 'there is no stage "deploying"'],
    [["check", "--fix", "--target", "production"], "--fix is never applied"],
    [["check", "--color", "purple"], "Allowed choices are auto, always, never"],
    [["-C", "nowhere", "check"], "there is no folder"],
  ])(
    "ends %j with exit 2, the reason and a fix (G32: an unknown gate is no failed gate)",
    async (args, reason) => {
      const { code, stdout, stderr } = await inProject({ ...python, ...config }, ...args);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toContain(reason);
      expect(stderr).toMatch(/TP1\d{3}/);
      expect(stderr).toContain("  why   ");
      expect(stderr).not.toMatch(/\n\s+at .*\.mjs/);
    },
  );

  it("gives the same error as JSON on standard output, and nothing else", async () => {
    const { code, stdout, stderr } = await inProject(
      { ...python, ...config },
      "check",
      "--component",
      "bar",
      "--json",
    );
    expect(code).toBe(2);
    expect(stderr).toBe("");
    expect(json(stdout)).toMatchObject({
      schemaVersion: 1,
      kind: "error",
      exit: 2,
      error: { code: "TP1002" },
    });
  });

  it.each([
    [["check", "nothing", "--reporter", "json"], {}],
    [["check", "nothing"], { TOWPATH_REPORTER: "json" }],
    [["check", "--ndjson", "nothing"], {}],
    [["check", "--ndjson", "--nothing"], {}],
  ])("gives the error of %j (%j) to machines as one document", async (args, env) => {
    const { root } = await project({ ...python, ...config });
    const { code, stdout } = await towpath(args, { cwd: root, env });
    expect(json(stdout)).toMatchObject({ kind: "error", exit: code, error: { code: "TP1001" } });
    expect(stdout.trimEnd().includes("\n")).toBe(!args.includes("--ndjson"));
  });

  it.each([
    [["explain", "TP3201"], "explanation"],
    [["config", "validate"], "validation"],
    [["check", "--allow-empty"], "empty"],
    [["plugins", "list"], "plugins"],
  ])("answers %j with a document for --json and a line for --ndjson", async (args, kind) => {
    const { root } = await project({ ...python, "towpath.config.yaml": "plugins: [gate-ruff]\n" });
    const indented = await towpath([...args, "--json"], { cwd: root });
    expect(json(indented.stdout)).toMatchObject({ schemaVersion: 1, kind });
    const line = await towpath([...args, "--ndjson"], { cwd: root });
    expect(json(line.stdout)).toEqual(json(indented.stdout));
    expect(line.stdout.trimEnd()).not.toContain("\n");
  });

  it("shows the help and ends with exit 2 when it is called without a command", async () => {
    const { code, stdout, stderr } = await inProject({});
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^Usage: towpath/);
  });

  it("does not begin a second configuration beside the one in package.json", async () => {
    const { root } = await project({
      ...python,
      "package.json": JSON.stringify({ towpath: { plugins: ["gate-ruff"] } }),
    });
    expect(await towpath(["init"], { cwd: root })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("TP1007"),
    });
  });

  it("says how to begin when there is no configuration", async () => {
    const { code, stderr } = await inProject(python, "check");
    expect(code).toBe(2);
    expect(stderr).toContain("TP1201");
    expect(stderr).toContain("towpath init");
  });

  it("ends with exit 4 when nothing is selected, and with 0 when that is allowed", async () => {
    const empty = { "towpath.config.yaml": "plugins: [gate-ruff]\n" };
    expect((await inProject(empty, "check")).code).toBe(4);
    expect((await inProject(empty, "check", "--allow-empty")).code).toBe(0);
  });

  it("plans without running or writing anything", async () => {
    const { root } = await project({ ...python, ...config });
    const refused = await towpath(["plan", "--target", "dev"], { cwd: root });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("the stage specification has no gate");
    const skip = "stages: {specification: {skip: a}, implementation: {skip: b}, testing: {skip: c}}\n";
    const planned = await project({ ...python, "towpath.config.yaml": config["towpath.config.yaml"] + skip });
    const { code, stdout } = await towpath(["plan", "--target", "dev"], {
      cwd: planned.root,
      env: { PATH: "/nowhere" },
    });
    expect(code).toBe(0);
    expect(stdout).toContain("lint issues <= 0 issues   default of @towpath/gate-ruff");
    expect(stdout).toContain("testing  skipped: c");
    const listed = await towpath(["plan", "--target", "dev", "--json"], { cwd: planned.root });
    expect(json(listed.stdout)).toMatchObject({
      schemaVersion: 1,
      kind: "plan",
      plan: { kind: "run", target: "dev" },
    });
    await expect(readFile(`${planned.root}/.towpath/.gitignore`)).rejects.toThrow(/ENOENT/);
  });

  it("explains codes and gates, with where a threshold comes from", async () => {
    const files = {
      ...python,
      "towpath.config.yaml":
        "plugins:\n  - [gate-complexity, {max: 7}]\ncomponents: {foo: {source: [src/foo]}}\n",
    };
    const { root } = await project(files);
    const code = await towpath(["explain", "tp3201"], { cwd: root });
    expect(code).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Coverage is below the threshold"),
    });
    const gate = await towpath(["explain", "complexity"], { cwd: root });
    expect(gate.stdout).toContain("towpath.config.yaml:2");
    expect(gate.stdout).toMatch(/<= 7/);
  });

  it("lists gates, plugins and settings, as text and as JSON", async () => {
    const { root } = await project({ ...python, ...config });
    for (const command of [
      ["gates", "list"],
      ["plugins", "list"],
      ["config", "show"],
    ]) {
      const text = await towpath(command, { cwd: root });
      expect(text.code).toBe(0);
      const document = await towpath([...command, "--json"], { cwd: root });
      expect(document.code).toBe(0);
      expect(json(document.stdout)).toMatchObject({ schemaVersion: 1 });
    }
    expect((await towpath(["config", "validate"], { cwd: root })).stdout).toContain(
      "is valid: 1 plugins, 2 gates, 1 components",
    );
    expect(json((await towpath(["config", "schema"], { cwd: root })).stdout)).toMatchObject({
      title: "Towpath configuration",
    });
  });

  it("works from a folder below the configuration, and with -C", async () => {
    const { root } = await project({ ...python, ...config });
    expect((await towpath(["-C", "src/foo", "gates", "list"], { cwd: root })).code).toBe(2);
    const git = await project({ ...python, ...config }, { git: true });
    expect((await towpath(["gates", "list"], { cwd: `${git.root}/src/foo` })).code).toBe(0);
    expect((await towpath(["-C", git.root, "gates", "list"], { cwd: root })).code).toBe(0);
  });
});
