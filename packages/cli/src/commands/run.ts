import { carryOut } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { planRun, type RunFlags } from "./plan-run.ts";

/** `towpath run`: leads one component through the stages of a target. Answers with the exit code. */
export function run(flags: RunFlags, options: GlobalOptions): Promise<number> {
  const onConflict = flags.supersede === true ? "supersede" : "reject";
  const how = { needsRecord: true, wait: flags.wait ?? false, onConflict } as const;
  return planRun(flags, options, (project, plan) => carryOut(project, plan, options, how));
}
