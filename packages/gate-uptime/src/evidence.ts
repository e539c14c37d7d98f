import type { Deployment, Evidence, Finding, GateContext, Measurement, Waiting } from "@towpath/core";
import { withFingerprints } from "@towpath/kit";
import { durationInWords } from "./duration.ts";
import { limits, type Origins } from "./limits.ts";
import type { UptimeOptions } from "./options.ts";
import type { SamplesRead } from "./read-samples.ts";
import { allowedDown, type Span, type Uptime } from "./uptime.ts";

/** What is known of a soak. */
export interface Soak {
  readonly deployment: Deployment;
  readonly options: UptimeOptions;
  readonly origins: Origins;
  readonly uptime: Uptime;
  readonly read: SamplesRead;
}

/** How many gaps and outages stand in the details; the figures count all. */
const mostSpans = 20;

/** Makes evidence of a soak: a finding when its budget is burnt, a wait when time can still decide. */
export async function toEvidence(ctx: GateContext, soak: Soak): Promise<Evidence> {
  const { uptime, read, options } = soak;
  return {
    candidates: uptime.elapsed,
    checked: uptime.up + uptime.down,
    findings: uptime.answer === "burnt" ? await findingsOf(ctx, soak) : [],
    measurements: measurementsOf(soak),
    tool: read.tool,
    ...(uptime.answer === "waiting" ? { waiting: waitingOf(ctx.component.name, soak) } : {}),
    notes: [...notesOf(options, uptime), ...read.notes],
    details: detailsOf(soak),
  };
}

function measurementsOf({ options, origins, uptime }: Soak): readonly Measurement[] {
  const { uptime: share, coverage, longestGap, soak } = limits(options, origins);
  return [
    { ...share, value: options.mode === "strict" ? uptime.strict : uptime.lenient },
    { ...coverage, value: uptime.coverage },
    { ...longestGap, value: uptime.longestGapMs / 1_000 },
    { ...soak, value: (uptime.elapsed * options.intervalMs) / 1_000 },
  ];
}

async function findingsOf(ctx: GateContext, soak: Soak): Promise<readonly Finding[]> {
  const { options, uptime, deployment, read } = soak;
  const { windowMs, intervalMs, target } = options;
  const allowed = allowedDown({ ...options, since: 0, now: 0 });
  const last = uptime.outages.at(-1);
  return withFingerprints(ctx.workspace.root, [
    {
      tool: read.tool.name,
      rule: "uptime-budget",
      level: "error",
      message:
        `${uptime.down} probes of ${deployment.environment} were down (${Math.round((uptime.down * intervalMs) / 1_000)} s); ` +
        `${target} % of ${durationInWords(windowMs)} leave room for ${allowed}` +
        (last === undefined ? "" : `; last ${spanInWords(last)}`),
      fix: { kind: "text", text: "Mend the release; a new digest starts a new window." },
    },
  ]);
}

function waitingOf(component: string, { options, uptime }: Soak): Waiting {
  const { intervalMs, windowMs, source, target } = options;
  const soak = `the soak of ${durationInWords(windowMs)}`;
  const shown = percent(options.mode === "strict" ? uptime.strict : uptime.lenient);
  const words = uptime.full
    ? `${soak} (${shown}, ${target} % are needed; ${shortfall(options, uptime)})`
    : `${soak} (${durationInWords(uptime.elapsed * intervalMs)} so far, ${shown})`;
  return {
    for: words,
    until: uptime.earliestPassAt,
    next: [
      ...(source === "journal" ? [`towpath probe --component ${component}`] : []),
      "towpath resume --due",
    ],
  };
}

/** What keeps a full window from being good, though its budget is not burnt. */
function shortfall({ intervalMs }: UptimeOptions, { gaps, unseen, down }: Uptime): string {
  const longest = gaps.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0];
  const lost = `${durationInWords(down * intervalMs)} were down`;
  if (longest === undefined) return lost;
  const count = gaps.length === 1 ? "1 gap" : `${gaps.length} gaps`;
  return (
    `nobody saw ${durationInWords(unseen * intervalMs)} in ${count}, the longest ${spanInWords(longest)}` +
    (down === 0 ? "" : `; ${lost}`)
  );
}

function notesOf(options: UptimeOptions, uptime: Uptime): readonly string[] {
  const { demo, mode, windowMs, target } = options;
  const notes: string[] = [];
  if (demo)
    notes.push(`a demonstration: ${target} % over ${durationInWords(windowMs)} say nothing about production`);
  if (mode === "lenient")
    notes.push(
      `lenient: what nobody saw is left out; of the whole time ${percent(uptime.strict)} were seen to be up`,
    );
  return notes;
}

function detailsOf({ deployment, options, uptime }: Soak): Readonly<Record<string, unknown>> {
  const { environment, digest, since } = deployment;
  return {
    environment,
    digest,
    since,
    mode: options.mode,
    demo: options.demo,
    windowSeconds: options.windowMs / 1_000,
    intervalSeconds: options.intervalMs / 1_000,
    from: iso(uptime.span.from),
    to: iso(uptime.span.to),
    expected: uptime.expected,
    elapsed: uptime.elapsed,
    up: uptime.up,
    down: uptime.down,
    unseen: uptime.unseen,
    strict: uptime.strict,
    lenient: uptime.lenient,
    coverage: uptime.coverage,
    longestGapSeconds: uptime.longestGapMs / 1_000,
    ...(uptime.answer === "waiting" ? { earliestPassAt: iso(uptime.earliestPassAt) } : {}),
    gaps: { count: uptime.gaps.length, last: uptime.gaps.slice(-mostSpans).map(isoSpan) },
    outages: { count: uptime.outages.length, last: uptime.outages.slice(-mostSpans).map(isoSpan) },
  };
}

/** Cut, not rounded, so that 99.499 % do not look like 99.5. */
function percent(value: number): string {
  return `${Math.floor(value * 100 + 1e-9) / 100} %`;
}

function spanInWords({ from, to }: Span): string {
  return `from ${iso(from)} to ${iso(to)}`;
}

function isoSpan({ from, to }: Span): { readonly from: string; readonly to: string } {
  return { from: iso(from), to: iso(to) };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
