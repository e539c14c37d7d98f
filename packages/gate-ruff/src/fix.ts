import { Breakage, type FixResult, type GateContext } from "@towpath/core";
import { excerpt, fixAndDiff, runTool, type Tool, toolPath } from "@towpath/kit";
import { below } from "./below.ts";
import type { RuffCheck } from "./check.ts";
import { chooseEngine } from "./engine.ts";
import { isolated, runNative } from "./native.ts";

/** How many files one process is given, so that the command line stays within every system's limit. */
const BATCH = 200;

const NOTHING: FixResult = { files: [], patch: "" };

const ARGS = {
  check: ["check", "--fix", "--no-unsafe-fixes", "--exit-zero", "--quiet"],
  format: ["format", "--quiet"],
} as const;

/**
 * Applies ruff's safe fixes to a component's source, never to its tests or to any other file. Only the program can do
 * it: the embedded engine does not say which fixes are safe, and then nothing is changed.
 * @throws {Breakage} plugin for the target `production`, and what a check throws; the files are then as before
 */
export async function fix(ctx: GateContext, { command, options }: RuffCheck): Promise<FixResult> {
  if (ctx.target === "production") {
    throw new Breakage("plugin", { message: "ruff's fixes are never applied on the way to production" });
  }
  const tool = await chooseEngine(ctx, command, options);
  if (tool === undefined) {
    ctx.log("no ruff program was found, so nothing was fixed: the embedded engine only checks");
    return NOTHING;
  }
  const fixable = await fixableFiles(ctx, tool, command);
  if (fixable.length === 0) return NOTHING;
  return fixAndDiff(ctx, fixable, async () => {
    for (let at = 0; at < fixable.length; at += BATCH) {
      await apply(ctx, tool, command, fixable.slice(at, at + BATCH));
    }
  });
}

/** The component's source files with a safe fix; a file that cannot be parsed has none. */
async function fixableFiles(
  ctx: GateContext,
  tool: Tool,
  command: RuffCheck["command"],
): Promise<readonly string[]> {
  const { diagnostics } = await runNative(ctx, tool, command, ctx.component.source);
  const files = diagnostics.flatMap(({ file, fix: offered }) =>
    file !== undefined && offered?.applicability === "safe" && /\.pyi?$/.test(file) && !isTest(ctx, file)
      ? [file]
      : [],
  );
  return [...new Set(files)].toSorted();
}

function isTest({ component }: GateContext, file: string): boolean {
  return (
    below(component.tests)(file) ||
    /(?:^|\/)(?:tests?\/|(?:test_[^/]*|[^/]*_test|conftest)\.pyi?$)/.test(file)
  );
}

async function apply(
  ctx: GateContext,
  tool: Tool,
  command: RuffCheck["command"],
  files: readonly string[],
): Promise<void> {
  const args = [...ARGS[command], "--force-exclude", "--no-cache", "--", ...files.map(toolPath)];
  const { code, stderr } = await runTool(ctx, tool, args, { env: isolated(ctx) });
  if (code === 0) return;
  throw new Breakage("tool-crash", { message: `ruff ended with ${code} while fixing`, why: excerpt(stderr) });
}
