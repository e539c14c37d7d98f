import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBaseline } from "./baseline.ts";

const hash = "0".repeat(39);
const secret = { file: "src/a.py", line: 1, type: "Secret Keyword", hash: `${hash}1` };

const baseline = {
  version: "1.5.0",
  plugins_used: [
    { name: "HexHighEntropyString", limit: 3 },
    { name: "Evil", path: "file://evil.py" },
  ],
  filters_used: [
    { path: "detect_secrets.filters.heuristic.is_lock_file" },
    { path: "detect_secrets.filters.regex.should_exclude_file", pattern: ["^docs/"] },
    { path: "detect_secrets.filters.common.is_ignored_due_to_verification_policies", min_level: 2 },
    { path: "file://evil.py::skip" },
    { path: "evil.skip" },
    { path: "detect_secrets.filters.evil/../x.y" },
  ],
  results: {
    "src/a.py": [
      { type: "Secret Keyword", hashed_secret: `${hash}1` },
      { type: "Secret Keyword", hashed_secret: `${hash}2`, is_secret: false },
      { type: "Secret Keyword", hashed_secret: `${hash}3`, is_secret: true },
      { type: "AWS Access Key", hashed_secret: `${hash}3`, is_secret: false },
    ],
    ".\\src\\b.py": [{ type: "Secret Keyword", hashed_secret: `${hash}1` }],
  },
};

describe("readBaseline", () => {
  let root = "";
  const write = (text: string): Promise<void> => writeFile(join(root, ".secrets.baseline"), text);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "baseline-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  it("keeps the team's limits and filters, and nothing that would run code or open a connection", async () => {
    await write(JSON.stringify(baseline));
    const read = await readBaseline(root, undefined);
    expect(read?.settings).toEqual({
      version: "1.5.0",
      plugins_used: baseline.plugins_used.slice(0, 1),
      filters_used: baseline.filters_used.slice(0, 2),
    });
    expect(read?.refused).toEqual([
      "Evil",
      "file://evil.py::skip",
      "evil.skip",
      "detect_secrets.filters.evil/../x.y",
    ]);
  });

  it("knows a secret by file, type and hash", async () => {
    await write(JSON.stringify(baseline));
    const read = await readBaseline(root, undefined);
    expect(read?.audit(secret)).toBe("unaudited");
    expect(read?.audit({ ...secret, hash: `${hash}2` })).toBe("harmless");
    expect(read?.audit({ ...secret, hash: `${hash}3` })).toBe("real");
    expect(read?.audit({ ...secret, file: "src/b.py" })).toBe("unaudited");
    expect(read?.audit({ ...secret, file: "src/c.py" })).toBeUndefined();
    expect(read?.audit({ ...secret, type: "AWS Access Key" })).toBeUndefined();
    expect(read?.audit({ ...secret, hash: `${hash}9` })).toBeUndefined();
  });

  it("knows a value as real when any of its entries says so", async () => {
    await write(JSON.stringify(baseline));
    const read = await readBaseline(root, undefined);
    expect(read?.auditValue("src/a.py", `${hash}3`)).toBe("real");
    expect(read?.auditValue("src/a.py", `${hash}9`)).toBeUndefined();
  });

  // G11
  it("may be absent, unless it is configured", async () => {
    expect(await readBaseline(root, undefined)).toBeUndefined();
    await expect(readBaseline(root, "audited.json")).rejects.toMatchObject({ kind: "tool-config" });
  });

  it.each(["", "{", "[]", "{}", '{"version":"0.14.3","plugins_used":[],"results":{},"exclude":{}}'])(
    "refuses %j",
    async (text) => {
      await write(text);
      await expect(readBaseline(root, undefined)).rejects.toMatchObject({ kind: "tool-config" });
    },
  );

  it("notices when the file was rewritten or removed", async () => {
    await write(JSON.stringify(baseline));
    const read = await readBaseline(root, undefined);
    await expect(read?.assertUnchanged()).resolves.toBeUndefined();
    await write(`${JSON.stringify(baseline)}\n`);
    await expect(read?.assertUnchanged()).rejects.toMatchObject({ kind: "mismatch" });
    await rm(join(root, ".secrets.baseline"));
    await expect(read?.assertUnchanged()).rejects.toMatchObject({ kind: "mismatch" });
  });
});
