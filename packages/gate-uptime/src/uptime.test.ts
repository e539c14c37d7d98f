import type { Sample } from "@towpath/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowedDown, budgetBurnt, uptimeOf, type UptimeQuestion } from "./uptime.ts";

type Seen = Pick<Sample, "t" | "state">;

const day = 86_400_000;
const t0 = Date.UTC(2026, 0, 1);
const week: UptimeQuestion = {
  windowMs: 7 * day,
  intervalMs: 30_000,
  target: 99.5,
  mode: "strict",
  since: t0,
  now: t0 + 7 * day,
};

/** A sample for each interval between two times. */
function probes(
  { intervalMs, since, now }: UptimeQuestion,
  state: (index: number) => Sample["state"] | undefined,
) {
  const samples: Seen[] = [];
  for (let index = 0, t = since; t < now; index += 1, t += intervalMs) {
    const said = state(index);
    if (said !== undefined) samples.push({ t, state: said });
  }
  return samples;
}

describe("the budget", () => {
  const fine = { ...week, intervalMs: 24_000 };

  it("is 3,024 s of a week at 99.5 %, to the second", () => {
    expect(allowedDown(fine) * 24).toBe(3_024);
    const spent = uptimeOf(
      probes(fine, (index) => (index < 126 ? "down" : "up")),
      fine,
    );
    expect(spent).toMatchObject({ answer: "passed", expected: 25_200, strict: 99.5, down: 126 });
    const over = uptimeOf(
      probes(fine, (index) => (index < 127 ? "down" : "up")),
      fine,
    );
    expect(over.answer).toBe("burnt");
  });

  it("allows 100 failed probes of 20,160, and not 101", () => {
    expect(allowedDown(week)).toBe(100);
    const failed = (count: number): Seen[] =>
      probes(week, (index) => (index % 200 === 7 && index < 200 * count ? "down" : "up"));
    expect(uptimeOf(failed(100), week)).toMatchObject({ answer: "passed", expected: 20_160, down: 100 });
    expect(uptimeOf(failed(101), week)).toMatchObject({ answer: "burnt", down: 101 });
  });

  it("can be burnt on the first day, and not by what nobody saw", () => {
    const first = { ...week, now: t0 + 7_200_000 };
    expect(
      budgetBurnt(
        probes(first, (index) => (index < 101 ? "down" : "up")),
        first,
      ),
    ).toBe(true);
    expect(
      budgetBurnt(
        probes(first, (index) => (index < 100 ? "down" : "up")),
        first,
      ),
    ).toBe(false);
    expect(
      budgetBurnt(
        probes(first, (index) => (index < 101 ? "unknown" : "up")),
        first,
      ),
    ).toBe(false);
    expect(budgetBurnt([], first)).toBe(false);
  });
});

describe("the window", () => {
  it("is full after seven days, and not an interval earlier", () => {
    const all = probes(week, () => "up");
    expect(uptimeOf(all, week)).toMatchObject({
      answer: "passed",
      full: true,
      strict: 100,
      longestGapMs: 30_000,
    });
    const early = { ...week, now: week.now - 1 };
    expect(uptimeOf(all, early)).toMatchObject({
      answer: "waiting",
      full: false,
      elapsed: 20_159,
      earliestPassAt: week.now,
    });
  });

  it("begins with the first whole interval of the release", () => {
    const late = { ...week, since: t0 + 1, now: t0 + 7 * day };
    expect(
      uptimeOf(
        probes(week, () => "up"),
        late,
      ),
    ).toMatchObject({
      answer: "waiting",
      elapsed: 20_159,
      earliestPassAt: t0 + 7 * day + 30_000,
    });
  });

  it("rolls: what is older than a week no longer counts", () => {
    const later = { ...week, now: t0 + 8 * day };
    const samples = probes(later, (index) => (index < 2_000 ? "down" : "up"));
    expect(uptimeOf(samples, later)).toMatchObject({
      answer: "passed",
      down: 0,
      span: { from: t0 + day },
    });
  });

  it("takes no sample of the future: a clock that was turned back proves nothing", () => {
    const samples = probes({ ...week, now: t0 + 8 * day }, () => "up");
    expect(uptimeOf(samples, { ...week, now: t0 + day })).toMatchObject({
      answer: "waiting",
      elapsed: 2_880,
    });
    expect(uptimeOf(samples, { ...week, now: t0 - day })).toMatchObject({
      answer: "waiting",
      elapsed: 0,
      up: 0,
      earliestPassAt: t0 + 7 * day,
    });
  });

  it("counts an interval once, however often it was probed", () => {
    const half = probes(week, (index) => (index % 2 === 0 ? "up" : undefined));
    const twice = [...half, ...half.map(({ t, state }) => ({ t: t + 10_000, state }))];
    expect(uptimeOf(twice, week)).toMatchObject({ answer: "waiting", strict: 50, coverage: 50 });
  });
});

describe("gaps", () => {
  const outOf = (from: number, to: number): Seen[] =>
    probes(week, (index) => (index >= from && index < to ? undefined : "up"));

  it("are not up: the soak goes on until they have left the window", () => {
    const found = uptimeOf(outOf(1_000, 1_200), week);
    expect(found).toMatchObject({
      answer: "waiting",
      full: true,
      lenient: 100,
      unseen: 200,
      longestGapMs: 201 * 30_000,
    });
    expect(found.gaps).toEqual([{ from: t0 + 1_000 * 30_000, to: t0 + 1_200 * 30_000 }]);
    // 100 of the 200 may stay.
    expect(found.earliestPassAt).toBe(week.now + 1_100 * 30_000);
  });

  it("pass by the lenient mode up to an hour and 5 %", () => {
    const lenient = { ...week, mode: "lenient" } as const;
    expect(uptimeOf(outOf(1_000, 1_119), lenient)).toMatchObject({
      answer: "passed",
      longestGapMs: 3_600_000,
    });
    expect(uptimeOf(outOf(1_000, 1_120), lenient).answer).toBe("waiting");
    const thin = (count: number): Seen[] =>
      probes(week, (index) => (index % 20 === 3 && index < 20 * count ? undefined : "up"));
    expect(uptimeOf(thin(1_008), lenient)).toMatchObject({ answer: "passed", coverage: 95 });
    const more = thin(1_008).filter(({ t }) => t !== t0 + 30_000);
    expect(uptimeOf(more, lenient).answer).toBe("waiting");
  });

  it("at the ends of the window count, too", () => {
    expect(uptimeOf(outOf(0, 119), week).longestGapMs).toBe(3_600_000);
    expect(uptimeOf(outOf(20_041, 20_160), week).longestGapMs).toBe(3_600_000);
  });
});

describe("for any samples", () => {
  const intervalMs = 1_000;
  const state = fc.constantFrom<Sample["state"]>("up", "up", "up", "up", "up", "down", "unknown");
  const question: fc.Arbitrary<UptimeQuestion> = fc.record({
    windowMs: fc.integer({ min: 1, max: 40 }).map((count) => count * intervalMs),
    intervalMs: fc.constant(intervalMs),
    target: fc.constantFrom(50, 90, 99.5, 100),
    mode: fc.constantFrom("strict", "lenient"),
    since: fc.integer({ min: 0, max: 10_000 }).map((ms) => t0 + ms),
    now: fc.integer({ min: -5_000, max: 60_000 }).map((ms) => t0 + ms),
  });
  const strict = question.map((asked) => ({ ...asked, mode: "strict" as const }));
  const sample: fc.Arbitrary<Seen> = fc.record({
    t: fc.integer({ min: -10_000, max: 70_000 }).map((ms) => t0 + ms),
    state,
  });
  const onGrid: fc.Arbitrary<Seen> = fc.record({
    t: fc.integer({ min: -10, max: 70 }).map((slot) => t0 + slot * intervalMs),
    state,
  });
  /** Mostly whole soaks, so that there is something to lose. */
  const soak: fc.Arbitrary<Seen[]> = fc.oneof(
    fc.array(sample, { maxLength: 80 }),
    fc.array(onGrid, { maxLength: 80 }),
    fc
      .tuple(fc.array(fc.nat(80), { maxLength: 4 }), fc.array(onGrid, { maxLength: 3 }))
      .map(([left, more]) => [
        ...Array.from({ length: 80 }, (_, slot): Seen => ({
          t: t0 + (slot - 10) * intervalMs,
          state: "up",
        })).filter((_, slot) => !left.includes(slot)),
        ...more,
      ]),
  );
  const passed = (samples: readonly Seen[], asked: UptimeQuestion): boolean =>
    uptimeOf(samples, asked).answer === "passed";

  it("shuffling and doubling change nothing", () => {
    const property = fc.property(
      soak.chain((samples) =>
        fc.tuple(
          fc.constant(samples),
          fc.shuffledSubarray(samples, { minLength: samples.length }),
          fc.subarray(samples),
        ),
      ),
      question,
      ([samples, shuffled, doubled], asked) => {
        expect(uptimeOf([...shuffled, ...doubled], asked)).toEqual(uptimeOf(samples, asked));
      },
    );
    fc.assert(property, { numRuns: 400 });
  });

  it("removing an up sample never turns no into yes", () => {
    const property = fc.property(soak, fc.nat(), question, (samples, at, asked) => {
      const ups = samples.filter((one) => one.state === "up");
      const gone = ups[at % Math.max(1, ups.length)];
      const fewer = samples.filter((one) => one !== gone);
      return passed(samples, asked) || !passed(fewer, asked);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it("gaps never help: without some intervals, no stays no", () => {
    const property = fc.property(
      soak,
      fc.array(fc.nat(80), { maxLength: 20 }),
      strict,
      (samples, left, asked) => {
        const gone = new Set(left.map((slot) => t0 / intervalMs + slot - 10));
        const fewer = samples.filter(({ t }) => !gone.has(Math.floor(t / intervalMs)));
        return passed(samples, asked) || !passed(fewer, asked);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });

  it("unknown counts no better than nothing, and never as up", () => {
    const property = fc.property(soak, question, fc.nat(), (samples, asked, at) => {
      const without = samples.filter(({ state: said }) => said !== "unknown");
      const one = samples[at % Math.max(1, samples.length)];
      const doubted = samples.map((each) => (each === one ? { ...each, state: "unknown" as const } : each));
      const { up, unseen, elapsed, down } = uptimeOf(samples, asked);
      expect(up + down + unseen).toBe(elapsed);
      return (
        (passed(without, asked) || !passed(samples, asked)) &&
        (one?.state !== "up" || passed(samples, asked) || !passed(doubted, asked))
      );
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it("a clock that goes back cannot make a young release pass", () => {
    const property = fc.property(soak, question, fc.nat(60_000), (samples, asked, back) => {
      const before = { ...asked, now: asked.now - back };
      return before.now - asked.since >= asked.windowMs || !passed(samples, before);
    });
    fc.assert(property, { numRuns: 400 });
  });

  it("all times moved by whole intervals say the same", () => {
    const property = fc.property(
      soak,
      question,
      fc.integer({ min: -1_000, max: 1_000 }),
      (samples, asked, by) => {
        const ms = by * intervalMs;
        const moved = samples.map(({ t, state: said }) => ({ t: t + ms, state: said }));
        const there = uptimeOf(moved, { ...asked, since: asked.since + ms, now: asked.now + ms });
        const here = uptimeOf(samples, asked);
        expect(there).toMatchObject({
          answer: here.answer,
          up: here.up,
          down: here.down,
          strict: here.strict,
        });
        expect(there.earliestPassAt).toBe(here.earliestPassAt + ms);
      },
    );
    fc.assert(property, { numRuns: 400 });
  });

  it("the earliest pass is no promise too early and none too late", () => {
    const property = fc.property(soak, question, (samples, asked) => {
      const { answer, earliestPassAt } = uptimeOf(samples, asked);
      if (answer === "burnt") return;
      const end = Math.floor(asked.now / intervalMs) * intervalMs;
      const past = samples.filter(({ t }) => t < end);
      const future = Array.from({ length: 200 }, (_, slot): Seen => ({
        t: end + slot * intervalMs,
        state: "up",
      }));
      const at = (now: number): boolean => passed([...past, ...future], { ...asked, now });
      expect(at(Math.max(asked.now, earliestPassAt))).toBe(true);
      expect(earliestPassAt > asked.now && at(earliestPassAt - 1)).toBe(false);
      expect(answer === "passed").toBe(earliestPassAt <= asked.now);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it("a burnt budget is never unburnt within its window, and never passes", () => {
    const property = fc.property(soak, question, fc.nat(20_000), (samples, asked, later) => {
      if (!budgetBurnt(samples, asked) || asked.now + later > asked.since + asked.windowMs) return true;
      return budgetBurnt(samples, { ...asked, now: asked.now + later });
    });
    fc.assert(property, { numRuns: 5_000 });
  });
});
