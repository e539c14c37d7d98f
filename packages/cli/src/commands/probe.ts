import type { Sample } from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { openEngine } from "../open-engine.ts";
import { printDocument } from "../print-document.ts";
import { proberParts } from "../prober-parts.ts";
import { withProject } from "../project.ts";
import { watchSignals } from "../signals.ts";
import { paintFor } from "../terminal.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseEnvironment } from "./parse-environment.ts";
import { oneComponent } from "./plan-run.ts";

/** The flags of `probe`. */
export interface ProbeFlags {
  readonly component?: string;
  readonly environment: string;
  readonly for?: string;
  readonly once?: boolean;
}

/** `towpath probe`: probes what an environment runs until it is stopped, and writes down what it saw. */
export function probe(flags: ProbeFlags, options: GlobalOptions): Promise<number> {
  const environment = parseEnvironment(flags.environment);
  const limitMs = flags.for === undefined ? undefined : parseDuration(flags.for);
  return withProject(options, async (project) => {
    const component = await oneComponent(project, flags);
    const engine = await openEngine(project.root, true);
    const signals = watchSignals("the prober");
    try {
      const limit = limitMs === undefined ? [] : [AbortSignal.timeout(limitMs)];
      const parts = await proberParts(project, engine.journal, {
        component,
        environment,
        signal: AbortSignal.any([signals.signal, ...limit]),
        onSample: (sample) => show(sample, options),
      });
      const { probeOnce, startProber } = await import("@towpath/gate-uptime");
      if (flags.once !== true) {
        await startProber(parts);
        return 0;
      }
      const { state } = await probeOnce(parts);
      return { up: 0, down: 1, unknown: 3 }[state];
    } finally {
      signals.stop();
      engine.close();
    }
  });
}

function show(sample: Sample, { reporter, color, quiet }: GlobalOptions): void {
  if (printDocument(reporter === "json" ? "ndjson" : reporter, "sample", { ...sample }) || quiet) return;
  const paint = paintFor(color, process.stdout);
  const { state, t, ms, detail = "" } = cleanStrings(sample);
  const tone = { up: "green", down: "red", unknown: "yellow" } as const;
  const took = ms === undefined ? "" : `${ms} ms`;
  process.stdout.write(
    `${new Date(t).toISOString()}  ${paint(tone[state], state.padEnd(7))} ${took.padStart(8)}  ${detail}\n`,
  );
}
