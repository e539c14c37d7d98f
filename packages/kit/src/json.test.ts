import * as fc from "fast-check";
import { isBreakage } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseJson, parseReport } from "./json.ts";

/** What a call throws, which must be a breakage of kind `parse`. */
function refusal(call: () => unknown): { message: string; why: string } {
  try {
    call();
  } catch (error) {
    if (isBreakage(error) && error.kind === "parse")
      return { message: error.message, why: error.details.why ?? "" };
    throw error;
  }
  throw new Error("it was not refused");
}

/** What `parseJson` makes of a text. */
function reading(text: string): string {
  try {
    const read = JSON.stringify(parseJson(text, "it"));
    if (read !== JSON.stringify(JSON.parse(text))) return "otherwise than JSON.parse";
    // A second key or a number out of range would make it shorter than spaces and the writing of numbers can.
    return read.length >= text.length - 24 ? "as JSON.parse, and whole" : "with a loss";
  } catch (error) {
    return isBreakage(error) && error.kind === "parse" ? "refused" : String(error);
  }
}

describe("R17: parseJson", () => {
  it.each([
    ["an empty text", ""],
    ["truncation", '{"passed": true, "findings": ['],
    ["a byte order mark", '\ufeff{"a": 1}'],
    ["trailing text", '{"a": 1} done'],
    ["two documents", '{"a": 1}{"a": 2}'],
    ["NaN", '{"percent": NaN}'],
    ["Infinity", "[-Infinity]"],
    ["a number beyond the range", '{"percent": 1e999}'],
    ["a long number beyond the range", `[-${"9".repeat(400)}]`],
    ["single quotes", "{'a': 1}"],
    ["a duplicate key", '{"passed": false, "passed": true}'],
    ["a duplicate key by escapes", '{"passed": false, "p\\u0061ssed": true}'],
    ["a duplicate key further in", '[{"a": [{"x": 1}, {"b": {}, "b": 2}]}]'],
    ["a duplicate key after a nested object", '{"a": {"b": [1, {}]}, "a": 1}'],
    ["an empty duplicate key", '{"": 1, "": 2}'],
    ["the key __proto__", '{"__proto__": {"passed": true}}'],
    ["a million levels", `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`],
    ["a thousand levels of objects", `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`],
  ])("R17: %s is refused", (_, text) => {
    expect(refusal(() => parseJson(text, "the report of x")).message).toMatch(/^the report of x /);
  });

  it("R17: the first 2 KiB are the evidence, made safe to print", () => {
    const { why } = refusal(() => parseJson(`\u001b]0;owned\u0007{${"x".repeat(5_000)}`, "it"));
    expect(why).toMatch(/^It begins: \{x+ … \(\d+ characters in all\)$/);
    expect(why.length).toBeLessThan(2_200);
  });

  it("R17: says which key is doubled, and where", () => {
    const { message } = refusal(() => parseJson('{\n"a": 1,\n"a": 2}', "the report"));
    expect(message).toBe('the report cannot be trusted: the key "a" is given twice (line 3)');
  });

  it("keys may return in other objects, and as values", () => {
    const value = {
      a: { a: "a" },
      b: [{ a: 1 }, { a: "b" }, "a", "a"],
      c: '"a": 1, "a": 2',
      d: "\\",
      e: '\\"',
      "": 1,
    };
    expect(parseJson(JSON.stringify(value), "it")).toEqual(value);
    expect(parseJson("[-0.5e-3, 1E+2, true, false, null, 0]", "it")).toEqual([
      -0.0005,
      100,
      true,
      false,
      null,
      0,
    ]);
  });

  it("all that JSON.stringify writes is read as it was", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2, "\t"), (json, indent) => {
        fc.pre(!json.includes("__proto__"));
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(parseJson(text, "it")).toEqual(JSON.parse(text));
      }),
    );
  });

  it("R17: a document is read as JSON.parse reads it or refused, whatever happens to it", () => {
    const document = JSON.stringify({
      passed: false,
      findings: [
        { code: "E1", n: 1.5e3 },
        { code: "E2", n: -1 },
      ],
      s: 'a"\\',
    });
    const change = fc.tuple(
      fc.nat({ max: document.length }),
      fc.nat({ max: 6 }),
      fc.constantFrom("", "}", '"', ",", "1e999", '"passed":true,', "\0", "[", "\\"),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = document;
        for (const [at, remove, put] of changes) text = text.slice(0, at) + put + text.slice(at + remove);
        expect(reading(text)).toBeOneOf(["refused", "as JSON.parse, and whole"]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("parseReport", () => {
  const schema = z.array(z.looseObject({ code: z.string(), row: z.number() }));

  it("gives back what the schema makes of it", () => {
    expect(parseReport(schema, '[{"code": "E1", "row": 3, "more": true}]', "it")).toEqual([
      { code: "E1", row: 3, more: true },
    ]);
  });

  it("R17: another form is breakage that names the places", () => {
    const { message, why } = refusal(() => parseReport(schema, '[{"code": null}]', "the report of ruff"));
    expect(message).toContain("the report of ruff has an unknown form: 0.code: ");
    expect(message).toContain("0.row: ");
    expect(why).toContain('[{"code": null}]');
  });

  it("R17: many issues are counted, not listed", () => {
    const { message } = refusal(() =>
      parseReport(schema, JSON.stringify(Array.from({ length: 50 }, () => ({}))), "it"),
    );
    expect(message).toMatch(/ and 97 more$/);
  });
});
