import {
  Breakage,
  defineGate,
  type Deployment,
  type Gate,
  type GateContext,
  type Threshold,
} from "@towpath/core";
import { toEvidence } from "./evidence.ts";
import type { UptimeOptions } from "./options.ts";
import { nothingSampled, readSamples } from "./read-samples.ts";
import { limits, type Origins } from "./limits.ts";
import { uptimeOf, type UptimeQuestion } from "./uptime.ts";

/** How long a release may run before its first probe, in milliseconds: until then the soak has just begun. */
const firstProbeMs = 5 * 60_000;

/** The gate `uptime` over the release that staging runs. */
export function uptimeGate(options: UptimeOptions, origins: Origins): Gate {
  const { source } = options;
  const thresholds: readonly Threshold[] = Object.values(limits(options, origins));
  return defineGate({
    name: "uptime",
    category: "operations",
    code: "TP5201",
    stages: ["production"],
    subject: "deployment",
    executesCode: false,
    cost: typeof source === "object" && "prometheus" in source ? "network" : "light",
    thresholds: () => thresholds,
    async check(ctx) {
      const deployment = deploymentOf(ctx);
      const question = questionOf(options, deployment, ctx.now());
      const read = await readSamples(ctx, deployment, options, question);
      const uptime = uptimeOf(read.samples, question);
      const unseen = uptime.up + uptime.down === 0;
      if (unseen && question.now - question.since >= firstProbeMs)
        throw nothingSampled(ctx.component.name, deployment, options);
      return toEvidence(ctx, { deployment, options, origins, uptime, read });
    },
  });
}

/**
 * What is asked about a release.
 * @throws {Breakage} `environment` when the clock stands before the deploy
 */
export function questionOf(options: UptimeOptions, { since }: Deployment, now: number): UptimeQuestion {
  const { windowMs, intervalMs, target, mode } = options;
  const begun = Date.parse(since);
  if (Number.isNaN(begun)) throw new Breakage("mismatch", { message: "the time of the deploy is no time" });
  if (now < begun)
    throw new Breakage("environment", {
      message: `the clock says ${new Date(now).toISOString()}, and the release was deployed at ${since}`,
      why: "The clock was turned back, or was wrong at the deploy: how long the release has run is unknown.",
      fix: ["Set the clock.", "If it was wrong at the deploy: deploy again, and the soak begins anew."],
    });
  return { windowMs, intervalMs, target, mode, since: begun, now };
}

function deploymentOf({ component, deployment }: GateContext): Deployment {
  if (deployment !== undefined) return deployment;
  throw new Breakage("no-input", { message: `staging runs no release of ${component.name}` });
}
