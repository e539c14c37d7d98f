import {
  Breakage,
  type Deployment,
  type GateContext,
  type Sample,
  type ToolInfo,
  version,
} from "@towpath/core";
import { fileSamples } from "./file-samples.ts";
import type { UptimeOptions } from "./options.ts";
import { prometheusSamples } from "./prometheus-samples.ts";
import { windowStart, type UptimeQuestion } from "./uptime.ts";

/** What a source has on record of a release. */
export interface SamplesRead {
  readonly samples: readonly Pick<Sample, "t" | "state">[];
  readonly tool: ToolInfo;
  readonly notes: readonly string[];
}

/**
 * Reads the samples of a release in its window, from where the options say.
 * @throws {Breakage} when the source cannot be read
 */
export async function readSamples(
  ctx: GateContext,
  { environment, digest }: Deployment,
  options: Pick<UptimeOptions, "source">,
  question: UptimeQuestion,
): Promise<SamplesRead> {
  const { source } = options;
  const { intervalMs, now } = question;
  const from = windowStart(question);
  if (source === "journal") {
    return {
      samples: await ctx.records.samples({ environment, digest, from }),
      tool: { name: "towpath", version, engine: "journal", via: "embedded" },
      notes: [],
    };
  }
  if ("file" in source) {
    const { name: component } = ctx.component;
    return {
      samples: await fileSamples({
        root: ctx.workspace.root,
        file: source.file,
        of: { component, environment, digest },
      }),
      tool: { name: "towpath", version, engine: "file", via: "embedded" },
      notes: [`the samples are those of ${source.file}, whoever wrote them`],
    };
  }
  const { url, query } = source.prometheus;
  const { samples, notes } = await prometheusSamples({
    url,
    query,
    intervalMs,
    from: Math.ceil(from / intervalMs) * intervalMs,
    to: Math.floor(now / intervalMs) * intervalMs,
    signal: ctx.signal,
  });
  return {
    samples,
    tool: { name: "prometheus", version: "API v1", via: "option" },
    notes: [
      ...notes,
      "prometheus does not say which release answered; what was scraped since the deploy counts",
    ],
  };
}

/** What the gate was not told: there is nothing to judge. */
export function nothingSampled(
  component: string,
  { environment }: Deployment,
  { source }: Pick<UptimeOptions, "source">,
): Breakage {
  const where = source === "journal" ? "the journal" : "file" in source ? source.file : "prometheus";
  return new Breakage("no-input", {
    message: `${where} holds no sample of ${component} in ${environment} that says up or down`,
    why: "Whether the release was up is unknown until somebody looks.",
    fix:
      source === "journal"
        ? [`towpath probe --component ${component}`]
        : ["Let the prober look at this release.", "Check `source` of @towpath/gate-uptime."],
  });
}
