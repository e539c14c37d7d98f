import { isTowpathError, type Message } from "@towpath/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  emptySession,
  fileMessage,
  identitiesIn,
  readSession,
  serialize,
  serializeLine,
} from "./session-file.ts";

const count = (text: string): number => text.length;
const time = fc.date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true });
const text = fc.string({ unit: "binary", maxLength: 40 });
const message: fc.Arbitrary<Message> = fc.record(
  {
    role: fc.constantFrom("user", "assistant", "system"),
    content: text,
    at: time.map((date) => date.toISOString()),
    importance: fc.double({ min: 0, max: 1, noNaN: true }).map((figure) => figure + 0),
    untrusted: fc.boolean(),
    run: text,
    kind: fc.constantFrom("requirements", "test_results"),
    refs: fc.record({
      spec: fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => key !== "__proto__"),
        text,
      ),
      commit: text,
    }),
    closes: fc.constant(true),
  },
  { requiredKeys: ["role", "content", "at", "importance", "untrusted"] },
);

/** How it ended: the code of its error, or that there was none. */
function codeOf(work: () => unknown): string {
  try {
    work();
    return "read";
  } catch (error) {
    return isTowpathError(error) ? error.data.code : String(error);
  }
}

describe("a session file", () => {
  it("gives back every message as it was, in either style, whatever was said", () => {
    fc.assert(
      fc.property(
        fc.array(message),
        fc.constantFrom("naive", "aware"),
        fc.boolean(),
        (messages, style, unicode) => {
          const file = {
            ...emptySession("s", "foo"),
            messages: messages.map((one) => fileMessage(one, style, count)),
            unicode,
          };
          const written = serialize(file);
          const read = readSession(written, "s.json");
          const expected = messages.map((one) => ({ ...one, content: one.content.toWellFormed() }));
          expect(read.messages.map((one) => one.message)).toEqual(JSON.parse(JSON.stringify(expected)));
          // A second writing changes nothing.
          expect(serialize({ ...read, unicode })).toBe(written);
          expect(unicode || /^[\n -~]*$/.test(written)).toBe(true);
        },
      ),
    );
  });

  it("is read or refused with TP6202, whatever its text", () => {
    const valid = serialize({
      ...emptySession("s", "foo"),
      messages: [
        fileMessage(
          { role: "user", content: "x", at: "2026-11-22T10:00:00.000Z", importance: 1, untrusted: true },
          "aware",
          count,
        ),
      ],
    });
    const mutated = fc
      .tuple(fc.nat({ max: valid.length }), fc.nat({ max: 20 }), fc.string({ maxLength: 10 }))
      .map(([from, length, put]) => valid.slice(0, from) + put + valid.slice(from + length));
    const values = fc.json().map((value) => valid.replace('"2026-11-22T10:00:00.000000+00:00"', () => value));
    fc.assert(
      fc.property(fc.oneof(mutated, values, fc.json(), fc.string()), (drawn) => {
        expect(codeOf(() => serialize(readSession(drawn, "s.json")))).toBeOneOf(["read", "TP6202"]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("knows the messages of its log again, also beside a line that a crash has cut", () => {
    const said: Message = {
      role: "user",
      content: "é",
      at: "2026-11-22T10:00:00.000Z",
      importance: 1,
      untrusted: true,
    };
    const line = serializeLine(fileMessage(said, "naive", count));
    expect(identitiesIn(`${line}{"role": "us\n${line}`)).toEqual(identitiesIn(line));
    expect(identitiesIn(line).size).toBe(1);
  });
});
