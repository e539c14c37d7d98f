import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AgentOutcome,
  type Assignment,
  brief,
  type Component,
  createKernel,
  type GateContext,
  newSession,
  noRecords,
} from "@towpath/core";
import { createExec, createRedactor, createWorkspace, findSurvivors } from "@towpath/kit";
import { project, type Project } from "@towpath/testkit";
import { onTestFinished } from "vitest";
import agentAcp, { type AgentAcpUserOptions } from "../src/index.ts";

/** The tree on which agents work. */
export const files: Readonly<Record<string, string>> = {
  "src/foo/__init__.py": "",
  "src/foo/shelf.py": "SHELF = []\nSIZE = 3\n",
  "src/other/__init__.py": "",
  "tests/test_old.py": "from foo.shelf import SIZE\n\n\ndef test_old():\n    assert SIZE == 3\n",
  "tests/steps.py": "",
  "tests/test_made.py": "# made from the specification\n",
  "specs/foo.md": "# foo\n\nThe shelf can be counted.\n",
  "README.md": "# Shelf\n",
  "conftest.py": "",
  "pyproject.toml": "[project]\nname = 'foo'\n",
  "towpath.config.yaml": "plugins: []\n",
  ".gitignore": "*.log\n",
};

/** A first round with nothing to tell. */
export const assignment: Assignment = {
  stage: "implementation",
  round: 1,
  brief: brief(newSession("foo", 0), 4_000),
  failures: [],
  readOnly: [],
  open: [],
};

/** What is other than usual in a round of a test. */
export interface RoundSetup {
  readonly options?: Partial<AgentAcpUserOptions>;
  readonly assignment?: Partial<Assignment>;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
  readonly trusted?: boolean;
  /** Whether the run's outputs lie in the tree, as they do on a real run. */
  readonly within?: boolean;
  readonly prepare?: (made: Project) => Promise<void>;
  readonly git?: boolean;
  readonly onLog?: (line: string, made: Project) => void;
}

/** A round, and what can be asked about it. */
export interface PlayedRound {
  readonly root: string;
  readonly outDir: string;
  readonly log: readonly string[];
  readonly outcome?: AgentOutcome;
  readonly error?: unknown;
  /** Processes of the run that are still there. */
  readonly survivors: readonly number[];
  /** What the tree holds. */
  text(path: string): string | undefined;
}

const agents = join(import.meta.dirname, "agents");
const node = process.execPath;

/** Argv of an agent of these tests. */
export function agentOf(name: string, ...args: string[]): { acp: string[] } {
  return { acp: [node, join(agents, `${name}.ts`), ...args] };
}

/**
 * Lets an agent work for one round on a fresh tree.
 * @param agent its argv; `{root}` in it stands for the tree
 */
export async function play(
  agent: AgentAcpUserOptions["agent"],
  setup: RoundSetup = {},
): Promise<PlayedRound> {
  const made = await project(files, { git: setup.git ?? true });
  await setup.prepare?.(made);
  const { root } = made;
  const outDir = setup.within
    ? join(root, ".towpath/runs/1/out")
    : await realpath(await mkdtemp(join(tmpdir(), "towpath-out-")));
  await mkdir(outDir, { recursive: true });
  onTestFinished(async () => {
    await made.remove();
    // Folders may be nested deeper than Node can name.
    execFileSync("rm", ["-rf", outDir]);
  });
  const env = { PATH: process.env["PATH"], HOME: root, ...setup.env };
  const runId = `run-${crypto.randomUUID()}`;
  const { redact } = createRedactor(env);
  const exec = createExec({ root, runId, env, redact, killGraceMs: 300, writable: [outDir] });
  const component: Component = { name: "foo", source: ["src/foo"], tests: ["tests"], spec: "specs/foo.md" };
  const log: string[] = [];
  const signal = setup.signal ?? new AbortController().signal;
  const absent = (): never => {
    throw new Error("an agent has no such thing");
  };
  const ctx: GateContext = {
    component,
    target: "dev",
    workspace: await createWorkspace(root, exec),
    outDir,
    artifacts: { get: absent },
    // As the gate runner does it.
    exec: (request) =>
      exec({ ...request, signal: AbortSignal.any([signal, ...(request.signal ? [request.signal] : [])]) }),
    env,
    records: noRecords,
    now: Date.now,
    tree: absent,
    signal,
    trusted: setup.trusted ?? true,
    log(line) {
      log.push(line);
      setup.onLog?.(line, made);
    },
  };
  const kernel = createKernel({ now: Date.now });
  await kernel.use(agentAcp({ agent: placed(agent, root), ...setup.options }));
  kernel.seal();
  const worker = kernel.agent()?.agent;
  if (worker === undefined) throw new Error("no agent was registered");
  const settled = await worker.work({ ...assignment, ...setup.assignment }, ctx).then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error }),
  );
  await kernel.close();
  const survivors = await findSurvivors("TOWPATH_RUN_ID", runId);
  return {
    root,
    outDir,
    log,
    survivors,
    ...settled,
    text: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined),
  };
}

function placed(agent: AgentAcpUserOptions["agent"], root: string): AgentAcpUserOptions["agent"] {
  if (typeof agent === "string") return agent;
  const put = (argv: readonly string[]): string[] => argv.map((text) => text.replaceAll("{root}", root));
  return "acp" in agent ? { acp: put(agent.acp) } : { command: put(agent.command) };
}

/** Whether the tree is as it was made, but for what may be there besides. */
export function isUntouched({ text }: PlayedRound): boolean {
  return Object.entries(files).every(([path, content]) => text(path) === content);
}

/** Names of what a round left in its output folder. */
export async function leftIn({ outDir }: PlayedRound): Promise<readonly string[]> {
  return (await readdir(outDir)).toSorted();
}
