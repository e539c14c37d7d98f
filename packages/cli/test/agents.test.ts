import { chmod, lstat, mkdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { towpath } from "./towpath.ts";

const agents = async (root: string, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await towpath(["agents", ...args, "--json"], { cwd: root });
  return { code, stderr, document: JSON.parse(stdout) as Document };
};

interface Document {
  readonly kind: string;
  readonly code?: string;
  readonly files: readonly { readonly path: string; readonly kind: string; readonly state: string }[];
  readonly error?: { readonly code: string; readonly message: string };
}

const read = (root: string, path: string): Promise<string> => readFile(join(root, path), "utf8");

/** The YAML before the text. */
const frontmatter = (text: string): Readonly<Record<string, unknown>> =>
  parse(/^---\n([^]*?)\n---\n/.exec(text)?.[1] ?? "") as Readonly<Record<string, unknown>>;

describe("towpath agents init", () => {
  it("writes the files of each kind, once", async () => {
    const { root } = await project({});
    const first = await agents(root, "init");
    expect(first.code).toBe(0);
    expect(first.document.files.map(({ path }) => path)).toEqual([
      "AGENTS.md",
      ".agents/skills/fix-failing-gates/SKILL.md",
      ".agents/skills/write-gate-plugin/SKILL.md",
      ".agents/skills/promote-component/SKILL.md",
      ".claude/skills/fix-failing-gates/SKILL.md",
      ".claude/skills/write-gate-plugin/SKILL.md",
      ".claude/skills/promote-component/SKILL.md",
      ".augment/rules/towpath.md",
      ".cursor/rules/towpath.mdc",
    ]);
    const texts = await Promise.all(first.document.files.map(({ path }) => read(root, path)));
    const again = await agents(root, "init");
    expect(again.document.files.map(({ state }) => state)).toEqual(texts.map(() => "same"));
    expect(await Promise.all(first.document.files.map(({ path }) => read(root, path)))).toEqual(texts);
  });

  it("says in every file how to ask for findings, and what an agent never does", async () => {
    const { root } = await project({});
    const { document } = await agents(root, "init");
    for (const { path } of document.files) {
      const text = await read(root, path);
      expect(text).toContain("Never weaken, skip or delete a test");
      expect(text).toContain("never deploy to production");
      expect(text).toMatch(/towpath (?:check|plan|gates)/);
    }
    const overview = await read(root, "AGENTS.md");
    expect(overview).toContain("towpath check --component <name> --reporter agent");
    expect(overview.split("\n").length).toBeLessThanOrEqual(26);
    expect(overview.startsWith("<!-- towpath:start -->\n")).toBe(true);
  });

  it("gives each its frontmatter: skills a name like their folder, rules what their readers take", async () => {
    const { root } = await project({});
    const { document } = await agents(root, "init");
    const skills = document.files.filter(({ path }) => path.endsWith("SKILL.md"));
    expect(skills).toHaveLength(6);
    for (const { path } of skills) {
      const { name, description, ...more } = frontmatter(await read(root, path));
      expect(path).toContain(`/skills/${String(name)}/SKILL.md`);
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(String(description).length).toBeLessThanOrEqual(1024);
      expect(description).toContain("Use when");
      expect(more).toEqual({});
    }
    expect(frontmatter(await read(root, ".augment/rules/towpath.md"))).toMatchObject({
      type: "always_apply",
    });
    const cursor = await read(root, ".cursor/rules/towpath.mdc");
    expect(frontmatter(cursor)).toEqual({
      description: expect.any(String),
      globs: expect.stringMatching(/^[^*"']/),
      alwaysApply: true,
    });
    // One of its readers takes the rest of the line as it is.
    expect(/^globs: (.*)$/m.exec(cursor)?.[1]).toBe(frontmatter(cursor)["globs"]);
  });

  it("keeps every byte outside its part, and the rights of the file", async () => {
    const theirs = "# Our rules\r\n\r\nBe kind.";
    const { root } = await project({ "AGENTS.md": theirs });
    await chmod(join(root, "AGENTS.md"), 0o664);
    await agents(root, "init", "--only", "agents");
    const text = await read(root, "AGENTS.md");
    expect(text.startsWith(`${theirs}\r\n\r\n<!-- towpath:start -->\r\n`)).toBe(true);
    expect((await stat(join(root, "AGENTS.md"))).mode & 0o777).toBe(0o664);
  });

  it("brings an older part up to date where it stands", async () => {
    const old = "# Ours\n<!-- towpath:start -->\nold\n<!-- towpath:end -->\nMore.";
    const { root } = await project({ "AGENTS.md": old });
    const { document } = await agents(root, "init", "--only", "agents");
    expect(document.files).toEqual([{ kind: "agents", path: "AGENTS.md", state: "differs" }]);
    const text = await read(root, "AGENTS.md");
    expect(text).toMatch(/^# Ours\n<!-- towpath:start -->\n## Towpath[^]*<!-- towpath:end -->\nMore\.$/);
    expect(text).not.toContain("old\n");
  });

  it("writes nothing at all when one file cannot be updated", async () => {
    const broken = "<!-- towpath:start -->\n<!-- towpath:start -->\n<!-- towpath:end -->\n";
    const { root } = await project({ ".cursor/rules/towpath.mdc": broken });
    const { code, document } = await agents(root, "init");
    expect([code, document.error?.code]).toEqual([2, "TP6402"]);
    expect(document.error?.message).toContain(".cursor/rules/towpath.mdc");
    expect(await read(root, ".cursor/rules/towpath.mdc")).toBe(broken);
    await expect(stat(join(root, "AGENTS.md"))).rejects.toThrow("ENOENT");
  });

  it("follows a link inside the project, and refuses one that leads out", async () => {
    const outside = await project({ "theirs.md": "theirs\n" });
    const { root } = await project({ "CLAUDE.md": "# Claude\n" });
    await symlink("CLAUDE.md", join(root, "AGENTS.md"));
    await mkdir(join(root, ".agents"));
    await symlink(".agents", join(root, ".claude"));
    expect((await agents(root, "init")).code).toBe(0);
    expect((await lstat(join(root, "AGENTS.md"))).isSymbolicLink()).toBe(true);
    expect(await read(root, "CLAUDE.md")).toContain("<!-- towpath:start -->");
    expect((await agents(root, "check")).code).toBe(0);

    const second = await project({});
    await symlink(join(outside.root, "theirs.md"), join(second.root, "AGENTS.md"));
    const refused = await agents(second.root, "init");
    expect([refused.code, refused.document.error?.code]).toEqual([2, "TP1005"]);
    const third = await project({});
    await symlink(outside.root, join(third.root, ".cursor"));
    expect((await agents(third.root, "init", "--only", "cursor")).document.error?.code).toBe("TP1005");
    expect(await read(outside.root, "theirs.md")).toBe("theirs\n");
    await expect(stat(join(outside.root, "rules"))).rejects.toThrow("ENOENT");
  });

  it("only says what it would write, with --dry-run", async () => {
    const { root } = await project({});
    const { document } = await agents(root, "init", "--dry-run");
    expect(new Set(document.files.map(({ state }) => state))).toEqual(new Set(["missing"]));
    await expect(stat(join(root, "AGENTS.md"))).rejects.toThrow("ENOENT");
  });

  it("configures MCP clients when asked, and only then", async () => {
    const theirs = { mcpServers: { other: { command: "node" } } };
    const { root } = await project({ ".mcp.json": `${JSON.stringify(theirs, undefined, 2)}\n` });
    await agents(root, "init");
    expect(JSON.parse(await read(root, ".mcp.json"))).toEqual(theirs);
    await agents(root, "init", "--mcp");
    const { mcpServers } = JSON.parse(await read(root, ".mcp.json")) as { mcpServers: object };
    expect(mcpServers).toMatchObject({ other: { command: "node" }, towpath: { command: "npx" } });
    expect(JSON.parse(await read(root, ".cursor/mcp.json"))).toHaveProperty("mcpServers.towpath");
  });
});

describe("towpath agents check", () => {
  it("ends with 1 and names what differs, and with 0 after init", async () => {
    const { root, write } = await project({});
    await agents(root, "init");
    expect((await agents(root, "check")).code).toBe(0);
    const text = await read(root, "AGENTS.md");
    await write("AGENTS.md", text.replace("Never weaken", "Always weaken"));
    const { code, document } = await agents(root, "check");
    expect([code, document.code]).toEqual([1, "TP6401"]);
    expect(document.files.filter(({ state }) => state !== "same")).toEqual([
      { kind: "agents", path: "AGENTS.md", state: "differs" },
    ]);
    const people = await towpath(["agents", "check"], { cwd: root });
    expect(people.code).toBe(1);
    expect(people.stdout).toMatch(/AGENTS\.md\s+differs/);
    expect(people.stderr).toContain("TP6401");
  });

  it("asks only for the kinds that are named", async () => {
    const { root } = await project({});
    await agents(root, "init", "--only", "agents", "cursor");
    expect((await agents(root, "check", "--only", "agents", "cursor")).code).toBe(0);
    expect((await agents(root, "check")).code).toBe(1);
  });
});

describe("towpath agents capabilities", () => {
  it("lists every command, flag and exit code that help knows", async () => {
    const { root } = await project({});
    const { document } = await agents(root, "capabilities");
    const { commands, exitCodes, formats } = document as unknown as {
      commands: readonly { command: string; options: readonly { flags: string; required: boolean }[] }[];
      exitCodes: readonly { code: string }[];
      formats: readonly { flag: string }[];
    };
    const help = (await towpath(["--help"], { cwd: root })).stdout;
    const names = [...help.matchAll(/^ {2}([a-z]+)(?: |$)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== "help");
    expect(names.length).toBeGreaterThan(15);
    expect([...new Set(commands.map(({ command }) => command.split(" ")[0]))]).toEqual(names);
    const promote = commands.find(({ command }) => command === "promote");
    expect(promote?.options).toContainEqual(
      expect.objectContaining({ flags: "--to <environment>", required: true }),
    );
    const check = (await towpath(["check", "--help"], { cwd: root })).stdout;
    for (const { flags } of commands.find(({ command }) => command === "check")?.options ?? [])
      expect(check).toContain(flags);
    expect(exitCodes.map(({ code }) => code)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "130, 143"]);
    expect(formats.map(({ flag }) => flag)).toContain("--reporter agent");
  });
});
