import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GateResult, RunReport } from "@towpath/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { paintFor } from "../terminal.ts";
import { resultBlock } from "./result-block.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "towpath-block-"));
  await mkdir(join(folder, "repo/src"), { recursive: true });
  await writeFile(join(folder, "outside"), "token = 'of somebody else'\n");
  await writeFile(join(folder, "repo/src/a.py"), "import os\n");
  await symlink(join(folder, "outside"), join(folder, "repo/src/link.py"));
});

afterEach(() => rm(folder, { recursive: true }));

/** The block about a finding in the first line of a file. */
function blockOf(file: string): Promise<string | undefined> {
  const range = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 3 };
  const finding = { fingerprint: "f", tool: "t", rule: "R1", level: "error", message: "m", file, range };
  const result = {
    gate: "lint",
    component: "foo",
    target: "dev",
    verdict: "failed",
    required: true,
    findings: [finding],
    measurements: [],
    warnings: [],
  } as unknown as GateResult;
  const report = { plan: { kind: "check", components: [{ name: "foo" }] } } as unknown as RunReport;
  const paint = paintFor("never", process.stdout);
  const root = join(folder, "repo");
  return resultBlock(result, report, { paint, verbose: false, root, secretLines: new Set() });
}

it("shows the line of a finding", async () => {
  expect(await blockOf("src/a.py")).toContain("❯ 1 │ import os");
});

it.each(["../outside", "src/../../outside", "src/link.py", "src", "src/none.py"])(
  "shows no line of %s, which a tool may have been led to name",
  async (file) => {
    const block = await blockOf(file);
    expect(block).toContain("R1");
    expect(block).not.toContain("│");
    expect(block).not.toContain("somebody");
  },
);
