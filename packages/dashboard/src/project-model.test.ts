import { memoryJournal, type Change, type Journal } from "@towpath/core";
import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { demoJournal, demoNow, demoPlan, stamp } from "../test/demo-journal.ts";
import { applyChange, mostRuns, resultKey } from "./apply-change.ts";
import type { DashboardModel } from "./model.ts";
import { createProjection, dashboardModel, runsOf, type ModelSource } from "./project-model.ts";

const source = (journal: Journal, changes: Partial<ModelSource> = {}): ModelSource => ({
  journal,
  project: "shop",
  components: ["shop"],
  now: demoNow,
  ...changes,
});

/** Every string of a value. */
function strings(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(strings);
}

describe("the model", () => {
  const model = dashboardModel(source(demoJournal()));

  it("has the runs, oldest first, with what blocks the last one and what to do", () => {
    expect(model.runs).toHaveLength(40);
    expect(model.runs.map(({ startedAt }) => startedAt)).toEqual(
      model.runs.map(({ startedAt }) => startedAt).toSorted((a, b) => a - b),
    );
    const last = model.runs.at(-1);
    expect(last?.outcomes.filter(({ verdict }) => verdict !== "passed").map(({ gate }) => gate)).toEqual([
      "lint",
      "complexity",
      "dependencies",
    ]);
    expect(last?.next).toEqual(["towpath check lint complexity --component shop --target staging"]);
    expect(last?.pauses.map(({ durationMs }) => durationMs)).toEqual([2_000, 4_000]);
  });

  it("knows the last result of each gate for each component and target, and every finding that is named", () => {
    const keys = model.results.map(resultKey);
    expect(new Set(keys).size).toBe(keys.length);
    const lint = model.results.find(
      ({ gate, component, target }) => `${gate}/${component}/${target}` === "lint/shop/staging",
    );
    expect(lint).toMatchObject({ verdict: "failed", run: "r0040", found: 2 });
    const known = new Set(model.findings.map(({ id }) => id));
    const named = [...model.results, ...model.runs.flatMap(({ outcomes }) => outcomes)].flatMap(
      ({ findings }) => findings,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  it("says how mature a component is, and what it needs", () => {
    const shop = model.components.find(({ name }) => name === "shop");
    const staging = shop?.maturity.find(({ target }) => target === "staging");
    expect(staging?.criteria).toHaveLength(13);
    expect(staging?.criteria.filter(({ met }) => !met).map(({ gate }) => gate)).toEqual([
      "lint",
      "complexity",
      "dependencies",
    ]);
    expect(shop?.maturity.find(({ target }) => target === "production")?.criteria).toEqual([]);
    expect(shop?.environments[0]).toMatchObject({ environment: "staging", verified: true });
    expect(shop?.environments[0]?.probes).toMatchObject({ down: expect.any(Number), unknown: 0 });
  });

  it("does not count by a run that ended before the last stage of its target", () => {
    const journal = demoJournal();
    const plan = demoPlan("shop", "staging");
    const part = { ...plan, stages: plan.stages.slice(0, -1) };
    journal.commit({
      begin: {
        id: "part",
        plan: part,
        startedAt: demoNow,
        epoch: 1,
        status: "closed",
        exit: 0,
        changedAt: demoNow,
      },
    });
    const shop = dashboardModel(source(journal)).components.find(({ name }) => name === "shop");
    const staging = shop?.maturity.find(({ target }) => target === "staging");
    expect(staging).toMatchObject({ run: "r0040" });
    expect(staging?.criteria).toHaveLength(13);
  });

  it("counts what was never measured as not met, with the command that measures it", () => {
    const [shop] = dashboardModel(source(demoJournal({ runs: 1 }))).components;
    const { criteria = [] } = shop?.maturity.find(({ target }) => target === "staging") ?? {};
    expect(criteria.find(({ gate }) => gate === "integration")).toEqual({
      gate: "integration",
      stage: "staging",
      verdict: "missing",
      met: false,
      todo: "towpath check integration --component shop --target staging",
    });
    expect(criteria.filter(({ met }) => met)).toHaveLength(8);
  });

  it("marks what a session says about files that changed, and nothing without a comparison", () => {
    const stale = (one: DashboardModel): number =>
      one.sessions.flatMap(({ messages }) => messages).filter((message) => message.stale.length > 0).length;
    expect(stale(model)).toBe(0);
    const paths = { "src/shop/prices.py": "another" };
    expect(stale(dashboardModel(source(demoJournal(), { current: () => ({ paths }) })))).toBeGreaterThan(10);
  });

  it("holds 500 runs and counts the older ones", () => {
    const many = dashboardModel(source(demoJournal({ runs: mostRuns + 7 })));
    expect(many.runs).toHaveLength(mostRuns);
    expect(many.runs[0]?.run).toBe("r0008");
    expect(many.older).toMatchObject({ count: 7 });
  });

  it("has no character that moves a cursor, hides or reorders text, wherever it comes from", () => {
    const hostile = "\u001b[31m\u0007\u202e\u200b\u0000\r";
    const seen = strings(dashboardModel(source(demoJournal({ text: hostile }))));
    expect(seen.some((text) => text.includes("<U+202E>"))).toBe(true);
    // oxlint-disable-next-line no-control-regex -- control characters are what it is about
    expect(seen.filter((text) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u200b]/.test(text))).toEqual(
      [],
    );
  });

  it("leaves out what is too long, and says so", () => {
    const longest = Math.max(
      ...strings(dashboardModel(source(demoJournal({ runs: 4, text: "x".repeat(50_000) })))).map(
        ({ length }) => length,
      ),
    );
    expect(longest).toBeLessThan(5_000);
  });

  it("says that facts were edited, and shows none of them", () => {
    const journal = demoJournal({ runs: 4 });
    const log = journal.facts("shop");
    const broken = {
      ...log,
      entries: log.entries.map((entry) => ({ ...entry, body: entry.body.replace("verified", "deployed") })),
    };
    const [shop] = dashboardModel(source({ ...journal, facts: () => broken })).components;
    expect(shop?.trouble).toContain("not whole");
    expect(shop?.environments).toEqual([]);
  });
});

describe("a change", () => {
  it("brings a model to what a new one would be, wherever it began, and changes nothing the second time", () => {
    const changes: Change[] = [];
    const whole = demoJournal({
      runs: 12,
      into: { ...memoryJournal(), commit: (change) => void changes.push(change) },
    });
    void whole;
    assert(
      property(integer({ min: 0, max: changes.length }), integer({ min: 1, max: 5 }), (start, step) => {
        const journal = memoryJournal();
        for (const change of changes.slice(0, start)) journal.commit(change);
        const projection = createProjection(journal);
        let model = projection.model(source(journal), projection.load());
        for (let at = start; at < changes.length; at += step) {
          for (const change of changes.slice(at, at + step)) journal.commit(change);
          const events = journal.events({ after: model.position });
          const change = projection.change(source(journal), runsOf(events), true);
          const position = events.at(-1)?.position ?? model.position;
          model = applyChange(model, change, position);
          expect(sorted(applyChange(model, change, position))).toEqual(sorted(model));
        }
        // Facts that came with no event are looked at by themselves.
        model = applyChange(
          model,
          { at: demoNow, runs: [], results: [], findings: [], ...projection.surroundings(source(journal)) },
          model.position,
        );
        expect(sorted(model)).toEqual(sorted(dashboardModel(source(journal))));
      }),
      { numRuns: 15 },
    );
  });

  it("misses nothing that another process writes while the model is made", () => {
    const journal = demoJournal({ runs: 5 });
    const last = journal.events({}).at(-1)?.position ?? 0;
    let written = 0;
    const busy: Journal = {
      ...journal,
      events(query) {
        const found = journal.events(query);
        // Of the run that was read first: what it says now is not in the model.
        if (query.run === "r0005" && written < 3) {
          written += 1;
          journal.commit({
            events: [
              {
                run: "r0005",
                event: stamp({ type: "log", gate: "lint", line: `${written}` }, "r0005", 1, demoNow),
              },
            ],
          });
        }
        return found;
      },
    };
    const { position } = dashboardModel(source(busy));
    const missed = journal.events({ after: position }).map((event) => event.position);
    expect(written).toBeGreaterThan(0);
    expect(missed.at(-1)).toBe(last + written);
  });

  it("keeps 500 runs and moves the rest to the older ones", () => {
    const model = dashboardModel(source(demoJournal({ runs: mostRuns })));
    const next = dashboardModel(source(demoJournal({ runs: mostRuns + 2 }))).runs.slice(-2);
    const change = { at: 1, runs: next, results: [], findings: [], components: [], sessions: [] };
    const after = applyChange(model, change, 9);
    expect(after.runs).toHaveLength(mostRuns);
    expect(after.older?.count).toBe(2);
  });

  it("that tells of nothing newer does not take the position back", () => {
    const model = dashboardModel(source(demoJournal({ runs: 3 })));
    const change = { at: 1, runs: [], results: [], findings: [], components: [], sessions: [] };
    expect(applyChange(model, change, 1).position).toBe(model.position);
  });

  it("takes away runs that are no longer on record", () => {
    const model = dashboardModel(source(demoJournal({ runs: 3 })));
    const change = {
      at: 1,
      runs: [],
      results: [],
      findings: [],
      components: [],
      sessions: [],
      known: ["r0003"],
    };
    expect(applyChange(model, change, 0).runs.map(({ run }) => run)).toEqual(["r0003"]);
  });
});

/** The order of what has keys says nothing. */
function sorted(model: DashboardModel): unknown {
  const by = <T>(list: readonly T[], key: (item: T) => string): readonly T[] =>
    list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    ...model,
    results: by(model.results, resultKey),
    findings: by(model.findings, ({ id }) => id),
    components: by(model.components, ({ name }) => name),
    sessions: by(model.sessions, ({ id, component }) => `${component}/${id}`),
  };
}
