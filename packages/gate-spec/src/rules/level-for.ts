import type { Level, Target } from "@towpath/core";

/**
 * The level of a rule that grows with the target.
 * @example levelFor("staging", "note", "warning", "error") // "warning"
 */
export function levelFor(target: Target, dev: Level, staging: Level, production: Level): Level {
  return { dev, staging, production }[target];
}
