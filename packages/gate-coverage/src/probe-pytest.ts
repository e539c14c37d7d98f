import { Breakage, type GateContext, type ToolInfo } from "@towpath/core";
import { findPython } from "@towpath/kit";
import { distributions } from "./distributions.ts";

/**
 * The pytest of the component's environment, without running a test.
 * @throws {Breakage} `tool-missing` when interpreter or pytest is missing
 */
export async function probePytest(ctx: GateContext): Promise<ToolInfo> {
  const python = await findPython(ctx);
  const { pytest } = await distributions(ctx, python);
  if (pytest === undefined) throw pytestMissing();
  return { name: "pytest", version: pytest, path: python.command, via: python.info.via };
}

/** That there is no pytest, and how to get it. */
export function pytestMissing(): Breakage {
  return new Breakage("tool-missing", {
    message: "pytest is not installed in the component's environment",
    fix: ["python -m pip install pytest pytest-cov"],
  });
}
