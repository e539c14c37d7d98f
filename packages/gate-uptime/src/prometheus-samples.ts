import { Breakage, type Sample } from "@towpath/core";
import { excerpt, parseReport } from "@towpath/kit";
import { z } from "zod";
import { httpGet } from "./http-get.ts";

/** Which samples are wanted of a Prometheus server. Times in epoch milliseconds, a range of whole intervals. */
export interface PrometheusQuestion {
  /** Address of the server; a path before `/api` is kept. */
  readonly url: string;
  /** Selector of one series of 1 and 0. */
  readonly query: string;
  readonly intervalMs: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly signal: AbortSignal;
}

/** What a Prometheus server has on record, and what it said about its answers. */
export interface PrometheusSamples {
  readonly samples: readonly Pick<Sample, "t" | "state">[];
  readonly notes: readonly string[];
}

/** The server refuses more than 11,000 points of a series at once. */
const mostPoints = 10_000;
const mostBytes = 16 * 1024 * 1024;
const timeoutMs = 30_000;

const matrix = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({
    resultType: z.literal("matrix"),
    result: z.array(z.looseObject({ values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
  warnings: z.array(z.string()).optional(),
});
const failure = z.looseObject({ status: z.literal("error"), errorType: z.string(), error: z.string() });

/**
 * Reads samples by `/api/v1/query_range`: for each interval the lowest value that was scraped in it, and how many were.
 * Both must tell of the same intervals. A plain range query would fill gaps of up to 5 minutes with old values.
 * @throws {Breakage} `network` when the server does not answer, `tool-config` when it refuses the query or the query
 * selects several series, `parse` when its answer has an unknown form or holds other values than 0 and 1, `mismatch`
 * when values and counts contradict each other
 */
export async function prometheusSamples(question: PrometheusQuestion): Promise<PrometheusSamples> {
  const { intervalMs, from, to } = question;
  const samples: Pick<Sample, "t" | "state">[] = [];
  const notes = new Set<string>();
  const chunkMs = mostPoints * intervalMs;
  for (let start = from; start < to; start += chunkMs) {
    const part = { ...question, from: start, to: Math.min(to, start + chunkMs) };
    const lowest = await rangeOf(part, "min_over_time");
    const counts = await rangeOf(part, "count_over_time");
    for (const note of [...lowest.notes, ...counts.notes]) notes.add(note);
    const same = lowest.points.size === counts.points.size;
    for (const [slot, value] of lowest.points) {
      const state = stateOf(value, question.query);
      const count = counts.points.get(slot) ?? 0;
      if (!same || !(count >= 1)) {
        const when = new Date(slot * intervalMs).toISOString();
        throw new Breakage("mismatch", {
          message: `prometheus gives ${lowest.points.size} values and ${counts.points.size} counts of one series, near ${when}`,
          why: "A value of an interval without a scrape is an old one: what was up then is unknown.",
        });
      }
      samples.push({ t: slot * intervalMs, state });
    }
    if (!same && lowest.points.size === 0)
      throw new Breakage("mismatch", {
        message: `prometheus gives no values, but ${counts.points.size} counts`,
      });
  }
  return { samples, notes: [...notes] };
}

function stateOf(value: number, query: string): "up" | "down" {
  if (value === 1) return "up";
  if (value === 0) return "down";
  throw new Breakage("parse", {
    message: `the series ${query} has the value ${value}`,
    why: "Only 1 (up) and 0 (down) say whether the release was up.",
    fix: ["Select a series such as probe_success or up."],
  });
}

/** The values of a function over each interval, by the number of the interval. */
async function rangeOf(
  question: PrometheusQuestion,
  call: "min_over_time" | "count_over_time",
): Promise<{ readonly points: ReadonlyMap<number, number>; readonly notes: readonly string[] }> {
  const { query, intervalMs, from, to } = question;
  const url = new URL(`${question.url.replace(/\/+$/, "")}/api/v1/query_range`);
  // A range reaches back from its time; the last millisecond of an interval sees it and no other.
  const at = (end: number): string => ((end - 1) / 1_000).toFixed(3);
  url.search = new URLSearchParams({
    query: `${call}(${query}[${intervalMs}ms])`,
    start: at(from + intervalMs),
    end: at(to),
    step: (intervalMs / 1_000).toFixed(3),
  }).toString();
  const { data, warnings = [] } = parseReport(
    matrix,
    await ask(url, question.signal),
    "the answer of prometheus",
  );
  const [series, ...others] = data.result;
  if (others.length > 0)
    throw new Breakage("tool-config", {
      message: `${query} selects ${data.result.length} series`,
      why: "Which of them tells of this release is unknown.",
      fix: ["Narrow the selector by labels until it selects one series."],
    });
  const points = new Map<number, number>();
  for (const [seconds, value] of series?.values ?? [])
    points.set(Math.floor(Math.round(seconds * 1_000) / intervalMs), Number(value));
  return { points, notes: warnings.map((text) => `prometheus: ${excerpt(text, 200)}`) };
}

async function ask(url: URL, signal: AbortSignal): Promise<string> {
  const place = `${url.origin}${url.pathname}`;
  const answer = await httpGet(url, { timeoutMs, signal, mostBytes });
  if (signal.aborted)
    throw new Breakage("cancelled", { message: "the question to prometheus was cancelled" });
  if ("problem" in answer)
    throw new Breakage("network", {
      message: `prometheus does not answer: ${excerpt(answer.problem, 200)}`,
      where: [place],
    });
  const { status, body, cut } = answer;
  if (cut) throw new Breakage("parse", { message: `prometheus answers more than ${mostBytes} bytes` });
  if (status === 200) return body;
  const kind = status >= 400 && status < 500 ? "tool-config" : "network";
  throw new Breakage(kind, {
    message: `prometheus answers with status ${status}`,
    why: reasonIn(body),
    where: [place],
  });
}

function reasonIn(body: string): string {
  try {
    const { errorType, error } = failure.parse(JSON.parse(body));
    return excerpt(`${errorType}: ${error}`, 500);
  } catch {
    return `It says: ${excerpt(body, 500)}`;
  }
}
