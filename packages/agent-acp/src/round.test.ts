import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { agentOf, files, isUntouched, leftIn, play, type PlayedRound } from "../test/working.ts";

const hostile = (wrong: string, ...args: string[]): { acp: string[] } =>
  agentOf("hostile", wrong, "{root}", ...args);
const own = "src/foo/shelf.py";

/** A round after which nothing is other than before: no file, no process, no copy. */
function nothingHappened(round: PlayedRound): void {
  expect(isUntouched(round)).toBe(true);
  expect(round.survivors).toEqual([]);
  expect(existsSync(join(round.outDir, "work"))).toBe(false);
}

/** Folders in which something was kept. */
async function keptIn({ root }: PlayedRound): Promise<readonly string[]> {
  const folder = join(root, ".towpath/kept");
  return existsSync(folder) ? (await readdir(folder)).map((name) => join(folder, name)) : [];
}

const rulesOf = ({ outcome }: PlayedRound): (string | undefined)[][] =>
  outcome?.violations.map(({ rule, path }) => [rule, path]) ?? [];

async function withEnvironment({ write }: Project): Promise<void> {
  await write(".venv/lib/tool.py", "x = 1\n");
  await write(".gitignore", ".venv\n*.log\n");
}

describe("an agent that does its work", () => {
  it("through the protocol: its plan is told, its files are taken over, the rest stays", async () => {
    const round = await play(agentOf("honest"));
    expect(round.error).toBeUndefined();
    expect(round.outcome).toMatchObject({
      state: "done",
      files: [own, "tests/new/test_count.py"],
      violations: [],
      summary: "The shelf can be counted.",
      usage: { tokens: 1200, cost: 0.25, currency: "USD" },
    });
    expect(round.text(own)).toContain("    # after SIZE = 3\n    return len(shelf)\n");
    expect(round.text("tests/new/test_count.py")).toContain("test_count");
    expect(round.text("tests/test_old.py")).toBe(files["tests/test_old.py"]);
    expect(round.log).toEqual(["the agent plans (in_progress): Write the shelf", "the agent: Edit shelf.py"]);
    expect(round.survivors).toEqual([]);
    expect(await leftIn(round)).toEqual([]);
  });

  it("by writing the files itself, in a copy within the tree, also where there is no git", async () => {
    for (const git of [true, false]) {
      const round = await play(agentOf("honest", "files"), { within: true, git });
      expect(round.outcome).toMatchObject({ state: "done", files: [own, "tests/test_count.py"] });
      expect(round.text(own)).toContain("return len(shelf)");
      expect(await leftIn(round)).toEqual([]);
    }
  });

  it("gives a patch that git applies to what was there before", async () => {
    const round = await play(agentOf("honest", "files"));
    expect(round.outcome?.patch).toContain(`--- a/${own}\n+++ b/${own}\n`);
    expect(round.outcome?.patch).toContain("--- /dev/null\n+++ b/tests/test_count.py\n");
    const again = await play({
      command: [
        process.execPath,
        "-e",
        `require("node:child_process").execFileSync("git", ["apply", "-"], { input: ${JSON.stringify(round.outcome?.patch)} })`,
      ],
    });
    expect(again.error).toBeUndefined();
    expect(again.text(own)).toBe(round.text(own));
    expect(again.text("tests/test_count.py")).toBe(round.text("tests/test_count.py"));
  });

  it("keeps who may read and run a file", async () => {
    const round = await play(agentOf("honest", "files"), {
      prepare: ({ root }) => chmod(join(root, own), 0o640),
    });
    expect((await stat(join(round.root, own))).mode & 0o777).toBe(0o640);
    expect((await stat(join(round.root, "tests/test_count.py"))).mode & 0o777).toBe(0o644);
  });

  it("may fill in tests that were made for it, and nothing that is read-only", async () => {
    const open = await play(hostile("open"), { assignment: { open: ["tests/steps.py"] } });
    expect(open.outcome).toMatchObject({ state: "done", files: ["tests/steps.py"] });
    const both = { open: ["tests/steps.py"], readOnly: ["tests/steps.py"] };
    const closed = await play(hostile("open"), { assignment: both });
    expect(rulesOf(closed)).toEqual([["read-only", "tests/steps.py"]]);
    nothingHappened(closed);
  });

  it("may leave caches and ignored files behind in its copy: they are not taken over", async () => {
    const round = await play(hostile("leftovers"));
    expect(round.outcome).toMatchObject({ state: "done", files: [own] });
    expect(round.text("ignored.log")).toBeUndefined();
    expect(round.text("src/foo/__pycache__/shelf.cpython-311.pyc")).toBeUndefined();
  });

  it("sees the environment of the repository, and links that stay within its copy", async () => {
    const command = [
      process.execPath,
      "-e",
      `const fs = require("node:fs"); fs.readFileSync(".venv/bin/python"); fs.appendFileSync("src/foo/alias.py", "# by the link\\n"); fs.appendFileSync("src/foo/absolute.py", "# and by the other\\n")`,
    ];
    const round = await play(
      { command },
      {
        async prepare({ root, write }) {
          await write(".venv/bin/python", "");
          await write(".gitignore", ".venv\n*.log\n");
          await symlink("shelf.py", join(root, "src/foo/alias.py"));
          await symlink(join(root, own), join(root, "src/foo/absolute.py"));
        },
      },
    );
    expect(round.outcome).toMatchObject({ state: "done", files: [own] });
    expect(round.text(own)).toBe(`${files[own]}# by the link\n# and by the other\n`);
  });

  it("whose turn ended at a limit says so, and what it did counts", async () => {
    const round = await play(hostile("out-of-tokens"));
    expect(round.outcome).toMatchObject({ state: "done", files: [own] });
    expect(round.outcome?.summary).toContain("token limit");
  });
});

describe("what an agent may not do is not taken over", () => {
  it.each([
    ["outside", [["outside", "src/other/a.py"]]],
    ["weaken-test", [["read-only", "tests/test_old.py"]]],
    ["delete-test", [["read-only", "tests/test_old.py"]]],
    ["skip", [["skip", "tests/test_new.py"]]],
    ["noqa", [["suppression", own]]],
    [
      "config",
      [
        ["configuration", "pyproject.toml"],
        ["configuration", "src/foo/conftest.py"],
        ["configuration", "tests/conftest.py"],
        ["configuration", "towpath.config.yaml"],
      ],
    ],
    ["spec", [["specification", "specs/foo.md"]]],
    ["huge", [["too-large", "src/foo/big.py"]]],
    ["binary", [["not-text", "src/foo/data.bin"]]],
    ["nul", [["not-text", "src/foo/nul.py"]]],
    ["many", [["too-many", undefined]]],
    ["symlink-file", [["link", own]]],
    ["refuses", [["refusal", undefined]]],
  ])("%s", async (wrong, violations) => {
    const round = await play(hostile(wrong));
    expect(round.error).toBeUndefined();
    expect(round.outcome).toMatchObject({ state: "refused", files: [] });
    expect(rulesOf(round)).toEqual(violations);
    nothingHappened(round);
  });

  it("however odd the file is: of terabytes, nested without end, no text by name, a pipe", async () => {
    const sparse = await play(hostile("sparse"));
    expect(rulesOf(sparse)).toEqual([
      ["real-tree", "README.md"],
      ["too-large", "src/foo/sparse.py"],
    ]);
    const deep = await play(hostile("deep"));
    expect(rulesOf(deep)).toEqual([["unreadable", undefined]]);
    const names = await play(hostile("names"));
    expect(rulesOf(names)).toEqual([["unreadable", "src/foo/\ufffd\ufffd"]]);
    const pipe = await play(hostile("fifo"));
    expect(rulesOf(pipe)).toEqual([
      ["real-tree", own],
      ["link", "src/foo/pipe.py"],
    ]);
    for (const round of [sparse, deep, names, pipe]) nothingHappened(round);
  });

  it("nor may a test go that it may fill in", async () => {
    const round = await play(hostile("remove-open"), { assignment: { open: ["tests/steps.py"] } });
    expect(rulesOf(round)).toEqual([["read-only", "tests/steps.py"]]);
    nothingHappened(round);
  });

  it("but is kept as a patch, with the line of what is wrong", async () => {
    const round = await play(hostile("noqa"));
    expect(round.outcome?.violations).toEqual([
      { rule: "suppression", path: own, line: 3, detail: "it silences a check: # noqa: F401" },
    ]);
    expect(round.outcome?.patch).toContain("+import os  # noqa: F401\n");
  });

  it("what it asks the protocol for is refused one by one, and told to it", async () => {
    const round = await play(hostile("protocol-outside"));
    expect(round.outcome).toMatchObject({ state: "done", files: [] });
    expect(round.outcome?.summary).not.toContain("wrote");
    for (const why of [
      "outside of the working folder",
      "it configures tests",
      "existing test",
      "outside of the component",
    ])
      expect(round.outcome?.summary).toContain(why);
    expect(round.log).toHaveLength(5);
    nothingHappened(round);
  });

  it("every permission is refused but that for an edit where it may write", async () => {
    const round = await play(hostile("permissions"));
    expect(round.outcome?.summary).toBe("no no no no no no yes");
  });
});

describe("an agent that reaches for the repository itself", () => {
  it("finds it put back, and what it wrote there is kept", async () => {
    const round = await play(hostile("absolute"), {
      prepare: async ({ root }) => void (await mkdir(join(root, ".git/hooks"), { recursive: true })),
    });
    expect(round.outcome?.state).toBe("refused");
    const paths = round.outcome?.violations.map(({ rule, path }) => `${rule} ${path}`);
    expect(paths).toEqual(
      [".git/config", ".git/hooks/post-checkout", "README.md", "conftest.py", "new.txt", own].map(
        (path) => `real-tree ${path}`,
      ),
    );
    nothingHappened(round);
    expect(round.text("new.txt")).toBeUndefined();
    expect(round.text(".git/hooks/post-checkout")).toBeUndefined();
    expect(round.text(".git/config")).not.toContain("evil");
    const [kept = ""] = await keptIn(round);
    expect(readFileSync(join(kept, own), "utf8")).toBe("owned = True\n");
    expect(readFileSync(join(kept, "new.txt"), "utf8")).toBe("new\n");
    expect(round.outcome?.violations[0]?.detail).toContain(relative(round.root, kept));
    expect(await leftIn(round)).toEqual([]);
  });

  it("through a link in its copy", async () => {
    const round = await play(hostile("symlink"));
    expect(rulesOf(round)).toEqual([
      ["real-tree", own],
      ["link", "src/foo/link"],
    ]);
    nothingHappened(round);
  });

  it("by putting a link in place of one of its folders", async () => {
    const round = await play(hostile("folder-swap"));
    expect(round.outcome?.state).toBe("refused");
    nothingHappened(round);
    expect((await readdir(join(round.root, "src"))).toSorted()).toEqual(["foo", "other"]);
  });

  it.each([
    ["adds to it", `fs.writeFileSync(".venv/lib/evil.pth", "import os")`, ".venv/lib/evil.pth"],
    ["takes from it", `fs.rmSync(".venv/lib/tool.py")`, ".venv/lib/tool.py"],
    [
      "changes it and hides that",
      `const t = fs.statSync(".venv/lib/tool.py").mtime; fs.writeFileSync(".venv/lib/tool.py", "x = 2\\n"); fs.utimesSync(".venv/lib/tool.py", t, t)`,
      ".venv/lib/tool.py",
    ],
  ])("in the environment that its copy links to: %s", async (_, deed, path) => {
    const command = [process.execPath, "-e", `const fs = require("node:fs"); ${deed}`];
    const round = await play({ command }, { prepare: withEnvironment });
    expect(rulesOf(round)).toEqual([["environment", path]]);
    expect(round.outcome?.state).toBe("refused");
  });

  it("but code that Python compiled there says nothing", async () => {
    const deed = `fs.mkdirSync(".venv/lib/__pycache__"); fs.writeFileSync(".venv/lib/__pycache__/tool.pyc", "")`;
    const command = [process.execPath, "-e", `const fs = require("node:fs"); ${deed}`];
    const round = await play({ command }, { prepare: withEnvironment });
    expect(round.outcome).toMatchObject({ state: "done", files: [] });
  });

  it("and changes what it would be put back from, too: said, with the file", async () => {
    const round = await play(hostile("pristine"));
    expect(round.error).toMatchObject({ kind: "environment", details: { where: [own] } });
    expect(round.survivors).toEqual([]);
  });

  it("is found out even when it breaks afterwards", async () => {
    const command = [
      process.execPath,
      "-e",
      `require("node:fs").writeFileSync("{root}/README.md", "owned"); process.exit(3)`,
    ];
    const round = await play({ command });
    expect(rulesOf(round)).toEqual([["real-tree", "README.md"]]);
    expect(round.outcome?.summary).toContain("ended with code 3");
    nothingHappened(round);
  });
});

describe("an agent that breaks", () => {
  const broken = (kind: string, words: string): unknown =>
    expect.objectContaining({ kind, message: expect.stringContaining(words) });

  it.each([
    ["is not there", { acp: ["towpath-no-such-agent"] }, "tool-missing", "was not found"],
    ["ends at once", agentOf("mute", "leaves"), "tool-crash", "ended with code 0"],
    ["dies amid its turn", hostile("dies"), "tool-crash", "was ended by SIGKILL"],
    ["speaks another version", agentOf("mute", "version"), "tool-version", "version 2"],
    ["is not logged in", agentOf("mute", "login"), "environment", "not logged in"],
    ["prints no protocol", agentOf("mute", "chatter"), "parse", "no JSON"],
    ["sends a line without end", agentOf("mute", "endless-line"), "tool-crash", "one of its messages"],
    ["floods with large updates", hostile("flood"), "tool-crash", "bytes"],
    ["floods with small updates", hostile("flood-small"), "tool-crash", "messages"],
    ["asks a person", hostile("elicit"), "environment", "nobody is there"],
    ["cancels its own turn", hostile("cancels-itself"), "tool-crash", "though nobody did"],
    ["opens no proper session", agentOf("mute", "garbage"), "parse", "without an id"],
  ])("as it %s", async (_, agent, kind, words) => {
    const round = await play(agent);
    expect(round.error).toEqual(broken(kind, words));
    nothingHappened(round);
  });

  it.each([
    ["never answers", agentOf("mute", "silent")],
    ["never ends its turn", hostile("forever")],
    ["does not hear SIGTERM either", hostile("deaf")],
  ])("as it %s, within its time limit", async (_, agent) => {
    const round = await play(agent, { options: { timeoutMs: 1_500 } });
    expect(round.error).toEqual(broken("timeout", "1500 ms"));
    expect(isUntouched(round)).toBe(true);
    expect(round.survivors).toEqual([]);
  });

  it("what it did until then is kept as a patch that outlives the run", async () => {
    const round = await play(hostile("dies"));
    const [kept = ""] = await keptIn(round);
    const file = join(kept, "unfinished.patch");
    expect(round.error).toMatchObject({
      message: expect.stringContaining(relative(round.root, file)),
      details: { why: "out of luck" },
    });
    expect(readFileSync(file, "utf8")).toContain("+half = 'done'\n");
  });

  it("and so is what cannot be written, as something else stands there by now", async () => {
    const deed = `require("node:fs").writeFileSync("src/foo/new.py", "done = 1\\n")`;
    const round = await play(
      { command: [process.execPath, "-e", deed] },
      { prepare: async ({ root }) => void (await mkdir(join(root, "src/foo/new.py"))) },
    );
    const [kept = ""] = await keptIn(round);
    expect(round.error).toMatchObject({
      kind: "mismatch",
      message: expect.stringContaining(relative(round.root, kept)),
    });
    expect(readFileSync(join(kept, "unfinished.patch"), "utf8")).toContain("+done = 1\n");
  });

  it("says how a known agent is installed, and installs nothing", async () => {
    const round = await play("claude", { env: { PATH: "/nowhere" } });
    expect(round.error).toMatchObject({
      kind: "tool-missing",
      details: { fix: ["npm install --global @agentclientprotocol/claude-agent-acp"] },
    });
  });

  it("is told to stop first, and asked for its last word", async () => {
    const round = await play(hostile("cancellable"), { options: { timeoutMs: 1_500 } });
    expect(round.error).toEqual(broken("timeout", "1500 ms"));
    expect(round.text("told.log")).toBe("");
    nothingHappened(round);
  });
});

it("an agent that says odd things between its words is heard all the same", async () => {
  const round = await play(agentOf("mute", "banner"));
  expect(round.outcome).toMatchObject({ state: "done", files: [], patch: "" });
});

it("an agent whose standard error is without end is drained", async () => {
  const round = await play(hostile("flood-stderr"));
  expect(round.outcome).toMatchObject({ state: "done", summary: "quiet now" });
});

it("an agent that uses more than it may is stopped, and nothing is taken over", async () => {
  for (const options of [{ maxTokens: 5_000 }, { maxCost: 2.5 }]) {
    const round = await play(hostile("budget"), { options });
    expect(rulesOf(round)).toEqual([["budget", undefined]]);
    expect(round.outcome?.usage).toEqual({ tokens: 5001, cost: 3, currency: "USD" });
    nothingHappened(round);
  }
});

it("grandchildren do not outlive the round, wherever they went", async () => {
  const round = await play(hostile("grandchildren", "{root}/ignored.log"));
  expect(round.outcome?.state).toBe("done");
  const pids = readFileSync(join(round.root, "ignored.log"), "utf8").split(" ").map(Number);
  expect(pids.every((pid) => pid > 0)).toBe(true);
  expect(
    pids.filter(
      (pid) => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`).length > 0,
    ),
  ).toEqual([]);
  nothingHappened(round);
});

it("a round that is cancelled in the middle leaves the tree as it was, and nobody behind", async () => {
  const stop = new AbortController();
  const round = await play(
    {
      command: [
        process.execPath,
        "-e",
        `require("node:fs").writeFileSync("{root}/begun.log", ""); setInterval(() => {}, 1000)`,
      ],
    },
    { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(1_500)]) },
  );
  expect(round.error).toMatchObject({ kind: "cancelled" });
  nothingHappened(round);

  const talking = await play(hostile("forever"), {
    signal: stop.signal,
    onLog: () => {},
    options: { timeoutMs: 60_000 },
    prepare: async () => void setTimeout(() => stop.abort(), 1_500),
  });
  expect(talking.error).toMatchObject({ kind: "cancelled" });
  nothingHappened(talking);
});

it("a round is not begun once it is cancelled, and never in an untrusted tree", async () => {
  const cancelled = await play(agentOf("honest"), { signal: AbortSignal.abort() });
  expect(cancelled.error).toMatchObject({ kind: "cancelled" });
  const untrusted = await play(agentOf("honest"), { trusted: false });
  expect(untrusted.error).toMatchObject({ kind: "untrusted" });
  for (const round of [cancelled, untrusted]) {
    nothingHappened(round);
    expect(await leftIn(round)).toEqual([]);
  }
});

it("an agent that wants to be told of its key is told, once it has one", async () => {
  const round = await play(agentOf("mute", "login"), {
    env: { API_KEY: "k-123456789" },
    options: { env: ["API_KEY"] },
  });
  expect(round.outcome).toMatchObject({ state: "done", files: [] });
});

it("the agent gets only variables that are named", async () => {
  const env = { API_KEY: "k-123456789", OTHER_SECRET: "s-123456789" };
  const round = await play(hostile("env"), { env, options: { env: ["API_KEY", "NOT_SET"] } });
  expect(round.outcome?.summary).toBe("API_KEY HOME");
});

it("the MCP server is handed over when it is known, from the options or a variable", async () => {
  const told = JSON.stringify({ name: "towpath", command: "towpath", args: ["mcp"], env: [] });
  const byOption = await play(hostile("session"), { options: { mcp: ["towpath", "mcp"] } });
  expect(byOption.outcome?.summary).toBe(`session of ${told}`);
  const byVariable = await play(hostile("session"), { env: { TOWPATH_MCP: '["towpath","mcp"]' } });
  expect(byVariable.outcome?.summary).toBe(`session of ${told}`);
  const unknown = await play(hostile("session"));
  expect(unknown.outcome?.summary).toBe("session of");
  const wrong = await play(hostile("session"), { env: { TOWPATH_MCP: "towpath mcp" } });
  expect(wrong.error).toMatchObject({ kind: "tool-config" });
});

it("programs are run for an agent by name alone, and by default none", async () => {
  const allowed = await play(hostile("terminal"), {
    options: { terminals: ["node"] },
  });
  expect(allowed.outcome?.summary).toContain("rm: Invalid params: rm is none of the programs");
  expect(allowed.outcome?.summary).toContain("node: 42;");
  const none = await play(hostile("terminal"));
  expect(none.outcome?.summary).not.toContain("42");
});

it("a program that was run for an agent can be stopped, stays in the copy, and ends with the round", async () => {
  const round = await play(hostile("terminal-kill"), { options: { terminals: ["node"] } });
  expect(round.outcome?.summary).toBe("true SIGTERM Invalid params: / lies outside of the working folder");
  nothingHappened(round);
});

describe("a command", () => {
  const script = (text: string): { command: string[] } => ({ command: [process.execPath, "-e", text] });

  it("gets the task on standard input and in a file, and works in the copy", async () => {
    const round = await play(
      script(`const fs = require("node:fs"); const task = fs.readFileSync(0, "utf8");
        if (task !== fs.readFileSync(process.env.TOWPATH_TASK, "utf8")) throw new Error("two tasks");
        fs.appendFileSync("${own}", "# " + task.split("\\n")[0] + "\\n"); console.log("I have done it.")`),
    );
    expect(round.outcome).toMatchObject({ state: "done", files: [own], summary: "I have done it." });
    expect(round.text(own)).toContain("# # foo: implementation, round 1\n");
  });

  it("leaves nobody behind, though it left its group", async () => {
    const round = await play(
      script(`const { spawn } = require("node:child_process");
        spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" }).unref()`),
    );
    expect(round.outcome?.state).toBe("done");
    nothingHappened(round);
  });

  it("is bound by the same rules", async () => {
    const round = await play(script(`require("node:fs").writeFileSync("conftest.py", "owned = True")`));
    expect(rulesOf(round)).toEqual([["configuration", "conftest.py"]]);
    nothingHappened(round);
  });

  it.each([
    ["fails", "console.error('no luck'); process.exit(4)", "tool-crash", "ended with code 4"],
    ["takes too long", "setInterval(() => {}, 1000)", "timeout", "1500 ms"],
  ])("that %s is breakage", async (_, text, kind, words) => {
    const round = await play(script(text), { options: { timeoutMs: 1_500 } });
    expect(round.error).toMatchObject({ kind, message: expect.stringContaining(words) });
    expect(isUntouched(round)).toBe(true);
    expect(round.survivors).toEqual([]);
  });
});
