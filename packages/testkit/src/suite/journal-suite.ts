import {
  brokenAt,
  isTowpathError,
  resultsIn,
  type Fact,
  type GateResult,
  type Journal,
  type Message,
  type Plan,
  type RunRow,
  type Sample,
  type StepRow,
  type TowpathEvent,
} from "@towpath/core";
import { array, assert, asyncProperty, constantFrom, record, string, uniqueArray } from "fast-check";
import type { TestRunner } from "./test-runner.ts";

/** What a journal's package hands to its suite. */
export interface JournalSuiteOptions {
  /** Stands in the titles. */
  readonly name: string;
  /** Opens a new, empty journal. The suite closes it. */
  open(): Journal | Promise<Journal>;
}

/**
 * Registers the promises that every journal must keep. The test runner is handed in.
 * @example journalSuite({ describe, it, expect }, { name: "memory", open: () => memoryJournal() });
 */
export function journalSuite(runner: TestRunner, { name: title, open }: JournalSuiteOptions): void {
  const { expect } = runner;
  const promise = (what: string, body: (journal: Journal) => void): void => {
    runner.it(what, async () => {
      const journal = await open();
      try {
        body(journal);
      } finally {
        journal.close();
      }
    });
  };

  runner.describe(`the journal ${title}`, () => {
    promise("gives a run back as it was begun, and nothing for one that it does not know", (journal) => {
      const run = runOf("r1", ["cart"], {
        wait: { step: "soak", for: "the soak", until: 9, next: ["wait"] },
      });
      journal.commit({ begin: run });
      expect(journal.run("r1")).toEqual(run);
      expect(journal.run("r2")).toBe(undefined);
      expect(journal.steps("r2")).toEqual([]);
    });

    promise("changes of a run what it is told to, and takes a wait away", (journal) => {
      const run = runOf("r1", ["cart"], { wait: { step: "soak", for: "the soak", next: [] } });
      journal.commit({ begin: run });
      journal.commit({ update: { run: "r1", status: "parked", changedAt: 20 } });
      expect(journal.run("r1")).toEqual({ ...run, status: "parked", changedAt: 20 });
      journal.commit({ update: { run: "r1", status: "closed", exit: 0, epoch: 2, wait: null } });
      expect(journal.run("r1")).toEqual({
        ...runOf("r1", ["cart"]),
        status: "closed",
        exit: 0,
        epoch: 2,
        changedAt: 20,
      });
      expect(journal.runs({ component: "cart", open: true })).toEqual([]);
    });

    promise("refuses to change a run that it does not know, and then writes nothing at all", (journal) => {
      const change = {
        update: { run: "r9", status: "closed" },
        evidence: [resultOf("cart", "lint", 1)],
      } as const;
      expect(codeOf(() => journal.commit(change))).toBe("TP6003");
      expect(journal.evidence("cart").head.seq).toBe(0);
    });

    promise("refuses the one whose run was taken over, and then writes nothing at all", (journal) => {
      journal.commit({ begin: runOf("r1", ["cart"]) });
      journal.commit({ fence: { run: "r1", epoch: 1 }, update: { run: "r1", epoch: 2 } });
      const late = {
        fence: { run: "r1", epoch: 1 },
        steps: [{ run: "r1", step: stepOf("a") }],
        evidence: [resultOf("cart", "lint", 1)],
        events: [eventOf("r1", "late")],
      };
      expect(codeOf(() => journal.commit(late))).toBe("TP6107");
      expect(journal.steps("r1")).toEqual([]);
      expect(journal.evidence("cart").head.seq).toBe(0);
      expect(journal.events({})).toEqual([]);
      journal.commit({ ...late, fence: { run: "r1", epoch: 2 } });
      expect(journal.steps("r1").length).toBe(1);
    });

    promise("lists runs newest first, by component, open ones, and no more than wanted", (journal) => {
      journal.commit({ begin: runOf("r1", ["cart"], { startedAt: 1 }) });
      journal.commit({ begin: runOf("r2", ["cart", "api"], { startedAt: 2 }) });
      journal.commit({ begin: runOf("r3", ["api"], { startedAt: 3 }) });
      journal.commit({ begin: runOf("r4", ["cart"], { startedAt: 4 }) });
      journal.commit({ update: { run: "r1", status: "superseded" } });
      journal.commit({ update: { run: "r3", status: "closed" } });
      const ids = (query?: Parameters<Journal["runs"]>[0]): readonly string[] =>
        journal.runs(query).map(({ id }) => id);
      expect(ids()).toEqual(["r4", "r3", "r2", "r1"]);
      expect(ids({ open: true })).toEqual(["r4", "r2"]);
      expect(ids({ component: "cart" })).toEqual(["r4", "r2", "r1"]);
      expect(ids({ component: "api", open: true })).toEqual(["r2"]);
      expect(ids({ component: "cart", limit: 2 })).toEqual(["r4", "r2"]);
      expect(ids({ component: "carts" })).toEqual([]);
    });

    promise("keeps the last state of each step, in the order in which they came", (journal) => {
      journal.commit({ begin: runOf("r1", ["cart"]) });
      journal.commit({ steps: [{ run: "r1", step: stepOf("b", { state: "intent" }) }] });
      journal.commit({ steps: [{ run: "r1", step: stepOf("a") }] });
      const done = stepOf("b", {
        outcome: { ok: true, value: { "größe\u0000\u2028": [null, 1.5] } },
        attempt: 2,
      });
      journal.commit({ steps: [{ run: "r1", step: done }] });
      expect(journal.steps("r1")).toEqual([done, stepOf("a")]);
    });

    promise("numbers events in their run, and lets a reader go on from a position", (journal) => {
      journal.commit({ events: [eventOf("r1", "a"), eventOf("r2", "b"), eventOf("r1", "c")] });
      journal.commit({ events: [eventOf("r2", "d")] });
      const all = journal.events({});
      expect(all.map(({ event }) => said(event))).toEqual(["a", "b", "c", "d"]);
      expect(all.map(({ run, seq }) => `${run}/${seq}`)).toEqual(["r1/1", "r2/1", "r1/2", "r2/2"]);
      const positions = all.map(({ position }) => position);
      expect(positions.every((position, index) => position > (positions[index - 1] ?? 0))).toBe(true);
      const rest = journal.events({ after: positions[1] ?? 0, limit: 1 });
      expect(rest.map(({ event }) => said(event))).toEqual(["c"]);
      expect(journal.events({ run: "r2" }).map(({ event }) => said(event))).toEqual(["b", "d"]);
      expect(journal.events({ run: "r2", after: positions[1] ?? 0 }).map(({ seq }) => seq)).toEqual([2]);
      expect(journal.brokenEvents("r1")).toBe(undefined);
      expect(journal.brokenEvents("r9")).toBe(undefined);
    });

    promise("chains the results of a component, and knows the last one of a gate", (journal) => {
      journal.commit({ begin: runOf("r1", ["cart"]) });
      const [a, b, c] = [
        resultOf("cart", "lint", 1),
        resultOf("cart", "types", 2),
        resultOf("cart", "lint", 3),
      ];
      journal.commit({ evidence: [a, b, resultOf("api", "lint", 4)] });
      journal.commit({ fence: { run: "r1", epoch: 1 }, evidence: [c] });
      const log = journal.evidence("cart");
      expect(brokenAt(log)).toBe(undefined);
      expect(resultsIn(log)).toEqual([a, b, c]);
      expect(journal.latest("cart", "lint")).toEqual({ result: c, run: "r1" });
      expect(journal.latest("cart", "types")?.result).toEqual(b);
      expect(journal.latest("cart", "docs")).toBe(undefined);
      expect(journal.evidence("shop")).toEqual({ entries: [], head: { seq: 0, sha: "" } });
    });

    promise("chains the facts about a component", (journal) => {
      const facts = [factOf("d1"), factOf("d2")];
      for (const fact of facts) journal.commit({ facts: [{ component: "cart", fact }] });
      const log = journal.facts("cart");
      expect(brokenAt(log)).toBe(undefined);
      expect(log.entries.map(({ body }) => JSON.parse(body))).toEqual(facts);
      expect(journal.facts("api").head.seq).toBe(0);
    });

    promise("keeps messages in their order, for a component or a run of it", (journal) => {
      const [a, b] = [messageOf("r1", "a"), messageOf("r2", "b")];
      journal.commit({ messages: [{ component: "cart", message: a }] });
      journal.commit({
        messages: [
          { component: "cart", message: b },
          { component: "api", message: b },
        ],
      });
      expect(journal.messages("cart")).toEqual([a, b]);
      expect(journal.messages("cart", "r2")).toEqual([b]);
      expect(journal.messages("api")).toEqual([b]);
    });

    promise("gives of several samples at one time the last one written, oldest time first", (journal) => {
      const lone = sampleOf(2, "unknown");
      journal.commit({ samples: [sampleOf(3, "up"), lone] });
      journal.commit({ samples: [sampleOf(1, "up"), sampleOf(3, "down", { ms: 1.25, detail: "HTTP 500" })] });
      journal.commit({
        samples: [sampleOf(1, "down", { digest: "d2" }), { ...lone, environment: "production" }],
      });
      const query = { environment: "staging", digest: "d1" } as const;
      const last = sampleOf(3, "down", { ms: 1.25, detail: "HTTP 500" });
      expect(journal.samples("cart", query)).toEqual([sampleOf(1, "up"), lone, last]);
      expect(journal.samples("cart", { ...query, from: 2 })).toEqual([lone, last]);
      expect(journal.samples("api", query)).toEqual([]);
    });

    promise(
      "opens a breaker after five failures in a row, and a minute later lets one call through",
      (journal) => {
        for (let failure = 1; failure <= 4; failure += 1) journal.settle("lint", false, failure);
        journal.settle("lint", true, 5);
        for (let failure = 6; failure <= 9; failure += 1) journal.settle("lint", false, failure);
        expect(journal.allow("lint", 10)).toBe(true);
        journal.settle("lint", false, 10);
        expect([journal.allow("lint", 11), journal.allow("lint", 60_009)]).toEqual([false, false]);
        expect(journal.allow("types", 11)).toBe(true);
        expect([journal.allow("lint", 60_010), journal.allow("lint", 60_010)]).toEqual([true, false]);
        journal.settle("lint", true, 60_011);
        expect(journal.allow("lint", 60_012)).toBe(true);
      },
    );

    promise("remembers how far a sink has read", (journal) => {
      expect(journal.cursor("dashboard")).toBe(0);
      journal.advance("dashboard", 7);
      journal.advance("otel", 3);
      expect([journal.cursor("dashboard"), journal.cursor("otel")]).toEqual([7, 3]);
    });

    promise("forgets of pruned runs what is not evidence, and never uses a position again", (journal) => {
      for (const id of ["r1", "r2"]) {
        journal.commit({
          begin: runOf(id, ["cart"]),
          steps: [{ run: id, step: stepOf("a") }],
          events: [eventOf(id, "x")],
          evidence: [resultOf("cart", "lint", 1)],
          facts: [{ component: "cart", fact: factOf("d1") }],
          messages: [{ component: "cart", message: messageOf(id, "m") }],
        });
      }
      const last = journal.events({}).at(-1)?.position ?? 0;
      journal.prune(["r2", "r9"]);
      expect(journal.runs().map(({ id }) => id)).toEqual(["r1"]);
      expect([journal.run("r2"), journal.steps("r2"), journal.events({ run: "r2" })]).toEqual([
        undefined,
        [],
        [],
      ]);
      expect([journal.evidence("cart").head.seq, journal.facts("cart").head.seq]).toEqual([2, 2]);
      expect(brokenAt(journal.evidence("cart"))).toBe(undefined);
      expect(journal.messages("cart").length).toBe(2);
      journal.commit({ events: [eventOf("r1", "y")] });
      expect(journal.events({ after: last }).map(({ event }) => said(event))).toEqual(["y"]);
      expect(journal.brokenEvents("r1")).toBe(undefined);
    });

    runner.it("has whole chains of exactly what was written, whatever was written", async () => {
      const component = constantFrom("cart", "api");
      const run = constantFrom("r1", "r2");
      const change = record({
        evidence: array(
          record({ component, gate: constantFrom("lint", "types"), note: string({ unit: "binary" }) }),
        ),
        facts: array(record({ component, digest: string({ unit: "binary" }) })),
        events: array(record({ run, line: string({ unit: "binary" }) })),
        pruned: uniqueArray(run, { maxLength: 1 }),
      });
      await assert(
        asyncProperty(array(change, { maxLength: 8 }), async (changes) => {
          const journal = await open();
          try {
            const written = new Map<string, unknown[]>();
            const add = (key: string, item: unknown): unknown =>
              written.set(key, [...(written.get(key) ?? []), item]);
            for (const { evidence, facts, events, pruned } of changes) {
              const results = evidence.map((item) => resultOf(item.component, item.gate, 1, [item.note]));
              const stated = facts.map((item) => ({ component: item.component, fact: factOf(item.digest) }));
              const told = events.map((item) => eventOf(item.run, item.line));
              journal.commit({ evidence: results, facts: stated, events: told });
              for (const result of results) add(`evidence ${result.component}`, result);
              for (const item of stated) add(`facts ${item.component}`, item.fact);
              for (const item of told) add(`events ${item.run}`, item.event);
              journal.prune(pruned);
              for (const id of pruned) written.delete(`events ${id}`);
            }
            for (const name of ["cart", "api"]) {
              expect(brokenAt(journal.evidence(name))).toBe(undefined);
              expect(resultsIn(journal.evidence(name))).toEqual(written.get(`evidence ${name}`) ?? []);
              expect(brokenAt(journal.facts(name))).toBe(undefined);
              const facts = journal.facts(name).entries.map(({ body }) => JSON.parse(body));
              expect(facts).toEqual(written.get(`facts ${name}`) ?? []);
            }
            for (const id of ["r1", "r2"]) {
              expect(journal.brokenEvents(id)).toBe(undefined);
              const stored = journal.events({ run: id });
              expect(stored.map(({ event }) => event)).toEqual(written.get(`events ${id}`) ?? []);
              expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
            }
          } finally {
            journal.close();
          }
        }),
        { numRuns: 30 },
      );
    });
  });
}

function codeOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return isTowpathError(error) ? error.data.code : String(error);
  }
}

function planOf(components: readonly string[]): Plan {
  return {
    schemaVersion: 1,
    kind: "run",
    target: "dev",
    components: components.map((name) => ({ name, source: [`src/${name}`], tests: [] })),
    stages: [],
    plugins: [],
    trusted: true,
    leftOut: [],
    fix: false,
    reuse: true,
    maxAgeMs: 1,
  };
}

function runOf(id: string, components: readonly string[], more: Partial<RunRow> = {}): RunRow {
  return { id, plan: planOf(components), startedAt: 10, epoch: 1, status: "running", changedAt: 10, ...more };
}

function stepOf(id: string, more: Partial<StepRow> = {}): StepRow {
  return { id, digest: "0", effect: "pure", state: "done", attempt: 1, epoch: 1, ...more };
}

function eventOf(run: string, line: string): { readonly run: string; readonly event: TowpathEvent } {
  return { run, event: { type: "log", seq: 1, at: "2026-01-01T00:00:00.000Z", run, gate: "lint", line } };
}

function said(event: TowpathEvent): string {
  return event.type === "log" ? event.line : event.type;
}

function resultOf(
  component: string,
  gate: string,
  durationMs: number,
  notes: readonly string[] = [],
): GateResult {
  return {
    schemaVersion: 1,
    gate,
    plugin: "@towpath/gate-x",
    category: "code-quality",
    component,
    target: "dev",
    verdict: "passed",
    required: true,
    candidates: 1,
    checked: 1,
    findings: [],
    measurements: [],
    warnings: [],
    notes,
    inputs: { tree: "t", config: "c", policy: "p", environment: "e" },
    startedAt: "2026-01-01T00:00:00.000Z",
    durationMs,
    attempts: 1,
  };
}

function factOf(digest: string): Fact {
  return {
    kind: "deployment",
    at: "2026-01-01T00:00:00.000Z",
    environment: "staging",
    digest,
    state: "deployed",
    current: digest,
  };
}

function messageOf(run: string, content: string): Message {
  return { role: "user", content, at: "2026-01-01T00:00:00.000Z", importance: 1, untrusted: false, run };
}

function sampleOf(t: number, state: Sample["state"], more: Partial<Sample> = {}): Sample {
  return { component: "cart", environment: "staging", digest: "d1", t, state, ...more };
}
