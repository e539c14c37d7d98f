import { makeTargetPlan } from "@towpath/core";
import { carryOut } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { withProject } from "../project.ts";
import { parseEnvironment } from "./parse-environment.ts";
import { oneComponent } from "./plan-run.ts";

/** The flags of `rollback`. */
export interface RollbackFlags {
  readonly environment: string;
  readonly reason: string;
}

/** `towpath rollback`: brings back the last verified release and marks the one that runs now as bad. */
export function rollback(
  component: string | undefined,
  flags: RollbackFlags,
  options: GlobalOptions,
): Promise<number> {
  const environment = parseEnvironment(flags.environment);
  return withProject(options, async (project) => {
    const plan = makeTargetPlan(project.kernel, project.config, {
      component: await oneComponent(project, component === undefined ? {} : { component }),
      trusted: options.trusted,
      rollback: { environment, reason: flags.reason },
    });
    // A parked run of the component waits for a release that is taken back now.
    return carryOut(project, plan, options, { needsRecord: true, onConflict: "supersede" });
  });
}
