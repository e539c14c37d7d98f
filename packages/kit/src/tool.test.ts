import { chmod, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isBreakage, type Exec, type GateContext, type ToolRequest } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { createExec } from "./exec.ts";
import { context, script, tree, type ContextSetup } from "../test/testing.ts";
import { findPython, findTool, type Tool } from "./tool.ts";

const system = process.env["PATH"] ?? "";
const says = (version: string): string => `#!/bin/sh\necho tool ${version}\n`;

/** A context that records each program that was started. */
function recorded(setup: ContextSetup): { ctx: GateContext; started: string[] } {
  const started: string[] = [];
  const real = createExec({ root: setup.root, runId: "test", env: setup.env ?? {} });
  const exec: Exec = (request) => {
    started.push([request.command, ...request.args].join(" "));
    return real(request);
  };
  return { ctx: context({ ...setup, exec }), started };
}

const request: ToolRequest = { name: "tool", install: "pip install tool" };

function find(setup: ContextSetup, changes: Partial<ToolRequest> = {}): Promise<Tool> {
  return findTool(context({ ...setup, env: { PATH: system, ...setup.env } }), { ...request, ...changes });
}

async function failure(
  search: Promise<Tool>,
): Promise<{ kind: string; message: string; fix: readonly string[] }> {
  try {
    await search;
  } catch (error) {
    if (isBreakage(error)) return { kind: error.kind, message: error.message, fix: error.details.fix ?? [] };
    throw error;
  }
  throw new Error("it was found");
}

/** A virtual environment with a tool, without Python. */
async function venv(folder: string, version: string): Promise<string> {
  return script(folder, "bin/tool", says(version));
}

describe("findTool: the order of places", () => {
  it("option, variable, component, active environment, nearest .venv, PATH: the first that has it wins", async () => {
    const root = await tree({ "src/foo/a.py": "" });
    const away = await tree();
    const places: [
      via: string,
      version: string,
      setup: () => Promise<Partial<ContextSetup & ToolRequest>>,
    ][] = [
      ["path", "6.0", async () => (await script(away, "path/tool", says("6.0")), {})],
      ["venv", "5.0", async () => (await venv(join(root, ".venv"), "5.0"), {})],
      ["venv", "4.0", async () => (await venv(join(root, "src/.venv"), "4.0"), {})],
    ];
    const env = { PATH: [join(away, "path"), system].join(delimiter) };
    for (const [via, version, setup] of places) {
      await setup();
      expect((await find({ root, env })).info).toMatchObject({ name: "tool", via, version });
    }
    await venv(join(away, "active"), "3.0");
    const active = { ...env, VIRTUAL_ENV: join(away, "active") };
    expect((await find({ root, env: active })).info).toMatchObject({ via: "environment", version: "3.0" });

    const python = await script(away, "own/bin/python", "#!/bin/sh\n");
    await venv(join(away, "own"), "2.5");
    const component = { python };
    expect((await find({ root, env: active, component })).info).toMatchObject({
      via: "component",
      version: "2.5",
    });

    const TOWPATH_TOOL = await script(away, "wish", says("2.0"));
    const wished = { ...active, TOWPATH_TOOL };
    expect((await find({ root, env: wished, component })).info).toMatchObject({
      via: "environment",
      version: "2.0",
    });

    const command = await script(root, "tools/mine", says("1.0"));
    expect((await find({ root, env: wished, component }, { command: "tools/mine" })).info).toEqual({
      name: "tool",
      via: "option",
      version: "1.0",
      path: command,
    });
  });

  it("a wish that leads nowhere is not passed over", async () => {
    const root = await tree();
    const env = { PATH: join(root, "bin"), TOWPATH_DETECT_SECRETS: "/no/such/tool" };
    await script(root, "bin/detect-secrets", says("1.0"));
    const { kind, message, fix } = await failure(find({ root, env }, { name: "detect-secrets" }));
    expect(kind).toBe("tool-missing");
    expect(message).toBe("detect-secrets was not found: TOWPATH_DETECT_SECRETS says /no/such/tool");
    expect(fix).toContain("pip install tool");
    expect((await failure(find({ root }, { command: "none" }))).message).toContain(
      "the option `command` says none",
    );
  });

  it("R11: nowhere at all is breakage that says how to install it", async () => {
    const root = await tree();
    const { kind, message, fix } = await failure(find({ root, env: { PATH: "" } }));
    expect({ kind, message }).toEqual({ kind: "tool-missing", message: "tool was not found" });
    expect(fix).toContain("pip install tool");
  });

  it("a shim with nothing behind it is passed over", async () => {
    const root = await tree();
    await script(root, "shims/tool", "#!/bin/sh\necho 'tool: command not found' >&2; exit 127\n");
    await script(root, "real/tool", says("1.2.3"));
    const PATH = [join(root, "shims"), join(root, "real"), system].join(delimiter);
    expect(await find({ root, env: { PATH } })).toMatchObject({ command: join(root, "real/tool") });
  });

  it("a file that may not be run is passed over", async () => {
    const root = await tree();
    await chmod(await venv(join(root, ".venv"), "1.0"), 0o644);
    await script(root, "real/tool", says("1.2.3"));
    expect((await find({ root, env: { PATH: `${join(root, "real")}:${system}` } })).info.via).toBe("path");
  });

  it("a script whose interpreter is gone is run as a module", async () => {
    const root = await tree();
    const away = await tree();
    await script(away, "python", '#!/bin/sh\n[ "$1 $2" = "-m tool_module" ] && echo tool 7.0\n');
    await script(root, ".venv/bin/tool", "#!/moved/.venv/bin/python\n");
    await symlink(join(away, "python"), join(root, ".venv/bin/python"));
    const python = join(root, ".venv/bin/python");
    expect(await find({ root }, { module: "tool_module" })).toEqual({
      command: python,
      args: ["-m", "tool_module"],
      info: { name: "tool", version: "7.0", path: python, via: "venv" },
    });
    // With no such module it is not there, and without a module neither.
    expect((await failure(find({ root, env: { PATH: "/bin" } }, { module: "other" }))).kind).toBe(
      "tool-missing",
    );
    expect((await failure(find({ root, env: { PATH: "/bin" } }))).kind).toBe("tool-missing");
  });

  it("uv runs it only where its lock and an environment are, and never syncs", async () => {
    const root = await tree({ "src/foo/a.py": "" });
    const away = await tree();
    await script(
      away,
      "uv",
      '#!/bin/sh\n[ "$*" = "run --no-sync --frozen tool --version" ] && echo tool 8.0\n',
    );
    const env = { PATH: `${away}:${system}` };
    expect((await failure(find({ root, env }))).kind).toBe("tool-missing");
    await writeFile(join(root, "uv.lock"), "");
    expect((await failure(find({ root, env }))).kind).toBe("tool-missing");
    await mkdir(join(root, ".venv"));
    expect(await find({ root, env })).toMatchObject({
      command: join(away, "uv"),
      args: ["run", "--no-sync", "--frozen", "tool"],
      info: { via: "uv", version: "8.0" },
    });
  });

  it("poetry runs it where its lock is; one that does not know the tool is passed over", async () => {
    const root = await tree({ "poetry.lock": "" });
    const away = await tree();
    await script(away, "bin/tool", says("1.0"));
    const env = { PATH: `${away}:${join(away, "bin")}:${system}` };
    await script(away, "poetry", "#!/bin/sh\necho 'Command not found: tool' >&2; exit 1\n");
    expect((await find({ root, env })).info.via).toBe("path");
    await script(away, "poetry", '#!/bin/sh\n[ "$*" = "run tool --version" ] && echo 9.0\n');
    expect((await find({ root, env })).info).toMatchObject({ via: "poetry", version: "9.0" });
  });
});

describe("findTool: untrusted mode", () => {
  it("a program of the tree is refused: by name, by link, by option and by PATH", async () => {
    const root = await tree({ "src/foo/a.py": "" });
    const away = await tree();
    await venv(join(root, ".venv"), "1.0");
    await symlink(join(root, ".venv/bin/tool"), join(away, "tool"));
    const untrusted = { root, trusted: false };
    for (const [env, option] of [
      [{ PATH: system }, {}],
      [{ PATH: away }, {}],
      [{ PATH: join(root, ".venv/bin") }, {}],
      [{ PATH: system, VIRTUAL_ENV: join(root, ".venv") }, {}],
      [{ PATH: system, TOWPATH_TOOL: join(root, ".venv/bin/tool") }, {}],
      [{ PATH: system }, { command: ".venv/bin/tool" }],
      [{ PATH: system }, { command: join(away, "tool") }],
    ] as const) {
      expect((await failure(find({ ...untrusted, env }, option))).kind).toBe("untrusted");
    }
  });

  it("a link in the tree to a program outside is the author's too", async () => {
    const root = await tree({ "src/foo/a.py": "" });
    const away = await tree();
    await script(away, "tool", says("1.0"));
    await mkdir(join(root, ".venv/bin"), { recursive: true });
    await symlink(join(away, "tool"), join(root, ".venv/bin/tool"));
    expect((await failure(find({ root, trusted: false }))).kind).toBe("untrusted");
  });

  it("a runner outside the tree is refused, as it runs what lies in the tree", async () => {
    const root = await tree({ "src/foo/a.py": "", "uv.lock": "", ".venv/pyvenv.cfg": "" });
    const away = await tree();
    await script(away, "uv", "#!/bin/sh\necho tool 8.0\n");
    const search = { root, env: { PATH: `${away}:${system}` } };
    expect((await find(search)).info.via).toBe("uv");
    expect((await failure(find({ ...search, trusted: false }))).kind).toBe("untrusted");
  });

  it("the next one outside the tree is taken", async () => {
    const root = await tree({ "src/foo/a.py": "" });
    const away = await tree();
    await venv(join(root, ".venv"), "1.0");
    await script(away, "tool", says("2.0"));
    const env = { PATH: `${join(root, ".venv/bin")}:${away}:${system}` };
    for (const option of [{}, { command: ".venv/bin/tool" }]) {
      expect(await find({ root, trusted: false, env }, option)).toMatchObject({
        command: join(away, "tool"),
      });
    }
  });

  it.each(["option", "component"])(
    "a program that only the configuration names is refused (%s)",
    async (by) => {
      const root = await tree({ "src/foo/a.py": "" });
      const away = await tree();
      const command = await script(away, "tool", says("1.0"));
      const python = await script(away, "python", says("Python 3.11.7"));
      const env = { PATH: system };
      const asked =
        by === "option"
          ? find({ root, trusted: false, env }, { command })
          : find({ root, trusted: false, env, component: { python } });
      const { kind } = await failure(asked);
      expect(kind).toBe("untrusted");
    },
  );

  it("what is refused is not even started", async () => {
    const root = await tree({ "src/foo/a.py": "" });
    await script(root, ".venv/bin/tool", `#!/bin/sh\ntouch ${join(root, "ran")}; echo 1.0\n`);
    await failure(find({ root, trusted: false }));
    await expect(stat(join(root, "ran"))).rejects.toThrow("ENOENT");
  });
});

describe("findTool: versions", () => {
  it("R11: a version out of range is breakage with the range", async () => {
    const root = await tree();
    const command = await script(root, "t", says("0.18.0"));
    const versions = { min: "0.15", below: "0.18" };
    const { kind, message } = await failure(find({ root }, { command, versions }));
    expect({ kind, message }).toEqual({
      kind: "tool-version",
      message: "tool 0.18.0 is not supported: >= 0.15 and < 0.18 is",
    });
    expect((await find({ root }, { command, versions: { min: "0.15" } })).info.version).toBe("0.18.0");
  });

  it("a tool that is there but broken is a crash, not missing", async () => {
    const root = await tree();
    const command = await script(root, "t", "#!/bin/sh\necho 'ImportError: no yaml' >&2; exit 1\n");
    const { kind, message } = await failure(find({ root }, { command }));
    expect(kind).toBe("tool-crash");
    expect(message).toContain("ended with 1");
  });

  it("a tool without a version number is taken, unless a range is asked for", async () => {
    const root = await tree();
    const command = await script(root, "t", "#!/bin/sh\necho hello\n");
    expect((await find({ root }, { command })).info.version).toBe("unknown");
    expect((await failure(find({ root }, { command, versions: { min: "1" } }))).kind).toBe("tool-version");
  });

  it("the metadata of a virtual environment says the version without a start", async () => {
    const packages = ".venv/lib/python3.11/site-packages";
    const root = await tree({
      "src/foo/a.py": "",
      [`${packages}/the_tool-4.5.6.dist-info/METADATA`]:
        "Metadata-Version: 2.1\nName: the-tool\nVersion: 4.5.6\n\nVersion: 9\n",
      [`${packages}/the_tool-4.5.6.dist-info/RECORD`]:
        "../../../bin/the-tool,sha256=x,1\nthe_tool/__init__.py,,\n",
    });
    await script(root, ".venv/bin/the-tool", says("0.0"));
    const { ctx, started } = recorded({ root, env: { PATH: system } });
    const search = { ...request, name: "the-tool" };
    expect((await findTool(ctx, search)).info.version).toBe("4.5.6");
    expect(started).toEqual([]);

    // A script that the distribution does not own may be anything, and so may one of two distributions.
    await writeFile(join(root, packages, "the_tool-4.5.6.dist-info/RECORD"), "the_tool/__init__.py,,\n");
    expect((await findTool(ctx, search)).info.version).toBe("0.0");
    expect(started).toHaveLength(1);
  });

  it("a version is asked for once, and again when the program has changed", async () => {
    const root = await tree();
    const command = await script(root, "t", says("1.0"));
    const first = recorded({ root, env: { PATH: system } });
    const search = { ...request, command };
    const found = await Promise.all([1, 2, 3].map(() => findTool(first.ctx, search)));
    expect(found.map(({ info }) => info.version)).toEqual(["1.0", "1.0", "1.0"]);
    expect(first.started).toHaveLength(1);

    const second = recorded({ root, env: { PATH: system } });
    expect((await findTool(second.ctx, search)).info.version).toBe("1.0");
    expect(second.started).toEqual([]);
    expect((await stat(join(root, ".towpath/cache/tools.json"))).mode & 0o777).toBe(0o600);

    await script(root, "t", says("1.0.1"));
    expect((await findTool(second.ctx, search)).info.version).toBe("1.0.1");
    const third = recorded({ root, env: { PATH: system } });
    expect((await findTool(third.ctx, search)).info.version).toBe("1.0.1");
  });

  it("one program under two names is asked twice", async () => {
    const root = await tree();
    await script(root, "multi", '#!/bin/sh\ncase "$0" in */a) echo 1.0;; *) echo 2.0;; esac\n');
    await symlink("multi", join(root, "a"));
    await symlink("multi", join(root, "b"));
    const { ctx } = recorded({ root, env: { PATH: system } });
    expect((await findTool(ctx, { ...request, command: join(root, "a") })).info.version).toBe("1.0");
    expect((await findTool(ctx, { ...request, command: join(root, "b") })).info.version).toBe("2.0");
  });

  it("a shim is asked every time, as what is behind it may change", async () => {
    const root = await tree();
    const command = await script(root, "shims/t", says("1.0"));
    const { ctx, started } = recorded({ root, env: { PATH: system } });
    await findTool(ctx, { ...request, command });
    await findTool(ctx, { ...request, command });
    expect(started).toHaveLength(2);
  });

  it("S3, S8: a hostile cache is ignored and written anew", async () => {
    const away = await tree();
    const command = await script(away, "t", says("1.0"));
    const { size, mtimeMs, ctimeMs, ino } = await stat(command);
    const key = JSON.stringify([command, "t", "--version"]);
    const forged = (version: string): string =>
      JSON.stringify({ schemaVersion: 1, programs: { [key]: { size, mtimeMs, ctimeMs, ino, version } } });
    for (const contents of [
      "",
      "{",
      "[]",
      forged("9.9\u001b[31m"),
      forged("9.9").replace('"schemaVersion":1', '"schemaVersion":2'),
      forged("9.9").replace("{", '{"__proto__":{"x":1},'),
      " ".repeat(2 * 1024 * 1024) + forged("9.9"),
    ]) {
      const root = await tree({ ".towpath/cache/tools.json": contents });
      const { ctx } = recorded({ root, env: { PATH: system } });
      expect((await findTool(ctx, { ...request, command })).info.version).toBe("1.0");
      expect(JSON.parse(await readFile(join(root, ".towpath/cache/tools.json"), "utf8"))).toMatchObject({
        programs: { [key]: { version: "1.0" } },
      });
    }
    // The same one is believed where it is whole, and never in untrusted mode.
    const root = await tree({ ".towpath/cache/tools.json": forged("9.9") });
    expect((await find({ root }, { command })).info.version).toBe("9.9");
    const env = { PATH: system, TOWPATH_TOOL: command };
    expect((await find({ root, trusted: false, env })).info.version).toBe("1.0");
  });

  it("S8: a cache folder that leads out of the tree is not written to", async () => {
    const root = await tree();
    const away = await tree();
    await symlink(away, join(root, ".towpath"));
    const command = await script(root, "t", says("1.0"));
    expect((await find({ root }, { command })).info.version).toBe("1.0");
    await expect(stat(join(away, "cache/tools.json"))).rejects.toThrow("ENOENT");
  });

  it("where nothing can be written, the cache is kept in memory", async () => {
    const root = await tree({ ".towpath": "a file" });
    const command = await script(root, "t", says("1.0"));
    const { ctx, started } = recorded({ root, env: { PATH: system } });
    await findTool(ctx, { ...request, command });
    await findTool(ctx, { ...request, command });
    expect(started).toHaveLength(1);
  });
});

describe("findPython", () => {
  it("finds the one of the configuration, of the environment, of the tree, of PATH", async () => {
    const root = await tree({ "src/foo/a.py": "" });
    const away = await tree();
    const python = (folder: string, version: string, name = "bin/python"): Promise<string> =>
      script(folder, name, `#!/bin/sh\necho Python ${version}\n`);
    const onPath = await python(away, "3.9.1", "path/python3");
    const env = { PATH: `${join(away, "path")}:/bin` };
    const found = async (setup: Partial<ContextSetup>): Promise<unknown> =>
      (await findPython(context({ root, env, ...setup }))).info;
    expect(await found({})).toEqual({ name: "python", version: "3.9.1", path: onPath, via: "path" });
    const near = await python(join(root, "venv"), "3.10.2");
    expect(await found({})).toEqual({ name: "python", version: "3.10.2", path: near, via: "venv" });
    expect(await found({ trusted: false })).toMatchObject({ path: onPath });
    const active = await python(join(away, "active"), "3.11.7");
    const withActive = { ...env, VIRTUAL_ENV: join(away, "active") };
    expect(await found({ env: withActive })).toMatchObject({
      version: "3.11.7",
      path: active,
      via: "environment",
    });
    const own = await python(away, "3.12.0", "own");
    expect(await found({ env: withActive, component: { python: own } })).toMatchObject({
      version: "3.12.0",
      via: "component",
    });
  });

  it("R11: none is breakage", async () => {
    const root = await tree();
    await expect(findPython(context({ root, env: { PATH: "" } }))).rejects.toMatchObject({
      kind: "tool-missing",
    });
  });

  it("R11: a configured one that cannot be run is not passed over", async () => {
    const root = await tree();
    for (const trusted of [true, false]) {
      const ctx = context({ root, trusted, component: { python: "/no/such/python" } });
      const { kind, message } = await failure(findPython(ctx));
      expect({ kind, message }).toEqual({
        kind: "tool-missing",
        message: "/no/such/python, the Python of the component foo, cannot be run",
      });
    }
  });
});
