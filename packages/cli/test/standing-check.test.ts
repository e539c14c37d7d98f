import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import type { GateResult, RunReport } from "@towpath/core";
import { project, pythonEnv } from "@towpath/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { bin, towpath } from "./towpath.ts";

const config = `plugins:
  - gate-ruff
  - [gate-coverage, {env: [SUITE_MODE]}]
  - gate-docs
  - gate-complexity
components:
  foo: {source: [src/foo], tests: [tests/foo]}
`;

const files = {
  ".gitignore": "/venv/\n/programs/\n",
  "towpath.config.yaml": config,
  "ruff.toml": 'extend = "shared/base.toml"\n',
  "shared/base.toml": "line-length = 100\n",
  "pytest.ini": "[pytest]\npythonpath = src\n",
  "README.md":
    "# foo\n\nIt adds two numbers, for those who cannot.\n\n```python\nfrom foo.a import add\n```\n",
  "src/foo/__init__.py": '"""Numbers."""\n',
  "src/foo/a.py":
    '"""Sums."""\n\n\ndef add(a: int, b: int) -> int:\n    """Add two numbers."""\n    return a + b\n',
  "src/other/__init__.py": "X = 1\n",
  "tests/foo/test_a.py": "from foo.a import add\n\n\ndef test_add() -> None:\n    assert add(1, 2) == 3\n",
};

interface Machine {
  readonly root: string;
  /** Absolute path of the folder of installed packages. */
  readonly site: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  write(path: string, text: string): Promise<void>;
  /** Which programs of ours have run so far, a line each. */
  calls(): Promise<string>;
  installRuff(version?: string): Promise<void>;
}

interface Answer {
  readonly code: number | null;
  readonly report: RunReport;
  readonly results: readonly GateResult[];
}

/** The folder of packages of a virtual environment. */
async function sitePackages(venv: string): Promise<string> {
  const [python = ""] = await readdir(join(venv, "lib"));
  return join(venv, "lib", python, "site-packages");
}

/** A repository with a virtual environment of its own, and a ruff on PATH that writes down when it is called. */
async function machine(): Promise<Machine> {
  const { root, write } = await project(files, { git: true });
  const shared = await pythonEnv();
  await promisify(execFile)(shared.python, ["-m", "venv", "--without-pip", join(root, "venv")]);
  const site = await sitePackages(join(root, "venv"));
  await writeFile(join(site, "shared.pth"), `${await sitePackages(join(shared.bin, ".."))}\n`);
  const log = join(root, "programs/log");
  const made: Machine = {
    root,
    site,
    env: {
      PATH: [join(root, "programs"), process.env["PATH"] ?? ""].join(delimiter),
      VIRTUAL_ENV: join(root, "venv"),
    },
    write,
    calls: () => readFile(log, "utf8").catch(() => ""),
    async installRuff(version) {
      const says = version === undefined ? "" : `[ "$1" = --version ] && echo ruff ${version} && exit 0\n`;
      const program = join(root, "programs/ruff");
      await write(
        "programs/ruff",
        `#!/bin/sh\necho "ruff $1" >> '${log}'\n${says}exec '${join(shared.bin, "ruff")}' "$@"\n`,
      );
      await chmod(program, 0o755);
    },
  };
  await made.installRuff();
  return made;
}

const gates = ["lint", "format", "tests", "coverage", "flaky", "complexity", "docs"];

/** @param args further arguments; without a gate among them all gates are asked */
async function check({ root, env }: Machine, ...more: readonly string[]): Promise<Answer> {
  const args = more[0] === "lint" ? more : [...gates, ...more];
  const { code, stdout, stderr } = await towpath(["check", "--json", ...args], { cwd: root, env });
  const report = JSON.parse(stdout || "{}") as RunReport;
  if (report.stages === undefined) throw new Error(stdout + stderr);
  return { code, report, results: report.stages.flatMap((stage) => stage.results) };
}

/** Checks until an answer stands: twice at most. */
async function settle(on: Machine, ...args: readonly string[]): Promise<Answer> {
  const first = await check(on, ...args);
  const { code, report, results } = first;
  if (code !== 0) throw new Error(`it did not pass: ${JSON.stringify(results)}`);
  if (report.cached !== undefined) return first;
  const second = await check(on, ...args);
  expect(second.report.cached).toEqual({ run: report.run });
  return second;
}

const measured = ({ results }: Answer): readonly string[] =>
  results.flatMap(({ gate, cached }) => (cached === undefined ? [gate] : []));

const runsOf = (root: string): Promise<readonly string[]> => readdir(join(root, ".towpath/runs"));

describe("a check whose every answer stands", () => {
  let on: Machine;
  beforeAll(async () => {
    on = await machine();
  });

  it("is answered from the journal: no program is started, nothing is recorded, the run that measured is named", async () => {
    const first = await check(on);
    expect([first.code, first.report.cached]).toEqual([0, undefined]);
    const calls = await on.calls();
    const runs = await runsOf(on.root);
    const second = await check(on);
    expect(second.report).toMatchObject({
      run: first.report.run,
      cached: { run: first.report.run },
      exit: 0,
      plan: first.report.plan,
      files: { report: `.towpath/runs/${first.report.run}/report.md` },
    });
    expect(measured(second)).toEqual([]);
    expect(second.results.map(({ gate, verdict }) => [gate, verdict])).toEqual(
      first.results.map(({ gate, verdict }) => [gate, verdict]),
    );
    expect(second.report.stages[0]?.decision).toEqual(first.report.stages[0]?.decision);
    expect(JSON.stringify(second.report)).not.toContain('"basis"');
    expect(await on.calls()).toBe(calls);
    expect(await runsOf(on.root)).toEqual(runs);
  });

  it("is shown by every reporter", async () => {
    const { report } = await settle(on);
    const say = (...args: readonly string[]) =>
      towpath(["check", ...gates, ...args], { cwd: on.root, env: on.env });
    const plain = await say();
    expect(plain.stdout).toMatch(/^\d+ passed {4}\d+ ms {4}exit 0\nreport {3}\.towpath\/runs\//);
    expect(plain.stderr).toMatch(/lint +cached +passed/);
    expect((await say("--reporter", "agent")).stdout).toContain(`RESULT passed exit=0 run=${report.run}`);
    const lines = (await say("--ndjson")).stdout.trim().split("\n");
    const types = lines.map((line) => (JSON.parse(line) as { readonly type: string }).type);
    expect(types.slice(0, 3)).toEqual(["run:start", "stage:start", "gate:start"]);
    expect(types.slice(-3)).toEqual(["stage:end", "run:end", "result"]);
  });

  const source = "src/foo/a.py";
  const bad = "def test_bad() -> None:\n    assert False\n";
  interface Change {
    readonly what: string;
    readonly change: (on: Machine) => Promise<unknown>;
    readonly asked: readonly string[];
    readonly code?: number;
    readonly undo?: (on: Machine) => Promise<unknown>;
  }
  /** They run code, which may read any file of the repository. */
  const suite = ["tests", "coverage", "flaky"];
  const changes: readonly Change[] = [
    {
      what: "a source file",
      change: ({ write }) => write(source, files[source].replace("Sums.", "Sums!")),
      asked: gates,
    },
    {
      what: "a source file, so that it fails",
      change: ({ write }) => write(source, files[source].replace("a + b", "a - b")),
      undo: ({ write }) => write(source, files[source]),
      asked: gates,
      code: 1,
    },
    {
      what: "a test that is added and fails",
      change: ({ write }) => write("tests/foo/test_bad.py", bad),
      undo: ({ root }) => rm(join(root, "tests/foo/test_bad.py")),
      asked: gates,
      code: 1,
    },
    {
      what: "a source file that is added",
      change: ({ write }) => write("src/foo/b.py", '"""More."""\n'),
      asked: gates,
    },
    {
      what: "a source file that is removed",
      change: ({ root }) => rm(join(root, "src/foo/b.py")),
      asked: gates,
    },
    {
      what: "the extended configuration of ruff",
      change: ({ write }) => write("shared/base.toml", 'lint.select = ["D"]\n'),
      undo: ({ write }) => write("shared/base.toml", files["shared/base.toml"]),
      asked: ["lint", "format", ...suite],
      code: 1,
    },
    {
      what: "pyproject.toml",
      change: ({ write }) => write("pyproject.toml", '[project]\nname = "foo"\nversion = "1"\n'),
      asked: gates.filter((gate) => gate !== "docs"),
    },
    {
      what: "another module of the repository",
      change: ({ write }) => write("src/other/__init__.py", "X = 2\n"),
      asked: ["lint", "format", ...suite],
    },
    {
      what: "the README",
      change: ({ root }) => rm(join(root, "README.md")),
      undo: ({ write }) => write("README.md", files["README.md"]),
      asked: ["docs", ...suite],
      code: 1,
    },
    {
      what: "an example that is added",
      change: ({ write }) => write("examples/use.py", "from foo.a import add\n\nadd(1, 2)\n"),
      asked: ["docs", "lint", "format", ...suite],
    },
    {
      what: "data that a test could read",
      change: ({ write }) => write("data/cases.json", "[]\n"),
      asked: suite,
    },
    {
      what: "a file that can be executed now",
      change: ({ root }) => chmod(join(root, source), 0o755),
      undo: ({ root }) => chmod(join(root, source), 0o644),
      asked: gates,
      // ruff has a rule against it.
      code: 1,
    },
    {
      what: "a distribution that is installed",
      change: ({ site }) => mkdir(join(site, "acme-1.0.dist-info")),
      asked: suite,
    },
    {
      what: "a distribution that is removed",
      change: ({ site }) => rm(join(site, "acme-1.0.dist-info"), { recursive: true }),
      asked: suite,
    },
    {
      what: "a tool of another version",
      change: ({ installRuff }) => installRuff("0.99.1"),
      asked: ["lint", "format"],
    },
    {
      what: "a better tool that hides it",
      change: async ({ root, write }) => {
        await write("venv/bin/ruff", await readFile(join(root, "programs/ruff"), "utf8"));
        await chmod(join(root, "venv/bin/ruff"), 0o755);
      },
      asked: ["lint", "format"],
    },
    {
      what: "a tool that is removed",
      change: async ({ root }) => {
        await rm(join(root, "venv/bin/ruff"));
        await rm(join(root, "programs/ruff"));
      },
      undo: ({ installRuff }) => installRuff(),
      asked: ["lint", "format"],
    },
    {
      what: "a threshold of the configuration",
      change: ({ write }) =>
        write("towpath.config.yaml", config.replace("- gate-complexity", "- [gate-complexity, {max: 5}]")),
      undo: ({ write }) => write("towpath.config.yaml", config),
      asked: ["complexity"],
    },
    {
      what: "a comment in the configuration",
      change: ({ write }) => write("towpath.config.yaml", `# a comment\n${config}`),
      undo: ({ write }) => write("towpath.config.yaml", config),
      asked: [],
    },
    {
      what: "a configuration that goes before it",
      change: ({ write }) =>
        write(
          "towpath.config.mjs",
          `export default {
            plugins: ["gate-ruff", ["gate-coverage", { env: ["SUITE_MODE"] }], "gate-docs", ["gate-complexity", { max: 4 }]],
            components: { foo: { source: ["src/foo"], tests: ["tests/foo"] } },
          };\n`,
        ),
      undo: ({ root }) => rm(join(root, "towpath.config.mjs")),
      asked: ["complexity"],
    },
    {
      what: "a project that may bring plugins of its own",
      change: ({ write }) => write("package.json", '{"devDependencies": {"@towpath/gate-ruff": "*"}}\n'),
      undo: ({ root }) => rm(join(root, "package.json")),
      asked: suite,
    },
    {
      what: "what was seen of the tools' versions",
      change: ({ root }) => rm(join(root, ".towpath/cache"), { recursive: true }),
      asked: [],
    },
  ];

  it.each(changes)("stands no longer after a change of $what", async ({ change, undo, asked, code = 0 }) => {
    await settle(on);
    await change(on);
    const after = await check(on);
    await undo?.(on);
    expect([after.code, after.report.cached]).toEqual([code, undefined]);
    expect(measured(after).toSorted()).toEqual(asked.toSorted());
  });

  it("is made when what is on record last was measured by another policy", async () => {
    const { report } = await settle(on);
    await on.write(
      "towpath.config.yaml",
      config.replace("- gate-complexity", "- [gate-complexity, {max: 3}]"),
    );
    expect(measured(await check(on))).toEqual(["complexity"]);
    await on.write("towpath.config.yaml", config);
    const after = await check(on);
    expect([after.report.cached, measured(after)]).toEqual([undefined, ["complexity"]]);
    expect(after.report.plan.question).toBe(report.plan.question);
  });

  it("stands no longer when a declared variable changes", async () => {
    await settle(on);
    const after = await check({ ...on, env: { ...on.env, SUITE_MODE: "other" } });
    expect(measured(after).toSorted()).toEqual(["coverage", "flaky", "tests"]);
    expect(after.report.cached).toBeUndefined();
  });

  it("is made when --no-cache, --untrusted or another target says so", async () => {
    await settle(on);
    expect(measured(await check(on, "--no-cache"))).toHaveLength(7);
    expect((await check(on, "--target", "staging")).report.cached).toBeUndefined();
    expect((await check(on, "lint", "--untrusted")).report.cached).toBeUndefined();
  });

  it("answers for exactly the gates and components that are asked for", async () => {
    await settle(on);
    const lint = await check(on, "lint");
    expect([lint.report.cached, lint.results.map(({ gate }) => gate)]).toEqual([undefined, ["lint"]]);
    expect((await settle(on, "lint")).results.map(({ gate }) => gate)).toEqual(["lint"]);
    expect((await settle(on)).results).toHaveLength(7);
    const named = await check(on, "--component", "foo");
    expect(named.report.cached).toBeUndefined();
    expect((await settle(on, "--component", "foo")).results).toHaveLength(7);
  });
});

describe("a check over a journal that was changed by hand", () => {
  let on: Machine;
  const journal = (): string => join(on.root, ".towpath/journal.db");
  beforeAll(async () => {
    on = await machine();
    await settle(on);
    await copyFile(journal(), join(on.root, "programs/journal.db"));
  });

  function change(sql: string): void {
    const db = new DatabaseSync(journal());
    db.exec(sql);
    db.close();
  }

  it.each([
    [
      "an entry was edited",
      "update evidence set body = replace(body, '\"passed\"', '\"warned\"') where n = 1",
    ],
    ["an old entry is gone", "delete from evidence where n = 1"],
    ["the last entry is gone", "delete from evidence where n = (select max(n) from evidence)"],
    ["entries changed places", "update evidence set seq = 3 - seq where seq < 3"],
  ])("has no answer that stands when %s", async (_, sql) => {
    await copyFile(join(on.root, "programs/journal.db"), journal());
    change(sql);
    const { code, report } = await check(on);
    expect([code, report.cached]).toEqual([3, undefined]);
  });

  it.each([
    [
      "the plan asks for fewer gates",
      `update plan set body = json_set(body, '$.stages[0].gates', json_array(json_extract(body, '$.stages[0].gates[0]')))`,
    ],
    [
      "the plan lets every gate fail",
      `update plan set body = replace(body, '"required":true', '"required":false')`,
    ],
    ["the run did not pass, as it seems", "update run set exit = 1"],
  ])("is made, and a failing tree fails, when %s", async (_, sql) => {
    await copyFile(join(on.root, "programs/journal.db"), journal());
    await on.write("tests/foo/test_bad.py", "def test_bad() -> None:\n    assert False\n");
    change(sql);
    const { code, stdout } = await towpath(["check", ...gates, "--json"], { cwd: on.root, env: on.env });
    expect(code).not.toBe(0);
    expect(stdout).not.toContain('"cached": {\n    "run"');
    await rm(join(on.root, "tests/foo/test_bad.py"));
  });

  it("does not take the plan of a check that asked for less", async () => {
    await copyFile(join(on.root, "programs/journal.db"), journal());
    const lint = await settle(on, "lint");
    await on.write("tests/foo/test_bad.py", "def test_bad() -> None:\n    assert False\n");
    // With a seal that fits nothing: whoever can make one can make evidence, too.
    change(
      `update plan set body = json_set(body, '$.question', (select json_extract(body, '$.question') from plan where run = 1))
       where run = (select n from run where id = '${lint.report.run}')`,
    );
    const { code } = await towpath(["check", ...gates, "--json"], { cwd: on.root, env: on.env });
    expect(code).not.toBe(0);
    await rm(join(on.root, "tests/foo/test_bad.py"));
  });
});

const faketime = ["/usr/bin/faketime", "/usr/local/bin/faketime"].find(existsSync);

it.skipIf(faketime === undefined)(
  `stands no longer when it is too old${faketime === undefined ? " (skipped: faketime is not installed)" : ""}`,
  async () => {
    const on = await machine();
    await settle(on);
    const { HOME, TMPDIR, LANG = "C.UTF-8" } = process.env;
    const child = spawn(faketime ?? "", ["-f", "+25h", process.execPath, bin, "check", ...gates, "--json"], {
      cwd: on.root,
      // As the other calls have it: what is inherited counts, too.
      env: { HOME, TMPDIR, LANG, ...on.env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    await once(child, "close");
    const report = JSON.parse(text) as RunReport;
    expect([report.cached, report.exit]).toEqual([undefined, 0]);
    const because = report.stages.flatMap((stage) => stage.results.map((result) => result.because));
    expect(because.every((reason) => reason?.includes("too old"))).toBe(true);
  },
);
