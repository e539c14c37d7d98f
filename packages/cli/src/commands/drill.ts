import { makeTargetPlan, TowpathError, type Environment, type Kernel, type Sabotage } from "@towpath/core";
import { carryOut } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { withProject } from "../project.ts";
import { parseDuration } from "./parse-duration.ts";
import { oneComponent } from "./plan-run.ts";

/** The flags of `drill`. */
export interface DrillFlags {
  readonly component?: string;
  readonly within: string;
}

/** Drills happen where nobody is hurt. */
const environment: Environment = "staging";

/** `towpath drill`: stages failures in staging and sees whether the promised answer comes. */
export function drill(
  name: "rollback" | "monitoring",
  flags: DrillFlags,
  options: GlobalOptions,
): Promise<number> {
  const limitMs = parseDuration(flags.within);
  return withProject(options, async (project) => {
    const plan = makeTargetPlan(project.kernel, project.config, {
      component: await oneComponent(project, flags),
      trusted: options.trusted,
      drill: { drill: name, environment, sabotages: sabotagesFor(name, project.kernel), limitMs },
    });
    return carryOut(project, plan, options, { needsRecord: true, onConflict: "beside" });
  });
}

/** Monitoring sees what runs in its place, so only a failure that comes after the switch can be noticed by it. */
function sabotagesFor(name: "rollback" | "monitoring", kernel: Kernel): readonly Sabotage[] {
  const offered = kernel.deployers.get(environment)?.deployer.sabotages ?? [];
  const fit = name === "rollback" ? offered : offered.filter((one) => one === "crash-after-requests");
  if (name === "monitoring" && kernel.alerts() === undefined)
    throw new TowpathError("TP5001", {
      message: "no plugin says where alerts arrive",
      fix: ["Configure `monitoring` of gate-operations."],
    });
  if (fit.length > 0 || !kernel.deployers.has(environment)) return fit;
  throw new TowpathError("TP5001", {
    message: `the deployer of ${environment} cannot plant a failure for this drill`,
    fix: ["Use a deployer that can, such as deploy-release."],
  });
}
