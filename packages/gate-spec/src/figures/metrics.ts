import type { Figure } from "@towpath/core";
import type { UnitKind } from "./quantities.ts";

/** Something that specifications state figures of. */
export interface Metric {
  readonly name: string;
  /** The units that its figures have. */
  readonly kinds: readonly UnitKind[];
  /** What a figure means that no word makes a limit. */
  readonly bound: Figure["operator"];
}

/** A mention of a metric in a text. */
export interface Mention {
  readonly metric: Metric;
  readonly start: number;
  readonly end: number;
}

const known: readonly (Metric & { readonly words: string })[] = [
  {
    name: "p",
    words: String.raw`p(\d{2}(?:\.\d{1,2})?)|(\d{2}(?:\.\d{1,2})?)(?:th|st|nd|rd)[ -]percentile`,
    kinds: ["ms"],
    bound: "<=",
  },
  { name: "mutation score", words: "mutation score|kill rate", kinds: ["%"], bound: ">=" },
  { name: "coverage", words: "(?:(?:code|test|line) )*coverage", kinds: ["%", ""], bound: ">=" },
  { name: "uptime", words: "uptime|availability", kinds: ["%"], bound: ">=" },
  { name: "pass rate", words: "pass(?:ing)?[ -]rate", kinds: ["%"], bound: ">=" },
  { name: "success rate", words: "success[ -]rate", kinds: ["%"], bound: ">=" },
  { name: "error rate", words: "(?:error|failure)[ -]rate", kinds: ["%"], bound: "<=" },
  { name: "hit rate", words: "hit[ -](?:rate|ratio)", kinds: ["%"], bound: ">=" },
  {
    name: "recovery time",
    words: "(?:recovery|restore|restart)[ -]time|rto|mttr",
    kinds: ["ms"],
    bound: "<=",
  },
  { name: "startup time", words: "start-?up(?: time)?", kinds: ["ms"], bound: "<=" },
  { name: "latency", words: "latency|response[ -]times?", kinds: ["ms"], bound: "<=" },
  { name: "throughput", words: "throughput", kinds: ["/s"], bound: ">=" },
  { name: "memory", words: "memory(?: (?:usage|use|footprint|consumption))?|rss", kinds: ["B"], bound: "<=" },
  { name: "cpu", words: "cpu(?: (?:usage|use|load))?", kinds: ["%"], bound: "<=" },
  { name: "complexity", words: "(?:cyclomatic )?complexity", kinds: [""], bound: "<=" },
  { name: "timeout", words: "time-?out", kinds: ["ms"], bound: "=" },
];

const mention = new RegExp(
  `(?<![\\w-])(?:${known.map(({ words }) => `(${words})`).join("|")})(?![\\w-])`,
  "gi",
);

/**
 * The metrics that a text mentions, in its order. A percentile is a metric of its own, and what follows it only says
 * of what: `p95 latency` is `p95`.
 * @example mentionsIn("p95 latency").map(({ metric }) => metric.name) // ["p95"]
 */
export function mentionsIn(text: string): readonly Mention[] {
  const mentions: Mention[] = [];
  for (const match of text.matchAll(mention)) {
    const start = match.index;
    const end = start + match[0].length;
    const metric = metricOf(match);
    const last = mentions.at(-1);
    const joined = last !== undefined && /^ ?$/.test(text.slice(last.end, start));
    if (metric === undefined) continue;
    if (joined && isPercentile(last.metric)) mentions[mentions.length - 1] = { ...last, end };
    else if (joined && isPercentile(metric))
      mentions[mentions.length - 1] = { metric, start: last.start, end };
    else mentions.push({ metric, start, end });
  }
  return mentions;
}

/** Whether figures of a metric can have a unit. */
export function fits({ kinds }: Metric, kind: UnitKind): boolean {
  return kinds.includes(kind);
}

function metricOf(match: RegExpExecArray): Metric | undefined {
  // The first pattern has two groups of its own.
  const [, percentile, digits, ordinal, ...others] = match;
  if (percentile !== undefined) {
    const [{ kinds, bound } = unknown] = known;
    return { name: `p${digits ?? ordinal ?? ""}`, kinds, bound };
  }
  return known[others.findIndex((group) => group !== undefined) + 1];
}

const unknown: Metric = { name: "", kinds: [], bound: "=" };

function isPercentile({ name }: Metric): boolean {
  return /^p\d/.test(name);
}
