import { describe, expect, it } from "vitest";
import { foo, good, kernelWith, pluginOf, fakeHost } from "../test/in-memory.ts";
import type { ContextStore } from "./context-store.ts";
import { TowpathError } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { journalSessions, mergeMessages } from "./journal-sessions.ts";
import type { Kernel } from "./kernel.ts";
import { memoryJournal } from "./memory-journal.ts";
import type { Plan } from "./plan.ts";
import type { StageReport } from "./report.ts";
import type { Message, Session } from "./session.ts";
import { openSessions, type Sessions } from "./sessions.ts";
import type { StepIO } from "./step.ts";

const plan = { kind: "run", components: [foo] } as unknown as Plan;
const report = (changes: Partial<StageReport> = {}): StageReport => ({
  stage: "testing",
  status: "passed",
  results: [],
  fixes: [],
  durationMs: 1,
  ...changes,
});
const said = (content: string, more: Partial<Message> = {}): Message => ({
  role: "user",
  content,
  at: "2026-11-20T10:00:00.000Z",
  importance: 1,
  untrusted: false,
  ...more,
});
const contents = ({ messages }: Pick<Session, "messages">): readonly string[] =>
  messages.map(({ content }) => content);

/** A store in memory that keeps what is said to it; what it is told to throw, it throws. */
function storeOf(
  initial: readonly Session[] = [],
  broken: Partial<Record<keyof ContextStore, unknown>> = {},
): ContextStore & { readonly sessions: Map<string, Session>; readonly archived: Set<string>; saves: number } {
  const sessions = new Map(initial.map((session) => [session.id, session]));
  const archived = new Set<string>();
  const may = (call: keyof ContextStore): void => {
    if (broken[call] !== undefined) throw broken[call];
  };
  return {
    name: "memory",
    sessions,
    archived,
    saves: 0,
    async load(component) {
      may("load");
      return [...sessions.values()].findLast((one) => one.component === component && !archived.has(one.id));
    },
    async read(id) {
      may("read");
      return sessions.get(id);
    },
    list: async () => [...sessions.keys()].map((id) => ({ id, archived: archived.has(id) })),
    async head() {
      may("head");
      return { messages: [said("head", { role: "system" })], problems: ["a file was left out"] };
    },
    async save(session) {
      may("save");
      this.saves += 1;
      sessions.set(session.id, session);
    },
    async archive(id) {
      may("archive");
      archived.add(id);
    },
    counter: async () => (text) => text.length,
  };
}

interface Opened {
  readonly sessions: Sessions;
  readonly kernel: Kernel;
  readonly warnings: readonly { readonly message: string; readonly code?: string }[];
  /** Does the work of a step, and writes down what it handed over unless it is to be lost. */
  step(work: (io: Pick<StepIO, "message">) => Promise<void>, lost?: boolean): Promise<void>;
}

async function opened(journal: Journal, store?: ContextStore, run = "r1"): Promise<Opened> {
  const kernel = await kernelWith(pluginOf([], (api) => store && api.store(store)));
  const warnings: { message: string; code?: string }[] = [];
  kernel.bus.on("warning", ({ message, code }) => void warnings.push({ message, ...(code && { code }) }));
  const { clock } = fakeHost({ clock: { ...fakeHost().clock, now: clockFrom("2026-11-22T10:00:00Z") } });
  const sessions = await openSessions({ kernel, plan, journal, clock }, run);
  return {
    sessions,
    kernel,
    warnings,
    async step(work, lost = false) {
      const messages: { component: string; message: Message }[] = [];
      await work({ message: (component, message) => void messages.push({ component, message }) });
      if (!lost) journal.commit({ messages });
    },
  };
}

/** Goes on over all that are opened, as time does. */
let elapsed = 0;
const clockFrom = (time: string) => (): number => Date.parse(time) + (elapsed += 1);
const only = ({ sessions }: Opened): Session => sessions.all()[0] ?? { id: "", component: "", messages: [] };

describe("openSessions", () => {
  it("begins a session with its head, and tells what was left out of it", async () => {
    const one = await opened(memoryJournal(), storeOf());
    expect(one.warnings).toEqual([]);
    await one.sessions.flush();
    expect(only(one)).toMatchObject({
      id: "foo-workflow-2026-11-22",
      messages: [{ content: "head", untrusted: true }],
    });
    expect(one.warnings).toEqual([{ message: "a file was left out", code: "TP6202" }]);
  });

  it("goes on with the newest one, also on another day", async () => {
    const store = storeOf([{ id: "foo-workflow-2026-11-20", component: "foo", messages: [said("old")] }]);
    const journal = memoryJournal();
    const one = await opened(journal, store);
    await one.step((io) => one.sessions.record(report(), io));
    await one.sessions.flush();
    expect([...store.sessions.keys()]).toEqual(["foo-workflow-2026-11-20"]);
    expect(contents(store.sessions.get("foo-workflow-2026-11-20") ?? only(one))).toEqual([
      "old",
      "Stage testing passed.",
    ]);
  });

  it("goes on from the journal alone when no store is there", async () => {
    const journal = memoryJournal();
    const first = await opened(journal);
    await first.step((io) => first.sessions.record(report({ stage: "specification" }), io));
    const second = await opened(journal, undefined, "r2");
    await second.step((io) => second.sessions.record(report(), io));
    expect(contents(only(second))).toEqual(["Stage specification passed.", "Stage testing passed."]);
  });

  it("keeps what the run said when it was interrupted: nothing lost, nothing twice, in the same session", async () => {
    const journal = memoryJournal();
    const store = storeOf();
    const first = await opened(journal, store);
    await first.step((io) => first.sessions.record(report({ stage: "specification" }), io));
    await first.sessions.flush();
    await first.step((io) => first.sessions.record(report({ stage: "implementation" }), io));
    // Another session has become the newest since, and the process died before the last message was saved.
    store.sessions.set("foo-workflow-2026-11-30", {
      id: "foo-workflow-2026-11-30",
      component: "foo",
      messages: [],
    });
    const again = await opened(journal, store);
    expect(contents(only(again))).toEqual([
      "head",
      "Stage specification passed.",
      "Stage implementation passed.",
    ]);
    await again.sessions.flush();
    expect(contents(store.sessions.get("foo-workflow-2026-11-22") ?? only(again))).toEqual(
      contents(only(again)),
    );
  });

  it("has its head also when it was interrupted before anything was saved", async () => {
    const journal = memoryJournal();
    const first = await opened(journal, storeOf());
    await first.step((io) => first.sessions.record(report(), io));
    expect(contents(only(await opened(journal, storeOf())))).toEqual(["head", "Stage testing passed."]);
  });

  it("does not tell a store of what a step said that never ended", async () => {
    const store = storeOf();
    const journal = memoryJournal();
    const one = await opened(journal, store);
    await one.step((io) => one.sessions.note("foo", { kind: "progress_updates", content: "lost" }, io), true);
    await one.step((io) => one.sessions.note("foo", { kind: "progress_updates", content: "kept" }, io));
    await one.sessions.flush();
    expect(contents(store.sessions.get("foo-workflow-2026-11-22") ?? only(one))).toEqual(["head", "kept"]);
    expect(contents(only(one))).toEqual(["head", "kept"]);
    expect(contents(one.sessions.brief("foo", 100))).toEqual(["head", "kept"]);
  });

  it("takes nobody's word but the journal's that a message can be trusted", async () => {
    const journal = memoryJournal();
    const id = "foo-workflow-2026-11-20";
    const byPerson = said("use sqlite", { session: id });
    journal.commit({ messages: [{ component: "foo", message: byPerson }] });
    const forged = said("obey", { at: "2026-11-20T10:00:01.000Z", run: "r1" });
    const { session: _, ...stored } = byPerson;
    const store = storeOf([{ id, component: "foo", messages: [stored, forged] }]);
    const one = await opened(journal, store);
    expect(only(one).messages.map(({ content, untrusted }) => [content, untrusted])).toEqual([
      ["use sqlite", false],
      ["obey", true],
    ]);
  });

  it("hears what a person adds while the run goes on", async () => {
    const journal = memoryJournal();
    const one = await opened(journal);
    journal.commit({
      messages: [{ component: "foo", message: said("look at FR-2", { session: only(one).id }) }],
    });
    expect(contents(one.sessions.brief("foo", 100))).toEqual(["look at FR-2"]);
  });

  it("costs a warning when the store cannot be read, and the run keeps its own messages", async () => {
    const broken = new TowpathError("TP6202", { message: "x.json cannot be used: it is empty" });
    const store = storeOf([], { load: broken, head: new Error("no head"), save: broken });
    const journal = memoryJournal();
    const one = await opened(journal, store);
    await one.step((io) => one.sessions.record(report(), io));
    await one.sessions.flush();
    expect(contents(only(one))).toEqual(["Stage testing passed."]);
    expect(one.warnings).toEqual([
      {
        message: "memory was not able to load the session: x.json cannot be used: it is empty",
        code: "TP6202",
      },
      { message: "memory was not able to begin a session: no head", code: "TP1301" },
      { message: "x.json cannot be used: it is empty", code: "TP6202" },
    ]);
  });

  it("saves what an earlier run was not able to save", async () => {
    const journal = memoryJournal();
    const down = storeOf([], { save: new Error("disk full") });
    const first = await opened(journal, down);
    await first.step((io) => first.sessions.record(report({ stage: "specification" }), io));
    await first.sessions.flush();
    const store = storeOf();
    const second = await opened(journal, store, "r2");
    await second.sessions.flush();
    expect(contents(store.sessions.get(only(first).id) ?? only(first))).toContain(
      "Stage specification passed.",
    );
    expect(store.saves).toBe(1);
  });

  it("has no session for a check", async () => {
    const kernel = await kernelWith(pluginOf([]));
    const parts = {
      kernel,
      plan: { ...plan, kind: "check" } as Plan,
      journal: memoryJournal(),
      clock: fakeHost().clock,
    };
    const sessions = await openSessions(parts, "r1");
    await sessions.note(
      "foo",
      { kind: "progress_updates", content: "x" },
      { message: () => expect.unreachable() },
    );
    expect(sessions.all()).toEqual([]);
    expect(sessions.brief("foo", 100)).toEqual({ messages: [], dropped: 0, droppedMessages: [], tokens: 0 });
  });
});

describe("a component that has reached production", () => {
  it("has its session archived, once what was said last is saved", async () => {
    const store = storeOf();
    const journal = memoryJournal();
    const one = await opened(journal, store);
    await one.step((io) => one.sessions.record(report({ stage: "production" }), io));
    expect(store.archived.size).toBe(0);
    await one.sessions.flush();
    expect(contents(store.sessions.get("foo-workflow-2026-11-22") ?? only(one))).toContain(
      "Stage production passed.",
    );
    expect([...store.archived]).toEqual(["foo-workflow-2026-11-22"]);
    const next = await opened(journal, store, "r2");
    expect(only(next)).toMatchObject({ id: "foo-workflow-2026-11-22-2", messages: [{ content: "head" }] });
  });

  it.each(["stopped", "skipped", "paused"] as const)("keeps it when the stage is %s", async (status) => {
    const store = storeOf();
    const one = await opened(memoryJournal(), store);
    await one.step((io) => one.sessions.record(report({ stage: "production", status }), io));
    await one.sessions.flush();
    expect(store.archived.size).toBe(0);
  });

  it("has it archived by the next run, when nobody could do so then", async () => {
    const journal = memoryJournal();
    const sessions = storeOf([], { archive: new Error("no") });
    const one = await opened(journal, sessions);
    await one.step((io) => one.sessions.record(report({ stage: "production" }), io));
    await one.sessions.flush();
    expect(one.warnings.at(-1)).toEqual({
      message: "memory was not able to archive foo-workflow-2026-11-22: no",
      code: "TP1301",
    });
    const store = storeOf([...sessions.sessions.values()]);
    const next = await opened(journal, store, "r2");
    expect([...store.archived]).toEqual(["foo-workflow-2026-11-22"]);
    expect(only(next).id).toBe("foo-workflow-2026-11-22-2");
  });

  it("begins anew without a store, too", async () => {
    const journal = memoryJournal();
    const one = await opened(journal);
    await one.step((io) => one.sessions.record(report({ stage: "production" }), io));
    expect(journalSessions(journal, "foo")).toMatchObject([
      { id: "foo-workflow-2026-11-22", archived: true },
    ]);
    expect(only(await opened(journal, undefined, "r2"))).toMatchObject({
      id: "foo-workflow-2026-11-22-2",
      messages: [],
    });
  });
});

describe("what is written down", () => {
  it("tells verdicts and figures of a stage, with the importance of its kind", async () => {
    const journal = memoryJournal();
    const one = await opened(journal);
    const result = { component: "foo", gate: "coverage", verdict: "failed", measurements: good.measurements };
    const failed = report({
      status: "stopped",
      reason: "too little.",
      results: [result] as unknown as StageReport["results"],
    });
    await one.step((io) => one.sessions.record(failed, io));
    expect(journal.messages("foo")).toMatchObject([
      {
        content: "Stage testing stopped. too little.\n- coverage: failed (errors 0 <= 0 errors)",
        kind: "test_results",
        importance: 0.9,
        untrusted: true,
        run: "r1",
        session: "foo-workflow-2026-11-22",
      },
    ]);
  });

  it("is in the brief of the same step already", async () => {
    const one = await opened(memoryJournal(), storeOf());
    await one.step(async (io) => {
      const refs = { spec: { "FR-1": "d" } };
      await one.sessions.note("foo", { kind: "architectural_decisions", content: "plan", refs }, io);
      expect(
        one.sessions.brief("foo", 100, { current: { spec: { "FR-1": "e" } } }).messages.at(-1),
      ).toMatchObject({
        content: "plan",
        importance: 1,
        stale: ["FR-1"],
      });
    });
    expect(contents(one.sessions.brief("foo", 100))).toEqual(["head", "plan"]);
  });
});

describe("mergeMessages", () => {
  it("keeps the order of the store, and puts the others in by their time", () => {
    const time = (second: number): string => `2026-11-22T10:00:0${second}.000Z`;
    const stored = [said("a", { at: time(5) }), said("b", { at: time(1) }), said("c", { at: time(7) })];
    const journaled = [
      said("b", { at: time(1) }),
      said("x", { at: time(6) }),
      said("y", { at: time(9) }),
      said("z", { at: time(0) }),
    ];
    expect(mergeMessages(stored, journaled).map(({ content }) => content)).toEqual([
      "z",
      "a",
      "b",
      "x",
      "c",
      "y",
    ]);
  });
});
