import { cp, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunReport } from "@towpath/core";
import { pythonEnv } from "@towpath/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { at, hasFaketime } from "./at.ts";
import { towpath, type Called } from "./towpath.ts";

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const report = ({ stdout }: Called): RunReport => JSON.parse(stdout);
const run = ["run", "--component", "tally", "--target", "dev"];
const agents = inRepository("packages/agent-acp/test/agents");

interface Tally {
  readonly root: string;
  /** What the agent was told, prompt by prompt. */
  told(): Promise<readonly string[]>;
}

/** The example that has no code yet, with an agent that writes what lies in folders, one in each round. */
async function tally(...rounds: readonly string[]): Promise<Tally> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "towpath-tally-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, "tally");
  await cp(inRepository("examples/tally"), root, {
    recursive: true,
    filter: (source) => !/\/(?:\.towpath|\.venv)$/.test(source),
  });
  const { python } = await pythonEnv("python-scenarios");
  await symlink(join(python, "../.."), join(root, ".venv"));
  const toldFile = join(folder, "told");
  await writeFile(toldFile, "");
  const argv = [
    process.execPath,
    join(agents, "scripted.ts"),
    toldFile,
    ...rounds.map((name) => inRepository(`packages/cli/test/tally/${name}`)),
  ];
  const config = join(root, "towpath.config.yaml");
  const text = await readFile(config, "utf8");
  await writeFile(
    config,
    text.replace(
      "\ncomponents:",
      `  - [agent-acp, { agent: { acp: ${JSON.stringify(argv)} } }]\n\ncomponents:`,
    ),
  );
  return {
    root,
    told: async () => (await readFile(toldFile, "utf8")).split("\n=====\n").slice(0, -1),
  };
}

const stage = (ended: RunReport, name: string): RunReport["stages"][number] | undefined =>
  ended.stages.find((one) => one.stage === name);

describe("from a specification alone", () => {
  it("tests are made and red, an agent works until they are green, and every requirement is traced", async () => {
    const { root, told } = await tally("first", "second");
    const called = await towpath([...run, "--json"], { cwd: root });
    const ended = report(called);
    expect([called.code, ended.stages.map(({ stage: name, status }) => [name, status])]).toEqual([
      0,
      [
        ["specification", "passed"],
        ["implementation", "passed"],
        ["testing", "passed"],
        ["refactoring", "passed"],
      ],
    ]);

    const [generated] = stage(ended, "implementation")?.generated ?? [];
    const ids = generated?.tests.map(({ id }) => id).toSorted();
    expect(ids?.length).toBeGreaterThan(15);
    // There was no code, so all of them have been seen failing.
    expect(generated?.red.toSorted()).toEqual(ids);
    expect(new Set(generated?.tests.map(({ tier }) => tier))).toEqual(new Set(["T0", "T1", "T2", "T3"]));

    const rounds = ended.stages.flatMap(({ stage: name, rounds: of }) =>
      (of ?? []).map(({ round, state }) => `${name} ${round} ${state}`),
    );
    expect(rounds).toEqual(["implementation 1 done", "testing 1 done"]);
    const prompts = await told();
    expect(prompts[0]).toContain("FR-3");
    // It may ask our own server, which looks at the real tree.
    expect(prompts[0]).toMatch(new RegExp(`"-C","${root}","mcp"`));
    // The agent was told which test stood in the way.
    expect(prompts[1]).toMatch(/tests/);

    const traced = await towpath(["trace", "--json"], { cwd: root });
    const { rows, stale } = JSON.parse(traced.stdout);
    expect([traced.code, stale, rows.map((row: { state: string }) => row.state)]).toEqual([
      0,
      false,
      ["proven", "proven", "proven", "proven", "proven", "proven"],
    ]);
  });

  it.skipIf(!hasFaketime)(
    `is gone on with on another day by the next run, which remembers what was decided${hasFaketime ? "" : " (skipped: faketime is not installed)"}`,
    async () => {
      const { root, told } = await tally("first", "second");
      expect((await at("2026-12-01 10:00:00", run, root)).code).toBe(0);
      const decision = "Ties are broken by name, since readers look for names.";
      const added = await at(
        "2026-12-01 11:00:00",
        ["context", "add", "tally", decision, "--importance", "1"],
        root,
      );
      expect(added.code).toBe(0);
      const before = (await told()).length;
      // Something new to do: the session alone must not wake the agent.
      const spec = join(root, "specs/tally.md");
      const text = await readFile(spec, "utf8");
      await writeFile(
        spec,
        text.replace("for names. It is a library", "for names, quickly to use. It is a library"),
      );
      expect((await at("2026-12-02 10:00:00", run, root)).code).toBe(0);
      const prompts = (await told()).slice(before);
      expect(prompts).toHaveLength(1);
      expect(prompts[0]).toContain(decision);
      expect(prompts[0]).toContain("Plan from specs/tally.md");
      const files = await readdir(join(root, ".towpath/sessions"));
      expect(files.filter((file) => file.endsWith(".json"))).toEqual(["tally-workflow-2026-12-01.json"]);
    },
  );

  it("a test that cannot fail is refused, whoever wrote it", async () => {
    const { root } = await tally("first", "vacuous");
    const called = await towpath([...run, "--json"], { cwd: root });
    const ended = report(called);
    expect(called.code).toBe(1);
    const proof = stage(ended, "testing")?.results.find(({ gate }) => gate === "proof");
    expect(proof).toMatchObject({ verdict: "failed", code: "TP1131" });
  });
});

describe("an agent that does what it may not", () => {
  it.each([
    ["writes outside", "outside", /TP3801|outside/],
    ["edits a generated test", "generated", /TP3801|read-only|generated/],
    ["skips a test", "skipped", /TP3801|skip/],
  ])("is stopped and nothing of it is kept when it %s", async (_, round, words) => {
    const { root } = await tally(round);
    const before = await readdir(root, { recursive: true });
    const called = await towpath([...run, "--json"], { cwd: root });
    const ended = report(called);
    expect(called.code).toBe(1);
    expect(stage(ended, "implementation")).toMatchObject({ status: "stopped", code: "TP3801" });
    expect(stage(ended, "implementation")?.reason).toMatch(words);
    const after = (await readdir(root, { recursive: true })).filter(
      (path) => !/(?:^|\/)(?:\.towpath|tests|__pycache__|\.venv)(?:\/|$)/.test(path),
    );
    expect(after.toSorted()).toEqual(
      before.filter((path) => !/(?:^|\/)(?:tests|\.venv)(?:\/|$)/.test(path)).toSorted(),
    );
    // What was refused can be read.
    const files = await readdir(join(root, ".towpath/runs", ended.run));
    expect(files.some((file) => file.startsWith("implementation-round-1"))).toBe(true);
  });
});
