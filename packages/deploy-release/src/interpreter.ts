import { Breakage, noRecords, type BuildContext, type GateContext, type TargetContext } from "@towpath/core";
import { createWorkspace, findPython } from "@towpath/kit";
import { runCommand } from "./run-command.ts";

/**
 * Path of the component's Python, found as for gates: the one that the configuration names, that of the active
 * environment, of the nearest virtual environment, `python3` on PATH.
 * @throws {Breakage} `tool-missing` when there is none, or it has no pip
 */
export async function interpreterOf(ctx: BuildContext | TargetContext): Promise<string> {
  const { command } = await findPython(await asGateContext(ctx));
  const look = "import importlib.util; print(importlib.util.find_spec('pip') is not None)";
  if ((await runCommand(ctx, [command, "-I", "-c", look])).trim() === "True") return command;
  throw new Breakage("tool-missing", {
    message: `${command} has no pip, which makes and installs wheels`,
    fix: [`${command} -m ensurepip`],
  });
}

/** The look-up of tools is written for gates. */
async function asGateContext(ctx: BuildContext | TargetContext): Promise<GateContext> {
  const { component, root, outDir, exec, env, clock, signal } = ctx;
  const absent = (): never => {
    throw new Error("a deploy has no artifacts and no tree");
  };
  return {
    component,
    target: "staging",
    workspace: await createWorkspace(root, exec),
    outDir,
    artifacts: { get: absent },
    exec,
    env,
    records: noRecords,
    now: () => clock.now(),
    tree: absent,
    signal,
    trusted: true,
    log: (line) => ctx.log(line),
  };
}
