import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GateResult } from "@towpath/core";
import { fakeTool, project, pythonEnv, runGate } from "@towpath/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { fixture } from "../test/fixture.ts";
import security, { type SecretsUserOptions } from "./index.ts";

// Made up, and put together here so that no scanner takes this file for a leak.
const password = ["corr", "ect-hor", "se-battery"].join("");
const token = ["gh", "p_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("");
// Slack's is a kind of token that detect-secrets would verify.
const slack = ["xo", "xb-123456789012-123456789012-abcdefABCDEF"].join("");
const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");
const leak = `password = "${password}"\n`;
const harmless = {
  "src/foo/add.py": "def add(a, b):\n    return a + b\n",
  "tests/test_add.py": "def test(): pass\n",
};

/** A baseline as the tool writes it, for a tree without secrets. */
const empty = JSON.parse(fixture("detect-secrets-1.5.0/clean.json"));

type Project = Awaited<ReturnType<typeof project>>;

describe("secrets", () => {
  let env: Record<string, string | undefined> = {};
  let python = "";
  beforeAll(async () => {
    ({ env, python } = await pythonEnv());
  });

  const check = (at: Project, secrets: SecretsUserOptions = {}, setup: object = {}): Promise<GateResult> =>
    runGate(security({ secrets }), "secrets", { root: at.root, env, ...setup });

  /** Writes the baseline that `detect-secrets` makes of the project as it is. */
  const audited = (entries: object[], extra: object = {}): string =>
    JSON.stringify({ ...empty, ...extra, results: { "src/foo/leak.py": entries } });

  /** The entry that a scan of `leak` finds. */
  const entry = (): { type: string; hashed_secret: string } => ({
    type: "Secret Keyword",
    hashed_secret: sha1(password),
  });

  it("passes clean code and says what was looked at", async () => {
    const result = await check(await project(harmless));
    expect(result).toMatchObject({
      verdict: "passed",
      candidates: 2,
      checked: 2,
      tool: { name: "detect-secrets" },
    });
    expect(result.measurements).toMatchObject([{ name: "secrets", value: 0, threshold: 0 }]);
  });

  it("TTA-4, G10: a new secret fails, is not whitelisted, and the baseline keeps its bytes", async () => {
    const at = await project({ ...harmless, ".secrets.baseline": `${JSON.stringify(empty, null, 2)}\n` });
    expect((await check(at)).verdict).toBe("passed");
    await at.write("src/foo/leak.py", leak);
    const before = await readFile(join(at.root, ".secrets.baseline"));
    for (const _ of ["first", "second"]) {
      const result = await check(at);
      expect(result).toMatchObject({
        verdict: "failed",
        findings: [{ file: "src/foo/leak.py", level: "error" }],
      });
      expect(result.findings[0]?.range).toEqual({
        startLine: 1,
        startColumn: 1,
        endLine: 1,
        endColumn: leak.length,
      });
    }
    expect(await readFile(join(at.root, ".secrets.baseline"))).toEqual(before);
  });

  it("G11: without a baseline everything that is found blocks; one that is configured must exist", async () => {
    const at = await project({ ...harmless, "src/foo/leak.py": leak });
    expect((await check(at)).verdict).toBe("failed");
    expect(await check(at, { baseline: "audited.json" })).toMatchObject({
      verdict: "errored",
      error: { kind: "tool-config" },
    });
  });

  it("G12: credentials are not sent out for verification, whatever the baseline asks", async () => {
    const verification = "detect_secrets.filters.common.is_ignored_due_to_verification_policies";
    const filters_used = [...empty.filters_used, { path: verification, min_level: 2 }];
    const at = await project({
      "src/foo/leak.py": `token = "${slack}"\n`,
      "tests/test_add.py": "",
      ".secrets.baseline": JSON.stringify({ ...empty, filters_used }),
    });
    const canary = join(at.root, "connected");
    const command = join(at.root, "watched");
    await writeFile(
      command,
      // A first line cannot name a path with a space: the shell reads `exec`, Python a string.
      `#!/bin/sh\n'''exec' "${python}" "$0" "$@"\n' '''\nimport socket, sys\ndef connect(*_):\n    open(${JSON.stringify(canary)}, "w").close()\n    raise OSError\n` +
        `socket.getaddrinfo = connect\nfrom detect_secrets.main import main\nsys.exit(main())\n`,
    );
    await chmod(command, 0o755);
    expect((await check(at, { command })).verdict).toBe("failed");
    expect(await readdir(at.root)).not.toContain("connected");
  });

  it("G13: a secret in an untracked file is found", async () => {
    const at = await project(harmless, { git: true });
    await at.write("src/foo/leak.py", leak);
    expect((await check(at)).verdict).toBe("failed");
  });

  it("G14: a scan that takes too long is a time-out, not a failure", async () => {
    const at = await project(harmless);
    const command = await fakeTool(join(at.root, "bin"), "detect-secrets", { version: "1.5.0", hang: true });
    const result = await check(at, { command }, { timeoutMs: 1_500 });
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "timeout" } });
  });

  it("S6: code that a baseline names is not run, and its absence shows", async () => {
    const evil = (kind: string): string =>
      `from pathlib import Path\nPath(__file__).with_name("ran-${kind}").touch()\ndef skip(filename): return True\n`;
    const at = await project({
      ...harmless,
      "evil.py": evil("module"),
      "plugin.py": evil("plugin"),
      "filter.py": evil("filter"),
    });
    await at.write(
      ".secrets.baseline",
      JSON.stringify({
        ...empty,
        plugins_used: [...empty.plugins_used, { name: "Evil", path: `file://${at.root}/plugin.py` }],
        filters_used: [
          ...empty.filters_used,
          { path: `file://${at.root}/filter.py::skip` },
          { path: "evil.skip" },
        ],
      }),
    );
    const result = await check(at);
    expect(result).toMatchObject({ verdict: "warned", checked: 2 });
    expect(result.warnings.join()).toMatch(/Evil.*filter\.py::skip.*evil\.skip/);
    expect((await readdir(at.root)).filter((name) => name.startsWith("ran-"))).toEqual([]);
  });

  it("S6: a module of the checked tree does not stand in for the tool's own", async () => {
    const shadow = 'from pathlib import Path\nPath(__file__).with_name("ran").touch()\n';
    const at = await project({
      ...harmless,
      "requests.py": shadow,
      "yaml.py": shadow,
      "detect_secrets.py": shadow,
    });
    // A script whose interpreter is gone is run as `python -m`, which looks for modules in the working directory.
    const bin = join((await project({})).root, "bin");
    await mkdir(bin);
    await writeFile(join(bin, "detect-secrets"), "#!/nonexistent/python\n", { mode: 0o755 });
    await writeFile(join(bin, "python"), `#!/bin/sh\nexec '${python}' "$@"\n`, { mode: 0o755 });
    const result = await check(at, {}, { env: { ...env, VIRTUAL_ENV: join(bin, "..") } });
    expect(result).toMatchObject({ verdict: "passed", tool: { path: join(bin, "python") } });
    expect(await readdir(at.root)).not.toContain("ran");
  });

  it("accepts what the baseline knows, unless its audit says that it is real", async () => {
    const at = await project({
      ...harmless,
      "src/foo/leak.py": leak,
      ".secrets.baseline": audited([entry()]),
    });
    const known = await check(at);
    expect(known).toMatchObject({ verdict: "passed" });
    expect(known.notes.join()).toContain("knows 1 of the strings that were found; 1 of them are not audited");
    await at.write(".secrets.baseline", audited([{ ...entry(), is_secret: false }]));
    expect((await check(at)).verdict).toBe("passed");
    await at.write(".secrets.baseline", audited([{ ...entry(), is_secret: true }]));
    expect((await check(at)).verdict).toBe("failed");
  });

  it("does not accept a known secret in another file", async () => {
    const at = await project({
      ...harmless,
      "src/foo/leak.py": leak,
      ".secrets.baseline": audited([entry()]),
    });
    await at.write("src/foo/copy.py", leak);
    expect(await check(at)).toMatchObject({ verdict: "failed", findings: [{ file: "src/foo/copy.py" }] });
  });

  it("finds a secret in files that are not UTF-8, which the tool passes over", async () => {
    const at = await project({
      ...harmless,
      "src/foo/latin.py": Buffer.from(`# gr\xf6\xdfe\n${leak}`, "latin1"),
      "src/foo/wide.txt": Buffer.from(`\ufeff${leak}`, "utf16le"),
    });
    const result = await check(at);
    expect(result.findings.map(({ file }) => file).toSorted()).toEqual([
      "src/foo/latin.py",
      "src/foo/wide.txt",
    ]);
    expect(result.checked).toBe(4);
  });

  it("does not count a file that the tool's filters leave out", async () => {
    const at = await project({ ...harmless, "src/foo/style.css": leak, "src/foo/poetry.lock": leak });
    const result = await check(at);
    expect(result).toMatchObject({ verdict: "passed", candidates: 4, checked: 2 });
    expect(result.notes.join()).toMatch(/2 files are left out.*poetry\.lock, src\/foo\/style\.css/);
  });

  it("does not pass when the baseline's filters leave every file out", async () => {
    const exclude = { path: "detect_secrets.filters.regex.should_exclude_file", pattern: ["^(src|tests)/"] };
    const filters_used = [...empty.filters_used, exclude];
    const at = await project({
      ...harmless,
      ".secrets.baseline": JSON.stringify({ ...empty, filters_used }),
    });
    expect(await check(at)).toMatchObject({ verdict: "errored", error: { kind: "no-input" }, checked: 0 });
  });

  it("does not pass when the baseline leaves no detector on", async () => {
    const at = await project({
      ...harmless,
      ".secrets.baseline": JSON.stringify({ ...empty, plugins_used: [] }),
    });
    expect(await check(at)).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
  });

  it("names a detector that the tool does not know", async () => {
    const plugins_used = [{ name: "FutureDetector" }];
    const at = await project({
      ...harmless,
      ".secrets.baseline": JSON.stringify({ ...empty, plugins_used }),
    });
    const result = await check(at);
    expect(result).toMatchObject({ verdict: "errored", error: { kind: "tool-config" } });
    expect(result.error?.why).toContain("FutureDetector");
  });

  it("scans a list of files that is too long for one process", async () => {
    const names = Array.from({ length: 300 }, (_, i) => `src/foo/${"long_name_".repeat(10)}${i}.py`);
    const files = Object.fromEntries(names.map((name, i) => [name, i === 0 || i === 299 ? leak : "x = 1\n"]));
    const result = await check(await project({ ...harmless, ...files }));
    expect(result).toMatchObject({ checked: 302 });
    expect(result.findings.map(({ file }) => file).toSorted()).toEqual([names[0], names[299]].toSorted());
  });

  it("keeps neither the value nor its hash", async () => {
    const at = await project({ ...harmless, "src/foo/leak.py": leak });
    const text = JSON.stringify(await check(at));
    expect(text).not.toContain(password);
    expect(text).not.toContain(entry().hashed_secret);
    const files = await readdir(at.root, { recursive: true, withFileTypes: true });
    const traces = await Promise.all(
      files
        .filter((file) => file.isFile() && file.name !== "leak.py")
        .map(async ({ parentPath, name }) => ({
          name,
          text: await readFile(join(parentPath, name), "utf8"),
        })),
    );
    const { hashed_secret: hash } = entry();
    expect(traces.filter((trace) => trace.text.includes(password) || trace.text.includes(hash))).toEqual([]);
  });

  it("tells secrets of one file apart without line numbers", async () => {
    const at = await project({ ...harmless, "src/foo/leak.py": leak });
    const [first] = (await check(at)).findings;
    await at.write("src/foo/leak.py", `\n\npassword = "another-${password}"\n${leak}`);
    const prints = (await check(at)).findings.map(({ fingerprint }) => fingerprint);
    expect(prints).toHaveLength(2);
    expect(prints).toContain(first?.fingerprint);
    expect(new Set(prints).size).toBe(2);
  });

  describe("with secretlint", () => {
    const bare = { PATH: "/nonexistent" };

    it("says so when it stands in for detect-secrets", async () => {
      const at = await project({ ...harmless, "src/foo/leak.py": `token = "${token}"\n` });
      const result = await check(at, {}, { env: bare });
      expect(result).toMatchObject({
        verdict: "failed",
        candidates: 3,
        checked: 3,
        tool: { name: "secretlint", engine: "secretlint", via: "embedded" },
        findings: [{ file: "src/foo/leak.py", rule: "github" }],
      });
      expect(result.warnings.join()).toContain("detect-secrets was not found");
      expect(JSON.stringify(result)).not.toContain(token);
    });

    it("only warns of the weaker engine when it was not asked for", async () => {
      const at = await project(harmless);
      expect((await check(at, {}, { env: bare })).verdict).toBe("warned");
      expect((await check(at, { engine: "secretlint" }, { env: bare })).verdict).toBe("passed");
      expect(await check(at, { engine: "detect-secrets" }, { env: bare })).toMatchObject({
        verdict: "errored",
        error: { kind: "tool-missing" },
      });
    });

    it("accepts a value that the baseline knows in the same file", async () => {
      const hashed_secret = sha1(token);
      const at = await project({
        ...harmless,
        "src/foo/leak.py": `token = "${token}"\n`,
        ".secrets.baseline": audited([{ type: "GitHub Token", hashed_secret, is_secret: false }]),
      });
      expect((await check(at, { engine: "secretlint" })).verdict).toBe("passed");
    });
  });
});
