import { writeFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withFingerprints, type FindingDraft } from "./fingerprint.ts";
import { tree } from "../test/testing.ts";

function draft(line: number, changes: Partial<FindingDraft> = {}): FindingDraft {
  const range = { startLine: line, startColumn: 1, endLine: line, endColumn: 2 };
  return {
    tool: "ruff",
    rule: "F401",
    level: "error",
    message: "`os` unused",
    file: "a.py",
    range,
    ...changes,
  };
}

async function prints(root: string, drafts: readonly FindingDraft[]): Promise<string[]> {
  return (await withFingerprints(root, drafts)).map(({ fingerprint }) => fingerprint);
}

describe("withFingerprints", () => {
  it("an identity survives lines above it, indentation and another version of the message", async () => {
    const root = await tree({ "a.py": "import os\nx = 1\n" });
    const [before] = await prints(root, [draft(1)]);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    await writeFile(join(root, "a.py"), "# new\r\n\r\n    import  os\r\n");
    expect(await prints(root, [draft(3, { message: "other words", level: "warning" })])).toEqual([before]);
  });

  it("differs by tool, rule, file and text of the line", async () => {
    const root = await tree({ "a.py": "import os\nimport re\n", "b.py": "import os\n" });
    const drafts = [
      draft(1),
      draft(1, { tool: "x" }),
      draft(1, { rule: "E1" }),
      draft(1, { file: "b.py" }),
      draft(2),
    ];
    expect(new Set(await prints(root, drafts)).size).toBe(5);
  });

  it("equal lines are counted in the order of the file, not of the report", async () => {
    const root = await tree({ "a.py": "import os\nimport os\nimport os\n" });
    const [one, two, three] = await prints(root, [draft(1), draft(2), draft(3)]);
    expect(new Set([one, two, three]).size).toBe(3);
    expect(await prints(root, [draft(3), draft(1), draft(2)])).toEqual([three, one, two]);
    // Mending the last one leaves the others what they were.
    expect(await prints(root, [draft(2), draft(1)])).toEqual([two, one]);
  });

  it("two findings of one rule on one line are told apart by their column", async () => {
    const root = await tree({ "a.py": "import os, os\n" });
    const at = (startColumn: number): FindingDraft =>
      draft(1, { range: { startLine: 1, startColumn, endLine: 1, endColumn: startColumn + 1 } });
    const [left, right] = await prints(root, [at(8), at(12)]);
    expect(left).not.toBe(right);
    expect(await prints(root, [at(12), at(8)])).toEqual([right, left]);
  });

  it("S12: the hash of a secret stands for its line and stays out of the finding", async () => {
    const root = await tree({ "a.py": "key = 'one'\nkey = 'two'\n" });
    const secret = (line: number, secretHash: string): FindingDraft => draft(line, { secretHash });
    const [first] = await withFingerprints(root, [secret(1, "h1")]);
    expect(first).not.toHaveProperty("secretHash");
    expect(await prints(root, [secret(2, "h1")])).toEqual([first?.fingerprint]);
    expect(await prints(root, [secret(1, "h2")])).not.toEqual([first?.fingerprint]);
  });

  it("without a line the message without its figures stands in", async () => {
    const root = await tree();
    const { range: _, ...whole } = draft(1);
    const [at43] = await prints(root, [{ ...whole, message: "coverage is 43.1 %" }]);
    expect(await prints(root, [{ ...whole, message: "coverage is 52.9 %" }])).toEqual([at43]);
    expect(await prints(root, [{ ...whole, message: "no coverage" }])).not.toEqual([at43]);
    const { file: __, ...nowhere } = whole;
    expect(await prints(root, [nowhere, nowhere])).toHaveLength(2);
  });

  it("S8: a file outside the tree, a missing one and a missing line are not read, nor do they fail", async () => {
    const outside = await tree({ "secret.txt": "hidden\n" });
    const root = await tree({ "a.py": "" });
    await symlink(join(outside, "secret.txt"), join(root, "link.py"));
    const elsewhere = [
      draft(1, { file: "link.py" }),
      draft(9),
      draft(1, { file: "none.py" }),
      draft(1, { file: "../x" }),
    ];
    const before = await prints(root, elsewhere);
    await writeFile(join(outside, "secret.txt"), "other\n");
    expect(await prints(root, elsewhere)).toEqual(before);
  });

  it("keeps everything else as it was, in the order given", async () => {
    const root = await tree({ "a.py": "x\ny\n" });
    const drafts = [draft(2, { severity: "high" }), draft(1, { ruleUrl: "https://x" })];
    const findings = await withFingerprints(root, drafts);
    expect(findings).toEqual(drafts.map((one) => ({ ...one, fingerprint: expect.any(String) })));
    expect(await withFingerprints(root, [])).toEqual([]);
  });
});
