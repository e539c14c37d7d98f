import type { GlobalOptions } from "../global-options.ts";
import { parseEnvironment } from "./parse-environment.ts";
import { run } from "./run.ts";

/** The flags of `promote`. */
export interface PromoteFlags {
  readonly to: string;
  readonly wait?: boolean;
  readonly supersede?: boolean;
}

/**
 * `towpath promote`: only the stage of an environment. Everything before it counts by what is stored: nothing of it is
 * measured again.
 */
export function promote(component: string, flags: PromoteFlags, options: GlobalOptions): Promise<number> {
  const { to, ...rest } = flags;
  const environment = parseEnvironment(to);
  const stage = { target: environment, from: environment };
  return run({ ...rest, ...stage, component, fix: false, agent: false, cache: true }, options);
}
