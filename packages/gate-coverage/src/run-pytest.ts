import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isBreakage, type GateContext } from "@towpath/core";
import { runTool, type Tool } from "@towpath/kit";
import type { RunFiles } from "./pytest-arguments.ts";
import { parsePytestLog, type PytestLog } from "./pytest-log.ts";
import { logVariable, pluginModule, pluginSource } from "./pytest-plugin.ts";
import { died } from "./sound-run.ts";

/** How a process of pytest ended. */
export interface PytestProcess {
  readonly code: number;
  /** Both streams, errors first. */
  readonly output: string;
  readonly argv: readonly string[];
  /** Absent when pytest did not begin its session. */
  readonly log: PytestLog | undefined;
}

/** Enough of the streams to explain a failure; the report comes through files. */
const maxOutputBytes = 1024 * 1024;

/**
 * Runs an interpreter with pytest and our plugin at the repository root and reads the plugin's log.
 * @param declared variables that the suite needs
 * @throws {Breakage} of `runTool`; `tool-crash` names the test in which pytest died; `parse` when the log cannot be read
 */
export async function runPytest(
  ctx: GateContext,
  python: Tool,
  args: readonly string[],
  files: RunFiles,
  declared: Readonly<Record<string, string>>,
): Promise<PytestProcess> {
  await mkdir(files.pluginDir, { recursive: true });
  await writeFile(join(files.pluginDir, `${pluginModule}.py`), pluginSource);
  const path = declared["PYTHONPATH"];
  const env = {
    ...declared,
    PYTHONPATH: path === undefined ? files.pluginDir : `${files.pluginDir}${delimiter}${path}`,
    COVERAGE_FILE: files.data,
    [logVariable]: files.log,
  };
  try {
    const ended = await runTool(ctx, python, args, { cwd: ctx.workspace.root, env, maxOutputBytes });
    const output = `${ended.stderr}\n${ended.stdout}`;
    return { code: ended.code, output, argv: ended.argv, log: await readLog(files.log) };
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
