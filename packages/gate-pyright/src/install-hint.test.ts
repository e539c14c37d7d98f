import { createExec, createWorkspace } from "@towpath/kit";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { installHint } from "./install-hint.ts";

async function hint(files: Record<string, string>, folder = ""): Promise<string> {
  const { root } = await project({ "a.py": "", ...files });
  const exec = createExec({ root, runId: "test", env: process.env });
  return installHint(await createWorkspace(root, exec), folder, "/venv/bin/python");
}

it("prefers a lock file", async () => {
  expect(await hint({ "uv.lock": "", "pyproject.toml": "" })).toBe("uv sync");
});

it("installs with the component's interpreter", async () => {
  expect(await hint({ "requirements.txt": "" })).toBe("/venv/bin/python -m pip install -r requirements.txt");
});

it("prefers the component's project to the root's", async () => {
  const files = { "services/one/pyproject.toml": "", "uv.lock": "" };
  expect(await hint(files, "services/one")).toBe("cd services/one && /venv/bin/python -m pip install -e .");
});

it("names no package when none is declared", async () => {
  expect(await hint({})).toContain("/venv/bin/python");
});
