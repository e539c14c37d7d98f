import type { GateContext } from "@towpath/core";
import { parseReport, runTool, type Tool } from "@towpath/kit";
import { z } from "zod";

const program = `
import importlib.metadata as metadata, json
found = {}
for name in ("pytest", "pytest-bdd", "pytest-cov", "hypothesis"):
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
`;

/**
 * Versions of pytest, pytest-bdd, pytest-cov and hypothesis that an interpreter has, by the distribution's name.
 * @throws {Breakage} of `runTool` when the interpreter cannot be run
 */
export async function distributions(
  ctx: GateContext,
  python: Tool,
): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await runTool(ctx, python, ["-c", program], { cwd: ctx.outDir });
  return parseReport(z.record(z.string(), z.string()), stdout, "the list of Python distributions");
}
