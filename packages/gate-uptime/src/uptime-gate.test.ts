import { memoryJournal, systemClock, type DeploymentFact, type Journal, type Sample } from "@towpath/core";
import { project, runGate } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import uptime, { type UptimeUserOptions } from "./index.ts";

const day = 86_400_000;
const second = 1_000;
const t0 = Date.UTC(2026, 0, 1);
const digest = "a".repeat(64);
const { root } = await project({ "src/foo/a.py": "" });

function deployed(at: number, more: Partial<DeploymentFact> = {}): DeploymentFact {
  return {
    kind: "deployment",
    environment: "staging",
    state: "verified",
    digest,
    current: digest,
    url: "http://127.0.0.1:1",
    at: new Date(at).toISOString(),
    ...more,
  };
}

function journalOf(facts: readonly DeploymentFact[], samples: readonly Sample[] = []): Journal {
  const journal = memoryJournal();
  journal.commit({ facts: facts.map((fact) => ({ component: "foo", fact })), samples });
  return journal;
}

/** A sample every 30 s between two times. */
function probes(
  from: number,
  to: number,
  state: (index: number) => Sample["state"] | undefined = () => "up",
  of: Partial<Sample> = {},
): Sample[] {
  const samples: Sample[] = [];
  for (let index = 0, t = from; t < to; index += 1, t += 30 * second) {
    const said = state(index);
    const about = { component: "foo", environment: "staging", digest } as const;
    if (said !== undefined) samples.push({ ...about, t, state: said, ...of });
  }
  return samples;
}

function check(journal: Journal, now: number, options?: UptimeUserOptions) {
  const clock = { ...systemClock, now: () => now };
  return runGate(uptime(options), "uptime", { root, journal, clock, target: "production" });
}

const figure = (result: Awaited<ReturnType<typeof check>>, name: string): number | undefined =>
  result.measurements.find((one) => one.name === name)?.value;

describe("a soak of seven days", () => {
  const facts = [deployed(t0)];
  const journal = journalOf(facts, probes(t0, t0 + 9 * day));

  it("has just begun in the first five minutes, also before the first probe", async () => {
    for (const age of [0, 60, 299])
      expect(await check(journalOf(facts), t0 + age * second)).toMatchObject({
        verdict: "inconclusive",
        waiting: { until: t0 + 7 * day, next: ["towpath probe --component foo", "towpath resume --due"] },
      });
  });

  it("has no input when nobody probes, and says how to get some", async () => {
    expect(await check(journalOf(facts), t0 + 300 * second)).toMatchObject({
      verdict: "errored",
      error: { kind: "no-input", fix: ["towpath probe --component foo"] },
    });
  });

  it("waits on day 6, and says for what and until when", async () => {
    const result = await check(journal, t0 + 6 * day + 4 * 3_600 * second);
    expect(result).toMatchObject({
      verdict: "inconclusive",
      findings: [],
      waiting: {
        for: "the soak of 7 d (6 d 4 h so far, 100 %)",
        until: t0 + 7 * day,
        next: ["towpath probe --component foo", "towpath resume --due"],
      },
      details: { earliestPassAt: "2026-01-08T00:00:00.000Z" },
    });
  });

  it("passes at the time that it said, and on day 8, with every figure", async () => {
    expect((await check(journal, t0 + 7 * day - 1)).verdict).toBe("inconclusive");
    expect((await check(journal, t0 + 7 * day)).verdict).toBe("passed");
    const result = await check(journal, t0 + 8 * day);
    expect(result).toMatchObject({
      verdict: "passed",
      candidates: 20_160,
      checked: 20_160,
      notes: [],
      warnings: [],
      measurements: [
        { name: "uptime", value: 100, unit: "%", operator: ">=", threshold: 99.5 },
        { name: "coverage by probes", value: 100, threshold: 99.5 },
        { name: "longest gap", value: 30, unit: "s", operator: "<=", threshold: 3_030 },
        { name: "soak", value: 604_800, unit: "s", operator: ">=", threshold: 604_800 },
      ],
    });
    expect(result.measurements.every(({ source }) => source.includes("@towpath/gate-uptime"))).toBe(true);
    expect(result.waiting).toBeUndefined();
  });

  it("proves nothing on a clock that was turned back", async () => {
    expect((await check(journal, t0 + 5 * day)).verdict).toBe("inconclusive");
    expect(await check(journal, t0 - day)).toMatchObject({
      verdict: "errored",
      error: { kind: "environment", message: expect.stringContaining("2025-12-31") },
    });
  });

  it("begins anew with another release", async () => {
    const other = "b".repeat(64);
    const again = journalOf(
      [...facts, deployed(t0 + 8 * day, { digest: other, current: other })],
      probes(t0, t0 + 9 * day),
    );
    expect(await check(again, t0 + 8 * day + 3_600 * second)).toMatchObject({ error: { kind: "no-input" } });
  });

  it("begins anew when the same release comes back", async () => {
    const other = "b".repeat(64);
    const back = journalOf(
      [...facts, deployed(t0 + day, { digest: other, current: other }), deployed(t0 + 2 * day)],
      probes(t0, t0 + 9 * day),
    );
    expect(await check(back, t0 + 8 * day)).toMatchObject({
      verdict: "inconclusive",
      waiting: { until: t0 + 9 * day },
    });
    expect((await check(back, t0 + 9 * day)).verdict).toBe("passed");
  });

  it("counts no sample of production or of another component", async () => {
    const elsewhere = [
      ...probes(t0, t0 + 7 * day, () => "up", { environment: "production" }),
      ...probes(t0, t0 + 7 * day, () => "up", { component: "bar" }),
    ];
    expect(await check(journalOf(facts, elsewhere), t0 + 7 * day)).toMatchObject({
      error: { kind: "no-input" },
    });
  });

  it("has no input when all that was said is that nobody knows", async () => {
    const unknown = journalOf(
      facts,
      probes(t0, t0 + 7 * day, () => "unknown"),
    );
    expect(await check(unknown, t0 + 7 * day)).toMatchObject({
      error: { kind: "no-input", message: expect.stringContaining("that says up or down") },
    });
  });
});

describe("the budget", () => {
  const failing = (count: number): Journal =>
    journalOf(
      [deployed(t0)],
      probes(t0, t0 + 7 * day, (index) => (index % 200 === 5 && index < 200 * count ? "down" : "up")),
    );

  it("allows 100 failed probes of 20,160; the 101st fails", async () => {
    expect((await check(failing(100), t0 + 7 * day)).verdict).toBe("passed");
    const result = await check(failing(101), t0 + 7 * day);
    expect(result).toMatchObject({ verdict: "failed", code: "TP5201" });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]?.message).toContain("101 probes of staging were down");
    expect(result.findings[0]?.message).toContain("leave room for 100");
    expect(result.waiting).toBeUndefined();
  });

  it("fails at once when it is burnt, without a wait for the end", async () => {
    const burnt = journalOf(
      [deployed(t0)],
      probes(t0, t0 + day, (index) => (index < 101 ? "down" : "up")),
    );
    expect(await check(burnt, t0 + 3_600 * second)).toMatchObject({
      verdict: "failed",
      findings: [{ rule: "uptime-budget" }],
    });
  });

  it("gives the finding the same identity whatever the figures are", async () => {
    const one = await check(failing(100 + 1), t0 + 7 * day);
    const burnt = journalOf(
      [deployed(t0)],
      probes(t0, t0 + day, () => "down"),
    );
    const two = await check(burnt, t0 + day);
    expect(two.findings[0]?.fingerprint).toBe(one.findings[0]?.fingerprint);
  });
});

describe("what nobody saw", () => {
  const gappy = journalOf(
    [deployed(t0)],
    probes(t0, t0 + 7 * day, (index) => (index >= 1_000 && index < 1_110 ? undefined : "up")),
  );

  it("makes a full window wait, and is named", async () => {
    const result = await check(gappy, t0 + 7 * day);
    expect(result).toMatchObject({
      verdict: "inconclusive",
      // 100 of the 110 probes that are missing may stay in the window.
      waiting: { until: t0 + 7 * day + 1_010 * 30 * second },
      details: {
        gaps: { count: 1, last: [{ from: "2026-01-01T08:20:00.000Z", to: "2026-01-01T09:15:00.000Z" }] },
      },
    });
    expect(result.waiting?.for).toContain("99.45 %, 99.5 % are needed; nobody saw 55 min in 1 gap");
    expect(result.waiting?.for).toContain("from 2026-01-01T08:20:00.000Z to 2026-01-01T09:15:00.000Z");
  });

  it("passes by the lenient mode, which the result says", async () => {
    const result = await check(gappy, t0 + 7 * day, { mode: "lenient" });
    expect(result.verdict).toBe("passed");
    expect(result.notes.join()).toContain("lenient");
    expect(result.notes.join()).toContain("99.45 %");
    expect(figure(result, "uptime of what was seen")).toBe(100);
    expect(result.measurements).toMatchObject([
      { threshold: 99.5 },
      { threshold: 95 },
      { threshold: 3_600 },
      {},
    ]);
  });

  it("does not pass by the lenient mode with a gap over an hour", async () => {
    const asleep = journalOf(
      [deployed(t0)],
      probes(t0, t0 + 7 * day, (index) => (index >= 1_000 && index < 1_130 ? undefined : "up")),
    );
    expect((await check(asleep, t0 + 7 * day, { mode: "lenient" })).verdict).toBe("inconclusive");
  });

  it("can be unknown beside downs that the budget allows", async () => {
    const both = journalOf(
      [deployed(t0)],
      probes(t0, t0 + 7 * day, (index) => (index < 90 ? "down" : index < 110 ? "unknown" : "up")),
    );
    const result = await check(both, t0 + 7 * day);
    expect(result.verdict).toBe("inconclusive");
    expect(result.waiting?.for).toContain("45 min were down");
  });
});

it("marks every result of a demonstration", async () => {
  const demo: UptimeUserOptions = { window: "90s", interval: "1s", target: 90, demo: true };
  const facts = [deployed(t0)];
  const samples = (count: number, state: Sample["state"] = "up"): Sample[] =>
    Array.from({ length: count }, (_, index) => ({
      component: "foo",
      environment: "staging",
      digest,
      t: t0 + index * second,
      state,
    }));
  for (const [journal, now, verdict] of [
    [journalOf(facts, samples(90)), t0 + 90 * second, "passed"],
    [journalOf(facts, samples(80)), t0 + 80 * second, "inconclusive"],
    [journalOf(facts, samples(10, "down")), t0 + 10 * second, "failed"],
  ] as const) {
    const result = await check(journal, now, demo);
    expect(result.verdict).toBe(verdict);
    expect(result.notes.join()).toContain("a demonstration: 90 % over 1 min 30 s");
  }
});

describe("samples of a file", () => {
  const written = async (text: string, name = "probes.jsonl") => {
    const made = await project({ "src/foo/a.py": "", [name]: text });
    const clock = { ...systemClock, now: () => t0 + 7 * day };
    const options: UptimeUserOptions = { source: { file: name } };
    const journal = journalOf([deployed(t0)]);
    return runGate(uptime(options), "uptime", { root: made.root, journal, clock, target: "production" });
  };

  it("decide like those of the journal, and the result says whose they are", async () => {
    const lines = probes(t0, t0 + 7 * day).map((sample) => `${JSON.stringify(sample)}\n`);
    const result = await written(lines.join(""));
    expect(result).toMatchObject({ verdict: "passed", checked: 20_160, tool: { engine: "file" } });
    expect(result.notes.join()).toContain("those of probes.jsonl");
    const csv = probes(t0, t0 + 7 * day).map(({ t }) => `${new Date(t).toISOString()},true\n`);
    expect((await written(`t,ok\n${csv.join("")}`, "probes.csv")).verdict).toBe("passed");
  });

  it("break the gate when a line cannot be read", async () => {
    const lines = probes(t0, t0 + day).map((sample) => `${JSON.stringify(sample)}\n`);
    lines[41] = '{"t": 1767225600000}\n';
    expect(await written(lines.join(""))).toMatchObject({
      verdict: "errored",
      error: { kind: "parse", where: ["probes.jsonl:42"] },
    });
  });
});
