import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Breakage, type GateContext, type Range } from "@towpath/core";
import { excerpt, readReport, runTool, type Tool, toolPath } from "@towpath/kit";
import type { Engine, FileOutcome, FileOutcomes, MeasuredFunction } from "./engine.ts";
import { parseComplexity, parseRaw, type RadonFunction } from "./radon-report.ts";

/** The engine that runs radon. */
export function radonEngine(tool: Tool): Engine {
  return {
    info: { ...tool.info, engine: "radon" },
    rule: { id: "cc", url: "https://radon.readthedocs.io/en/latest/intro.html#cyclomatic-complexity" },
    key: [tool.command, ...tool.args].join("\n"),
    measure: (context, files) => measure(context, tool, files),
  };
}

async function measure(ctx: GateContext, tool: Tool, files: readonly string[]): Promise<FileOutcomes> {
  const report = parseComplexity(
    await run(ctx, tool, "cc", ["--min", "A", "--max", "F", "--show-closures"], files),
  );
  const given = new Map(files.map((file) => [toolPath(file), file]));
  refuseUnknown(report.keys(), given);

  const silent = files.filter((file) => !report.has(toolPath(file)));
  // A file without functions and a file that was never read look alike: both are absent. `raw` lists what was read.
  const read =
    silent.length === 0
      ? new Map<string, string | undefined>()
      : parseRaw(await run(ctx, tool, "raw", [], silent));
  refuseUnknown(read.keys(), given);

  const outcomes = new Map<string, FileOutcome>();
  for (const [path, file] of given) {
    const entry = report.get(path);
    if (entry === undefined) outcomes.set(file, outcomeOfSilent(read, path));
    else if ("error" in entry) outcomes.set(file, { kind: "unparsed", reason: entry.error });
    else
      outcomes.set(file, {
        kind: "measured",
        functions: await locate(resolve(ctx.workspace.root, file), entry.functions),
      });
  }
  return outcomes;
}

function outcomeOfSilent(read: ReadonlyMap<string, string | undefined>, path: string): FileOutcome {
  if (!read.has(path)) return { kind: "left-out" };
  const error = read.get(path);
  return error === undefined ? { kind: "measured", functions: [] } : { kind: "unparsed", reason: error };
}

function refuseUnknown(paths: Iterable<string>, given: ReadonlyMap<string, string>): void {
  const unknown = [...paths].find((path) => !given.has(path));
  if (unknown === undefined) return;
  throw new Breakage("mismatch", { message: `radon reports ${unknown}, which it was not given` });
}

/**
 * One run of radon. It ends with code 0 whatever it found, so the report alone decides; a path that does not exist
 * and an output file that cannot be written are code 0 too.
 */
async function run(
  ctx: GateContext,
  tool: Tool,
  command: "cc" | "raw",
  flags: readonly string[],
  files: readonly string[],
): Promise<string> {
  const output = join(ctx.outDir, `radon-${command}.json`);
  const { code, stderr } = await runTool(ctx, tool, [
    command,
    "--json",
    ...flags,
    "-O",
    output,
    ...files.map(toolPath),
  ]);
  if (code === 0) return readReport(output, "radon");
  const config = /TOMLDecodeError|configparser\.|Not a boolean/.test(stderr);
  throw new Breakage(config ? "tool-config" : "tool-crash", {
    message: config ? "radon cannot read its configuration" : `radon ended with code ${code}`,
    why: excerpt(stderr),
  });
}

/** Radon counts columns in bytes; ours are code points. Files without functions are not read. */
async function locate(
  path: string,
  functions: readonly RadonFunction[],
): Promise<readonly MeasuredFunction[]> {
  if (functions.length === 0) return [];
  const lines = (await readFile(path, "utf8")).split(/\r\n|\r|\n/);
  return functions.map(({ name, complexity, line, byteColumn }) => ({
    name,
    complexity,
    range: firstLine(line, byteColumn, lines[line - 1] ?? ""),
  }));
}

function firstLine(line: number, byteColumn: number, text: string): Range {
  const before = Buffer.from(text, "utf8").subarray(0, byteColumn).toString("utf8");
  return {
    startLine: line,
    startColumn: [...before].length + 1,
    endLine: line,
    endColumn: [...text].length + 1,
  };
}
