import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wordsOf } from "./words.ts";

describe("wordsOf", () => {
  it("splits names by case and underscores", () => {
    expect(wordsOf("parseHTTPHeaders_fast MAX_KEYS")).toEqual([
      "pars",
      "http",
      "header",
      "fast",
      "max",
      "key",
    ]);
  });

  it.each([
    ["store", "stored", "storing", "stores"],
    ["query", "queries"],
    ["put", "putting", "puts"],
    ["normalise", "normalize", "normalises", "normalizing"],
    ["title", "titles"],
  ])("gives the forms of %s one word", (...forms) => {
    expect(new Set(forms.flatMap((form) => wordsOf(form))).size).toBe(1);
  });

  it.each([
    ["string", "str"],
    ["bus", "bu"],
    ["class", "clas"],
  ])("does not take %s for a form of %s", (word, other) => {
    expect(wordsOf(word)).not.toContain(other);
  });

  it("leaves out what says nothing: small words, words of every requirement, numbers", () => {
    expect(wordsOf("The system shall return the 3 books for a reader")).toEqual(["book", "reader"]);
  });

  it("knows letters of other scripts", () => {
    expect(wordsOf("größteZahl книги")).toEqual(["größt", "zahl", "книги"]);
  });

  it("gives words in lower case without blanks for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) =>
        wordsOf(text).every((word) => word.length > 1 && !/\s/.test(word)),
      ),
    );
  });
});
