import {
  Breakage,
  defineGate,
  type Evidence,
  type Gate,
  type GateContext,
  type Measurement,
  type Threshold,
} from "@towpath/core";
import { excerpt, withFingerprints, type FindingDraft } from "@towpath/kit";
import { embeddedTool } from "./embedded-tool.ts";
import { fewestAnswers, type Limits, type LoadRequest, type PerformanceOptions } from "./options.ts";
import { measureRounds, type Measured, type RequestTimes } from "./rounds.ts";

/** A request is given up after twice the limit, and never sooner than after so many milliseconds. */
const shortestLimitMs = 10_000;

/** The gate `performance`: how the release that staging runs answers under load. @param sourceOf where a limit was set */
export function performanceGate(
  options: PerformanceOptions,
  sourceOf: (limit: keyof Limits) => string,
): Gate {
  const { limits } = options;
  const names = namesOf(options.requests);
  const p95s = names.map((name): Threshold => ({
    name: `p95 of ${name}`,
    unit: "ms",
    operator: "<=",
    threshold: limits.p95Ms,
    source: sourceOf("p95Ms"),
  }));
  const errorRate: Threshold = {
    name: "error rate",
    unit: "share",
    operator: "<=",
    threshold: limits.errorRate,
    source: sourceOf("errorRate"),
  };
  const perSecond: readonly Threshold[] =
    limits.minPerSecond === undefined
      ? []
      : [
          {
            name: "good answers per second",
            unit: "1/s",
            operator: ">=",
            threshold: limits.minPerSecond,
            source: sourceOf("minPerSecond"),
          },
        ];
  return defineGate({
    name: "performance",
    category: "performance",
    stages: ["production"],
    code: "TP3701",
    executesCode: false,
    subject: "deployment",
    cost: "heavy",
    thresholds: () => [...p95s, errorRate, ...perSecond],
    probe: async () => embeddedTool,
    async check(ctx): Promise<Evidence> {
      const url = addressOf(ctx);
      const requestLimitMs = Math.max(shortestLimitMs, 2 * limits.p95Ms);
      // HTTP costs some 35 ms to load: only where it is used.
      const { measureRound } = await import("./load.ts");
      const measured = await measureRounds(
        () => measureRound({ ...options, url, requestLimitMs }, ctx.signal),
        names.length,
        limits.p95Ms,
      );
      refuseTooFew(measured, names, limits, url);
      const { samples, requests } = measured;
      const rate = goodPerSecond(measured);
      const timed = requests.map((times, index) => ({
        times,
        name: names[index] ?? "",
        threshold: p95s[index],
      }));
      const enough = timed.filter(({ times }) => times.answers >= fewestAnswers);
      const p95Measured = enough.flatMap(({ times, threshold }): readonly Measurement[] =>
        threshold === undefined ? [] : [{ ...threshold, value: shown(times.p95) }],
      );
      const drafts = [
        ...enough.flatMap(({ times, name }) => slowDraft(times, name, limits)),
        ...errorDrafts(measured, names, limits),
        ...rateDraft(rate, limits),
      ];
      return {
        candidates: samples.length,
        checked: samples.length,
        findings: await withFingerprints(ctx.workspace.root, drafts),
        measurements: [
          ...p95Measured,
          { ...errorRate, value: measured.errorRate },
          ...perSecond.map((one): Measurement => ({ ...one, value: rate })),
        ],
        tool: embeddedTool,
        warnings: enough.flatMap(({ times, name }) => unclearWarning(times, name, measured.rounds, limits)),
        notes: [
          `${samples.length} requests in ${measured.rounds} rounds, ${Math.floor(rate)} good answers per second over ${options.connections} connections`,
          ...enough.map(({ times, name }) => figuresOf(times, name)),
        ],
        details: detailsOf(measured, names, rate),
      };
    },
  });
}

/** @throws {Breakage} `environment` when the deployment has no address that can be asked */
function addressOf({ deployment, component }: GateContext): URL {
  const text = deployment?.url;
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  const what = text === undefined ? "does not say where it answers" : `answers at ${excerpt(text, 200)}`;
  throw new Breakage("environment", {
    message: `what staging runs of ${component.name} ${what}`,
    why: "Only a release with an http or https address can be measured.",
    fix: ["Let the deployer of staging tell the address of the release."],
  });
}

/** @throws {Breakage} `network` when there are too few answers to tell anything, unless the errors alone decide */
function refuseTooFew(
  { samples, requests, errorRate, errors }: Measured,
  names: readonly string[],
  limits: Limits,
  url: URL,
): void {
  const decided = samples.filter((sample) => sample.decided).length;
  const short = requests.findIndex(({ answers }) => answers < fewestAnswers);
  const enough = decided >= fewestAnswers && (errorRate > limits.errorRate || short < 0);
  if (enough) return;
  const [about, count] =
    decided < fewestAnswers
      ? [url.origin, decided]
      : [`${names[short] ?? ""} of ${url.origin}`, requests[short]?.answers ?? 0];
  const worst = [...errors.values()].toSorted((a, b) => b.count - a.count).slice(0, 3);
  const reasons = worst.map(
    ({ request, error, count: times }) => `${names[request]}: ${error}, ${times} times`,
  );
  throw new Breakage("network", {
    message: `${about} gave ${count} answers to ${samples.length} requests; at least ${fewestAnswers} are needed to tell how fast they are`,
    ...(reasons.length === 0 ? {} : { why: reasons.join("; ") }),
    fix: [
      "towpath status",
      "Give it more time: raise `durationMs` or `amount` of @towpath/gate-performance.",
    ],
  });
}

function slowDraft({ p95, answers }: RequestTimes, name: string, { p95Ms }: Limits): readonly FindingDraft[] {
  if (p95 <= p95Ms) return [];
  const message = `95 % of ${answers} answers to ${name} were there after ${shown(p95)} ms; at most ${p95Ms} ms are allowed`;
  return [
    draft("slow", "error", message, "Make it faster, or change `limits.p95Ms` if the decision changed."),
  ];
}

function errorDrafts(
  { errors, errorRate, samples }: Measured,
  names: readonly string[],
  limits: Limits,
): readonly FindingDraft[] {
  const level = errorRate > limits.errorRate ? "error" : "warning";
  return [...errors.values()].map(({ request, error, count }) => {
    const message = `${names[request] ?? ""}: ${excerpt(error, 100)} (${count} times of ${samples.length} requests)`;
    return draft(
      "request-error",
      level,
      message,
      "Look into the log of the release at the time of the check.",
    );
  });
}

function rateDraft(rate: number, { minPerSecond = 0 }: Limits): readonly FindingDraft[] {
  if (rate >= minPerSecond) return [];
  const message = `there were ${rate.toFixed(2)} good answers per second; at least ${minPerSecond} are required`;
  return [draft("throughput", "error", message, "Make it faster, or let it answer more requests at a time.")];
}

function unclearWarning(
  { unclear, interval: { low, high } }: RequestTimes,
  name: string,
  rounds: number,
  { p95Ms }: Limits,
): readonly string[] {
  if (!unclear) return [];
  return [
    `the p95 of ${name} is not clearly on one side of ${p95Ms} ms: between ${shown(low)} and ${shown(high)} ms after ${rounds} rounds`,
  ];
}

function figuresOf({ p50, p95, p99, answers, interval: { low, high } }: RequestTimes, name: string): string {
  return `${name}: p50 ${shown(p50)} ms, p95 ${shown(p95)} ms (95 % interval ${shown(low)} to ${shown(high)}), p99 ${shown(p99)} ms of ${answers} answers`;
}

function detailsOf(
  measured: Measured,
  names: readonly string[],
  rate: number,
): Readonly<Record<string, unknown>> {
  const { rounds, seconds, requests, errors } = measured;
  return {
    rounds,
    seconds,
    goodPerSecond: rate,
    requests: requests.map(({ answers, p50, p95, p99, interval }, index) => ({
      request: names[index] ?? "",
      answers,
      ...(answers < fewestAnswers ? {} : { p50, p95, p99, p95Interval: [interval.low, interval.high] }),
    })),
    errors: [...errors.values()].map(({ request, error, count }) => ({
      request: names[request] ?? "",
      error,
      count,
    })),
  };
}

function goodPerSecond({ samples, seconds }: Measured): number {
  const good = samples.filter(({ error }) => error === undefined).length;
  return seconds > 0 ? good / seconds : 0;
}

/** In hundredths, rounded up: what is over a limit is never shown, or judged, as within it. */
function shown(ms: number): number {
  return Math.ceil(ms * 100) / 100;
}

/** `GET /books`, with a number where several have that name. */
function namesOf(requests: readonly LoadRequest[]): readonly string[] {
  const plain = requests.map(({ method, path }) => excerpt(`${method} ${path}`, 120));
  return plain.map((name, index) => {
    const before = plain.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

function draft(rule: string, level: "error" | "warning", message: string, text: string): FindingDraft {
  return { tool: embeddedTool.name, rule, level, message, fix: { kind: "text", text } };
}
