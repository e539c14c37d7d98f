import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { project } from "./project.ts";
import { pythonEnv } from "./python-env.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("offers an interpreter beside the pinned tools", async () => {
  const { python, bin, env } = await pythonEnv();
  expect(
    execFileSync(python, ["-c", "import pytest, coverage, bandit, radon; print('here')"], {
      encoding: "utf8",
    }),
  ).toBe("here\n");
  expect(execFileSync(join(bin, "ruff"), ["--version"], { encoding: "utf8" })).toMatch(/^ruff \d/);
  expect(env["PATH"]?.startsWith(bin)).toBe(true);
  expect(join(env["VIRTUAL_ENV"] ?? "", "bin")).toBe(bin);
});

it("hands on nothing of the surroundings but what programs need", async () => {
  vi.stubEnv("PYTEST_ADDOPTS", "-x");
  expect((await pythonEnv()).env).not.toHaveProperty("PYTEST_ADDOPTS");
});

it("is found from a folder below", async () => {
  const { python } = await pythonEnv();
  vi.spyOn(process, "cwd").mockReturnValue(import.meta.dirname);
  expect((await pythonEnv()).python).toBe(python);
});

it("says how to make it where there is none", async () => {
  const { root } = await project({});
  vi.spyOn(process, "cwd").mockReturnValue(root);
  await expect(pythonEnv()).rejects.toThrow(/npm test/);
});

it("refuses an environment that set-up has not finished", async () => {
  const { root } = await project({});
  mkdirSync(join(root, ".setup/python/bin"), { recursive: true });
  writeFileSync(join(root, ".setup/python/bin/python"), "");
  vi.spyOn(process, "cwd").mockReturnValue(root);
  await expect(pythonEnv()).rejects.toThrow(/not complete/);
});

it("takes the environment that TOWPATH_TEST_PYTHON names, and checks it", async () => {
  const { root } = await project({ "bin/python": "" });
  vi.stubEnv("TOWPATH_TEST_PYTHON", root);
  expect((await pythonEnv()).python).toBe(join(root, "bin/python"));
  vi.stubEnv("TOWPATH_TEST_PYTHON", join(root, "nowhere"));
  await expect(pythonEnv()).rejects.toThrow(/TOWPATH_TEST_PYTHON/);
});
