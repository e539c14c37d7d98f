import type { Sample } from "@towpath/core";

/** What is asked of the samples. Times in epoch milliseconds, durations in milliseconds. */
export interface UptimeQuestion {
  readonly windowMs: number;
  readonly intervalMs: number;
  /** In percent. */
  readonly target: number;
  readonly mode: "strict" | "lenient";
  /** When the release took its place. Nothing before counts. */
  readonly since: number;
  readonly now: number;
}

/** A stretch of time in epoch milliseconds; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What the samples say. Percentages are of the part of the window that has passed. */
export interface Uptime {
  /**
   * `passed`: the window is full and good. `burnt`: so many probes were down that it cannot become good. `waiting`:
   * neither.
   */
  readonly answer: "passed" | "burnt" | "waiting";
  /** Whether the release has been in its place for the whole window. */
  readonly full: boolean;
  /** Probes of a whole window: one for each interval. */
  readonly expected: number;
  /** Probes that were due so far. */
  readonly elapsed: number;
  readonly up: number;
  readonly down: number;
  /** Nobody can say, or nobody looked. */
  readonly unseen: number;
  /** Up of all that were due, in percent. */
  readonly strict: number;
  /** Up of all that were seen, in percent; 0 when nothing was. */
  readonly lenient: number;
  /** Seen of all that were due, in percent. */
  readonly coverage: number;
  /** Longest distance between two probes that saw something, to the interval. */
  readonly longestGapMs: number;
  /** Earliest time at which the answer can be `passed`, if all is well from now on. */
  readonly earliestPassAt: number;
  /** The part of the window that has passed. */
  readonly span: Span;
  /** Where nothing was seen, oldest first. */
  readonly gaps: readonly Span[];
  /** Where probes were down, oldest first. */
  readonly outages: readonly Span[];
}

/** What lenient mode asks of the gaps. */
export const lenientLimits: { readonly coverage: number; readonly gapMs: number } = {
  coverage: 95,
  gapMs: 3_600_000,
};

/** The worst of what was said about an interval counts, so the order is that of badness. */
const missing = 0;
const up = 1;
const unknown = 2;
const down = 3;
const stateOf = { up, unknown, down } as const;

interface Tally {
  readonly due: number;
  readonly up: number;
  readonly down: number;
  readonly longestGap: number;
}

/**
 * What samples say about a release's uptime. Time is cut into intervals that begin at the epoch; each that lies wholly
 * between the start of the window and now counts once, by the worst that was said about it. An interval without a
 * sample, or with an unknown one, is not up. Samples of other times are passed over.
 * @param samples of one release, in any order
 * @example uptimeOf(samples, { windowMs: 604_800_000, intervalMs: 30_000, target: 99.5, mode: "strict", since, now }).answer
 */
export function uptimeOf(samples: readonly Pick<Sample, "t" | "state">[], question: UptimeQuestion): Uptime {
  const { intervalMs } = question;
  const expected = probesIn(question);
  const { first, last } = windowOf(question);
  const slots = new Uint8Array(Math.max(0, last - first + 1));
  for (const { t, state } of samples) {
    const slot = Math.floor(t / intervalMs) - first;
    if (slot < 0 || slot >= slots.length) continue;
    slots[slot] = Math.max(slots[slot] ?? missing, stateOf[state]);
  }
  const tally = tallyOf(slots);
  const seen = tally.up + tally.down;
  const full = slots.length === expected;
  const timeOf = (slot: number): number => (first + slot) * intervalMs;
  const burnt = share(expected - tally.down, expected) < question.target;
  const passed = full && passes(tally, question);
  return {
    answer: burnt ? "burnt" : passed ? "passed" : "waiting",
    full,
    expected,
    elapsed: slots.length,
    up: tally.up,
    down: tally.down,
    unseen: slots.length - seen,
    strict: share(tally.up, slots.length),
    lenient: share(tally.up, seen),
    coverage: share(seen, slots.length),
    longestGapMs: tally.longestGap * intervalMs,
    earliestPassAt: (last + 1 + slotsToPass(slots, question)) * intervalMs,
    span: { from: timeOf(0), to: timeOf(slots.length) },
    gaps: spans(slots, (state) => state === missing || state === unknown, timeOf),
    outages: spans(slots, (state) => state === down, timeOf),
  };
}

/** Whether so many probes were down that the window cannot become good, whatever comes: no need to wait for its end. */
export function budgetBurnt(
  samples: readonly Pick<Sample, "t" | "state">[],
  question: UptimeQuestion,
): boolean {
  return uptimeOf(samples, question).answer === "burnt";
}

/** Time in epoch milliseconds from which samples are needed. */
export function windowStart(question: UptimeQuestion): number {
  return Math.max(question.since, windowOf(question).first * question.intervalMs);
}

/** How many probes may fail in a whole window. */
export function allowedDown({ windowMs, intervalMs, target }: UptimeQuestion): number {
  const expected = probesIn({ windowMs, intervalMs });
  // The quotient may be off by a rounding; the rule itself says which side is right.
  let allowed = Math.floor((expected * (100 - target)) / 100) + 1;
  while (allowed > 0 && share(expected - allowed, expected) < target) allowed -= 1;
  return allowed;
}

function probesIn({ windowMs, intervalMs }: Pick<UptimeQuestion, "windowMs" | "intervalMs">): number {
  return Math.floor(windowMs / intervalMs);
}

/** First and last interval of the window that have wholly passed since the release took its place. */
function windowOf(question: UptimeQuestion): { readonly first: number; readonly last: number } {
  const { intervalMs, since, now } = question;
  const last = Math.floor(now / intervalMs) - 1;
  return { first: Math.max(Math.ceil(since / intervalMs), last - probesIn(question) + 1), last };
}

/** In this order the division is the only rounding, so that 99.5 % of 25,200 are 25,074 exactly. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

function passes({ due, up: ups, down: downs, longestGap }: Tally, question: UptimeQuestion): boolean {
  const { mode, target, intervalMs } = question;
  if (mode === "strict") return share(ups, due) >= target;
  return (
    share(ups, ups + downs) >= target &&
    share(ups + downs, due) >= lenientLimits.coverage &&
    longestGap * intervalMs <= lenientLimits.gapMs
  );
}

/** @param ahead intervals to come in which the release is up */
function tallyOf(slots: Uint8Array, ahead = 0): Tally {
  let ups = ahead;
  let downs = 0;
  let gap = 0;
  let longest = 0;
  for (const state of slots) {
    const seen = state === up || state === down;
    if (state === up) ups += 1;
    if (state === down) downs += 1;
    gap = seen ? 0 : gap + 1;
    longest = Math.max(longest, gap);
  }
  return { due: slots.length + ahead, up: ups, down: downs, longestGap: longest + 1 };
}

/**
 * How many intervals must pass, with the release up, until the window is full and good. Each takes the oldest out of a
 * full window and puts a good one in, so a window that is good stays so, and the search may halve.
 */
function slotsToPass(slots: Uint8Array, question: UptimeQuestion): number {
  const expected = probesIn(question);
  const toFull = stillDue(question, expected);
  let low = toFull;
  let high = toFull + expected;
  while (low < high) {
    const ahead = Math.floor((low + high) / 2);
    const kept = Math.max(0, expected - ahead);
    const tally = tallyOf(slots.subarray(Math.max(0, slots.length - kept)), Math.min(ahead, expected));
    if (passes(tally, question)) high = ahead;
    else low = ahead + 1;
  }
  return low;
}

function stillDue(question: UptimeQuestion, expected: number): number {
  const { last } = windowOf(question);
  return Math.max(0, Math.ceil(question.since / question.intervalMs) + expected - 1 - last);
}

function spans(
  slots: Uint8Array,
  belongs: (state: number) => boolean,
  timeOf: (slot: number) => number,
): readonly Span[] {
  const found: Span[] = [];
  let begun: number | undefined;
  for (const [slot, state] of slots.entries()) {
    if (belongs(state)) begun ??= slot;
    else if (begun !== undefined) {
      found.push({ from: timeOf(begun), to: timeOf(slot) });
      begun = undefined;
    }
  }
  if (begun !== undefined) found.push({ from: timeOf(begun), to: timeOf(slots.length) });
  return found;
}
