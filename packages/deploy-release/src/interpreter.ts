import { noRecords, type BuildContext, type GateContext, type TargetContext } from "@towpath/core";
import { createWorkspace, findPython, type Tool } from "@towpath/kit";

/**
 * The Python of the component, found as for gates: the one that the configuration names, that of the active
 * environment, of the nearest virtual environment, `python3` on PATH.
 * @throws {Breakage} `tool-missing`
 */
export async function interpreterOf(ctx: BuildContext | TargetContext): Promise<Tool> {
  return findPython(await asGateContext(ctx));
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
