import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addMessage,
  brief,
  estimateTokens,
  importances,
  newSession,
  prune,
  type Message,
  type Session,
} from "./session.ts";
import { stageKinds } from "./sessions.ts";
import { staleRefs } from "./stale-refs.ts";
import { stages } from "./stages.ts";

const message = (content: string, importance: number): Message => ({
  role: "user",
  content,
  importance,
  at: "2026-11-22T10:00:00.000Z",
  untrusted: false,
  run: "r",
});
const sessionOf = (messages: readonly Message[]): Session =>
  messages.reduce(addMessage, newSession("foo", 0));

const rows = fc.array(
  fc.tuple(
    fc.string({ maxLength: 80 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom("user", "assistant", "system"),
  ),
);

describe("a session", () => {
  it("is named after its component and the UTC date", () => {
    expect(newSession("foo", Date.parse("2026-11-22T23:59:59Z")).id).toBe("foo-workflow-2026-11-22");
  });

  it("keeps what matters most within the budget, in the order in which it was said", () => {
    const session = sessionOf([
      message("decision".repeat(4), 1),
      message("progress".repeat(4), 0.5),
      message("tests".repeat(4), 0.9),
    ]);
    const { messages, dropped } = brief(session, 13);
    expect(messages.map(({ importance }) => importance)).toEqual([1, 0.9]);
    expect(dropped).toBe(1);
  });

  it("is not named like one that there is already", () => {
    const taken = ["foo-workflow-2026-11-22", "foo-workflow-2026-11-22-2"];
    expect(newSession("foo", Date.parse("2026-11-22T00:00:00Z"), taken).id).toBe("foo-workflow-2026-11-22-3");
  });

  it("never exceeds the budget, keeps the order, and tells every message as kept or as dropped", () => {
    const counts = fc.constantFrom(
      estimateTokens,
      (text: string) => text.length,
      () => 1,
      () => Number.NaN,
    );
    fc.assert(
      fc.property(rows, fc.nat({ max: 100 }), counts, (drawn, budget, count) => {
        const session = sessionOf(
          drawn.map(([content, importance], n) => message(`${n} ${content}`, importance)),
        );
        const taken = brief(session, budget, { count, requirements: ["FR-1"] });
        expect(taken.tokens).toBeLessThanOrEqual(budget);
        expect(taken.tokens).toBe(taken.messages.reduce((sum, { content }) => sum + count(content), 0));
        const kept = taken.messages.map(({ content }) =>
          session.messages.findIndex((one) => one.content === content),
        );
        expect(kept).toEqual(kept.toSorted((a, b) => a - b));
        expect(new Set(kept).size).toBe(kept.length);
        const others = session.messages.filter((_, index) => !kept.includes(index));
        expect(taken.dropped).toBe(others.length);
        expect(taken.droppedMessages.map(({ words }) => words.split(" ")[0])).toEqual(
          others.map(({ content }) => content.split(" ")[0]),
        );
      }),
    );
  });

  it("says of what it dropped who said it, how important it was, and its first words on one line", () => {
    const session = sessionOf([message(`use sqlite\n\tfor ${"x".repeat(500)}`, 0.7)]);
    const { droppedMessages } = brief(session, 0);
    expect(droppedMessages).toEqual([
      {
        role: "user",
        importance: 0.7,
        at: "2026-11-22T10:00:00.000Z",
        words: expect.stringMatching(/^use sqlite for x+…$/),
      },
    ]);
    expect(droppedMessages[0]?.words.length).toBe(80);
  });

  it.each([
    ["importance before all", [{ importance: 0.9 }, { importance: 1, refs: { spec: { "FR-1": "old" } } }], 1],
    ["the system's before others of that importance", [{ role: "system" }, {}], 0],
    ["what holds before what is out of date", [{}, { refs: { spec: { "FR-1": "old" } } }], 0],
    ["what speaks of the requirements at hand", [{ refs: { spec: { "FR-2": "two" } } }, {}], 0],
    ["what names them", [{ content: "(FR-2) holds!" }, { content: "FR-21 holds!!" }], 0],
    ["the newer", [{}, {}], 1],
  ] as const)("prefers %s", (_what, [first, second], kept) => {
    const session = sessionOf(
      [first, second].map((more, n) => ({ ...message(`thirteen cha${n}`, 1), ...more })),
    );
    const current = { spec: { "FR-1": "new", "FR-2": "two" } };
    const taken = brief(session, 4, { requirements: ["FR-2"], current });
    expect(taken.messages.map(({ content }) => content)).toEqual([session.messages[kept]?.content]);
    expect(taken.dropped).toBe(1);
  });

  it("marks what is out of date, and says what has changed", () => {
    const refs = { spec: { "FR-1": "a", "FR-2": "b" }, paths: { "src/a.py": "c" } };
    const session = sessionOf([{ ...message("decided", 1), refs }]);
    const current = { spec: { "FR-1": "a" }, paths: { "src/a.py": "d" } };
    expect(brief(session, 100, { current }).messages[0]?.stale).toEqual(["FR-2", "src/a.py"]);
    expect(brief(session, 100).messages).toEqual(session.messages);
  });
});

describe("staleRefs", () => {
  it("names what has changed or is gone, and nothing that nobody looked at", () => {
    const refs = { spec: { same: "1", changed: "1", gone: "1", constructor: "1" }, paths: { file: "1" } };
    const spec = { same: "1", changed: "2", more: "1" };
    expect(staleRefs({ refs }, { spec })).toEqual(["changed", "constructor", "gone"]);
    expect(staleRefs({ refs }, { paths: {} })).toEqual(["file"]);
    expect(staleRefs({ refs }, {})).toEqual([]);
    expect(staleRefs({}, { spec })).toEqual([]);
  });
});

describe("prune", () => {
  const say = (content: string, importance: number, role: Message["role"] = "user"): Message => ({
    ...message(content, importance),
    role,
  });

  it("keeps the system's, then the last five, then the important ones, then the rest, the newest first", () => {
    const others = Array.from({ length: 12 }, (_, n) => say(`o${n}`, [0.5, 0.8, 0.9][n % 3] ?? 0));
    const messages = [say("s1", 1, "system"), ...others, say("s2", 0.8, "system")];
    const keptOf = (budget: number): string =>
      prune(messages, budget, () => 1)
        .kept.map(({ content }) => content)
        .join(" ");
    expect(keptOf(1)).toBe("s1");
    expect(keptOf(2)).toBe("s1 s2");
    expect(keptOf(7)).toBe("s1 o7 o8 o9 o10 o11 s2");
    expect(keptOf(9)).toBe("s1 o4 o5 o7 o8 o9 o10 o11 s2");
    expect(keptOf(12)).toBe("s1 o1 o2 o4 o5 o6 o7 o8 o9 o10 o11 s2");
  });

  it("fits, keeps the order, and loses nothing", () => {
    fc.assert(
      fc.property(rows, fc.nat({ max: 200 }), (drawn, budget) => {
        const messages = drawn.map(([content, importance, role]) => say(content, importance, role));
        const { kept, pruned } = prune(messages, budget, ({ content }) => content.length);
        expect(kept.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(budget);
        expect(kept).toEqual(messages.filter((one) => kept.includes(one)));
        expect(pruned).toEqual(messages.filter((one) => !kept.includes(one)));
        expect(kept.length + pruned.length).toBe(messages.length);
      }),
    );
  });
});

describe("importances", () => {
  it("agree with those of the stages", () => {
    expect(stages.map(({ name }) => importances[stageKinds[name]])).toEqual(
      stages.map(({ importance }) => importance),
    );
  });
});
