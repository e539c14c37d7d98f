import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMessage, brief, newSession, type Message, type Session } from "./session.ts";

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

  it("never exceeds the budget and loses nothing silently", () => {
    const messages = fc.array(
      fc.tuple(fc.string({ maxLength: 80 }), fc.double({ min: 0, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(messages, fc.nat({ max: 100 }), (rows, budget) => {
        const session = sessionOf(rows.map(([content, importance]) => message(content, importance)));
        const taken = brief(session, budget);
        expect(taken.tokens).toBeLessThanOrEqual(budget);
        expect(taken.messages.length + taken.dropped).toBe(rows.length);
      }),
    );
  });
});
