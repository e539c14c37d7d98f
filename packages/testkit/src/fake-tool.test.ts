import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fakeTool } from "./fake-tool.ts";
import { project } from "./project.ts";

const { root } = await project({});

function run(program: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  return spawnSync(program, args, { env: { PATH: process.env["PATH"], ...env } });
}

it("says its version wherever --version stands, and does nothing else", async () => {
  const tool = await fakeTool(join(root, "version"), "radon", { version: "6.0.1", exit: 9, stdout: "no" });
  const { status, stdout } = run(tool, ["-m", "radon", "--version"]);
  expect([status, String(stdout)]).toEqual([0, "6.0.1\n"]);
});

it("delivers its streams byte by byte, and its exit code", async () => {
  const stdout = new Uint8Array([0x7b, 0xff, 0x00, 0x7d]);
  const tool = await fakeTool(join(root, "a folder's"), "ruff", { stdout, stderr: "é", exit: 2 });
  const ended = run(tool, ["check"]);
  expect(new Uint8Array(ended.stdout)).toEqual(stdout);
  expect([ended.status, String(ended.stderr)]).toEqual([2, "é"]);
});

it.each([
  ["an option's next argument", ["-o", "PATH"], {}],
  ["an option's own value", ["-o=PATH"], {}],
  ["a variable", [], { REPORT: "PATH" }],
])("writes a file where %s says", async (what, args, env) => {
  const path = join(root, `${what.replaceAll(/\W/g, "-")}.json`);
  const tool = await fakeTool(join(root, "files"), "bandit", {
    files: [
      { arg: "-o", text: "report" },
      { env: "REPORT", text: "report" },
    ],
  });
  const set = Object.fromEntries(Object.keys(env).map((name) => [name, path]));
  run(
    tool,
    args.map((arg) => arg.replace("PATH", path)),
    set,
  );
  expect(readFileSync(path, "utf8")).toBe("report");
});

it("dies by a signal", async () => {
  const tool = await fakeTool(join(root, "signal"), "ruff", { signal: "SIGSEGV" });
  expect(run(tool).signal).toBe("SIGSEGV");
});

it("floods", async () => {
  const tool = await fakeTool(join(root, "flood"), "ruff", { flood: 5_000_001 });
  const { length } = execFileSync(tool, { maxBuffer: 1e8 });
  expect(length).toBe(5_000_001);
});

it("hangs with a grandchild that outlives SIGTERM", async () => {
  const tool = await fakeTool(join(root, "hang"), "ruff", { hang: true, grandchild: true, stdout: "up" });
  const child = spawn(tool, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const group = -(child.pid ?? Number.NaN);
  process.kill(group, "SIGTERM");
  const end = once(child, "close");
  expect(child.exitCode).toBe(null);
  process.kill(group, "SIGKILL");
  const [code, signal] = await end;
  expect([code, signal]).toEqual([null, "SIGKILL"]);
});

it("does what a script says", async () => {
  const script = 'process.stdout.write(args.join("+") + env.HUE); process.exitCode = 3;';
  const tool = await fakeTool(join(root, "script"), "python", { script });
  const { status, stdout } = run(tool, ["-m", "pytest"], { HUE: "!" });
  expect([status, String(stdout)]).toEqual([3, "-m+pytest!"]);
});
