import type { Threshold } from "@towpath/core";
import type { UptimeOptions } from "./options.ts";
import { allowedDown, lenientLimits } from "./uptime.ts";

/** Where the options were set. */
export interface Origins {
  readonly target: string;
  readonly mode: string;
  readonly window: string;
}

/** The figures that a soak must reach. */
export interface Limits {
  readonly uptime: Threshold;
  readonly coverage: Threshold;
  readonly longestGap: Threshold;
  readonly soak: Threshold;
}

/**
 * The thresholds of the options. In strict mode those of coverage and gap say no more than that of the uptime: what it
 * leaves room for.
 */
export function limits(options: UptimeOptions, origins: Origins): Limits {
  const { windowMs, intervalMs, target, mode } = options;
  const strict = mode === "strict";
  const source = strict ? origins.target : origins.mode;
  const since = { ...options, since: 0, now: 0 };
  return {
    uptime: {
      name: strict ? "uptime" : "uptime of what was seen",
      unit: "%",
      operator: ">=",
      threshold: target,
      source: origins.target,
    },
    coverage: {
      name: "coverage by probes",
      unit: "%",
      operator: ">=",
      threshold: strict ? target : lenientLimits.coverage,
      source,
    },
    longestGap: {
      name: "longest gap",
      unit: "s",
      operator: "<=",
      threshold: (strict ? (allowedDown(since) + 1) * intervalMs : lenientLimits.gapMs) / 1_000,
      source,
    },
    soak: {
      name: "soak",
      unit: "s",
      operator: ">=",
      threshold: (Math.floor(windowMs / intervalMs) * intervalMs) / 1_000,
      source: origins.window,
    },
  };
}
