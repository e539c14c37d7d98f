import { Breakage, type GateContext } from "@towpath/core";
import { excerpt, runTool, sanitize, toolPath } from "@towpath/kit";
import type { PyrightTool } from "./find-pyright.ts";
import { parsePyright, type PyrightReport } from "./parse.ts";

/** A report is kept whole up to this size. */
const maxReportBytes = 64 * 1024 * 1024;

/** Arguments beyond this size go to standard input. */
const maxArgumentBytes = 24 * 1024;

/** What pyright is asked. */
export interface PyrightRequest {
  readonly tool: PyrightTool;
  /** Absolute path of the component's interpreter. */
  readonly python: string;
  /** Absolute path of the configuration in force; without it pyright uses its defaults. */
  readonly config: string | undefined;
  /** Files to check, at least one, relative to the repository root. */
  readonly files: readonly string[];
}

/** What pyright answered. */
export interface PyrightAnswer {
  readonly report: PyrightReport;
  /** What it wrote on standard error: misspelt settings, a virtual environment that is missing. */
  readonly complaints: readonly string[];
}

/**
 * Runs pyright over named files. Files on the command line replace `include` of the project's configuration;
 * everything else of it, `exclude` and `ignore` too, stays in force.
 * @throws {Breakage} `tool-config` (codes 3 and 4), `tool-crash` (2 and every unknown code), and as `runTool` and
 * `parsePyright` do
 */
export async function runPyright(ctx: GateContext, request: PyrightRequest): Promise<PyrightAnswer> {
  const { tool, python, config, files } = request;
  const { args, stdin } = listFiles(files.map(toolPath));
  const { code, stdout, stderr } = await runTool(
    ctx,
    tool,
    ["--outputjson", "--pythonpath", python, ...(config === undefined ? [] : ["--project", config]), ...args],
    {
      // Pyright translates its messages into the language of the environment.
      env: { LC_ALL: "C.UTF-8" },
      maxOutputBytes: maxReportBytes,
      ...(stdin === undefined ? {} : { stdin }),
    },
  );
  const complaints = sanitize(stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (code === 0 || code === 1) return { report: parsePyright(stdout, code), complaints };
  // With code 3 a report is printed all the same, made without the configuration: it says nothing.
  const rejected = code === 3 || code === 4;
  throw new Breakage(rejected ? "tool-config" : "tool-crash", {
    message: rejected
      ? `pyright rejected its ${code === 3 ? "configuration" : "arguments"} (code ${code})`
      : `pyright ended with code ${code}`,
    why: excerpt(complaints.join("\n")),
  });
}

/** Pyright splits standard input at every space, so a path with one can only be an argument. */
function listFiles(paths: readonly string[]): { readonly args: readonly string[]; readonly stdin?: string } {
  const text = paths.join("\n");
  if (text.length < maxArgumentBytes || paths.some((path) => /\s/.test(path))) return { args: paths };
  return { args: ["-"], stdin: text };
}
