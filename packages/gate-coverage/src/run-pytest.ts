import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isBreakage, type GateContext } from "@towpath/core";
import { readJunit, readReport, runTool, type Tool, type ToolRun } from "@towpath/kit";
import { failingCases } from "./failing-cases.ts";
import { ownModules } from "./own-modules.ts";
import type { RunFiles } from "./pytest-arguments.ts";
import { parsePytestLog, type PytestLog } from "./pytest-log.ts";
import { logVariable, pluginModule, pluginSource, withoutVariable } from "./pytest-plugin.ts";
import { died, soundRun, type SoundRun } from "./sound-run.ts";
import { startFailure } from "./start-failure.ts";

/** What pytest is run with, beside its arguments. */
export interface PytestHost {
  readonly python: Tool;
  /** The declared variables of the suite, with their values. */
  readonly variables: Readonly<Record<string, string>>;
  /** Marker expression of tests that are left out, whatever `-m` says. */
  readonly without: string | undefined;
}

/** A process of pytest that came to its end and does not contradict itself. */
export interface FinishedRun extends SoundRun {
  readonly argv: readonly string[];
  readonly log: PytestLog;
  readonly collected: number;
}

/** Enough of the streams to explain a failure; the report comes through files. */
const maxOutputBytes = 1024 * 1024;

/**
 * Runs pytest with our plugin at the repository root, and holds its log, JUnit file and exit code against each other.
 * @param args arguments of the interpreter
 * @throws {Breakage} of `startFailure`, `soundRun` and `runTool`; `parse` when a report cannot be read
 */
export async function runPytest(
  ctx: GateContext,
  { python, variables, without }: PytestHost,
  args: readonly string[],
  files: RunFiles,
): Promise<FinishedRun> {
  await mkdir(files.pluginDir, { recursive: true });
  await writeFile(join(files.pluginDir, `${pluginModule}.py`), pluginSource);
  const path = variables["PYTHONPATH"];
  const env = {
    ...variables,
    PYTHONPATH: path === undefined ? files.pluginDir : `${files.pluginDir}${delimiter}${path}`,
    COVERAGE_FILE: files.data,
    [logVariable]: files.log,
    ...(without === undefined ? {} : { [withoutVariable]: without }),
  };
  const { code, stdout, stderr, argv } = await run(ctx, python, args, env, files);
  const output = `${stderr}\n${stdout}`;
  const own = ownModules(ctx.component.source);
  const log = await readLog(files.log);
  if (log === undefined) throw startFailure(code, output, own);
  const { finish } = log;
  if (finish === undefined) throw died(log, `exit code ${code}`, output);
  const junitFailures = failingCases(
    readJunit(await readReport(files.junit, "pytest"), "the JUnit file of pytest"),
  );
  const sound = soundRun({ code, output, log, finish, junitFailures, own });
  return { ...sound, argv, log, collected: finish.collected };
}

/** Runs the process; if a signal ends it, the breakage names the test that was running. */
async function run(
  ctx: GateContext,
  python: Tool,
  args: readonly string[],
  env: Record<string, string>,
  files: RunFiles,
): Promise<ToolRun> {
  try {
    return await runTool(ctx, python, args, { env, maxOutputBytes });
  } catch (error) {
    if (!isBreakage(error) || error.kind !== "tool-crash") throw error;
    const log = await readLog(files.log);
    throw log === undefined ? error : died(log, error.details.message, error.details.why ?? "");
  }
}

async function readLog(path: string): Promise<PytestLog | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return text === "" ? undefined : parsePytestLog(text);
}
