import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostileProject } from "./hostile-gate.ts";
import { towpath, type Called } from "./towpath.ts";
import { voyage } from "./voyage.ts";

/** A project in a folder of its own, with room beside it for the files of the runner. */
async function checkout(count: number): Promise<string> {
  return join((await hostileProject(count, "", "checkout/")).root, "checkout");
}

interface Step extends Called {
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The workflow commands that the runner carries out, in order. */
  readonly commands: readonly string[];
}

/** Runs a step as GitHub's runner does, and reads what it left. */
async function step(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder: string = join(root, ".."),
): Promise<Step> {
  const files = {
    GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    GITHUB_OUTPUT: join(folder, "output"),
  };
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.values(files).map((path) => writeFile(path, "")));
  const called = await towpath(args, {
    cwd: root,
    env: { GITHUB_ACTIONS: "true", CI: "true", GITHUB_WORKSPACE: root, ...files, ...env },
  });
  return {
    ...called,
    summary: await readFile(files.GITHUB_STEP_SUMMARY, "utf8"),
    outputs: readOutputs(await readFile(files.GITHUB_OUTPUT, "utf8")),
    // The runner reads both streams, in an order of its own.
    commands: [...carriedOut(called.stderr), ...carriedOut(called.stdout)],
  };
}

/** The commands of a text: after `stop-commands` none counts until its token comes back. */
function carriedOut(text: string): readonly string[] {
  const found: string[] = [];
  let token: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trimStart();
    if (token !== undefined) {
      if (trimmed === `::${token}::`) token = undefined;
      continue;
    }
    if (trimmed.startsWith("::stop-commands::")) token = trimmed.slice("::stop-commands::".length);
    else if (trimmed.startsWith("::") || line.includes("##[")) found.push(line);
  }
  return found;
}

function readOutputs(file: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  const lines = file.split("\n");
  for (let at = 0; at < lines.length - 1; at++) {
    const [name = "", delimiter = ""] = (lines[at] ?? "").split("<<");
    const end = lines.indexOf(delimiter, at + 1);
    values[name] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return values;
}

describe("in GitHub Actions", () => {
  it("a check annotates, sums up and hands on, and keeps its exit code", async () => {
    const root = await checkout(3);
    const { code, commands, summary, outputs } = await step(root, ["check"]);
    expect(code).toBe(1);
    expect(commands.map((line) => line.split(" ", 1)[0])).toEqual(["::error", "::error", "::warning"]);
    expect(commands[0]).toContain("file=src/foo/a.py,line=1,");
    expect(summary).toMatch(/^# foo → dev: not passed\n/);
    expect(outputs).toMatchObject({
      status: "failed",
      "exit-code": "1",
      "run-id": expect.stringMatching(/^\d{8}-/),
    });
    expect(JSON.parse(outputs["gates-json"] ?? "")).toEqual([
      { gate: "hostile", component: "foo", verdict: "failed", required: true, code: "X1" },
    ]);
    await expect(readFile(join(root, outputs["report-path"] ?? ""), "utf8")).resolves.toContain("# foo");
  });

  it.each([[[]], [["-v"]], [["--reporter", "agent"]], [["--json"]], [["--ndjson"]]])(
    "nothing that a tool says is a command, with %j",
    async (flags) => {
      const root = await checkout(30);
      const { stdout, stderr, commands, outputs } = await step(root, ["check", ...flags]);
      expect(
        commands.filter(
          (line) => !/^::(?:error|warning) file=src\/foo\/a\.py,|^::notice title=Towpath::/.test(line),
        ),
      ).toEqual([]);
      expect(outputs["status"]).toBe("failed");
      expect(stdout + stderr).not.toContain("::planted::");
    },
  );

  it("even when the two streams of a step overtake each other", async () => {
    const root = await checkout(30);
    const { stdout, stderr } = await step(root, ["check", "-v"]);
    const ours = /^::(?:stop-commands::)?[0-9a-f-]{36}(?:::)?$|^::(?:error|warning|notice) [^\n]*$/;
    const lines = `${stderr}${stdout}`.split("\n").filter((line) => /^\s*::|##\[/.test(line));
    expect(lines.filter((line) => !ours.test(line))).toEqual([]);
  });

  it("500 findings stay within every limit", async () => {
    const root = await checkout(500);
    const { commands, summary, outputs } = await step(root, ["check"]);
    const count = (name: string): number => commands.filter((line) => line.startsWith(`::${name} `)).length;
    expect([count("error"), count("warning"), count("notice")]).toEqual([10, 10, 1]);
    expect(commands.at(-1)).toContain("480 more in the summary");
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    expect(Object.keys(outputs)).toHaveLength(6);
  });

  it("with --json standard output holds the one document", async () => {
    const root = await checkout(2);
    const { stdout, commands } = await step(root, ["check", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "run", exit: 1 });
    expect(commands).toHaveLength(2);
  });

  it("--no-ci turns it off", async () => {
    const root = await checkout(2);
    const { commands, summary, outputs, stdout } = await step(root, [
      "check",
      "--no-ci",
      "--reporter",
      "agent",
    ]);
    expect([commands, summary, outputs]).toEqual([[], "", {}]);
    expect(stdout).not.toContain("stop-commands");
  });

  it("a summary that cannot be written is a warning and changes no verdict", async () => {
    const root = await checkout(0);
    const { code, commands, outputs } = await step(root, ["check"], {
      GITHUB_STEP_SUMMARY: join(root, "none", "summary"),
    });
    expect(code).toBe(0);
    expect(commands).toEqual([expect.stringContaining("the job summary could not be written")]);
    expect(outputs["status"]).toBe("passed");
  });

  it("a run that waits is neither passed nor failed: a warning, and exit 5", async () => {
    const code = { staging: 'return { ...evidence, waiting: { for: "the soak", next: ["sit down"] } }' };
    const { root } = await voyage(code);
    const {
      code: exit,
      commands,
      outputs,
      summary,
    } = await step(root, ["run", "--component", "foo"], {}, join(root, "runner"));
    expect(exit).toBe(5);
    expect(outputs).toMatchObject({ status: "waiting", "exit-code": "5" });
    expect(commands).toEqual([expect.stringMatching(/^::warning .*waits for the soak$/)]);
    expect(summary).toContain("# foo → staging: waiting");
  });

  it("what was answered from the journal is told, too", async () => {
    const root = await checkout(0);
    await step(root, ["check"]);
    const { outputs, summary } = await step(root, ["check"]);
    expect(outputs["status"]).toBe("passed");
    expect(summary).toContain("passed");
  });

  it("findings on lines that a pull request changed come first", async () => {
    const root = await checkout(60);
    const git = (...args: readonly string[]): string =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
        cwd: root,
        encoding: "utf8",
      });
    await writeFile(join(root, "src/foo/a.py"), "a = 1\n".repeat(50));
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "base");
    const sha = git("rev-parse", "HEAD").trim();
    await appendFile(join(root, "src/foo/a.py"), "b = 1\n".repeat(4));
    git("commit", "-qam", "change");
    const event = join(root, "..", "event.json");
    await writeFile(event, JSON.stringify({ pull_request: { title: "x\n::error::y", base: { sha } } }));
    const { commands } = await step(root, ["check"], { GITHUB_EVENT_PATH: event, TOWPATH_ANNOTATIONS: "2" });
    expect(commands.map((line) => / file=[^,]*,line=(\d+)/.exec(line)?.[1])).toEqual([
      "51",
      "53",
      "52",
      "54",
      undefined,
    ]);
  });

  it.each([
    ["is missing", undefined],
    ["is no JSON", "{"],
    [
      "names a commit that leads elsewhere",
      JSON.stringify({ pull_request: { base: { sha: "--output=/tmp/x" } } }),
    ],
    ["names a commit that is not there", JSON.stringify({ pull_request: { base: { sha: "a".repeat(40) } } })],
  ])("an event that %s changes nothing", async (_, text) => {
    const root = await checkout(1);
    const event = join(root, "..", "event.json");
    if (text !== undefined) await writeFile(event, text);
    const { code, commands } = await step(root, ["check"], { GITHUB_EVENT_PATH: event });
    expect(code).toBe(1);
    expect(commands).toHaveLength(1);
  });
});

describe("in GitLab CI", () => {
  it("each stage is a section of the log", async () => {
    const root = await checkout(1);
    const { stderr, stdout } = await towpath(["check"], { cwd: root, env: { GITLAB_CI: "true" } });
    // oxlint-disable-next-line no-control-regex -- GitLab's marks are control characters
    const sections = [...stderr.matchAll(/\u001b\[0Ksection_(start|end):\d{10}:towpath_check\r\u001b\[0K/g)];
    expect(sections.map(([, what]) => what)).toEqual(["start", "end"]);
    expect(stdout).not.toContain("section_");
  });
});
